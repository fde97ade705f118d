"""Which way imports may point: grammar, then drivers, then expander; families stay apart."""

from __future__ import annotations

import subprocess
import sys

import pytest

from architecture.modules import PACKAGES, ROOT, Module, modules

SHARED = ("api", "values", "index")
"""What every family of units may import below ``drivers``."""

HEAVY = ("lark", "pcre2", "lmdb", "dns", "dkim", "cryptography", "prompt_toolkit", "idna", "hypothesis")


def each(*tops: str) -> pytest.MarkDecorator:
    chosen = [module for module in modules() if module.top in (tops or PACKAGES)]
    return pytest.mark.parametrize("module", chosen, ids=lambda module: module.name)


@each("grammar")
def test_grammar_imports_lark_and_the_standard_library_only(module: Module) -> None:
    for found in module.imports:
        top = found.name.partition(".")[0]
        assert top in sys.stdlib_module_names | {"grammar", "lark", "__future__"}, found


@each("drivers")
def test_drivers_never_import_the_expander(module: Module) -> None:
    assert not [found for found in module.imports if found.name.partition(".")[0] in {"expander", "tests"}]


@each("drivers")
def test_families_of_units_do_not_import_each_other(module: Module) -> None:
    family = module.name.split(".")[1:2]
    if not family or family[0] == "api":
        return
    for found in module.imports:
        parts = found.name.split(".")
        if parts[0] == "drivers" and len(parts) > 1:
            allowed = SHARED if family[0] not in SHARED else ("api", "values")
            assert parts[1] in (*allowed, family[0]), found


@each("drivers")
def test_the_contract_stands_on_nothing_but_the_grammar(module: Module) -> None:
    if module.name.startswith("drivers.api"):
        for found in module.imports:
            parts = found.name.split(".")
            assert parts[0] not in PACKAGES or parts[:2] in (
                ["drivers", "api"],
                ["drivers", "index"],
                ["drivers", "values"],
                ["grammar", "shapes"],
                ["grammar", "ast"],
                ["grammar", "source"],
                ["grammar", "record"],
                ["grammar", "patterns"],
            ), found


def test_no_module_imports_itself_through_others() -> None:
    edges = {
        module.name: {found.name for found in module.imports if not found.typing} for module in modules()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name in done or name not in edges:
            return
        for following in sorted(edges[name]):
            if following != name:
                visit(following, (*path, name))
        done.add(name)

    for name in sorted(edges):
        visit(name, ())


@each()
def test_the_file_that_makes_a_package_is_empty(module: Module) -> None:
    if module.path.name == "__init__.py":
        assert module.path.read_text(encoding="utf-8") == ""


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {module.path.parent for module in modules()}
    assert not [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()]


def test_importing_the_public_face_loads_nothing_heavy() -> None:
    code = f"import sys, expander.api; print(*(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []
