"""What commands and tests of Sieve see of the script that they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol

from drivers.api.errors import EximError
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context


class SieveError(EximError):
    """The script is wrong, in Exim's words.

    ``at`` is the offset up to which it was read, ``start`` where the piece begins that is refused.
    """

    def __init__(self, message: str, at: int, start: int | None = None) -> None:
        super().__init__(message)
        self.at = at
        self.start = at if start is None else start


class Stop(Exception):
    """The script ends here, and what follows is not even read."""


class Settings(Record):
    """What the configuration permits a script, from the options of the redirect router.

    ``vacations`` tells whether there are vacations, and ``vacation_directory`` where their records are
    kept ("" in a test). ``owner`` is whom notifications come from, None where there are none. ``user`` and
    ``detail`` are the parts of the recipient's local part, None where nobody has told.
    """

    vacations: bool = True
    vacation_directory: str = ""
    owner: str | None = None
    user: str | None = None
    detail: str | None = None


class Notice(Record):
    """A message that ``notify`` sends at once: to whom, its header lines and its body."""

    method: str
    recipients: tuple[str, ...]
    sender: str
    headers: str
    body: str


class Reply(Record):
    """An automatic reply, for the transport of replies.

    ``once`` names the file that remembers whom it was sent to ("" in a test), and ``days`` for how long.
    """

    to: str
    sender: str
    subject: str
    headers: str
    body: str
    once: str
    days: int


class Sieve(Protocol):
    """A script while it is carried out, which is also while it is read: one argument after the other.

    Each method that reads one raises `SieveError` with the words given where something else stands.
    ``executing`` is false in branches that are not taken: they are read and checked all the same. ``nested``
    tells whether this is inside of a block.
    """

    ctx: Context
    settings: Settings
    executing: bool
    nested: bool
    implicit_keep: bool
    replied: bool
    capabilities: set[str]
    last_test: bool

    def expected(self, words: str) -> NoReturn:
        """Refuse what comes next: something else should stand there."""

    def fail(self, words: str) -> NoReturn:
        """Refuse what was read last."""

    def needs(self, capability: str) -> None:
        """Refuse what was read last, unless the script has asked for the capability."""

    def tag(self, *names: str) -> str:
        """The next argument if it is one of these tags (lower case), or ""."""

    def text(self, words: str) -> str:
        """A string."""

    def texts(self, words: str) -> list[str]:
        """A list of strings, or one string alone."""

    def number(self) -> int:
        """A number."""

    def test(self) -> bool:
        """A test, carried out."""

    def tests(self) -> list[bool]:
        """A list of tests in parentheses, all carried out."""

    def block(self) -> None:
        """A block of commands."""

    def follows(self, name: str) -> bool:
        """True if the next command has this name: it is read as a part of this one."""

    def semicolon(self) -> None:
        """The end of the command."""

    def under(self, condition: bool, read: Callable[[], bool | None]) -> bool | None:  # noqa: FBT001
        """Read something that is carried out only under a condition."""

    def tell(self, text: str) -> None:
        """Text for who tests the script and wants to know all."""

    def deliver(self, kind: str, address: str) -> None:
        """Let the message go to a file (`kind` "fileinto") or an address ("redirect"), once to each."""

    def reply(self, reply: Reply) -> None:
        """Let a reply be sent."""

    def notify(self, notice: Notice) -> None:
        """Send a notification."""
