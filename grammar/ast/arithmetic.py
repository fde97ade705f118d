"""The tree of an arithmetic expression; positions count bytes of the text whose numbers are all "0"."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """The number that stands at ``position``, multiplied by what its suffix stands for."""

    position: int
    factor: int
    end: int


@dataclass(frozen=True, slots=True)
class Group:
    """An expression in parentheses; it ends after the closing one."""

    inner: Expression
    end: int


@dataclass(frozen=True, slots=True)
class Signed:
    """Unary operators in the order in which they are written, and what they apply to."""

    signs: str
    operand: Expression
    end: int


@dataclass(frozen=True, slots=True)
class Step:
    """One more operand of a chain."""

    operator: str
    operand: Expression
    end: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by binary operators of one priority, worked out from left to right."""

    first: Expression
    steps: tuple[Step, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Something else was expected at ``position``; ``before`` is worked out first if it is there."""

    before: Expression | None
    expected: str
    position: int
    end: int


Expression = Number | Group | Signed | Chain | Broken
