"""The log files: main, reject and panic log, where ``log_file_path`` has them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from drivers.api.text import printing, to_bytes
from drivers.values import listtext, moment
from expander.config.log_selector import is_on
from expander.message.identity import is_message_id
from expander.queue.ownership import Owner, owner_by, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from drivers.api.outside import World
    from expander.config.model import Config, Options
    from expander.queue.system_log import SystemLog

MAIN, REJECT, PANIC = "main", "reject", "panic"
MODE, FOLDER_MODE = 0o640, 0o750
LONGEST = 8192
BY_DEFAULT = frozenset({"delay_delivery", "host_lookup_failed", "queue_run", "retry_defer", "skip_delivery"})
"""Selectors of the lines here that are set unless they are taken away."""

_TRUNCATED = "*** truncated ***"


class Logs:
    """Writes log lines; ``tell`` is given each as a text for standard error, if it is wanted there.

    Where ``log_file_path`` asks for the system's log they go there too, in the place of files or beside them.
    """

    def __init__(self, world: World, config: Config, tell: Callable[[str], None] | None = None) -> None:
        self._world = world
        self.tell = tell
        options = config.options
        self._selector = str(options.get("log_selector") or "")
        self._zoned = bool(options.get("log_timezone"))
        self._writes_rejects = bool(options.get("write_rejectlog"))
        self.pattern = _file_pattern(options)
        """The path of log files with ``%s`` for the log's name; "" if there are none."""
        self._owner = owner_of(config, world)
        self._system: SystemLog | None = None
        if "syslog" in _places(options):
            from expander.queue.system_log import SystemLog

            self._system = SystemLog(world, options)
        self.watch: Callable[[str, str], None] | None = None
        """Gets each line too, with the name of the log, if somebody wants to see them."""
        self.panic_with: Callable[[str], object] | None = None
        """Gets lines of the panic log as well, where somebody looks on."""

    def show_with(self, show: Callable[[str], None]) -> None:
        """Have lines of the main log shown, and no log be written."""
        self.watch = lambda log, text: show(text) if log == MAIN else None
        self.pattern = ""
        self._system = None

    def main(self, text: str, *, selector: str = "", told: str = "") -> None:
        """A line for the main log, if the selector that it depends on is set.

        ``told`` is what those see who look on, if that is not all.
        """
        if told and self.tell is not None:
            self._show(told, (MAIN,), selector)
            tell, self.tell = self.tell, None
            self.main(text, selector=selector)
            self.tell = tell
            return
        if not selector or is_on(self._selector, selector, default=selector in BY_DEFAULT):
            self.write(text, (MAIN,), selector)
        elif self.tell is not None:  # who looks on sees them all
            self._show(text, (MAIN,), selector)

    def show(self, text: str, selector: str = "") -> None:
        """Let those who look on see a line for the main log that is not written."""
        self._show(printing_lines(text), (MAIN,), selector)

    def both(self, text: str) -> None:
        """A line for the main log and the panic log."""
        self.write(text, (MAIN, PANIC))

    def panic(self, text: str) -> None:
        """A line for the panic log alone."""
        self.write(text, (PANIC,))

    def reject(self, text: str, headers: str = "", *, selector: str = "") -> None:
        """A line for main and reject log; the header lines go to the reject log alone."""
        if selector and not is_on(self._selector, selector, default=True):
            self._show(text, (MAIN, REJECT), selector)
            return
        self.write(text, (MAIN,), selector, is_rejected=True)
        self.rejected(text, headers)

    def rejected(self, text: str, headers: str = "") -> None:
        """The same for the reject log alone."""
        if not is_on(self._selector, "rejected_header", default=True):
            headers = ""
        if self._writes_rejects:
            self._append(REJECT, f"{self._stamped(text)}\n{headers}")
            self._to_system((REJECT,), f"{text}\n{headers}")

    def write(
        self, text: str, logs: tuple[str, ...], selector: str = "", *, is_rejected: bool = False
    ) -> None:
        """A line for some logs; it is told with the selector that it depends on.

        One that ``is_rejected`` follows for the reject log as well.
        """
        text = printing_lines(text.removesuffix("\n"))
        if len(text) > LONGEST:
            text = text[: LONGEST - len(_TRUNCATED) - 1] + _TRUNCATED
        self._show(text, (*logs, REJECT) if is_rejected else logs, selector)
        if PANIC in logs and self.panic_with is not None:
            self.panic_with(f"{self._stamped(text)}\n")
        for log in logs:
            if self.watch is not None:
                self.watch(log, text)
            self._append(log, f"{self._stamped(text)}\n")
        if not (
            is_rejected and self._writes_rejects and self._system is not None and not self._system.duplicates
        ):
            self._to_system(logs, text)

    def _show(self, text: str, logs: tuple[str, ...], selector: str) -> None:
        if self.tell is not None:
            names = " ".join([*([selector] if selector else []), *(log.upper() for log in logs)])
            name, _, rest = text.partition(" ")
            self.tell(f"LOG: {names}\n  {rest if is_message_id(name) else text}\n")

    def _to_system(self, logs: tuple[str, ...], text: str) -> None:
        system = self._system
        if system is None or not logs:
            return
        pid = self._pid if system.has_pid else ""
        time = f"{self.stamp()} " if system.has_time else ""
        system.write(logs, f"{time}{pid}{text}", _now(self._world))

    def stamp(self) -> str:
        """The time as log lines begin with it."""
        now, when = self._world.clock.now(), _now(self._world)
        text = when.strftime("%Y-%m-%d %H:%M:%S")
        if is_on(self._selector, "millisec"):
            text += f".{int(now * 1000) % 1000:03}"
        if self._zoned:
            text += when.strftime(" %z")
        return text

    @property
    def _pid(self) -> str:
        return f"[{self._world.pid}] " if is_on(self._selector, "pid") else ""

    def _stamped(self, text: str) -> str:
        return f"{self.stamp()} {self._pid}{text}"

    def _append(self, log: str, text: str) -> None:
        if not self.pattern:
            return
        path = _path(self.pattern, log, self._world.clock.now())
        _add_to(self._world, self._owner, path, text)


def _now(world: World) -> datetime:
    zone = moment.zone(world.environment.get("TZ", ""), world.files)
    from datetime import datetime

    return datetime.fromtimestamp(int(world.clock.now()), zone)


def panicked(world: World, options: Options, line: str, text: str) -> None:
    """Write a line with its stamp to the panic log that options name, if they do; ``text`` is it without.

    This is for what is wrong with the configuration itself, of which no more is known then.
    """
    if options.given.isdisjoint({"log_file_path", "spool_directory"}):
        return
    if "syslog" in _places(options):
        from expander.queue.system_log import SystemLog

        system = SystemLog(world, options)
        system.write((PANIC,), line if system.has_time else text, _now(world))
    pattern = _file_pattern(options)
    if pattern.startswith("/"):
        _add_to(world, owner_by(options, world), _path(pattern, PANIC, world.clock.now()), line)


def _add_to(world: World, owner: Owner, path: str, text: str) -> None:
    """Write at the end of a log file; it is made if it is missing. What cannot be written is lost."""
    storage = world.storage
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        try:
            file = storage.open(path, flags, MODE)
        except FileNotFoundError:
            owner.make_folder(world, path.rpartition("/")[0], FOLDER_MODE)
            file = storage.open(path, flags, MODE)
    except OSError:
        return
    try:
        owner.take(file)
        file.write(to_bytes(text))
    finally:
        file.close()


def printing_lines(text: str) -> str:
    """A text whose lines are kept, control characters escaped; who logs more says it as it prints."""
    lines = text.split("\n")
    return "\n".join(
        "\t".join(printing(part, top_bit_prints=True) for part in line.split("\t")) for line in lines
    )


def _places(options: object) -> list[str]:
    """Where log lines go: paths, ``syslog``, "" for the usual place."""
    get = options.get  # type: ignore[attr-defined]
    expanded = getattr(options, "expanded", {})
    return list(listtext.elements(str(expanded.get("log_file_path", get("log_file_path")) or "")))


def _file_pattern(options: object) -> str:
    """The path of log files with ``%s`` for the log's name; "" if there are none."""
    get = options.get  # type: ignore[attr-defined]
    expanded = getattr(options, "expanded", {})
    given = str(expanded.get("log_file_path", get("log_file_path")) or "")
    spool = str(expanded.get("spool_directory", get("spool_directory")) or "")
    default = f"{spool}/log/%slog"
    if not given:
        return default
    paths = _places(options)
    for path in paths:
        if path and path != "syslog":
            return path
    return "" if paths == ["syslog"] else default


def _path(pattern: str, log: str, now: float) -> str:
    day = time.localtime(now)
    path = pattern.replace("%s", log, 1)
    if log == PANIC:
        for word in ("-%D", ".%D", "%D", "-%M", ".%M", "%M"):
            path = path.replace(word, "")
        return path
    return path.replace("%D", time.strftime("%Y%m%d", day)).replace("%M", time.strftime("%Y%m", day))
