"""The shape of the files: their length, their names, what every one of them must have."""

from __future__ import annotations

import ast

import pytest

from architecture.modules import ROOT, Module, modules

LONGEST = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "core", "stuff"}
GENERATED = {"drivers.index"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_a_module_is_short_and_says_what_it_is(module: Module) -> None:
    text = module.path.read_text(encoding="utf-8")
    if module.path.name == "__init__.py":
        return
    assert module.name in GENERATED or len(text.splitlines()) < LONGEST
    assert module.name.rpartition(".")[2] not in VAGUE
    assert ast.get_docstring(ast.parse(text)), "a module says what it is"


def test_every_package_tells_that_it_is_typed() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in ("grammar", "drivers", "expander"))


@pytest.mark.parametrize("path", sorted((ROOT / "grammar").glob("*.lark")), ids=lambda path: path.name)
def test_a_grammar_is_used(path: object) -> None:
    name = getattr(path, "name", "")
    assert any(name in module.path.read_text(encoding="utf-8") for module in modules())
