"""Modes that reach out of the program: the same effects as with the real Exim."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from real_exim import PROGRAM

pytestmark = pytest.mark.exim

CONFIG = """\
primary_hostname = mail.example.test
keep_environment = PATH
spool_directory = @DIR@
log_file_path = @DIR@/log-%s
timezone = UTC
trusted_users = root
acl_not_smtp = remember
@MORE@
begin acl
remember:
  accept set acl_m_text = one\\ntwo
         set acl_c0 = see
"""
TELLING = (
    "[$sender_address] [$recipients] [$recipients_count] [$message_size] [$message_body_size] "
    "[$message_linecount] [$received_count] [$received_protocol] [$received_time] [$message_body] "
    "[$h_subject:] [$message_headers] [$acl_m_text] [$acl_c0] [$sender_ident] [$authenticated_id] "
    "[$sender_host_address] [$sender_host_port] [$received_ip_address] [$received_port] [$message_exim_id] "
    "[$reply_address] [$sender_fullhost] [$sender_rcvhost]"
)
MESSAGES = {
    "local": (["-f", "ann@a.test", "b@b.test", "c@c.test"], b"Subject: hi\nFrom: x@y.z\n\none\ntwo\n"),
    "bounce": (["-f", "<>", "-t"], b"To: b@b.test\nBcc: c@c.test\nSubject: long\n line\n\n"),
    "remote": (
        "-oMa 192.0.2.7.4711 -oMi 192.0.2.1.25 -oMs a.b.test -oMr esmtpa -oMai ann -oMt joe b@b.test".split(),
        b"Subject: x\n\n.. dots\n",
    ),
}


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with tempfile.TemporaryDirectory() as path:
        Path(path).chmod(0o777)
        yield Path(path)


def run(
    command: list[str], directory: Path, *arguments: str, more: str = "", data: bytes = b""
) -> tuple[int, bytes, bytes]:
    config = directory / "conf"
    config.write_text(CONFIG.replace("@DIR@", str(directory)).replace("@MORE@", more))
    done = subprocess.run(
        [*command, "-C", str(config), *arguments],
        input=data,
        capture_output=True,
        check=False,
        cwd=directory,
        env={
            "PATH": os.environ["PATH"],
            "EXIMULATE_PROFILE": "debian-12",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def both(directory: Path, *arguments: str, more: str = "", data: bytes = b"") -> None:
    assert PROGRAM is not None
    ours = run([sys.executable, "-m", "expander"], directory, *arguments, more=more, data=data)
    assert ours == run([PROGRAM], directory, *arguments, more=more, data=data)


@pytest.mark.parametrize("kind", MESSAGES)
def test_a_message_on_the_spool_gives_the_same_variables(kind: str, open_path: Path) -> None:
    assert PROGRAM is not None
    options, data = MESSAGES[kind]
    assert run([PROGRAM], open_path, "-odq", *options, data=data)[0] == 0
    message = next((open_path / "input").glob("*-H")).name.removesuffix("-H")
    both(open_path, "-Mset", message, "-be", data=TELLING.encode())


@pytest.mark.parametrize(
    "command",
    ["", "/bin/echo", "/bin/echo x", "echo", "/nonexistent", "/etc/passwd", "/bin/false", "/bin/cat"],
)
def test_bi_runs_the_same_command(command: str, open_path: Path) -> None:
    more = f"bi_command = {command}\n" if command else ""
    both(open_path, "-bi", more=more, data=b"in\n")
    both(open_path, "-bi", "-oA", "the aliases", more=more, data=b"in\n")


@pytest.mark.parametrize("code", ["$| = 1; print qq(out\\n); print STDERR qq(err\\n);", "print qq(lost\\n);"])
def test_perl_has_the_standard_streams(code: str, open_path: Path) -> None:
    for arguments in (["-ps", "-be", "a"], ["-pd", "-be", "a", "${perl{uc}}", "b"]):
        both(
            open_path, *arguments, more=f"perl_startup = {code} sub line {{ scalar <STDIN> }}\n", data=b"x\n"
        )


def test_perl_can_read_the_standard_input(open_path: Path) -> None:
    both(
        open_path,
        "-be",
        "${perl{line}}",
        more="perl_startup = sub line { scalar <STDIN> }\n",
        data=b"given\n",
    )
