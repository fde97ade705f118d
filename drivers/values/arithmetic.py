"""Integer arithmetic of 64 bits: the language of the operators eval and eval10.

An expression is split into its numbers and its shape. The shape is parsed and compiled once, so
``${eval:$n+1}`` costs no parsing while the numbers change.
"""

from __future__ import annotations

import operator
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn

from drivers.api.errors import Failed
from grammar.ast.arithmetic import Broken, Chain, Expression, Group, Number, Signed
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Compute = Callable[[Sequence[int]], int]
    Operation = Callable[[int, int], int]

MAXIMUM = (1 << 63) - 1
MINIMUM = -(1 << 63)
RANGE = 1 << 64
LARGE = MAXIMUM // 2
SHORT = 18
"""A decimal number of so many digits is always in range."""
TOO_LONG = 25
"""A number of so many digits is out of range whatever its base."""

_NUMBER = late_pattern(r"(0[Xx][0-9A-Fa-f]*|0[0-7]*|[1-9][0-9]*)", re.ASCII)
_DECIMAL = late_pattern(r"([0-9]+)", re.ASCII)
_AFTER = late_pattern(r"[ \t\n\v\f\r]*", re.ASCII)


class _Stopped(Exception):
    """Evaluation goes no further: why, and how much of the shape was processed."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


def evaluate(text: str, *, decimal: bool = False) -> int:
    """The value of an expression as a signed number of 64 bits.

    ``decimal``: a leading zero means nothing, and there are no hexadecimal numbers. Raises
    ``Failed`` in Exim's words. See "Expansion operators" in the manual.
    """
    parts = (_DECIMAL if decimal else _NUMBER).split(text)
    shape = "0".join(parts[::2])
    numbers = [
        int(digits)
        if (decimal or digits[0] != "0") and len(digits) <= SHORT
        else _value(digits, decimal=decimal)
        for digits in parts[1::2]
    ]
    try:
        return _compiled(shape)(numbers)
    except _Stopped as stopped:
        done = _place(parts, stopped.position)
        message = f'error in expression evaluation: {stopped.reason} (after processing "{text[:done]}")'
        raise Failed(message) from None
    except RecursionError:
        message = f'error in expression evaluation: nested too deeply (after processing "{text[:40]}...")'
        raise Failed(message) from None


def _value(digits: str, *, decimal: bool) -> int:
    if decimal or digits[0] != "0":
        plain = digits.lstrip("0")
        return min(int(plain or "0"), MAXIMUM) if len(plain) < TOO_LONG else MAXIMUM
    if digits[1:2] in ("x", "X"):
        return min(int(digits[2:] or "0", 16), MAXIMUM)
    return min(int(digits, 8), MAXIMUM)


def _place(parts: Sequence[str], position: int) -> int:
    """Where in the text a position in its shape is."""
    place = at = 0
    for gap, number in zip(parts[::2], (*parts[1::2], ""), strict=True):
        if position <= at + len(gap):
            return place + position - at
        at += len(gap) + 1
        place += len(gap) + len(number)
    return place


@lru_cache(maxsize=1024)
def _compiled(shape: str) -> Compute:
    from grammar.arithmetic import parse

    return _Compiler(shape).compile(parse(shape))


class _Compiler:
    """Turns the tree of one shape into closures over the list of its numbers."""

    def __init__(self, shape: str) -> None:
        self.shape = shape

    def compile(self, node: Expression) -> Compute:
        if isinstance(node, Number):
            return self._number(node.position, node.factor)
        if isinstance(node, Group):
            return self.compile(node.inner)
        if isinstance(node, Signed):
            return self._signed(node.signs, self.compile(node.operand))
        if isinstance(node, Chain):
            return self._chain(node)
        return self._broken(node)

    def _number(self, position: int, factor: int) -> Compute:
        index = self.shape.count("0", 0, position)
        if factor == 1:
            return operator.itemgetter(index)
        return lambda numbers: _wrap(numbers[index] * factor)

    def _signed(self, signs: str, operand: Compute) -> Compute:
        inward = [sign for sign in reversed(signs) if sign != "+"]

        def compute(numbers: Sequence[int]) -> int:
            value = operand(numbers)
            for sign in inward:
                value = ~value if sign == "~" else _wrap(-value)
            return value

        return compute

    def _chain(self, node: Chain) -> Compute:
        first = self.compile(node.first)
        steps = [
            (OPERATIONS[step.operator], self.compile(step.operand), self._after(step.end))
            for step in node.steps
        ]
        if len(steps) == 1:
            ((operation, second, end),) = steps

            def compute(numbers: Sequence[int]) -> int:
                try:
                    return operation(first(numbers), second(numbers))
                except ArithmeticError as error:
                    raise _Stopped(str(error), end) from None

            return compute

        def compute_all(numbers: Sequence[int]) -> int:
            value = first(numbers)
            for operation, operand, end in steps:
                right = operand(numbers)
                try:
                    value = operation(value, right)
                except ArithmeticError as error:
                    raise _Stopped(str(error), end) from None
            return value

        return compute_all

    def _broken(self, node: Broken) -> Compute:
        before = None if node.before is None else self.compile(node.before)
        reason, position = f"expecting {node.expected}", node.position

        def compute(numbers: Sequence[int]) -> NoReturn:
            if before is not None:
                before(numbers)
            raise _Stopped(reason, position)

        return compute

    def _after(self, end: int) -> int:
        """Where the next thing begins: Exim has always looked past white space."""
        found = _AFTER.match(self.shape, end)
        return found.end() if found else end


def _wrap(value: int) -> int:
    return value if MINIMUM <= value <= MAXIMUM else (value - MINIMUM) % RANGE + MINIMUM


def _may_overflow(left: int, right: int) -> bool:
    # What Exim looks at is not quite what would be needed, and the same for a difference.
    return left >= LARGE or (left <= -LARGE and right <= -LARGE)


def _add(left: int, right: int) -> int:
    if _may_overflow(left, right):
        message = "overflow in sum"
        raise OverflowError(message)
    return _wrap(left + right)


def _subtract(left: int, right: int) -> int:
    if _may_overflow(left, right):
        message = "overflow in difference"
        raise OverflowError(message)
    return _wrap(left - right)


def _divide(left: int, right: int) -> int:
    if right == 0:
        message = "divide by zero"
        raise ZeroDivisionError(message)
    if left == MINIMUM and right == -1:
        return MAXIMUM
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    if right == 0:
        message = "modulo by zero"
        raise ZeroDivisionError(message)
    if left == MINIMUM and right == -1:
        return MAXIMUM
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


OPERATIONS: dict[str, Operation] = {
    "+": _add,
    "-": _subtract,
    "*": lambda left, right: _wrap(left * right),
    "/": _divide,
    "%": _remainder,
    "<<": lambda left, right: _wrap(left << (right & 63)),
    ">>": lambda left, right: left >> (right & 63),
    "&": operator.and_,
    "^": operator.xor,
    "|": operator.or_,
}
