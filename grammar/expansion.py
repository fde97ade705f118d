"""Expansion text to typed tree. The parser never raises: where the text goes wrong stands a `Broken` node."""

from __future__ import annotations

from _thread import allocate_lock  # all that is wanted of `threading`
from functools import lru_cache
from typing import TYPE_CHECKING

from grammar import tables
from grammar.expansion_build import Builder
from grammar.expansion_tokens import makers
from grammar.machine import END, Machine, Token
from grammar.shapes import CONDITION, RAW

if TYPE_CHECKING:
    from grammar.ast.expansion import Sequence
    from grammar.shapes import ConditionShape, ItemShape, Shapes


def parse(text: str, shapes: Shapes) -> Sequence:
    """The tree of an expansion text (bytes held as ``str``), for the names that ``shapes`` knows.

    Everything to the left of an error is kept; the error itself is a `Broken` node with Exim's
    words at the place where Exim would notice it. No text makes this function raise.
    """
    return _reader(shapes).read(text)


@lru_cache(maxsize=8)
def _reader(shapes: Shapes) -> _Reader:
    return _Reader(shapes)


def _item_terminal(shape: ItemShape) -> str:
    if CONDITION in shape.groups:
        return "ITEM_FILTER"
    if shape.group_kind(1) == RAW:
        return "ITEM_RAW_SECOND"
    return {"option": "ITEM_OPTION", "format": "ITEM_FORMAT", "type": "ITEM_TYPE"}.get(shape.words, "ITEM")


def _condition_terminal(shape: ConditionShape) -> str:
    if shape.form == "strings":
        if shape.least == shape.most == 1:
            return "COND_1"
        if shape.least == shape.most == 2:
            return "COND_2_RAW" if shape.group_kind(1) == RAW else "COND_2"
        return "COND_MANY"
    return {
        "none": "COND_NONE",
        "def": "COND_DEF",
        "bundle": "COND_MANY",
        "subconditions": "COND_LIST",
        "list": "COND_FOR",
    }[shape.form]


class _Reader:
    """The tables of the grammar with the builder that works for them; one text at a time."""

    def __init__(self, shapes: Shapes) -> None:
        self._builder = Builder(shapes)
        self._makers = makers(
            items={name: _item_terminal(shape) for name, shape in shapes.items.items()} | {"if": "IF"},
            conditions={name: _condition_terminal(shape) for name, shape in shapes.conditions.items()},
            expanding={s.expanding_option for s in shapes.items.values() if s.expanding_option},
            builder=self._builder,
        )
        self._methods = {rule: getattr(self._builder, rule) for rule in Builder.RULES}
        self._tables = tables.load("expansion")
        self._lock = allocate_lock()

    def read(self, text: str) -> Sequence:
        with self._lock:
            self._builder.begin(text)
            machine = Machine(self._tables, self._methods)
            if not machine.run(text, self._makers):
                self._mend(machine)
            tree: Sequence = machine.result
            return tree

    @staticmethod
    def _mend(machine: Machine) -> None:
        """Say where the text goes wrong, then close everything that is open."""
        at = machine.at
        attempts = ["CUT", "MISSING"]
        while machine.result is None:
            for kind in attempts:
                if machine.feed(Token(kind, "", at, at)):
                    break
            else:
                message = f"the parser of expansions is stuck at {at}"
                raise AssertionError(message)
            attempts = [END, "RBRACE", "MISSING"]
