"""The verb upgrade: what breaks, what changes, which defaults do, and the rewrites that it makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from expander.cli.verbs import run
from expander.config.load import load
from expander.config.profile import chosen
from expander.upgrade.same_text import proven_in_router
from expander.world.memory import MemoryWorld

NEUTRAL = """\
dkim_verify_hashes = sha256
dkim_verify_min_keysizes = rsa=1024
hosts_require_helo =
recipients_max = 100
remote_max_parallel = 3
queue_fast_ramp = false
tls_alpn =
"""
"""Leaves no default that changes."""


LINE_LENGTH = (
    "transport option message_linelength_limit is new, and 998 where it is not set: the line "
    "length in bytes above which a message is not sent"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "exim.conf"


def upgrade(path: Path, *argv: str, old: str = "4.95", new: str = "4.99") -> int:
    return run(["upgrade", str(path), "--from", old, "--to", new, *argv])


def remarks(
    path: Path,
    text: str,
    capsys: pytest.CaptureFixture[str],
    *argv: str,
    old: str = "4.95",
    new: str = "4.99",
    status: int,
) -> list[dict[str, Any]]:
    path.write_text(text)
    assert upgrade(path, "--json", *argv, old=old, new=new) == status
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def transports(text: str, routers: str = "") -> str:
    return (
        f"{NEUTRAL}domainlist mine = a.example : b.example\nbegin routers\n{routers}begin transports\n{text}"
    )


def test_nothing_to_do(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(NEUTRAL)
    assert upgrade(path) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "old", "release", "message", "line"),
    [
        ("drop_cr\n", "4.92", "4.98", 'main option "drop_cr" unknown', 1),
        ("smtp_banner = x\n\ndrop_cr\n", "4.97", "4.98", 'main option "drop_cr" unknown', 3),
        ("smtp_banner = ${if pwcheck{a:b}}\n", "4.98", "4.99", 'unknown condition "pwcheck"', 1),
        ("smtp_banner = ${lookup{a}ibase{b}}\n", "4.92", "4.98", 'unknown lookup type "ibase"', 1),
        ("smtp_banner = $srs_status\n", "4.92", "4.96", 'unknown variable name "srs_status"', 1),
        ("A = x\nsmtp_banner = ${bless:A}\n", "4.94", "4.95", 'unknown expansion operator "bless"', 2),
    ],
)
def test_what_a_release_lacks_breaks(
    text: str,
    old: str,
    release: str,
    message: str,
    line: int,
    path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = [one for one in remarks(path, text, capsys, old=old, status=3) if one["severity"] == "break"]
    assert [(one["since"], one["line"]) for one in found] == [(release, line)]
    assert found[0]["message"].startswith(message)


def test_what_the_build_lacks_has_no_release(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = NEUTRAL + "smtp_banner = ${lookup mysql{x}}\n"
    found = remarks(path, text, capsys, old="4.96", new="4.99,-mysql", status=3)
    assert [(one["severity"], one["since"]) for one in found] == [("break", None)]


def test_errors_that_were_there_before_are_counted_only(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text(NEUTRAL + "nosuch = 1\n")
    assert upgrade(path) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{path}: one error with 4.95 already: see eximulate check\n")


def test_defaults_that_change_are_told_where_they_count(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = NEUTRAL.replace("recipients_max = 100\n", "") + (
        "begin transports\na:\n  driver = smtp\n  hosts_try_dane =\n  dnssec_request_domains = *\n"
        "b:\n  driver = smtp\n  message_linelength_limit = 100\n  hosts_try_dane =\n"
        "  dnssec_request_domains =\nc:\n  driver = appendfile\n  file = /x\n"
    )
    found = remarks(path, text, capsys, old="4.93", new="4.96", status=2)
    assert [(one["since"], one["line"], one["message"], one["notes"]) for one in found] == [
        (
            "4.95",
            None,
            "the default of main option recipients_max changes from 0 to 50000",
            ['"recipients_max = 0" keeps the old one'],
        ),
        (
            "4.95",
            8,
            LINE_LENGTH,
            ["left to the default by a"],
        ),
        (
            "4.94",
            8,
            "the default of transport option utf8_downconvert changes from nothing to -1",
            ["left to the default by a, b", '"utf8_downconvert =" keeps the old one'],
        ),
    ]


def test_behaviour_that_changes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = NEUTRAL + (
        "smtp_banner = ${run{/bin/x $message_exim_id}}${run{/bin/x}}$message_id\n"
        "received_header_text = ${lookup{x}dsearch{here}}${lookup{x}dsearch{/there}}\n"
        "begin routers\nr:\n  driver = accept\n  verify_only\n  headers_remove = a : X-* : b\n"
    )
    found = remarks(path, text, capsys, old="4.93", new="4.97", status=3)
    assert [(one["severity"], one["since"], one["line"], one["message"]) for one in found] == [
        ("break", "4.94", 9, 'dsearch refuses "here": the folder has to be an absolute path'),
        ("change", "4.96", 8, "the command of ${run is split into words before it is expanded, not after"),
        (
            "change",
            "4.94",
            14,
            "an asterisk at the end of a name in headers_remove stands for any further characters",
        ),
        ("remark", "4.97", 8, "message ids are longer: 23 characters instead of 16"),
    ]


ROUTERS = {
    "plain words": ("  local_parts = ann : bob\n", True),
    "a folder": ("  local_parts = dsearch;/etc\n", True),
    "users": ("  check_local_user\n", True),
    "a named list": ("  local_parts = +people\n", True),
    "no list": ("", False),
    "a file": ("  local_parts = lsearch;/etc/aliases\n", False),
    "a pattern": ("  local_parts = ann : ^b\n", False),
    "an expansion": ("  local_parts = ${lc:ann}\n", False),
    "the opposite": ("  local_parts = ! ann\n", False),
    "capitals": ("  local_parts = Ann\n", False),
    "case that counts": ("  local_parts = ann\n  caseful_local_part\n", False),
    "a list that is not there": ("  local_parts = +nosuch\n", False),
    "a list in itself": ("  local_parts = +again\n", False),
}


@pytest.mark.parametrize(("lines", "proven"), ROUTERS.values(), ids=ROUTERS)
def test_which_rewrites_are_proven(
    lines: str, proven: bool, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = transports(
        "t:\n  driver = appendfile\n  file = /var/mail/${local_part}/x\n",
        f"r:\n  driver = accept\n{lines}  transport = t\n",
    ).replace(
        "begin routers",
        "localpartlist people = ann : +more\nlocalpartlist more = bob\n"
        "localpartlist again = +again\nbegin routers",
    )
    found = [one for one in remarks(path, text, capsys, old="4.93", new="4.94", status=3) if one["edits"]]
    start = text.index("${local_part}")
    assert [one["edits"] for one in found] == [
        [
            {
                "file": str(path),
                "start": start,
                "end": start + len("${local_part}"),
                "text": "${local_part_data}",
                "proven": proven,
            }
        ]
    ]


def test_write_makes_what_is_proven(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = transports(
        "t:\n  driver = appendfile\n  file = /m/$domain/$local_part\n"
        "u:\n  driver = appendfile\n  file = /m/$domain/$local_part\n",
        "r:\n  driver = accept\n  check_local_user\n  domains = +mine\n  transport = t\n"
        "s:\n  driver = redirect\n  domains = a.example\n  file = /etc/$domain\n"
        "v:\n  driver = accept\n  domains = +mine\n  transport = u\n",
    )
    path.write_text(text)
    assert upgrade(path, "--write", old="4.93", new="4.94") == 3
    out, err = capsys.readouterr()
    first, second = text.split("u:\n  driver = appendfile")
    first = first.replace("/$domain", "/$domain_data").replace("/$local_part", "/$local_part_data")
    assert path.read_text() == f"{first}u:\n  driver = appendfile{second}"
    line = text[: text.rindex("file =")].count("\n") + 1
    assert err.startswith(f"{path}: rewritten\n")
    assert out.startswith(f"will break:\n{path}:{line}:10: transport u: file may not be")
    assert "rewrites to look at" in out
    assert "rewrites that keep the meaning" not in out


def test_rewrites_are_shown(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_text(
        transports(
            "t:\n  driver = appendfile\n  directory = /m/$local_part\n",
            "r:\n  driver = accept\n  check_local_user\n  transport = t\n",
        )
    )
    assert upgrade(path, old="4.93", new="4.94") == 3
    assert capsys.readouterr().out.splitlines()[-7:] == [
        "rewrites that keep the meaning (--write makes them):",
        f"--- {path}",
        f"+++ {path} (new)",
        "@@ -16,2 +16,2 @@",
        "   driver = appendfile",
        "-  directory = /m/$local_part",
        "+  directory = /m/$local_part_data",
    ]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("/m/$local_part_data", None),
        ("/m/${lookup{$local_part}lsearch{/x}{$value}fail}", None),
        ("/m/${md5:$local_part}", None),
        ("/m/$home", None),
        ("/m/${if eq{$local_part}{a}{b}{c}}", None),
        ("/m/${if eq{a}{b}{$sender_address}{c}}", "$sender_address"),
        ("/m/${lc:$h_subject:}$domain", "$h_subject:, $domain"),
        ("/m/${extract{1}{:}{$local_part}{$value}}", "$local_part"),
        ("/m/${lookup{a}lsearch{/x}{$value}{$sender_helo_name}}", "$sender_helo_name"),
    ],
)
def test_what_comes_from_outside(
    value: str, names: str | None, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = transports(f"t:\n  driver = appendfile\n  file = {value}\n")
    found = remarks(path, text, capsys, old="4.93", new="4.94", status=3 if names else 0)
    messages = [one["message"] for one in found]
    assert messages == (
        [f"transport t: file may not be made from {names}, which others send"] if names else []
    )


def test_home_directories_that_name_files(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = "  driver = appendfile\n  file = ${home}/box\n"
    text = transports(
        f"t:\n{box}u:\n{box}  home_directory = /h/$domain\nv:\n  driver = pipe\n  command = /bin/cat\n",
        "r:\n  driver = accept\n  check_local_user\n  transport = t\n"
        "  transport_home_directory = /h/$local_part\n"
        "s:\n  driver = accept\n  domains = +mine\n  transport = u\n"
        "w:\n  driver = accept\n  transport = v\n  transport_home_directory = /h/$local_part\n",
    )
    found = [one for one in remarks(path, text, capsys, old="4.93", new="4.94", status=3) if one["edits"]]
    assert [(one["message"], one["edits"][0]["text"], one["edits"][0]["proven"]) for one in found] == [
        (
            "router r: transport_home_directory may not be made from $local_part, which others send",
            "$local_part_data",
            True,
        ),
        ("transport u: home_directory may not be made from $domain, which others send", "$domain_data", True),
    ]


def test_files_that_are_searched(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = NEUTRAL + "smtp_banner = ${lookup{x}lsearch{/etc/$domain}}${lookup{$domain}lsearch{/x}}\n"
    found = remarks(path, text, capsys, old="4.93", new="4.94", status=3)
    assert [one["message"] for one in found] == [
        "smtp_banner: the file that is searched may not be made from $domain"
    ]
    assert remarks(path, text, capsys, old="4.94", new="4.95", status=0) == []


def test_text_of_a_macro_is_not_rewritten(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "BOX = /m/$local_part\n" + transports(
        "t:\n  driver = appendfile\n  file = BOX\n",
        "r:\n  driver = accept\n  check_local_user\n  transport = t\n",
    )
    found = remarks(path, text, capsys, "--write", old="4.93", new="4.94", status=3)
    assert [one["edits"] for one in found] == [[]]
    assert path.read_text() == text


def test_a_router_that_chooses_its_transport_proves_nothing() -> None:
    text = "begin routers\nr:\n  driver = accept\n  check_local_user\n  transport = ${lc:t}\n"
    world = MemoryWorld(files={"/x": text.encode()})
    config = load("/x", profile=chosen("4.94"), world=world)
    assert proven_in_router(config, config.routers[0], "local_part")
    assert not proven_in_router(config, config.routers[0], "domain")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--from", "4.92", "--to", "5.0"], "unknown profile '5.0'"),
        (["--from", "x", "--to", "4.99"], "unknown profile 'x'"),
        (["--from", "4.99", "--to", "4.92"], "--to 4.92 is older than --from 4.99"),
        (["--to", "4.92"], "the following arguments are required: --from"),
        (["--from", "4.92", "--to", "4.99", "-Dx"], "-Dx: a macro name starts with an upper case letter"),
    ],
)
def test_arguments_that_make_no_sense(
    argv: list[str], message: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text(NEUTRAL)
    assert run(["upgrade", str(path), *argv]) == 1
    assert capsys.readouterr().err.startswith(f"eximulate upgrade: {message}")


def test_a_file_that_cannot_be_read(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade(path) == 1
    assert capsys.readouterr().err == f"eximulate upgrade: cannot read {path}: No such file or directory\n"
    assert upgrade(path.parent) == 1
    assert capsys.readouterr().err == f"eximulate upgrade: cannot read {path.parent}: Is a directory\n"


@pytest.mark.parametrize("data", [b"", bytes(range(1, 128)) * 20, b"\0" * 100, b"begin\nbegin acl\n"])
def test_junk_is_no_fault_of_the_upgrade(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    assert upgrade(path, old="4.98", new="4.99") in {0, 2}
