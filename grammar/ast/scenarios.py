"""The tree of a file of scenarios."""

from __future__ import annotations

from grammar.record import Record


class Setting(Record):
    """What the whole file is about: ``config``, ``profile``, ``macro`` or ``include`` with its words."""

    kind: str
    words: tuple[str, ...]
    block: tuple[str, ...]
    line: int


class Given(Record):
    """A fact of the world: ``kind`` (``file``, ``dns``...), its words and the lines below it.

    ``absent`` is true for what there is not (``given no file``).
    """

    kind: str
    words: tuple[str, ...]
    block: tuple[str, ...]
    line: int
    absent: bool = False


class Step(Record):
    """Something that is done: ``expand``, ``route``, ``verify``; the rest of the line and the lines below."""

    kind: str
    text: str
    block: tuple[str, ...]
    line: int


class Exchange(Record):
    """A line of a session: ``kind`` is ``>`` (sent), ``<`` (expected) or ``message``: DATA with ``block``."""

    kind: str
    text: str
    line: int
    block: tuple[str, ...] = ()


class Talk(Record):
    """A session with a client: the words behind ``session``, then its lines."""

    words: tuple[str, ...]
    lines: tuple[Exchange | Expectation, ...]
    line: int


class Expectation(Record):
    """What is to be so, or not to be so if ``negated``: ``what`` and the rest of the line."""

    what: str
    text: str
    negated: bool
    line: int


class Table(Record):
    """The rows with which a scenario is run, by the names of the columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    line: int


class Scenario(Record):
    """One scenario: what is given, what is done, what is expected, in the order of the file.

    ``skip`` is the reason for not running it, None if it is run.
    """

    name: str
    tags: tuple[str, ...]
    items: tuple[Given | Step | Talk | Expectation, ...]
    line: int
    skip: str | None = None
    table: Table | None = None


class ScenarioFile(Record):
    """All of a file: settings and facts for all scenarios, then these."""

    settings: tuple[Setting, ...]
    givens: tuple[Given, ...]
    scenarios: tuple[Scenario, ...]
