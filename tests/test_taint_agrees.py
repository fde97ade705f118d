"""What the checker takes for free of text from outside is so when it is run.

Every case of ``tests/cases/expansion`` is run with all its variables from outside, and a second time with
its literal texts replaced by variables that hold them, from outside as well. Where the value is tainted, the
static analysis must have found a trail to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from casefile import read_cases
from drivers.api import registry
from drivers.api.errors import ExpansionError, Fatal
from drivers.api.text import Tainted, is_tainted
from expander.expand.tree import children
from expander.lint.survey import Survey
from expander.lint.taint.trail import NONE, Trail, Trails
from expander.lint.taint.values import Evaluator
from expander.lint.texts import ExpandedText
from grammar.ast.expansion import Text
from grammar.expansion import parse
from grammar.source import Source, Span
from running import expander_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.api import Expander
    from grammar.ast.expansion import Node

CASES = [
    case
    for path in sorted((Path(__file__).parent / "cases" / "expansion").rglob("*.case"))
    for case in read_cases(path)
    if "$" in case.text
]
PARTS = 4
FEWEST = 60
"""The tainted values that each part must have at least for the test to say something."""


class Given:
    """Variables from outside."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def read(self, name: str, text: ExpandedText) -> Trails:
        if name not in self.names:
            return NONE
        return (Trail("$x", "a variable of the case", Span(text.source, 0, len(text.source.text))),)

    def captures(self, _text: ExpandedText) -> Trails:
        return NONE

    def called(self, _acl: str, arguments: tuple[Trails, ...]) -> Trails:
        return tuple(trail for trails in arguments for trail in trails)


def literals(node: Node) -> Iterator[Text]:
    if isinstance(node, Text):
        yield node
    for child in children(node):
        yield from literals(child)


def with_variables(expander: Expander, text: str) -> str:
    """The text with a variable from outside in the place of each literal."""
    tree = parse(text, registry.shapes(expander.context.profile))
    for number, node in enumerate(sorted(literals(tree), key=lambda node: -node.start)):
        if node.start > 0 and node.value and "\\" not in text[node.start : node.end]:
            name = f"r_literal{number}"
            expander.context.facts[name] = Tainted(node.value)
            text = f"{text[: node.start]}${{{name}}}{text[node.end :]}"
    return text


def disagrees(expander: Expander, text: str) -> bool | None:
    """None for a value that is not tainted, otherwise whether the analysis misses it."""
    try:
        value = expander.context.expand(text)
    except (ExpansionError, Fatal):
        return None
    if not is_tainted(value) or not value:
        return None
    names = {name for name, held in expander.context.facts.items() if is_tainted(held)}
    config = expander.context.config
    assert config is not None
    survey = Survey(config, expander.context.world)
    found = Evaluator(survey, Given(names), ExpandedText(Source("case", text), "string", "case")).whole()
    return not found


@pytest.mark.parametrize("part", range(PARTS))
def test_the_analysis_misses_no_taint(part: int, tmp_path: Path) -> None:
    missed, tainted = [], 0
    for number, case in enumerate(CASES[part::PARTS]):
        folder = tmp_path / str(number)
        folder.mkdir()
        expander = expander_for(case.setup, folder)
        text = case.text.replace("@DIR@", str(folder))
        for version in (text, with_variables(expander, text)):
            verdict = disagrees(expander, version)
            tainted += verdict is not None
            if verdict:
                missed.append(f"{case.id}: {version}")
    assert missed == []
    assert tainted >= FEWEST
