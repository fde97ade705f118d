"""The shape of the files: their length, their names, what every one of them must have."""

from __future__ import annotations

import ast

import pytest

from architecture.modules import ROOT, Module, modules
from grammar.table_tool import GRAMMARS, stale

LONGEST = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "core", "stuff"}
GENERATED = ("drivers.index", "grammar.made.")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_is_short_and_says_what_it_is(module: Module) -> None:
    text = module.path.read_text(encoding="utf-8")
    if module.path.name == "__init__.py":
        return
    assert module.name.startswith(GENERATED) or len(text.splitlines()) < LONGEST
    assert module.name.rpartition(".")[2] not in VAGUE
    assert ast.get_docstring(ast.parse(text)), "a module says what it is"


def test_every_package_tells_that_it_is_typed() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in ("grammar", "drivers", "expander"))


def test_each_grammar_has_tables_that_lark_makes_of_it() -> None:
    names = {path.stem for path in (ROOT / "grammar").glob("*.lark")}
    assert names - {"scenarios"} == GRAMMARS.keys()  # that one is indented, which Lark's own loop reads
    assert not [path.name for path in stale()], "run make index"
