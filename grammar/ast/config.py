"""The typed tree of a configuration: frozen nodes with spans into the logical lines they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from grammar.record import Record

if TYPE_CHECKING:
    from grammar.preprocess import Switch
    from grammar.source import Source, Span


class Node(Record):
    """A piece of a configuration. ``span.origin()`` gives its place in a file."""

    kind: ClassVar[str] = "node"
    span: Span


class Word(Node):
    """A name or a text, as it stands."""

    kind: ClassVar[str] = "word"

    @property
    def text(self) -> str:
        """The text itself."""
        return self.span.text


class Line(Node):
    """What one logical line says. ``file`` and ``number`` are what Exim's messages name."""

    kind: ClassVar[str] = "line"
    file: str
    number: int


class Broken(Line):
    """A line that makes no sense, with Exim's message.

    ``framed`` is false for messages that name no line. ``cause`` names the kind of fault where the line
    itself tells it ("bad-conditional"), "" where the section does. ``list_kind`` and ``list_name`` are those
    of a named list without a value.
    """

    kind: ClassVar[str] = "broken"
    message: str
    framed: bool = True
    cause: str = ""
    list_kind: str = ""
    list_name: str = ""


class Macro(Line):
    """``NAME = value`` or ``NAME == value``."""

    kind: ClassVar[str] = "macro"
    name: Word
    value: Word
    redefines: bool


class Option(Line):
    """``name = value`` or a bare ``name``, with or without ``hide`` before it.

    ``value`` is None without an equals sign; ``trailer`` is what else stands after the name.
    """

    kind: ClassVar[str] = "option"
    hide: bool
    name: Word
    value: Word | None
    trailer: Word | None


class NamedList(Line):
    """``domainlist name = value`` and the like; ``list_kind`` is "domain", "host", "address", "localpart".

    ``cached`` tells of ``domainlist_cache``: matches are remembered though the list is expanded.
    """

    kind: ClassVar[str] = "named-list"
    hide: bool
    list_kind: str
    name: Word
    value: Word
    cached: bool = False


class Heading(Line):
    """``name:`` at the start of a driver or an ACL; ``rest`` is what stands behind the colon."""

    kind: ClassVar[str] = "heading"
    name: Word
    rest: Word | None


class Driver(Node):
    """A router, transport or authenticator: its heading and the settings below it."""

    kind: ClassVar[str] = "driver"
    heading: Heading
    settings: tuple[Option | Broken, ...]


class Clause(Line):
    """A condition or modifier of an ACL statement.

    ``argument`` is the word between name and equals sign (the variable of ``set``); ``value`` is
    None without an equals sign.
    """

    kind: ClassVar[str] = "clause"
    negated: bool
    name: Word
    argument: Word | None
    value: Word | None


class Statement(Line):
    """A verb of an ACL with its conditions and modifiers; ``file`` and ``number`` are the verb's."""

    kind: ClassVar[str] = "statement"
    verb: Word
    clauses: tuple[Clause | Broken, ...]


class Acl(Node):
    """An ACL: its heading and its statements."""

    kind: ClassVar[str] = "acl"
    heading: Heading
    statements: tuple[Statement | Broken, ...]


class RetryStep(Node):
    """``F,2h,15m`` or ``G,16h,1h,1.5``: the texts of its parts, None where one is missing."""

    kind: ClassVar[str] = "retry-step"
    letter: str
    cutoff: str | None
    interval: str | None
    factor: str | None


class RetryRule(Line):
    """A line of the retry section; ``broken`` is set where it goes wrong behind the error.

    Then the last of ``steps`` may be one that is not complete.
    """

    kind: ClassVar[str] = "retry-rule"
    pattern: Word
    error: Word
    senders: Word | None
    steps: tuple[RetryStep, ...]
    broken: Broken | None = None


class RewriteRule(Line):
    """A line of the rewrite section."""

    kind: ClassVar[str] = "rewrite-rule"
    pattern: Word
    replacement: Word
    flags: Word | None


class Section(Line):
    """``begin name`` and what follows it; ``name`` is the section's full name.

    It is "" for a section that there is not; what is wrong then comes first in ``body``.
    """

    kind: ClassVar[str] = "section"
    name: str
    body: tuple[Node, ...]


class Physical(Node):
    """A line of a file as it stands: "text", "comment", "blank", "directive", "macro" or "skipped"."""

    kind: ClassVar[str] = "physical"
    role: str


class Configuration(Record):
    """A whole configuration: the main section, the others, and the files it was read from.

    ``physical`` has the lines of all files in the order in which they were read, ``absent`` those that
    include a file that need not exist, and does not.
    """

    kind: ClassVar[str] = "configuration"
    main: tuple[Node, ...]
    sections: tuple[Section, ...]
    files: tuple[Source, ...]
    physical: tuple[Physical, ...]
    switches: tuple[Switch, ...] = ()
    absent: tuple[Span, ...] = ()
