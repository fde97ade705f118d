"""Callers whom the machine does not know: ``unknown_login`` and ``unknown_username``."""

from __future__ import annotations

import re
import subprocess
import sys

import installed
import pytest
from installed import BUILT_IN, Installed, root

from namespace import command
from real_exim import PROGRAM

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

NOBODY = "54321"
VARIABLES = "$caller_uid $sender_ident $sender_address $authenticated_id $authenticated_sender"
NAMED = "unknown_login = x$caller_uid\n"
CONFIGS = {
    "nothing": "",
    "a login": NAMED,
    "a login that fails": "unknown_login = ${if eq{1}{2}{a}fail}\n",
    "a full name": f"{NAMED}unknown_username = Some & Body, $caller_uid\n",
    "a full name without a login": "unknown_username = Some Body\n",
    "a full name and what the account's would be cut to": f"{NAMED}unknown_username = Some Body, 3\n"
    "gecos_pattern = ^([^,]*)\ngecos_name = $1\n",
}
CALLS = {
    "an expansion": ("-be", VARIABLES),
    "a version": ("-bV",),
    "a setting": ("-bP", "qualify_domain"),
    "a test": ("-bt", "a@b.test"),
    "a retry rule": ("-brt", "a@b.test"),
    "a session": ("-bh", "192.0.2.1"),
    "a message": ("-odq", "a@b.test"),
    "a message with a full name": ("-odq", "-F", "Other", "a@b.test"),
}


def exim(system: Installed, words: tuple[str, ...], data: bytes) -> subprocess.CompletedProcess[bytes]:
    ids = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
    return system._run(command({system.file: BUILT_IN}, ["setpriv", *ids, str(PROGRAM), *words]), data)


def ours(system: Installed, words: tuple[str, ...], data: bytes) -> subprocess.CompletedProcess[bytes]:
    settings = {"EXIMULATE_PROFILE": "debian-12", "EXIMULATE_AS_USER": NOBODY}
    return system._run([sys.executable, "-m", "expander", "-C", str(system.file), *words], data, settings)


def seen(system: Installed, done: subprocess.CompletedProcess[bytes]) -> tuple[int, list[str], list[str]]:
    """How a call ended, what it said, and the message that it left, without what differs each time."""
    said = [
        line for line in (done.stdout + done.stderr).decode("latin-1").splitlines() if "user name" in line
    ]
    kept = "".join(path.read_text("latin-1") for path in (system.directory / "spool/input").glob("*-H"))
    lines = [line for line in kept.splitlines() if re.search("^(x|<|-ident|-auth|.*From|.*Received)", line)]
    return done.returncode, [re.sub(r"^[-\d]+ [:\d]+ ", "", line) for line in said], lines


@pytest.mark.parametrize("words", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_a_caller_without_an_account(config: str, words: tuple[str, ...]) -> None:
    found = []
    with root(config) as system:
        for run in (exim, ours):
            system.clear()
            done = run(system, words, b"Subject: x\n\nbody\n" if "-odq" in words else b"QUIT\r\n")
            shown = done.stdout if words[0] == "-be" else b""
            found.append((*seen(system, done), shown))
    assert found[1] == found[0]
