"""The tree of an arithmetic expression; positions count bytes of the text whose numbers are all "0"."""

from __future__ import annotations

from grammar.record import Record


class Number(Record):
    """The number that stands at ``position``, multiplied by what its suffix stands for."""

    position: int
    factor: int
    end: int


class Group(Record):
    """An expression in parentheses; it ends after the closing one."""

    inner: Expression
    end: int


class Signed(Record):
    """Unary operators in the order in which they are written, and what they apply to."""

    signs: str
    operand: Expression
    end: int


class Step(Record):
    """One more operand of a chain."""

    operator: str
    operand: Expression
    end: int


class Chain(Record):
    """Operands joined by binary operators of one priority, worked out from left to right."""

    first: Expression
    steps: tuple[Step, ...]
    end: int


class Broken(Record):
    """Something else was expected at ``position``; ``before`` is worked out first if it is there."""

    before: Expression | None
    expected: str
    position: int
    end: int


Expression = Number | Group | Signed | Chain | Broken
