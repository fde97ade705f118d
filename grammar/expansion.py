"""Expansion text to typed tree. The parser never raises: where the text goes wrong stands a `Broken` node."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from grammar.shapes import CONDITION, RAW

if TYPE_CHECKING:
    from lark import Lark, Token

    from grammar.ast.expansion import Sequence
    from grammar.expansion_build import Builder
    from grammar.shapes import ConditionShape, ItemShape, Shapes


def parse(text: str, shapes: Shapes) -> Sequence:
    """The tree of an expansion text (bytes held as ``str``), for the names that ``shapes`` knows.

    Everything to the left of an error is kept; the error itself is a `Broken` node with Exim's
    words at the place where Exim would notice it. No text makes this function raise.
    """
    return _reader(shapes).read(text)


@lru_cache(maxsize=8)
def _reader_by_identity(key: int, holder: _Holder) -> _Reader:
    return _Reader(holder.shapes)


class _Holder:
    """Keeps a table alive whose identity is a cache key: mappings have no hash."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def __hash__(self) -> int:
        return id(self.shapes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Holder) and other.shapes is self.shapes


def _reader(shapes: Shapes) -> _Reader:
    return _reader_by_identity(id(shapes), _Holder(shapes))


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
    """One Lark parser with the builder that works inside it; one text at a time."""

    def __init__(self, shapes: Shapes) -> None:
        from grammar import lark_cache
        from grammar.expansion_build import Builder

        self._items = {name: _item_terminal(shape) for name, shape in shapes.items.items()} | {"if": "IF"}
        self._conditions = {name: _condition_terminal(shape) for name, shape in shapes.conditions.items()}
        self._expanding = {f",{s.expanding_option}" for s in shapes.items.values() if s.expanding_option}
        self._builder: Builder = Builder(shapes)
        self._lark: Lark = lark_cache.build("expansion.lark", transformer=self._builder)
        self._lock = Lock()

    def read(self, text: str) -> Sequence:
        with self._lock:
            self._builder.begin(text)
            tree: Sequence = self._drive(text)
            return tree

    def _drive(self, text: str) -> Any:
        """Feed the parser token by token, retyping names; mend at the first thing that does not fit."""
        from lark import UnexpectedInput

        parser = self._lark.parse_interactive(text)
        state = parser.parser_state
        at = len(text)
        feed = state.feed_token
        try:
            for token in parser.lexer_thread.lex(state):  # type: ignore[no-untyped-call]
                self._retype(token)
                feed(token)
            return feed(self._token("$END", "", at), is_end=True)
        except UnexpectedInput as trouble:
            at = min(getattr(trouble, "pos_in_stream", at) or 0, at) if self._inside(trouble) else at
            return self._mend(state, at)

    @staticmethod
    def _inside(trouble: Exception) -> bool:
        """True if the trouble is a piece of text, not the end of it."""
        token = getattr(trouble, "token", None)
        return token is None or token.type != "$END"

    def _retype(self, token: Token) -> None:
        kind = token.type
        if kind == "NAME":
            token.type = self._conditions.get(token.strip(), kind)
        elif kind == "OPEN":
            token.type = self._items.get(token[2:], kind)
        elif kind in ("OPERATOR", "BRACED_VARIABLE"):
            if token[2:-1] in self._items:
                token.type = "OPEN"
        elif kind in ("HEADER", "DEF_HEADER"):
            self._builder.header_with_brace |= "}" in token
        elif kind == "OPTION" and token.rstrip() in self._expanding:
            token.type = "OPTION_EXPANDS"

    @staticmethod
    def _token(kind: str, value: str, at: int) -> Token:
        from lark import Token

        return Token(kind, value, start_pos=at, end_pos=at)

    def _mend(self, state: Any, at: int) -> Any:
        """Say where the text goes wrong, then close everything that is open."""
        from lark import UnexpectedInput

        attempts = ["CUT", "MISSING"]
        while True:
            for kind in attempts:
                try:
                    done = state.feed_token(self._token(kind, "", at), is_end=kind == "$END")
                except UnexpectedInput:
                    continue
                if kind == "$END":
                    return done
                break
            else:
                message = f"the parser of expansions is stuck at {at} of {self._builder.text!r}"
                raise AssertionError(message)
            attempts = ["$END", "RBRACE", "MISSING"]
