"""The tree of an Exim filter file; all places are offsets into its text."""

from __future__ import annotations

from collections.abc import Mapping

from grammar.record import Record


class Item(Record):
    """A data value or a word: what it says once quotes are gone, and where it stands."""

    text: str
    start: int
    end: int


class Test(Record):
    """A condition that compares two texts; ``word`` names it as it is written, without "is" and "does"."""

    word: str
    left: Item
    right: Item
    negated: bool = False


class Named(Record):
    """A condition that is one word; ``aliases`` are the addresses after ``personal``."""

    word: str
    aliases: tuple[Item, ...] = ()
    negated: bool = False


class ForAny(Record):
    """``foranyaddress``: a list of addresses, and the condition that one of them is to meet."""

    addresses: Item
    condition: Condition
    negated: bool = False


class Logic(Record):
    """Two conditions joined by ``word``, "and" or "or"."""

    word: str
    left: Condition
    right: Condition
    negated: bool = False


Condition = Test | Named | ForAny | Logic


class Command(Record):
    """A command other than ``if``.

    ``seen`` is None where neither "seen" nor "unseen" stands before it. ``values`` are its arguments in
    order, ``options`` those of mails by name (``return`` and ``expand`` where those are asked for, with the
    item of the word itself). ``mode`` is what stands behind a file name, None without it.
    """

    name: Item
    seen: bool | None = None
    noerror: bool = False
    values: tuple[Item, ...] = ()
    options: Mapping[str, Item] = {}
    mode: int | None = None


class Arm(Record):
    """A part of ``if``: commands, and the condition for them (None after "else")."""

    condition: Condition | None
    commands: tuple[Command | If, ...]


class If(Record):
    """A conditional; its arms are tried in order."""

    arms: tuple[Arm, ...]


class Broken(Record):
    """The first thing in a filter that makes no sense: Exim's words for it, and where it stands."""

    message: str
    start: int
    end: int


class Filter(Record):
    """A filter file. Where ``broken`` is given, no command is carried out and none is kept."""

    commands: tuple[Command | If, ...]
    broken: Broken | None = None
