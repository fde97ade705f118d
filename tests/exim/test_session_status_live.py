"""The exit status of ``-bs``, by how the session ends."""

from __future__ import annotations

import installed
import pytest
from installed import root

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

MAIL = ("EHLO a", "MAIL FROM:<a@b>", "RCPT TO:<c@d>")
TEXT = ("DATA", "Subject: x", "", ".")
SESSIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "QUIT": ("", ("QUIT",)),
    "no QUIT": ("", ("EHLO a",)),
    "unknown commands": ("", ("x", "x", "x", "x", "NOOP")),
    "unknown commands are refused": ("smtp_max_unknown_commands = 9\n", ("x", "x", "x", "x")),
    "syntax errors": ("smtp_max_synprot_errors = 1\n", ("EHLO a", *["MAIL FROM:<"] * 4)),
    "commands without mail": ("smtp_accept_max_nonmail = 1\n", ("EHLO a", *["NOOP"] * 4)),
    **{
        f"dropped at {phase}": (f"acl_smtp_{phase} = drop\n", (*MAIL, *lines, "NOOP"))
        for phase, lines in {
            "connect": (),
            "helo": (),
            "mail": (),
            "predata": TEXT,
            "data": TEXT,
            "vrfy": ("VRFY x",),
            "etrn": ("RSET", "ETRN #x"),
        }.items()
    },
}


@pytest.mark.parametrize("name", SESSIONS)
def test_the_status_is_that_of_exim(name: str) -> None:
    more, lines = SESSIONS[name]
    data = "".join(f"{line}\r\n" for line in lines).encode()
    with root(f"acl_smtp_rcpt = accept\n{more}") as system:
        assert system.ours("-bs", data=data).returncode == system.exim("-bs", data=data).returncode
