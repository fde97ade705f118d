"""Virus scanners that are asked in lines of text."""

from __future__ import annotations

import re

from drivers.acl.scanner import SUCCESS, Connection, Scan, ScanProblem, reason

MOST_PROCESSES = 10
LONGEST = 1024
INFECTED = re.compile(r"[0-9]+\s<infected:\s+(.+?)>\s+.+\Z", re.ASCII)
ERROR = re.compile(r"[0-9]+\s<(.+?)>\Z", re.ASCII)
FSECURE = re.compile(r"\S{0,5}INFECTED\t[^\t]*\t([^\t]+)\t\S*\Z", re.ASCII)
SETTINGS = ("ARCHIVE\t1", "TIMEOUT\t0", "MAXARCH\t5", "MIME\t1")


def sophie(scan: Scan) -> str:
    """The virus that Sophie finds in the folder with the message. Raises `ScanProblem`."""
    address = scan.take_option("/var/run/sophie")
    assert address is not None
    with scan.connected(address) as connection:
        connection.send(f"{scan.folder}\n", "unable to write to UNIX socket ({where})")
        try:
            said = connection.receive(LONGEST)
        except OSError:
            said = ""
    if not said:
        raise scan.problem(f"unable to read from UNIX socket ({address})")
    said = said.partition("\n")[0]
    if said.startswith("1"):
        return said[2:] if said[1:2] == ":" and said[2:] else "unknown"
    if said.startswith("-1"):
        raise scan.problem("scanner reported error")
    return ""


def f_protd(scan: Scan) -> str:
    """The virus that F-Prot's daemon finds in the message, asked as by HTTP. Raises `ScanProblem`."""
    address = scan.take_option("localhost 10200-10204")
    assert address is not None
    with scan.connected(address) as connection:
        connection.send(f"GET {scan.path} HTTP/1.0\r\n\r\n\0")
        is_detected = False
        while (line := _line_or_silence(connection)) is not None:
            if '<detected type="' in line:
                is_detected = True
            elif is_detected and "</name>" in line:
                return line.partition("</name>")[0].rpartition(">")[2]
            elif '<summary code="' in line:
                break
    return ""


def _line_or_silence(connection: Connection) -> str | None:
    """The next line, None at the end; the log is told nothing of what comes too late."""
    try:
        return connection.line()
    except OSError as error:
        raise ScanProblem("") from error


def _line(connection: Connection) -> str | None:
    """The next line; a problem is taken for the end."""
    try:
        return connection.line()
    except OSError:
        return None


def f_prot6d(scan: Scan) -> str:
    """The virus that F-Prot 6's daemon finds in the message. Raises `ScanProblem`."""
    address = scan.take_option("localhost 10200")
    assert address is not None
    with scan.connected(address) as connection:
        connection.send(f"SCAN FILE {scan.path}\n")
        said = connection.answer(LONGEST)
        connection.send("QUIT\n")
    said = said.removesuffix("\n")
    found = INFECTED.match(said)
    if found is not None:
        return found[1]
    error_said = ERROR.match(said)
    if error_said is not None:
        raise scan.problem(f"scanner reported error ({error_said[1]})")
    return ""


def fsecure(scan: Scan) -> str:
    """The virus that F-Secure's daemon finds in the message. Raises `ScanProblem`."""
    address = scan.take_option("/var/run/.fsav")
    assert address is not None
    virus = ""
    with scan.connected(address) as connection:
        for number, setting in enumerate(SETTINGS):
            connection.send(f"CONFIGURE\t{setting}\n", "unable to write to socket ({why})")
            try:
                said = connection.receive(LONGEST)
            except OSError as error:
                raise scan.problem(f"unable to read answer {number} ({reason(error)})") from error
            if not said:
                raise scan.problem(f"unable to read answer {number} ({SUCCESS})")
        connection.send(f"SCAN\t{scan.path}\n", "unable to write to socket ({why})")
        while True:
            try:
                line = connection.line()
            except OSError as error:
                raise scan.problem(f"unable to read result ({reason(error)})") from error
            if line is None:
                raise scan.problem(f"unable to read result ({SUCCESS})")
            found = FSECURE.search(line)
            if found is not None and not virus:
                virus = found[1]
            if line.startswith("OK\tScan ok."):
                return virus


def aveserver(scan: Scan) -> str:
    """The virus that Kaspersky's aveserver finds in the message. Raises `ScanProblem`."""
    address = scan.take_option("/var/run/aveserver")
    assert address is not None
    with scan.connected(address) as connection:
        greeting = _said(scan, connection)
        if not greeting.startswith("2"):
            said = greeting or "nothing"
            raise scan.problem(f"unavailable (Responded: {said}).")
        connection.send(f"SCAN bPQRSTUW {scan.path}\r\n")
        virus, problem = "", None
        while line := _said(scan, connection):
            if line.startswith("2"):
                break
            if line.startswith("5"):
                problem = scan.problem(f"unable to scan file {scan.path} (Responded: {line}).")
                break
            if line.startswith("322"):
                virus = line[4:].partition(" ")[0]
        connection.send("quit\r\n")
        farewell = _said(scan, connection)
        if not farewell.startswith("2"):
            raise scan.problem(f"unable to quit dialogue (Responded: {farewell or 'nothing'}).")
        if problem is not None:
            raise problem
    return virus


def _said(scan: Scan, connection: Connection) -> str:
    """The next line, "" at the end or where none comes in time."""
    return _line(connection) or ""


def mksd(scan: Scan) -> str:
    """The virus that mks finds in the message. Raises `ScanProblem`."""
    wanted = scan.take_option("1")
    assert wanted is not None
    if not wanted.isdigit() or not 1 <= int(wanted) <= MOST_PROCESSES:
        raise scan.problem(f"invalid option '{wanted}'", "")
    with scan.connected("/var/run/mksd/socket") as connection:
        connection.send(f"MSQ{scan.path}\n", "unable to write to mksd UNIX socket (/var/run/mksd/socket)")
        line = _line(connection)
    if line is None:
        raise scan.problem("unable to read from mksd UNIX socket (/var/run/mksd/socket)")
    if line.startswith("O"):
        return ""
    if line.startswith(("E", "A")):
        raise scan.problem(f"scanner failed: {line}")
    name, space, _ = line[4:].partition(" ")
    if line[3:4] != " " or not space or not name:
        raise scan.problem(f"malformed reply received: {line}")
    return name
