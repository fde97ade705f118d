"""Cases of Sieve scripts: each is a script for one of the messages here, and what comes of it.

A case file has cases separated by lines ``===``. The first line of a case is its title, then comes the
script without its first line, then lines that begin with ``-> ``: what is told of deliveries and
replies, and at last what is printed. ``message: NAME`` before the script names another one.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from casefile import Setup
from drivers.api.text import Tainted
from expander.filters.sieve import interpret
from real_exim import PROGRAM
from running import expander_for

FOLDER = Path(__file__).parent / "cases" / "sieve"
FIRST_LINE = "# Sieve filter\n"
SENDER = "ann@sender.test"

MESSAGES = {
    "plain": (
        'From: Ann Sender <ann@sender.test>\nTo: joe@example.test, "Bob S" <bob@example.test>\n'
        "Cc: carol@other.test\nSubject: Monthly Report 42 urgent\nMessage-ID: <id1@sender.test>\n"
        "Date: Tue, 02 Jan 2024 10:11:12 +0000\nX-Score: 7\nX-List: a\nX-List: b\nX-Empty:\n\nbody\n"
    ),
    "odd": (
        'From: Ann@SENDER.test, "x y"@q.test (comment)\n'
        "To: joe+lists@example.test, group: a@b.test, D <d@e.test>;, broken@@x.y, @route.test:src@r.test\n"
        "Subject: =?iso-8859-1?q?caf=E9?=  tail \nMessage-ID: <id2@sender.test>\n"
        "Date: Tue, 02 Jan 2024 10:11:12 +0000\nX-Fold: one\n\ttwo\n  three\n"
        "X-Words: =?utf-8?q?a?= =?utf-8?q?b?= c\nX-Unknown: =?foo?q?a?= =?utf-8?x?b?=\n"
        "X-Nul: =?utf-8?q?a=00b?=\nPrecedence: bulk\nX-Star: a*b\\c\n\n"
    ),
}  # fmt: skip
DEFAULT = "plain"
CRASHED = ("the real Exim crashed",)
"""An outcome that there is nothing to compare with."""

_TOLD = re.compile(
    r"^(?:fileinto `|redirect `|Repeated |Sieve: mail)(?:.|\n)*?(?:'|ignored\.|ignore it|[0-9A-F]{32})$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Case:
    """A script, the name of its message, and what comes of it in lines."""

    title: str
    message: str
    script: str
    outcome: tuple[str, ...]


def read(path: Path) -> list[Case]:
    """The cases of a file."""
    cases = []
    for part in path.read_text(encoding="latin-1").split("\n===\n"):
        title, _, rest = part.strip("\n").partition("\n")
        script = [line for line in rest.split("\n") if not line.startswith("-> ")]
        outcome = tuple(line[3:] for line in rest.split("\n") if line.startswith("-> "))
        message = DEFAULT
        if script and script[0].startswith("message: "):
            message = script.pop(0).removeprefix("message: ")
        cases.append(Case(title, message, "\n".join(script), outcome))
    return cases


def own_outcome(message: str, script: str, directory: Path) -> tuple[str, ...]:
    """What eximulate makes of a script."""
    context = expander_for(Setup(profile="debian-12", message=MESSAGES[message]), directory).context
    context.facts.update(local_part="root", domain="example.test", sender_address=Tainted(SENDER))
    told: list[str] = []
    result = interpret(context, FIRST_LINE + script, tell=told.append)
    last = "Implicit keep" if result.implicit_keep else "No implicit keep"
    if result.error is not None:
        last = f"Sieve error: {result.error} in line {result.line}"
    return (*_essence("".join(told)), last)


def real_outcome(message: str, script: str, directory: Path, config: Path) -> tuple[str, ...]:
    """What the installed Exim makes of it; `CRASHED` where it crashes."""
    path = directory / "script"
    path.write_bytes((FIRST_LINE + script).encode("latin-1"))
    done = subprocess.run(
        [str(PROGRAM), "-C", str(config), "-f", SENDER, "-v", "-bf", str(path)],
        input=MESSAGES[message].encode("latin-1"),
        capture_output=True,
        check=False,
        timeout=60,
    )
    if done.returncode < 0:
        return CRASHED
    last = done.stdout.decode("latin-1").rstrip("\n").rpartition("\n\n")[2]
    return (*_essence(done.stderr.decode("latin-1")), last)


def _essence(told: str) -> list[str]:
    """The lines about deliveries and replies; line ends inside of a name are shown escaped."""
    return [line.replace("\r", "\\r").replace("\n", "\\n") for line in _TOLD.findall(told)]
