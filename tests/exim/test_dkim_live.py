"""DKIM in sessions: the real Exim asks a name server for the keys that ours has in its zones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dkim_cases import messages, zones
from dns_server import NameServer
from drivers.values.dkimoptions import signatures
from expander.api import Expander
from expander.world.memory import MemoryWorld
from real_exim import PROGRAM
from signed import MESSAGE, pem, sign

pytestmark = pytest.mark.exim

SERVER = (f"127.0.0.{54 + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}", 53)
OPENDKIM = shutil.which("opendkim-testmsg", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ENTER = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
NAMES = (
    "cur_signer verify_status verify_reason domain identity selector algo canon_body canon_headers "
    "copiedheaders bodylength created expires headernames key_testing key_nosubdomains key_srvtype "
    "key_granularity key_notes key_length signers"
).split()
CONFIG = """\
primary_hostname = mx.test
spool_directory = @DIR@
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
log_selector = +dkim_verbose
acl_smtp_rcpt = accept
acl_smtp_data = received
@MAIN@
begin acl
signed:
@DKIM@
  accept logwrite = @VARIABLES@
received:
  accept logwrite = $dkim_verify_status $dkim_signers ${authresults{mx}}
""".replace("@VARIABLES@", " ".join(f"{name}=$dkim_{name}" for name in NAMES))
IDENTIFICATION = re.compile(rb"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")
SETTINGS = {
    "without an ACL": ("", ""),
    "other verdict": (
        "acl_smtp_dkim = signed",
        "  warn set dkim_verify_status = fail\n       set dkim_verify_reason = why",
    ),
    "same verdict": ("acl_smtp_dkim = signed", "  warn set dkim_verify_status = pass"),
    "deny": ("acl_smtp_dkim = signed", "  deny dkim_status = pass : fail\n       dkim_signers = d.test"),
    "defer": ("acl_smtp_dkim = signed", "  defer message = $dkim_domain"),
    "drop": ("acl_smtp_dkim = signed", "  drop"),
    "discard": ("acl_smtp_dkim = signed", "  discard log_message = gone"),
    "signers": ("acl_smtp_dkim = signed\ndkim_verify_signers = e.test : D.test : $dkim_signers", ""),
    "no signers": ("acl_smtp_dkim = signed\ndkim_verify_signers =", ""),
    "wrong signers": ("acl_smtp_dkim = signed\ndkim_verify_signers = ${if", ""),
    "hashes": (
        "acl_smtp_dkim = signed\ndkim_verify_hashes = sha1:sha512\ndkim_verify_keytypes = rsa:ed25519",
        "",
    ),
    "sizes": ("acl_smtp_dkim = signed\ndkim_verify_min_keysizes = rsa=2048 ed25519=300", ""),
    "minimal": ("acl_smtp_dkim = signed\ndkim_verify_minimal", ""),
    "modifiers": ("acl_smtp_dkim = signed", "  warn add_header = X: y\n  warn remove_header = X"),
    "unknown ACL": ("acl_smtp_dkim = nowhere", ""),
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that Exim's user can reach, with zone files, while a server answers from the same zones."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o777)
        (path / "resolv.conf").write_text(f"nameserver {SERVER[0]}\noptions timeout:1 attempts:1\n")
        can = subprocess.run(
            ["unshare", "-m", "sh", "-c", ENTER, str(path / "resolv.conf"), "true"], check=False
        )
        if can.returncode:
            pytest.skip("the settings of the resolver cannot be changed here")
        (path / "zones").mkdir()
        for zone, text in zones().items():
            (path / "zones" / f"db.{zone}").write_text(text)
        try:
            with NameServer(MemoryWorld(zones=zones()).dns, SERVER):  # type: ignore[arg-type]
                yield path
        except OSError as problem:
            pytest.skip(f"no name server can be run here: {problem}")


def session(sent: list[bytes]) -> bytes:
    """A session in which a client sends messages."""
    lines = [b"HELO c.test"]
    for message in sent:
        lines += [b"MAIL FROM:<a@x.test>", b"RCPT TO:<b@y.test>", b"DATA"]
        lines += [b"." * line.startswith(b".") + line for line in message.split(b"\n")[:-1]]
        lines.append(b".")
    return b"".join(line + b"\r\n" for line in [*lines, b"QUIT"])


def answers(folder: Path, program: list[str], data: bytes) -> list[bytes]:
    """The lines that the client sees, and those that are told and logged."""
    arguments = ["-C", str(folder / "conf"), "-bh", "192.0.2.1"]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", ENTER, str(folder / "resolv.conf"), *program, *arguments],
        input=data,
        capture_output=True,
        timeout=120,
        check=False,
        env={
            **os.environ,
            "TZ": "UTC",
            "EXIMULATE_PROFILE": "debian-12",
            "EXIMULATE_DNS_ZONES": str(folder / "zones"),
        },
    )
    return IDENTIFICATION.sub(b"ID", done.stdout + done.stderr).split(b"\n")


def same(folder: Path, main: str, rule: str, sent: list[bytes]) -> None:
    """Ask both programs, and see that they say the same."""
    assert PROGRAM is not None
    text = CONFIG.replace("@DIR@", str(folder)).replace("@MAIN@", main).replace("@DKIM@", rule)
    (folder / "conf").write_text(text)
    data = session(sent)
    ours = answers(folder, [sys.executable, "-m", "expander"], data)
    assert ours == answers(folder, [PROGRAM], data)


def test_messages_one_after_the_other(folder: Path) -> None:
    names = sorted(set(messages()) - {"many"})
    same(folder, "acl_smtp_dkim = signed", "", [messages()["many"]])  # where it is logged, buffers decide
    for at in range(0, len(names), 12):
        same(folder, "acl_smtp_dkim = signed", "", [messages()[name] for name in names[at : at + 12]])


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(folder: Path, name: str) -> None:
    main, rule = SETTINGS[name]
    several = sign(sign(sign(kind="ed25519", selector="ed"), algorithm="sha512"), algorithm="sha1")
    sent = [
        several,
        sign(several, tags={"i": "u@D.TEST"}).replace(b"second", b"third"),
        sign(selector="none"),
    ]
    for message in sent if name == "drop" else [b""]:
        same(folder, main, rule, [message] if message else sent)


@pytest.mark.skipif(not OPENDKIM, reason="no opendkim-testmsg is installed")
def test_opendkim_verifies_what_is_signed(folder: Path) -> None:
    assert OPENDKIM is not None
    context = Expander(world=MemoryWorld({"/key": pem("rsa")})).context
    text = (b"Date: Sat, 28 Nov 2026 00:00:00 +0000\n" + MESSAGE).replace(b"\n", b"\r\n")
    head, _, body = text.partition(b"\r\n\r\n")
    lines = [line + b"\r\n" for line in head.split(b"\r\n")]
    for form in ("relaxed", "simple"):
        options = {"dkim_domain": "d.test", "dkim_selector": "s1", "dkim_private_key": "/key"}
        (line,) = signatures(context, options | {"dkim_canon": form}, lines, body)
        inside = ["unshare", "-m", "sh", "-c", ENTER, str(folder / "resolv.conf"), OPENDKIM]
        done = subprocess.run(inside, input=line + text, capture_output=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, b"")
        spoilt = text.replace(b"second", b"third")
        done = subprocess.run(inside, input=line + spoilt, capture_output=True, check=False)
        assert done.returncode != 0
