"""What deliveries leave behind, the same ones by the installed Exim and by eximulate."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from installed import BASE, Installed

MESSAGE_ID = re.compile(
    rb"(?<![0-9A-Za-z])E?[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}|[0-9A-Za-z]{11})-[0-9A-Za-z]{2,4}\b"
)
TIMES = [
    (re.compile(rb"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [-+]\d{4}"), b"DATE"),
    (re.compile(rb"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:[-+]\d{4} )?\d{4}\b"), b"DATE"),
    (re.compile(rb"[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [-+]\d{4}"), b"DATE"),
    (re.compile(rb"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), b"DATE"),
    (re.compile(rb"\b\d{10}\.([MH])\d+P\d+\."), rb"TIME.\1microPpid."),
    (re.compile(rb"\bq[0-9A-Za-z]{6,9}-\d+"), b"qTIME-INODE"),
    (re.compile(rb"(?<=^MSGID-)\d+(?=\.)"), b"PID"),
    (re.compile(rb"(?<=MSGID-)[0-9A-Za-z]{6}(?=\.(?:env|msg|tmp))"), b"PID"),
    (re.compile(rb"(?<=^\*mbx\*\r\n)[0-9a-f]{8}"), b"TIME"),
    (re.compile(rb"\b\d+-eximdsn-\d+"), b"BOUNDARY"),
    (re.compile(rb"\b(temp)\.\d+\."), rb"\1.PID."),
    (
        re.compile(rb"(<= <> R=MSGID U=\S+ P=local S=)\d+"),
        rb"\1SIZE",
    ),  # its boundary has the time and a number
]


class Sent(NamedTuple):
    """One run of the program: its arguments, what it reads, and who runs it."""

    arguments: Sequence[str]
    data: bytes


class Left(NamedTuple):
    """What is there afterwards: how each run ended, the lines of the logs, and all files.

    ``files`` has for each path its kind, mode, owner, group and what is in it.
    """

    ended: list[tuple[int, bytes, bytes]]
    main: list[bytes]
    panic: list[bytes]
    queue: list[str]
    files: dict[str, tuple[str, str, int, int, bytes]]


def plain(data: bytes) -> bytes:
    """The same without what is another one at each run: times, and the names of messages."""
    data = MESSAGE_ID.sub(b"MSGID", data)
    for pattern, name in TIMES:
        data = pattern.sub(name, data)
    return data


def both(
    directory: Path, config: str, sent: Sequence[Sent], prepare: Callable[[Path], None] = lambda _: None
) -> tuple[Left, Left]:
    """What the installed Exim leaves, and what eximulate does; ``prepare`` puts there what both find."""
    system = Installed(directory, config, base=BASE)
    results = []
    for run in (system.exim, system.ours):
        system.clear()
        mail = directory / "mail"
        shutil.rmtree(mail, ignore_errors=True)
        mail.mkdir()
        mail.chmod(0o777)
        prepare(mail)
        ended = []
        for step in sent:
            done = run(*step.arguments, data=step.data)
            ended.append((done.returncode, plain(done.stdout), plain(done.stderr)))
        main, panic = (_log(directory / f"log/{name}log") for name in ("main", "panic"))
        results.append(Left(ended, main, panic, ["MSGID" for _ in system.queue], _files(mail)))
    return results[0], results[1]


def _log(path: Path) -> list[bytes]:
    return plain(path.read_bytes()).splitlines() if path.exists() else []


def _files(top: Path) -> dict[str, tuple[str, str, int, int, bytes]]:
    found = {}
    # Names have times in them that do not sort as the messages came: files of one name go by what they hold.
    for path in sorted(top.glob("**/*"), key=lambda path: (_plain_name(path, top), _held(path))):
        facts = path.lstat()
        kind = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}.get(
            stat.S_IFMT(facts.st_mode), "other"
        )
        data = path.read_bytes() if kind == "file" else b""
        if kind == "link":
            data = os.fsencode(path.readlink())
        name = _plain_name(path, top)
        while name in found:
            name += "+"
        found[name] = (kind, f"{stat.S_IMODE(facts.st_mode):o}", facts.st_uid, facts.st_gid, plain(data))
    return found


def _plain_name(path: Path, top: Path) -> str:
    return plain(os.fsencode(str(path.relative_to(top)))).decode("latin-1")


def _held(path: Path) -> bytes:
    return plain(path.read_bytes()) if path.is_file() and not path.is_symlink() else b""


def differences(exim: Left, ours: Left) -> list[str]:
    """What is not the same, a line for each: that of Exim before that of eximulate."""
    found = []
    for number, (left, right) in enumerate(zip(exim.ended, ours.ended, strict=True)):
        if left != right:
            found += [f"run {number}", f"  < {left}", f"  > {right}"]
    for name in ("main", "panic", "queue"):
        left_lines, right_lines = getattr(exim, name), getattr(ours, name)
        if left_lines != right_lines:
            found.append(name)
            found += [f"  < {line!r}" for line in left_lines if line not in right_lines]
            found += [f"  > {line!r}" for line in right_lines if line not in left_lines]
            if sorted(left_lines) == sorted(right_lines):
                found.append(f"  order {left_lines} {right_lines}")
    for path in sorted({*exim.files, *ours.files}):
        one, other = exim.files.get(path), ours.files.get(path)
        if one != other:
            found += [f"file {path}", f"  < {_shown(one, other)}", f"  > {_shown(other, one)}"]
    return found


def _shown(
    one: tuple[str, str, int, int, bytes] | None, other: tuple[str, str, int, int, bytes] | None
) -> str:
    if one is None or other is None:
        return str(one)[:1000]
    data, others = one[4], other[4]
    at = next((place for place, (a, b) in enumerate(zip(data, others, strict=False)) if a != b), None)
    at = min(len(data), len(others)) if at is None else at
    return f"{one[:4]} {len(data)} bytes, from {at}: {data[max(at - 60, 0) : at + 200]!r}"
