"""Virus scanners that are asked in numbers: DrWeb, and Kaspersky's older daemon."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from drivers.acl.scanner import Connection, Scan, ScanProblem, reason

if TYPE_CHECKING:
    from typing import Literal

UNKNOWN = "unknown"
SCAN_COMMAND = 1
RETURN_VIRUSES, IS_MAIL = 1, 0x80000
DRWEB_ERRORS = ((0x1, "read error"), (0x4, "no memory"), (0x200, "timeout"), (0x8000, "wrong command"))
"""Bits of the code that the daemon returns."""

DRWEB_NAME = re.compile(r"infected\swith\s*(.+?)\Z", re.ASCII)
KAV_NAMES = {3: re.compile(r"suspicion:\s*(.+?)\s*\Z", re.ASCII)}
KAV_NAME = re.compile(r"infected:\s*(.+?)\s*\Z", re.ASCII)
KAV_VIRUS = frozenset({2, 3, 4})
KAV_ERRORS = {
    1: "reported 'scanning not completed' (code 1).",
    5: "please reconfigure kavdaemon to NOT disinfect or remove infected files.",
    6: "please reconfigure kavdaemon to NOT disinfect or remove infected files.",
    7: "reported 'kavdaemon damaged' (code 7).",
}


def drweb(scan: Scan) -> str:
    """The viruses that DrWeb's daemon finds in the message, separated by slashes.

    Over a Unix socket it is told the path, over another one the message itself. Raises `ScanProblem`.
    """
    address = scan.take_option("/usr/local/drweb/run/drwebd.sock")
    assert address is not None
    with scan.connected(address) as connection:
        head = _number(SCAN_COMMAND) + _number(RETURN_VIRUSES | IS_MAIL)
        if address.startswith("/"):
            path = scan.path
            request = f"{head}{_number(len(path))}{path}{_number(0)}"
            connection.send(request, "unable to send commands to socket ({where})")
        else:
            text = scan.message.as_mailbox()
            connection.send(
                f"{head}{_number(0)}{_number(len(text))}", "unable to send commands to socket ({where})"
            )
            connection.send(text, "unable to send file body to socket ({where})")
        code = _read(scan, connection, "unable to read return code")
        count = _read(scan, connection, "unable to read the number of viruses")
        if count:
            scan.virus = UNKNOWN
            return "/".join(_reported(scan, connection, count)) or UNKNOWN
    for bit, words in DRWEB_ERRORS:
        if code & bit:
            raise scan.problem(f"drweb daemon retcode 0x{code:x} ({words})")
    return ""


def _reported(scan: Scan, connection: Connection, count: int) -> list[str]:
    """The names in the reports about so many viruses."""
    names = []
    for _ in range(count):
        size = _read(scan, connection, "cannot read report size")
        try:
            report = connection.whole(size)
        except OSError:
            report = ""
        if len(report) < size:
            raise scan.problem("cannot read report string")
        found = DRWEB_NAME.search(report.rstrip("\0"))
        if found is not None:
            names.append(found[1])
    return names


def _number(value: int) -> str:
    return value.to_bytes(4, "big").decode("latin-1")


def _read(scan: Scan, connection: Connection, problem: str, order: Literal["big", "little"] = "big") -> int:
    """A number of four bytes. Raises `ScanProblem` with the words for one that does not come."""
    try:
        data = connection.whole(4)
    except OSError as error:
        raise scan.problem(problem) from error
    if len(data) < 4:
        raise scan.problem(problem)
    return int.from_bytes(data.encode("latin-1"), order)


def kavdaemon(scan: Scan) -> str:
    """The virus that Kaspersky's kavdaemon finds in the folder with the message. Raises `ScanProblem`."""
    address = scan.take_option("/var/run/AvpCtl")
    assert address is not None
    now = time.strftime("%d %b %H:%M:%S", time.localtime(scan.ctx.world.clock.now()))
    with scan.connected(address) as connection:
        connection.send(f"<0>{now}:{scan.folder}\0")
        try:
            head = connection.whole(2)
        except OSError as error:
            raise scan.problem(f"unable to read from socket ({reason(error)})") from error
        if len(head) < 2:
            raise scan.problem("unable to read 2 bytes from kavdaemon socket.")
        code = ord(head[0]) & 15
        if code in KAV_ERRORS:
            raise scan.problem(KAV_ERRORS[code])
        if code not in KAV_VIRUS:
            return ""
        return _name_in_report(scan, connection, code) if head[1] == "\x01" else UNKNOWN


def _name_in_report(scan: Scan, connection: Connection, code: int) -> str:
    """The name that a report has, whose lines are counted in bytes."""
    left = _read(scan, connection, "cannot read report size", "little")
    name = KAV_NAMES.get(code, KAV_NAME)
    while left > 0:
        try:
            line = connection.line()
        except OSError as error:
            raise ScanProblem(str(scan.problem("cannot read report string"))) from error
        if line is None:
            break
        left -= len(line) + 1
        found = name.search(line)
        if found is not None:
            return found[1]
    return UNKNOWN
