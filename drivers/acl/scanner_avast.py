"""The virus scanner Avast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.acl.scanner import Scan, ScanProblem

if TYPE_CHECKING:
    from drivers.acl.scanner import Connection

CLEAN = re.compile(r"(?<!\\)\t\[\+\]")
VIRUS = re.compile(r"(?<!\\)\t\[L\][0-9]+\.0\t0\s(.*)", re.ASCII)
UNSCANNED = re.compile(r"(?<!\\)\t\[E\][0-9]+\.0\tError\s[0-9]+\s(.*)", re.ASCII)
_ESCAPED = re.compile(r"\\(.)")
PASS, READY = "pass_unscanned", "220"


def avast(scan: Scan) -> str:
    """The virus that the scanner finds in the folder with the message.

    The options are its address, then lines that it is sent before; ``pass_unscanned`` among them takes what
    it cannot scan for clean. Raises `ScanProblem`. See "Scanning for viruses".
    """
    address = scan.take_option("/var/run/avast/scan.sock")
    assert address is not None
    passes = PASS in scan.options
    commands = [option for option in scan.options if option and option != PASS]
    with scan.connected(address) as connection:
        problem: ScanProblem | None = None
        try:
            _talk(scan, connection, commands, passes=passes)
        except ScanProblem as raised:
            problem = raised
        connection.send("QUIT\n", "unable to send quit request to socket ({where}): {why}")
        if problem is not None:
            raise problem
    return scan.virus


def _talk(scan: Scan, connection: Connection, commands: list[str], *, passes: bool) -> None:
    """Greeting, commands, scan, and what comes of it, up to the line that closes the answer."""
    if not _is_ready(scan, connection):
        return
    for command in commands:
        _send(connection, f"{command}\n")
        _is_ready(scan, connection)
    _send(connection, f"SCAN {scan.folder}\n")
    while True:
        line = _line(scan, connection)
        if line.startswith(("210", READY)):
            continue
        if line.startswith("2"):
            return
        if not line.startswith("SCAN"):
            raise scan.problem(line)
        _judge(scan, line, passes=passes)


def _judge(scan: Scan, line: str, *, passes: bool) -> None:
    """Take what a line says of one file; the first virus counts."""
    if CLEAN.search(line):
        return
    unscanned = UNSCANNED.search(line)
    if unscanned is not None and passes:
        scan.ctx.log(f"internal scanner error (ignored): {line}")
        return
    found = unscanned or VIRUS.search(line)
    if found is not None and not scan.virus:
        scan.virus = _ESCAPED.sub(r"\1", found[1])


def _send(connection: Connection, text: str) -> None:
    connection.send(text, "unable to send request '{text}' to socket ({where}): {why}")


def _is_ready(scan: Scan, connection: Connection) -> bool:
    """True if the scanner greets, false for another line that is no refusal."""
    line = _line(scan, connection)
    if not line.startswith("2"):
        raise scan.problem(line)
    return line.startswith(READY)


def _line(scan: Scan, connection: Connection) -> str:
    try:
        line = connection.line()
    except OSError as error:
        raise scan.problem("timeout from scanner") from error
    if line is None:
        raise scan.problem("EOF from scanner")
    return line
