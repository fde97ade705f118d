"""Log lines for the log of the system: "Logging to syslog" in the manual, and the options ``syslog_...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.text import to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from drivers.api.outside import World

SOCKET = "/dev/log"
LONGEST = 870
"""So many characters of a line are sent at once."""

FACILITIES = {
    "user": 1,
    "mail": 2,
    "daemon": 3,
    "news": 7,
    "uucp": 8,
    **{f"local{n}": 16 + n for n in range(8)},
}
PRIORITIES = {"panic": 1, "reject": 5, "main": 6}
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class SystemLog:
    """Sends lines to the socket of the system's log; where nobody listens they are lost.

    ``has_time`` tells whether a line has a time of its own, ``has_pid`` the same of the number of the process
    that ``log_selector`` can ask for.
    """

    def __init__(self, world: World, options: Mapping[str, Any]) -> None:
        self._world = world
        self.has_time = bool(options.get("syslog_timestamp", True))
        self.has_pid = bool(options.get("syslog_pid", True))
        self.duplicates = bool(options.get("syslog_duplication", True))
        self._facility = FACILITIES.get(str(options.get("syslog_facility") or "mail"), FACILITIES["mail"])
        self._name = str(options.get("syslog_processname") or "exim")

    def write(self, logs: tuple[str, ...], line: str, now: datetime) -> None:
        """Send a line, which may have several, once for each log, or for the most important of them alone."""
        wanted = sorted(logs, key=PRIORITIES.__getitem__) if not self.duplicates else logs
        for log in wanted if self.duplicates else wanted[:1]:
            for piece in _pieces(line):
                self._send(PRIORITIES[log], piece, now)

    def _send(self, priority: int, text: str, now: datetime) -> None:
        when = f"{MONTHS[now.month - 1]} {now.day:2} {now:%H:%M:%S}"
        data = f"<{self._facility * 8 + priority}>{when} {self._name}[{self._world.pid}]: {text}"
        try:
            self._world.sockets.send(SOCKET, to_bytes(data))
        except (OSError, Refused):
            return


def _pieces(line: str) -> Iterator[str]:
    """A line as it is sent, cut at its ends of lines and where it gets too long."""
    found: list[tuple[str, str]] = []
    for part in line.rstrip("\n").split("\n"):
        short = [part[at : at + LONGEST] for at in range(0, len(part), LONGEST)] or [""]
        found += [(each, "/") for each in short[:-1]]
        found.append((short[-1], "\\"))
    if len(found) == 1:
        yield found[0][0]
        return
    found[-1] = (found[-1][0], "/")
    for number, (text, mark) in enumerate(found, 1):
        yield f"[{number}{mark}{len(found)}] {text}"
