"""One run of a filter: what it may, what it has set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.filters import Delivery, FilterError
from drivers.api.text import lower
from drivers.values import mailbox
from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context

    LogWith = Callable[[str, int, str], None]


def forbidden(*_: object) -> None:
    """Log nothing. Raises `FilterError`."""
    raise FilterError("logwrite command forbidden")


class FilterResult(Record):
    """What a filter has come to.

    ``outcome`` is "delivered" (at least one significant delivery was set up), "not delivered", "fail",
    "freeze", "defer" or "error"; ``message`` the text of the last four. ``deliveries`` stand in the
    order in which they were set up. ``headers_added`` are whole header lines, ``headers_removed`` names.
    """

    outcome: str
    message: str = ""
    deliveries: tuple[Delivery, ...] = ()
    headers_added: tuple[str, ...] = ()
    headers_removed: tuple[str, ...] = ()


class Run(State):
    """The state of a run; implements `drivers.api.filters.Filtering`.

    ``tell`` writes what a test prints. ``log_with`` gets the path of the log file, its mode and a text: None
    where nothing is delivered, `forbidden` where ``logwrite`` is.
    """

    ctx: Context
    address: str
    local_address: str
    qualify_domain: str
    is_test: bool = False
    is_system: bool = False
    prepends_home: bool = True
    is_first_delivery: bool = True
    is_thawed: bool = False
    wants_debugging: bool = False
    delivered: bool = False
    log_file: tuple[str, int] | None = None
    level: int = 0
    tell_with: Callable[[str], None] | None = None
    deliveries: list[Delivery] = made_by(default_factory=list)
    added: list[str] = made_by(default_factory=list)
    removed: list[str] = made_by(default_factory=list)
    log_with: LogWith | None = None

    @property
    def margin(self) -> int:
        """How far output is indented where steps are wanted: two columns for each "if" around."""
        return 2 * self.level if self.wants_debugging else 0

    def tell(self, text: str) -> None:
        """Say what would be done, in a test."""
        if self.tell_with is not None:
            self.tell_with(text)

    def expand(self, text: str, command: str) -> str:
        """Expand an argument of a command. Raises `FilterError`."""
        return self._expanded(text, f"{command} command")

    def expand_tested(self, text: str) -> str:
        """Expand a text of a condition. Raises `FilterError`."""
        return self._expanded(text, "filter file")

    def _expanded(self, text: str, where: str) -> str:
        try:
            return self.ctx.expand(text)
        except ExpansionError as problem:
            raise FilterError(f'failed to expand "{text}" in {where}: {problem.message}') from None

    def debug(self, text: str) -> None:
        """Say something, indented by how deep the command stands, where steps are wanted."""
        if self.wants_debugging:
            pad = " " * (1 + 2 * self.level)
            self.ctx.debug("".join(f"{pad}{line}\n" for line in text.split("\n")))

    def deliver(self, delivery: Delivery) -> None:
        """Set a delivery up; the same delivery is set up once, but replies always."""
        known = {(each.kind, each.text, each.mode, each.errors_to) for each in self.deliveries}
        if (
            delivery.kind == "reply"
            or (delivery.kind, delivery.text, delivery.mode, delivery.errors_to) not in known
        ):
            self.deliveries.append(delivery)

    def qualified(self, address: str) -> str:
        """The address with a domain."""
        return address if mailbox.has_domain(address) else f"{address}@{self.qualify_domain}"

    def change_headers(self, action: str, text: str) -> None:
        """Add a header line, or remove those of some names, at once."""
        if action == "add":
            self.added.append(text if text.endswith("\n") else f"{text}\n")
            self.ctx.headers = [*(self.ctx.headers or ()), *_lines(self.added[-1])]
            return
        names = [lower(name.strip()) for name in text.split(":")]
        self.removed += names
        self.ctx.headers = [
            header for header in self.ctx.headers or () if lower(header[0].rstrip(" \t")) not in names
        ]

    def set_charset(self, name: str) -> None:
        """Decode header lines to this character set until the filter ends."""
        self.ctx.options = {**self.ctx.options, "headers_charset": name}

    def write_log(self, text: str) -> None:
        """Write to the log file. Raises `FilterError` where that is forbidden, fails, or there is none."""
        if self.log_with is forbidden:
            forbidden()
        if self.log_file is None:
            raise FilterError('attempt to obey "logwrite" command without a previous "logfile"')
        if self.log_with is not None:
            self.log_with(*self.log_file, text)


def _lines(text: str) -> list[tuple[str, str]]:
    """Header lines with their names; a line that begins with white space continues the one before."""
    lines: list[str] = []
    for line in text.splitlines(keepends=True):
        if lines and line[:1] in " \t":
            lines[-1] += line
        else:
            lines.append(line)
    return [(line.partition(":")[0], line) for line in lines]
