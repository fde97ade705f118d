"""What the checker calls an error the real Exim refuses when a client gets there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.lint.finding import ERROR
from expander.world.memory import MemoryWorld
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

PATH = "/etc/exim.conf"
CONDITIONS = {
    "hosts = +nowhere": "EXL001",
    "hosts = +caseful : 192.0.2.1": "EXL002",
    "hosts = lserach;/etc/hosts": "EXL017",
    "domains = +nowhere": "EXL001",
    "domains = +include_unknown : example.com": "EXL002",
    "domains = lserach;/etc/hosts": "EXL017",
    "domains = a.example ; b.example": "EXL005",
    "domains = partial-dnsdb;a=example.com": "EXL017",
    "domains = ^a[": "EXL019",
    "domains = ^a.b$": "EXE001",
    "senders = a@+nowhere : *@+nowhere": "EXL001",
    "local_parts = +nowhere": "EXL001",
    "condition = eq{$domain}{example.com}": "EXE022",
    "condition = ${if eq{$domain}{example.com}": "EXE001",
    "condition = $domian": "EXE002",
    "condition = ${tr{$domain}{a}}": "EXE027",
    "condition = ${if match{$domain}{(}}": "EXE007",
    "condition = ${perl{x}}": "EXE029",
    "condition = ${lookup mysql{select 1}}": "EXE029",
}
"""One condition of the ACL for RCPT each, and the code of the error that the checker finds in it."""

SESSION = b"EHLO client.example\r\nMAIL FROM:<a@sender.example>\r\nRCPT TO:<joe@example.com>\r\nQUIT\r\n"


def config(condition: str) -> str:
    return f"primary_hostname = mx.example\nacl_smtp_rcpt = a\nbegin acl\na:\n  accept {condition}\n"


@pytest.mark.parametrize(("condition", "code"), CONDITIONS.items())
def test_exim_refuses_what_the_checker_calls_an_error(condition: str, code: str, tmp_path: Path) -> None:
    text = config(condition)
    world = MemoryWorld(files={PATH: text.encode("latin-1")})
    found = check_file(PATH, profile=PROFILES["debian-12"], world=world, macros={})
    assert code in {finding.code for finding in found if finding.severity == ERROR}
    file = tmp_path / "exim.conf"
    file.write_text(text, encoding="latin-1")
    done = subprocess.run(
        [str(PROGRAM), "-C", os.fspath(file), "-bh", "192.0.2.9"],
        input=SESSION,
        capture_output=True,
        check=False,
        timeout=60,
    )
    answers = done.stdout.decode("latin-1").split("\n")
    served = [line for line in answers if line.startswith(("250 Accepted", "550"))]
    assert not served, "\n".join(answers)
