"""Plays a script to a client on standard input and output, as ``mtpscript SCRIPT +LOG``.

A line that begins with a digit is said, one that begins with ``*sleep`` waits so many seconds, a dot takes in
all up to a line with a dot alone, and any other line is what the next line of the client has to begin with.
The log gets what is played and, after ``<<<``, what was heard; the latter together with what is played next.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import BinaryIO


def hear(log: BinaryIO) -> bytes | None:
    """The client's next line without its end, None at the end."""
    line = sys.stdin.buffer.readline()
    if not line:
        return None
    text = line.rstrip(b"\r\n")
    log.write(b"<<< " + text + b"\n")
    return text


def play(script: bytes, log: BinaryIO) -> int:
    """The exit status."""
    for line in script.splitlines():
        if line.startswith(b"*sleep"):
            time.sleep(float(line.split()[1]))
            continue
        log.write(line + b"\n")
        log.flush()
        if line[:1].isdigit():
            sys.stdout.buffer.write(line + b"\r\n")
            sys.stdout.buffer.flush()
            continue
        heard = hear(log)
        while line == b"." and heard not in {b".", None}:
            heard = hear(log)
        if heard is None or not heard.startswith(line):
            log.write(b"*** expected " + line + b"\n")
            return 1
    return 0


if __name__ == "__main__":
    with Path(sys.argv[2].removeprefix("+")).open("ab") as log:
        sys.exit(play(Path(sys.argv[1]).read_bytes(), log))
