"""Commands that change, show and deliver messages of the queue: what the installed Exim says and logs."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import installed
import pytest

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

CONFIG = """\
queue_run_in_order
begin routers
late:
  driver = redirect
  local_parts = late
  allow_defer
  data = :defer: not now
fails:
  driver = redirect
  local_parts = fails
  allow_fail
  data = :fail: never
all:
  driver = accept
  local_parts = u1 : u2 : u3
  transport = t
begin transports
t:
  driver = appendfile
  file = @DIR@/mail/$local_part_data
  user = nobody
begin retry
* * F,2h,15m
"""
MESSAGE = b"From: a@x.test\nSubject: s\n\nOne\nTwo\n"
ABSENT = "1aaaaa-000001-AA"
NORMAL = (
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "<time>"),
    (r"pid=\d+", "pid=<pid>"),
    (r"run pid \d+", "run pid <pid>"),
    (r"-frozen \d+", "-frozen <seconds>"),
    (r"(?m)^\d{10} (\d)$", r"<seconds> \1"),
    (r"_usec \.\d+", "_usec <fraction>"),
    (r"_complete [\d.]+", "_complete <seconds>"),
    (r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d", "<date>"),
)
Step = tuple[str, ...]

EVERY_ACTION: list[Step] = [
    *(
        (option, "@0")
        for option in ("-Mf", "-Mt", "-Mg", "-Mmad", "-Mrm", "-M", "-Mc", "-Mvh", "-Mvb", "-Mvl")
    ),
    *((option, "@0", "u1@example.test") for option in ("-Mar", "-Mes", "-Mmd")),
    ("-Mvc", "@0"),
    ("-MG", "other", "@0"),
]
SCENARIOS: dict[str, tuple[str, list[Step]]] = {
    "messages that are not there": ("", [tuple(w.replace("@0", ABSENT) for w in s) for s in EVERY_ACTION]),
    "freezing and thawing": (
        "late",
        [
            ("-Mf", "@0"),
            ("-bp",),
            ("-Mf", "@0"),
            ("-q",),
            ("-qf",),
            ("-R", "late"),
            ("-Mt", "@0"),
            ("-Mt", "@0"),
            ("-Mf", "@0"),
            ("-M", "@0"),
            ("-Mf", "@0"),
            ("-qff",),
            ("-Mf", ABSENT, "@0"),
            ("-Mvl", "@0"),
        ],
    ),
    "changing the envelope": (
        "u1 late",
        [
            ("-Mar", "@0"),
            ("-Mar", "@0", "u3", "u2@example.test"),
            ("-Mar", "@0", "u2@example.test", "x@y.test"),
            ("-Mar", "@0", "bad@@x"),
            ("-Mar", "@0", ""),
            ("-Mes", "@0"),
            ("-Mes", "@0", "u5"),
            ("-Mes", "@0", "a", "b"),
            ("-Mes", "@0", "<>"),
            ("-Mvh", "@0"),
            ("-Mes", "@0", "new@x.test"),
            ("-Mvh", "@0"),
            ("-Mmd", "@0"),
            ("-Mmd", "@0", "u1@example.test"),
            ("-Mmd", "@0", "zz@example.test", "u2", "U1@EXAMPLE.test"),
            ("-bp",),
            ("-bpu",),
            ("-bpra",),
            ("-bpc",),
            ("-bp", ABSENT, "@0"),
            ("-Mmad", "@0"),
            ("-Mvh", "@0"),
            ("-q",),
            ("-bp",),
        ],
    ),
    "showing": (
        "u1 u2",
        [("-Mvh", "@0"), ("-Mvb", "@0"), ("-Mvl", "@0"), ("-Mvc", "@0"), ("-v", "-M", "@0")],
    ),
    "removing": ("u1", [("-Mrm", "@0", ABSENT), ("-Mrm", "@0"), ("-bp",), ("-bpc",)]),
    "runs over the queue": (
        "late u1",
        [
            ("-q",),
            ("-q",),
            ("-qf",),
            ("-qi",),
            ("-qqf",),
            ("-ql",),
            ("-qfl",),
            ("-R", "LATE"),
            ("-R", "u1"),
            ("-R", ""),
            ("-Rf", "late"),
            ("-Rff", "late"),
            ("-Rr", "^la"),
            ("-Rrf", "late"),
            ("-Rr", "["),
            ("-Rfr", "late"),
            ("-S", "root"),
            ("-Sr", "^x"),
            ("-R", "late", "-S", "root"),
            ("-qR", "late"),
            ("-v", "-qf"),
            ("-qGother",),
            ("-q", "@0"),
            ("-q", "@0", "@0"),
            ("-q", "zzzzzz-000000-00"),
            ("-q", "x"),
            ("-qG", "5x"),
            ("-qGa/b",),
        ],
    ),
    "runs over the queue with odd arguments": (
        "late u1",
        [
            ("-q", "-q"),
            ("-qf", "-qGother"),
            ("-qGother/",),
            ("-qG/", "-Rr", "^.*late"),
            ("-qG/", "x.test"),
            ("-qi", "5x"),
            ("-qi", ""),
            ("-q5x", "-q"),
            ("-Rr", ""),
            ("-Sr", ""),
            ("-Rx", "-q"),
            ("-qf", "-Rf", "late"),
            ("-Rf", "late", "-qf"),
            ("-v", "-q"),
            ("-qqi",),
            ("-qqi", "-S", "root"),
            ("-bm", "-q"),
            ("-bs", "-q"),
            ("-t", "-q"),
        ],
    ),
    "one failure for all messages that are selected": (
        "late u1 : late u2 : late",
        [("-R", "late"), ("-bp",), ("-qq", "-R", "late"), ("-S", "root"), ("-qq", "-S", "root")],
    ),
    "actions with odd arguments": (
        "late u1",
        [
            *(
                (mode, *more)
                for more in (("-Mf", "@0"), ("-Mvh", "@0"), ("-Mar", "@0", "u2@example.test"), ("-M", "@0"))
                for mode in (
                    "-R late",
                    "-t",
                    "-bs",
                    "-bS",
                    "-bt",
                    "-bv",
                    "-be",
                    "-bi",
                    "-bh 192.0.2.1",
                    "-bm",
                    "-q",
                )
            ),
            ("-Mvh", "@0", "-v"),
            ("-Mvh", "@0", "@0"),
            ("-Mvb", "@0", "x"),
            ("-Mvl", "@0", ABSENT, "x"),
            ("-Mvc", "@0", ABSENT),
            ("-Mvl", "@0", "-R"),
            ("-Mvb", "-v"),
            ("-q", "-Mvh", "@0", "x"),
            ("-Mar", "@0", "-v", "u3@example.test"),
            ("-Mar", "@0", "u3@example.test", "-v"),
            ("-Mf", "@0", "-v"),
            ("-Mvh", "@0", "-Mf", "@0"),
            ("-Mset", "@0", "-Mvb", "@0"),
            ("-S", "zz", "-Mt", "@0"),
        ],
    ),
    "messages with -bm": (
        "",
        [
            ("-bm", "-odi", "u1@example.test"),
            ("-bm", "-odi", "-f", "a@x.test", "u1", "u2"),
            ("-odi", "-bm", "-t"),
            ("-bm",),
            ("-bm", "-bt", "u1@example.test"),
            ("-bm", "-bp"),
            ("-bm", "-bs"),
        ],
    ),
    "queues with names": (
        "late",
        [
            ("-MG", "other", "@0"),
            ("-bp",),
            ("-qGother", "-bp"),
            ("-qGother",),
            ("-qGother", "-Mvh", "@0"),
            ("-qGnone", "-Mf", "@0"),
            ("-qGnone", "-M", "@0"),
            ("-MG", "third", "@0"),
            ("-qGother", "-MG", "third", "@0"),
            ("-qGthird", "-MG", "", "@0"),
            ("-bp",),
        ],
    ),
    "a message that another process has": (
        "u1 (locked)",
        [*EVERY_ACTION, ("-q",), ("-v", "-M", "@0"), ("-bp",)],
    ),
    "a header that is cut off": ("u1 (cut)", [*EVERY_ACTION, ("-bp",), ("-q",), ("-Mrm", "@0")]),
    "a header with a sender that is none": (
        "u1 (sender)",
        [("-Mf", "@0"), ("-M", "@0"), ("-bp",), ("-Mvc", "@0")],
    ),
    "a header with a tree that is none": (
        "u1 (tree)",
        [("-Mf", "@0"), ("-M", "@0"), ("-bp",), ("-Mvc", "@0")],
    ),
    "a header with unknown words": ("late (word)", [("-Mf", "@0"), ("-Mvh", "@0"), ("-M", "@0"), ("-bp",)]),
}
DAMAGE: dict[str, Callable[[str], str]] = {
    "cut": lambda text: text[:30],
    "sender": lambda text: text.replace("<root", "root", 1),
    "tree": lambda text: text.replace("\nXX\n", "\nQQ\n"),
    "word": lambda text: text.replace("-ident root", "-strange thing\n-ident root"),
}


@contextmanager
def locked(path: Path | None) -> Iterator[None]:
    """A lock of another process on a file, if there is one."""
    if path is None:
        yield
        return
    with path.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


def story(program: str, recipients: str, steps: list[Step]) -> list[str]:
    """What comes of each step: status, output, new lines of the log."""
    with installed.root(CONFIG) as host:
        names, _, state = recipients.removesuffix(")").partition(" (")
        for envelope in names.split(" : ") if names else ():
            host.exim("-odq", "-i", *(f"{name}@example.test" for name in envelope.split()), data=MESSAGE)
        known = [*sorted(host.queue), ABSENT]
        first = known[0]
        if state in DAMAGE:
            path = host.directory / f"spool/input/{first}-H"
            path.write_text(DAMAGE[state](path.read_text("latin-1")), "latin-1")
        run = getattr(host, program)
        told = []
        seen = len(host.log())
        with locked(host.directory / f"spool/input/{first}-D" if state == "locked" else None):
            for step in steps:
                words = [
                    part
                    for word in step
                    for part in (word.split() if " " in word and word[0] == "-" else [word])
                ]
                done = run(*(word.replace("@0", first) for word in words))
                log, seen = host.log()[seen:], len(host.log())
                out = done.stdout.decode("latin-1") + "|" + done.stderr.decode("latin-1")
                text = f"{' '.join(step)}: {done.returncode} {out}\n" + "\n".join(log)
                for number, name in enumerate(known):
                    text = text.replace(name, f"@{number}")
                text = text.replace(str(host.directory), "@DIR@")
                text = re.sub(r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b", "<other>", text)
                for pattern, replacement in NORMAL:
                    text = re.sub(pattern, replacement, text)
                told.append(text)
        return told


@pytest.mark.parametrize("name", SCENARIOS)
def test_commands_do_what_exim_does(name: str) -> None:
    recipients, steps = SCENARIOS[name]
    for ours, theirs in zip(story("ours", recipients, steps), story("exim", recipients, steps), strict=True):
        assert ours == theirs
