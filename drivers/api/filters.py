"""What the units of the Exim filter language get, and what they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from drivers.api.errors import EximError
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.protocols import Context


class FilterError(EximError):
    """A filter cannot be obeyed any further; the message is what Exim puts after ``Filter error: ``."""


class Delivery(Record):
    """A delivery that a filter has set up.

    ``kind`` is "address", "file", "pipe" or "reply". ``text`` is the address, the path, the command (not
    expanded) or the recipients of the reply. ``mode`` is the mode for a file, None for the transport's.
    ``errors_to`` is where bounces go, "" for where they would go anyhow. ``options`` are those of a reply
    by name, as they are written to it; "expand" and "return" are there if asked for. ``captures`` and
    ``this_address`` are what the command of a pipe finds in `$1` and its like and in `$thisaddress`.
    """

    kind: str
    text: str
    mode: int | None = None
    errors_to: str = ""
    ignores_errors: bool = False
    options: Mapping[str, str] = {}
    captures: tuple[str, ...] = ()
    this_address: str = ""


class Stopped(Exception):
    """The filter ends here: ``how`` is "finish", "fail", "freeze" or "defer"."""

    def __init__(self, how: str, message: str = "") -> None:
        super().__init__(message)
        self.how, self.message = how, message


class Filtering(Protocol):
    """One run of a filter.

    ``delivered`` tells whether a significant delivery has been set up. ``is_test`` is true where what
    would be done is told instead (``tell``). ``prepends_home`` puts the home directory before relative
    paths. ``address`` is the one that is being delivered to, ``local_address`` the same without prefix
    and suffix.
    """

    ctx: Context
    is_test: bool
    is_system: bool
    prepends_home: bool
    is_first_delivery: bool
    is_thawed: bool
    delivered: bool
    address: str
    local_address: str
    log_file: tuple[str, int] | None

    @property
    def margin(self) -> int:
        """How far output is indented where steps are wanted."""

    def expand(self, text: str, command: str) -> str:
        """Expand an argument of a command. Raises `FilterError` in Exim's words."""

    def expand_tested(self, text: str) -> str:
        """Expand a text of a condition. Raises `FilterError` in Exim's words."""

    def tell(self, text: str) -> None:
        """Say what would be done, in a test."""

    def debug(self, text: str) -> None:
        """Say something where the steps of a filter are wanted."""

    def deliver(self, delivery: Delivery) -> None:
        """Set a delivery up."""

    def change_headers(self, action: str, text: str) -> None:
        """Add a header line ("add"), or remove those of names in a colon-separated list ("remove")."""

    def set_charset(self, name: str) -> None:
        """Decode header lines to this character set from now on."""

    def write_log(self, text: str) -> None:
        """Write to the log file that a filter has opened. Raises `FilterError`."""

    def qualified(self, address: str) -> str:
        """A recipient's address with a domain."""
