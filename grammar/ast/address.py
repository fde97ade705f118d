"""The tree of a mailbox as it stands in a header line; all places are offsets into its text."""

from __future__ import annotations

from grammar.record import Record

Piece = tuple[int, int]
"""Start and end of a run of bytes that belong together."""

LocalPart = tuple[Piece, ...]
"""Words and dots; white space and comments may stand between them."""


class Domain(Record):
    """The pieces of a domain; ``broken`` is where one was expected and none stands."""

    pieces: tuple[Piece, ...]
    literal: bool
    broken: int | None


class Route(Record):
    """The domains of a source route; ``broken`` is where it goes wrong."""

    hops: tuple[Domain, ...]
    broken: int | None


class Mailbox(Record):
    """A mailbox, with or without angle brackets, right or wrong.

    ``phrase`` is what stands before the bracket. ``words`` stand in the place of the local part:
    one is right, none or several are faults. ``broken`` is where something stands that does not fit, after
    everything else that is given; ``closed`` tells whether there is a closing bracket.
    """

    phrase: tuple[LocalPart, ...]
    bracketed: bool
    route: Route | None
    words: tuple[LocalPart, ...]
    domain: Domain | None
    closed: bool
    broken: int | None
