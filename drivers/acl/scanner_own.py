"""Virus scanners that the configuration describes itself: a socket, or a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.scanner import Scan, first_group, reason
from drivers.api.text import from_bytes

if TYPE_CHECKING:
    from drivers.api.protocols import Pattern

ROOM = 1024
UNKNOWN = "unknown"
STATUS = 256
"""An exit status stands above the bits for signals."""


def _patterns(scan: Scan) -> tuple[Pattern, Pattern]:
    """What tells that there is a virus, and what its name is."""
    trigger = scan.take_option()
    if trigger is None:
        raise scan.problem("missing trigger specification", "")
    compiled = scan.pattern(trigger)
    name = scan.take_option()
    if name is None:
        raise scan.problem("missing virus name regex specification", "")
    return compiled, scan.pattern(name)


def sock(scan: Scan) -> str:
    """The virus that a program behind a socket tells of.

    The options are its address, what is sent (``%s`` stands for the path of the message), a pattern that is
    found where there is a virus, and one whose group is its name. Raises `ScanProblem`.
    """
    address = scan.take_option("/tmp/malware.sock")  # noqa: S108 - the name that Exim has for it
    assert address is not None
    with scan.connected(address) as connection:
        request = scan.take_option("%s\n")
        assert request is not None
        if not _is_safe(request):
            raise scan.problem("unsafe sock scanner call spec", "")
        trigger, name = _patterns(scan)
        path = scan.path if "%s" in request else ""
        connection.send(request.replace("%%", "%").replace("%s", path))
        said = connection.answer(ROOM).partition("\0")[0]
    if trigger.search(said) is None:
        return ""
    found = first_group(name, said)
    return UNKNOWN if found is None else found


def _is_safe(request: str) -> bool:
    """True if nothing but one ``%s`` could be taken for something to be replaced."""
    return request.replace("%%", "").replace("% ", "").count("%") <= request.count("%s") <= 1


def cmdline(scan: Scan) -> str:
    """The virus that a command tells of: its output is searched as that of `sock` is.

    ``%s`` in the command stands for the folder with the message. Raises `ScanProblem`.
    """
    command = scan.take_option()
    if command is None:
        raise scan.problem("NULL", "")
    trigger, name = _patterns(scan)
    folder = scan.folder
    line = f"{command.replace('%s', folder)} 2>&1"
    world = scan.ctx.world
    try:
        done = world.programs.run(
            ["/bin/sh", "-c", line], timeout=scan.timeout, environment=world.environment, merge_stderr=True
        )
    except TimeoutError as error:
        raise scan.problem(f"unable to read from scanner ({line}): {reason(error)}", "") from error
    except OSError as error:
        raise scan.problem(f"call ({line}) failed: {reason(error)}.", "") from error
    identification = folder.rpartition("/")[2]
    try:
        world.files.write(f"{folder}/{identification}_scanner_output", done.output)
    except OSError as error:
        raise scan.problem(f"opening scanner output file ({folder}) failed: {reason(error)}.", "") from error
    if done.status:
        code = done.status * STATUS if done.status > 0 else -done.status
        raise scan.problem(f"scanner returned error code: {code}", "")
    lines = from_bytes(done.output).removesuffix("\n").split("\n")
    if not any(trigger.search(one) is not None for one in lines):
        return ""
    names = [found for one in lines if (found := first_group(name, one)) is not None]
    return names[-1] if names else UNKNOWN
