"""What units see of the rest: the context of one expansion and what is in it, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from drivers.api.errors import Failed
    from drivers.api.limits import Limits
    from drivers.api.outside import World
    from drivers.api.profile import Profile

Run = Callable[["Context"], str]
"""A compiled expansion: takes the context, gives the value, raises ``ExpansionError``."""

Test = Callable[["Context"], bool]
"""A compiled condition."""


class Pattern(Protocol):
    """A compiled regular expression with PCRE2's meaning, on bytes held as text."""

    groups: int

    def search(self, subject: str, start: int = 0, *, not_empty: bool = False) -> Match | None:
        """The first match at or after ``start``.

        ``not_empty`` asks for one of one byte or more at exactly ``start`` (what a global
        substitution needs after an empty match).
        """


class Match(Protocol):
    """One match."""

    def span(self, group: int = 0) -> tuple[int, int]:
        """Start and end of a group, (-1, -1) if it took no part."""

    def groups(self) -> list[str]:
        """The texts of group 0 and all others up to the last that took part; "" for unset ones."""


class Narrator(Protocol):
    """Tells in Exim's words what an expansion does, as the debugging option ``+expand`` wants it.

    A context has one only if that was asked for.
    """

    level: int
    """How deep expansions are nested: 0 outside of all."""

    def say(self, text: str) -> None:
        """A line, indented as the level wants it."""

    def plain(self, text: str) -> None:
        """A line that is not indented."""

    def draw(self, head: str, text: str) -> None:
        """A line whose head has characters that draw boxes."""

    def value(self, head: str, text: str, *, tainted: bool = False) -> None:
        """The same with a value, which may be marked as tainted."""

    def failure(self, text: str, message: str, *, forced: bool = False) -> None:
        """What could not be expanded, and why."""

    def plain_group(self, text: str) -> None:
        """All that is told of a text that is nothing but text."""


class Body(Protocol):
    """The body of a message: bytes, or what stands in a file that is too large for that."""

    def __len__(self) -> int:
        """How many bytes it has."""

    def __getitem__(self, part: slice, /) -> bytes:
        """A part of it."""

    def __bytes__(self) -> bytes:
        """All of it."""


class Context(Protocol):
    """What one expansion can see and change.

    ``facts`` holds the plain variables by name, as text; ``options`` the main options by name,
    typed, defaults included; ``acl_c`` and ``acl_m`` the ACL variables by the part of the name
    after ``acl_c`` / ``acl_m``. ``limits`` is how much work one expansion may be, ``levels``
    how deep the texts nest that are being expanded, ``depth`` how many of them. ``captures`` is ``$0``,
    ``$1``...; ``headers`` the message's header lines (name, whole text with its newline) or None where
    there is no message. ``state`` is what units keep from one expansion to the next, each under a name of
    its own. ``narrator`` is told what happens, if that is wanted, ``tell_checks`` of matches of lists and of
    searches for hosts, in Exim's words for a session that is a test. ``list_value`` is what the last list
    that was matched leaves in ``$value``, whether it matched or not.
    """

    world: World
    profile: Profile
    limits: Limits
    levels: int
    depth: int
    options: Mapping[str, Any]
    facts: dict[str, str]
    state: dict[str, Any]
    acl_c: dict[str, str]
    acl_m: dict[str, str]
    captures: list[str]
    list_value: str | None
    value: str | None
    item: str | None
    runrc: int
    literals: Sequence[str]
    headers: Sequence[tuple[str, str]] | None
    body: Body
    narrator: Narrator | None
    tell_checks: Callable[[str], None] | None

    def expand(self, text: str) -> str:
        """Expand text in this context. Raises ``ExpansionError``."""

    def step(self, weight: int = 1) -> None:
        """Count a round of a loop, or other work of that order. Raises ``LimitReached``."""

    def grown(self, size: int) -> None:
        """Tell of a value that has grown to so many bytes. Raises ``LimitReached`` if it is too large."""

    def log(self, text: str, *, panic: int = False) -> None:
        """Write a line to the main log, wherever that is; ``panic`` to the panic log too, 2 there alone."""

    def log_selected(self, text: str, selector: str, told: str = "") -> None:
        """The same if ``log_selector`` has a word; who looks on may see it in any case."""

    def debug(self, text: str) -> None:
        """Write text to where debugging output goes, if there is any."""

    def debug_flat(self, text: str) -> None:
        """The same for what releases before 4.99 do not indent by the depth of ACLs and expansions."""

    def pattern(self, text: str, *, caseless: bool = False) -> Pattern:
        """A compiled pattern, from the cache. Raises ``Failed`` in Exim's words."""

    def remembers_list(self, kind: str, name: str) -> bool:
        """True if what a named list matches may be remembered: it is not expanded, or says so itself."""

    def named_list(self, kind: str, name: str) -> str | None:
        """The text of a named list (kind: "domain", "host", "address", "localpart")."""

    def authenticator(self, name: str) -> tuple[str, str] | None:
        """The driver and the public name of a configured authenticator."""

    def match_list(
        self, kind: str, subject: str, list_text: str, *, option: str = "", scope: str = "", given: str = ""
    ) -> str | None:
        """Match a subject against a list (kind: "domain", "host", "address", "localpart").

        ``option`` is the option that holds the list, for what is told of the match. Under ``scope`` is
        remembered what named lists say; without it nothing is. ``given`` is the list before its expansion.
        Gives the value for ``$value``, or None for no match. Raises ``ExpansionError``.
        """

    def refused_search(self, place: str) -> Failed:
        """The failure, which is logged as well, of a lookup in a place whose name comes from outside."""

    def run_acl(self, name: str, arguments: Sequence[str]) -> tuple[str, str]:
        """Run an ACL by name, file or text: the verdict in Exim's words and the message.

        The verdicts are "OK", "FAIL", "DEFER", "DISCARD", "FAIL_DROP" and "ERROR".
        """

    def look_up(self, kind: str, place: str, key: str | None) -> str | None:
        """Do a lookup of a type as it is written, options included; ``key`` is None for a query.

        Gives the data, or None if there is none. Raises ``ExpansionError``.
        """


class Parts(Protocol):
    """The groups of an item of which only a value tells how many are its own."""

    def __len__(self) -> int:
        """How many groups there are."""

    def __getitem__(self, index: int) -> Run:
        """The group with this index, from 0."""

    def choose(self, ctx: Context, found: str | None, *, after: int) -> str:
        """The yes or no string out of the groups from ``after`` on; ``found`` is None for not found."""
