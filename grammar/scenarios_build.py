"""Makes the typed tree of a file of scenarios out of Lark's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lark import Token, Transformer, Tree

from grammar.ast.scenarios import (
    Exchange,
    Expectation,
    Given,
    Scenario,
    ScenarioFile,
    Setting,
    Step,
    Table,
    Talk,
)
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Sequence

Parts = list[Any]


class _Block(tuple[str, ...]):
    """The lines of a block, told apart from words."""

    __slots__ = ()


class Builder(Transformer[Token, ScenarioFile]):
    """One method for each rule of ``scenarios.lark``."""

    def start(self, parts: Parts) -> ScenarioFile:
        """The whole file."""
        return ScenarioFile(
            tuple(part for part in parts if isinstance(part, Setting)),
            tuple(part for part in parts if isinstance(part, Given)),
            tuple(part for part in parts if isinstance(part, Scenario)),
        )

    def block(self, parts: Parts) -> _Block:
        """Lines as they are."""
        return _Block(str(part) for part in parts)

    def setting(self, parts: Parts) -> Setting:
        """What the file is about."""
        return Setting(str(parts[0]), _words(parts), _lines(parts), parts[0].line)

    def given(self, parts: Parts) -> Given:
        """A fact."""
        kind = next(part for part in parts if part.type == "KIND")
        absent = any(getattr(part, "type", "") == "NO" for part in parts)
        return Given(str(kind), _words(parts), _lines(parts), parts[0].line, absent)

    def step(self, parts: Parts) -> Step:
        """Something that is done."""
        return Step(str(parts[0]), str(parts[1]), _lines(parts), parts[0].line)

    def session(self, parts: Parts) -> Talk:
        """A session."""
        lines = tuple(part for part in parts if isinstance(part, (Exchange, Expectation)))
        return Talk(_words(parts), lines, parts[0].line)

    def said(self, parts: Parts) -> Exchange:
        """What the client says."""
        return Exchange(">", str(parts[1]), parts[0].line)

    def answered(self, parts: Parts) -> Exchange:
        """What the server is to say."""
        return Exchange("<", str(parts[1]).strip(), parts[0].line)

    def message(self, parts: Parts) -> Exchange:
        """A message that is sent with DATA."""
        return Exchange("message", "", parts[0].line, _lines(parts))

    def expectation(self, parts: Parts) -> Expectation:
        """What is to be so."""
        negated = parts[1].type == "NOT"
        return Expectation(str(parts[-2]), str(parts[-1]), negated, parts[0].line)

    def skip(self, parts: Parts) -> Tree[Token]:
        """Why the scenario is not run."""
        return Tree("skip", [str(parts[1]) if len(parts) > 1 else ""])  # type: ignore[list-item]

    def row(self, parts: Parts) -> tuple[int, tuple[str, ...]]:
        """The cells of a row."""
        return parts[0].line, tuple(str(part) for part in parts)

    def table(self, parts: Parts) -> Table:
        """The rows of a scenario. Raises `ScenarioError` for one with too few or too many cells."""
        columns = tuple(str(part) for part in parts if isinstance(part, Token) and part.type == "CELL")
        rows = [part for part in parts if isinstance(part, tuple)]
        for line, cells in rows:
            if len(cells) != len(columns):
                raise ScenarioError(f"the row has {len(cells)} cells, the table {len(columns)} columns", line)
        lines = tuple(line for line, _ in rows)
        return Table(columns, tuple(cells for _, cells in rows), lines, parts[0].line)

    def scenario(self, parts: Parts) -> Scenario:
        """A scenario with all that is in it."""
        tags = tuple(str(part) for part in parts if getattr(part, "type", "") == "TAG")
        skips = [str(part.children[0]) for part in parts if isinstance(part, Tree)]
        tables = [part for part in parts if isinstance(part, Table)]
        if len(tables) > 1:
            raise ScenarioError("a scenario has one table", tables[1].line)
        items = tuple(part for part in parts if isinstance(part, (Given, Step, Talk, Expectation)))
        skip, table = (skips[0] if skips else None), (tables[0] if tables else None)
        return Scenario(str(parts[1]), tags, items, parts[0].line, skip, table)


def _words(parts: Sequence[Any]) -> tuple[str, ...]:
    return tuple(str(part) for part in parts if getattr(part, "type", "") == "WORD")


def _lines(parts: Sequence[Any]) -> tuple[str, ...]:
    return next((tuple(part) for part in parts if isinstance(part, _Block)), ())
