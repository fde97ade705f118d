"""Deliveries in a sandbox: what is written where, what is recorded, what stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from expander.configuration import load
from expander.world.accepting import AcceptingServer, Sent
from expander.world.memory_files import MemoryFiles
from expander.world.memory_storage import MemoryStorage
from expander.world.overlay import OverlayFiles, OverlayStorage
from expander.world.rooted import RootedFiles, RootedStorage, made_root
from sandboxed import ALIASES, CONFIG, MESSAGE, sandbox_config, sandbox_world


def test_who_gets_a_message_where_and_why() -> None:
    delivered = sandbox_config().deliver(MESSAGE, "list@example.com", sender="s@far.example")
    assert not delivered.refusal
    assert [(o.address, o.recipient, o.outcome, o.routers, o.transport) for o in delivered.outcomes] == [
        ("alice@example.com", "list@example.com", "delivered", ["aliases", "users"], "box"),
        ("bob@example.com", "list@example.com", "delivered", ["aliases", "users"], "box"),
    ]
    [file] = delivered.outcomes[0].files
    assert (file.path, file.mode, file.uid, file.gid) == ("/var/mail/alice", 0o660, 1001, 8)
    assert file.size == len(delivered.read("/var/mail/alice"))
    assert delivered.read("/var/mail/bob").startswith(b"From s@far.example ")
    assert delivered.waiting == []
    assert delivered.log[-1].endswith(" Completed")
    assert "=> alice@example.com <list@example.com> R=aliases,users T=box" in delivered.explain()


def test_the_world_itself_stays_as_it_is() -> None:
    world = sandbox_world({"/var/mail/alice": "before\n"})
    file = world.storage.open("/var/mail/alice", os.O_RDWR)
    file.set_owner(1001, 8)
    file.set_mode(0o660)
    config = load(CONFIG, world=world, profile="debian-12")
    before = world.files.contents()
    delivered = config.deliver(MESSAGE, "alice@example.com", sender="s@far.example")
    assert delivered.read("/var/mail/alice").startswith(b"before\n")
    assert len(delivered.read("/var/mail/alice")) > len(b"before\n")
    assert world.files.contents() == before


def test_one_sandbox_sees_what_was_delivered_before() -> None:
    sandbox = sandbox_config().sandbox()
    first = sandbox.deliver(MESSAGE, ["alice@example.com"], sender="s@far.example")
    size = first.files[0].size
    second = sandbox.deliver(MESSAGE, ["alice@example.com"], sender="s@far.example")
    assert second.files[0].size == 2 * size
    assert second.name != first.name


def test_bounces_are_told_as_well() -> None:
    delivered = sandbox_config().deliver(MESSAGE, "nobody@example.com", sender="alice@example.com")
    [failed] = delivered.outcomes
    assert (failed.outcome, failed.routers, failed.message) == ("failed", ["unknown"], "nobody here")
    [bounce] = delivered.generated
    assert (bounce.sender, bounce.recipients) == ("", ["alice@example.com"])
    assert bounce.outcomes[0].files[0].path == "/var/mail/alice"
    assert b"nobody here" in delivered.read("/var/mail/alice")


def test_commands_are_recorded_and_run_only_where_that_is_allowed() -> None:
    ran: list[bytes] = []

    def program(_argv: object, data: bytes) -> tuple[int, bytes]:
        ran.append(data)
        return 1, b"no\n"

    config = sandbox_config(programs={"/usr/bin/prog": program})
    delivered = config.deliver(MESSAGE, "prog@example.com", sender="s@far.example")
    [command] = delivered.outcomes[0].commands
    assert (command.argv, command.uid, command.gid, command.is_real) == (
        ["/usr/bin/prog", "-x"],
        1002,
        8,
        False,
    )
    assert command.input.endswith(b"\n\nbody\n\n")
    assert command.environment["LOCAL_PART"] == "prog"
    assert delivered.outcomes[0].outcome == "delivered"
    assert ran == []
    run = config.sandbox(runs=True).deliver(MESSAGE, ["prog@example.com"], sender="s@far.example")
    assert run.outcomes[0].outcome == "failed"
    assert run.outcomes[0].commands[0].status == 1
    assert len(ran) == 1


def test_a_message_that_is_not_taken() -> None:
    delivered = sandbox_config().deliver(b"Subject: x\n\nbody\n", sender="s@far.example")
    assert delivered.refusal == "no recipients"
    assert delivered.outcomes == []
    assert "not taken: no recipients" in delivered.explain()


def test_a_folder_has_the_files_and_the_owners_on_record(tmp_path: Path) -> None:
    config = sandbox_config()
    config.sandbox(str(tmp_path)).deliver(MESSAGE, ["file@example.com"], sender="s@far.example")
    assert (tmp_path / "srv/mail/archive").read_bytes().startswith(b"From s@far.example ")
    again = config.sandbox(str(tmp_path)).deliver(MESSAGE, ["file@example.com"], sender="s@far.example")
    [file] = again.files
    assert (file.path, file.mode, file.uid, file.gid) == ("/srv/mail/archive", 0o600, 1003, 8)
    assert file.size == 2 * len((tmp_path / "srv/mail/archive").read_bytes()) // 2
    noted = [json.loads(line) for line in (tmp_path / ".eximulate/manifest").read_text().splitlines()]
    assert {"path": "/srv/mail/archive", "mode": "0600", "uid": 1003, "gid": 8} in noted


def test_nothing_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "root/link").symlink_to(tmp_path)
    root = made_root(str(tmp_path / "root"))
    files, storage = RootedFiles(root), RootedStorage(root)
    with pytest.raises(FileNotFoundError):
        files.read("/../secret")
    with pytest.raises(PermissionError):
        files.read("/link/secret")
    with pytest.raises(PermissionError):
        storage.open("/link/secret", os.O_WRONLY | os.O_CREAT)
    (tmp_path / "root/direct").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic"):
        storage.open("/direct", os.O_WRONLY)


def test_an_overlay_changes_the_upper_files_alone() -> None:
    lower = MemoryFiles({"/etc/a": "one\n", "/etc/b": "two\n", "/queue/x": "hidden"})
    upper = MemoryFiles()
    files = OverlayFiles(upper, lower)
    storage = OverlayStorage(files, MemoryStorage(upper))
    file = storage.open("/etc/a", os.O_RDWR | os.O_APPEND)
    file.write(b"more\n")
    file.close()
    storage.remove("/etc/b")
    storage.rename("/etc/a", "/etc/c")
    assert files.read("/etc/c") == b"one\nmore\n"
    assert sorted(files.names("/etc")) == ["c"]
    for gone in ("/etc/a", "/etc/b"):
        with pytest.raises(FileNotFoundError):
            files.read(gone)
    assert lower.contents() == {"/etc/a": b"one\n", "/etc/b": b"two\n", "/queue/x": b"hidden"}
    files.hidden = ("/queue/",)
    with pytest.raises(FileNotFoundError):
        files.read("/queue/x")
    with pytest.raises(FileExistsError):
        storage.open("/etc/c", os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    assert storage.take() == ["/etc/c"]


def test_memory_files_as_a_file_system_has_them() -> None:
    files = MemoryFiles({"/a/b": "x"})
    storage = MemoryStorage(files)
    with storage.acting_as(7, 8):
        file = storage.open("/a/new", os.O_RDWR | os.O_CREAT, 0o640)
    assert (file.stat().st_uid, file.stat().st_gid, file.stat().st_mode & 0o7777) == (7, 8, 0o640)
    file.write(b"12345")
    file.seek(1)
    file.write(b"x")
    file.truncate(3)
    file.seek(0)
    assert file.read() == b"1x3"
    file.lock()
    with pytest.raises(BlockingIOError):
        storage.open("/a/new", os.O_RDWR).lock()
    file.close()
    storage.open("/a/new", os.O_RDWR).lock()
    storage.link("/a/new", "/a/second")
    assert files.stat("/a/second").st_ino == files.stat("/a/new").st_ino
    assert files.stat("/a/new").st_nlink == 2
    storage.remove("/a/new")
    assert files.stat("/a/second").st_nlink == 1
    with pytest.raises(FileNotFoundError):
        storage.open("/nowhere/x", os.O_CREAT | os.O_WRONLY)
    with pytest.raises(NotADirectoryError):
        storage.open("/a/b/c", os.O_CREAT | os.O_WRONLY)


def test_a_host_that_takes_everything() -> None:
    sent = Sent("198.51.100.7", 25)
    server = AcceptingServer(sent)
    assert server(b"").startswith(b"220 ")
    assert server(b"EHLO a\r\n").endswith(b"250 SIZE 0\r\n")
    assert server(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n").count(b"\r\n") == 3
    assert server(b"Subject: x\r\n\r\n..dot\r\n") == b""
    assert server(b".\r\nQUIT\r\n").startswith(b"250 OK id=recorded\r\n221 ")
    assert sent.messages == [b"Subject: x\r\n\r\n.dot"]
    assert (sent.sender, sent.recipients) == ("a@b", ["c@d"])


def test_who_sends_proves_it_off_the_record() -> None:
    sent = Sent("198.51.100.7", 25)
    server = AcceptingServer(sent)
    server(b"")
    assert server(b"AUTH PLAIN c2VjcmV0\r\n") == b"235 Authentication succeeded\r\n"
    assert server(b"AUTH LOGIN\r\n") == b"334 VXNlcm5hbWU6\r\n"
    assert server(b"dXNlcg==\r\n") == b"334 UGFzc3dvcmQ6\r\n"
    assert server(b"c2VjcmV0\r\n") == b"235 Authentication succeeded\r\n"
    assert "> AUTH PLAIN *" in sent.dialogue
    assert not any("c2VjcmV0" in line for line in sent.dialogue)


REMOTE = CONFIG.replace(
    b"begin routers\n",
    b"begin routers\nfar:\n  driver = manualroute\n  domains = !example.com\n"
    b"  route_list = * 198.51.100.7\n  transport = smtp\n",
).replace(
    b"begin transports\n",
    b"begin transports\nsmtp:\n  driver = smtp\n  hosts_require_tls = *\n",
)


def test_other_hosts_are_recorded() -> None:
    config = load(REMOTE, world=sandbox_world(), profile="debian-12")
    delivered = config.deliver(MESSAGE, "who@far.example", sender="alice@example.com")
    [outcome] = delivered.outcomes
    assert (outcome.outcome, outcome.transport) == ("delivered", "smtp")
    [sent] = outcome.sent
    assert (sent.host, sent.port) == ("198.51.100.7", 25)
    assert (sent.sender, sent.recipients) == ("alice@example.com", ["who@far.example"])
    assert "> STARTTLS" in sent.dialogue
    assert sent.messages[0].endswith(b"\r\n\r\nbody")


def test_scripted_hosts_answer_as_they_are_told() -> None:
    config = load(REMOTE, world=sandbox_world(), profile="debian-12")
    peers = {"198.51.100.7:25": {"RCPT who@far.example": "550 5.1.1 no such user"}}
    refused = config.sandbox(peers=peers).deliver(MESSAGE, ["who@far.example"], sender="alice@example.com")
    assert refused.outcomes[0].outcome == "failed"
    assert refused.outcomes[0].message.endswith(": 550 5.1.1 no such user")
    assert b"550 5.1.1 no such user" in refused.read("/var/mail/alice")
    nobody = config.sandbox(peers={"198.51.100.7": {"CONNECT": ""}})
    waits = nobody.deliver(MESSAGE, ["who@far.example"], sender="alice@example.com")
    assert (waits.outcomes[0].outcome, waits.outcomes[0].message) == ("deferred", "Connection refused")
    assert waits.waiting == [waits.name]


def test_a_host_that_says_what_it_was_told_to() -> None:
    sent = Sent("198.51.100.7", 25)
    server = AcceptingServer(sent, {"rcpt bad@d": "550 no such user", "MESSAGE": "451 later"})
    server(b"")
    server(b"LHLO a\r\nMAIL FROM:<a@b>\r\n")
    assert server(b"RCPT TO:<bad@d>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@d>\r\n").startswith(
        b"550 no such user\r\n250"
    )
    server(b"DATA\r\n")
    assert server(b"x\r\n.\r\n") == b"451 later\r\n" * 2
    assert sent.recipients == ["c@d", "e@d"]


def _command(*argv: str, data: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "expander", *argv],
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12", **environment},
    )


def _written(tmp_path: Path) -> Path:
    config = tmp_path / "exim.conf"
    config.write_bytes(CONFIG.replace(b"/etc/aliases", str(tmp_path / "aliases").encode()))
    (tmp_path / "aliases").write_text(ALIASES)
    config.chmod(0o644)
    return config


def test_the_verb_tells_all_of_it(tmp_path: Path) -> None:
    config = _written(tmp_path)
    to = ["--to", "list@example.com", "--from", "s@far.example"]
    done = _command("deliver", str(config), *to, data=MESSAGE)
    assert done.returncode == 0, done.stderr
    assert b"  => bob@example.com <list@example.com> R=aliases,users T=box (appendfile)\n" in done.stdout
    assert b"    file /var/mail/bob " in done.stdout
    told = json.loads(_command("deliver", str(config), *to, "--json", data=MESSAGE).stdout)
    addresses = [outcome["address"] for outcome in told["outcomes"]]
    assert addresses == ["alice@example.com", "bob@example.com"]
    failed = _command(
        "deliver", str(config), "--to", "who@example.com", "--from", "s@x.example", data=MESSAGE
    )
    assert failed.returncode == 3
    wrong = _command("deliver", str(config), "--peer", "198.51.100.7", data=MESSAGE)
    assert (wrong.returncode, b"COMMAND=REPLY expected" in wrong.stderr) == (1, True)


def test_exims_own_options_in_a_sandbox(tmp_path: Path) -> None:
    config, root = _written(tmp_path), tmp_path / "root"
    argv = ["--sandbox", str(root), "-C", str(config)]
    done = _command(
        *argv, "-odi", "-f", "s@far.example", "prog@example.com", "alice@example.com", data=MESSAGE
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (root / "var/mail/alice").read_bytes().endswith(b"\n\nbody\n\n")
    assert json.loads((root / ".eximulate/commands/0001.json").read_text())["argv"] == ["/usr/bin/prog", "-x"]
    assert _command(*argv, "-bp").stdout == b""
    refused = _command(*argv, "-be", "${run{/bin/echo hi}}")
    assert b"refused by the sandbox" in refused.stdout
    unknown = _command("--allow", "everything", *argv, "-be", "x")
    assert b"unknown word to allow: everything" in unknown.stderr
