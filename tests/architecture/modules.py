"""The project's modules and what each imports, read from their text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("grammar", "drivers", "expander")


@dataclass(frozen=True)
class Import:
    """One import: the module that it names; ``typing`` if it is for the type checker alone."""

    name: str
    line: int
    typing: bool


@dataclass(frozen=True)
class Module:
    """One file of the project."""

    name: str
    path: Path
    imports: tuple[Import, ...]

    @property
    def top(self) -> str:
        """The package at the top."""
        return self.name.partition(".")[0]


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the three packages."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, tuple(imports(ast.parse(path.read_text(encoding="utf-8"))))))
    return tuple(found)


def imports(node: ast.AST, *, typing: bool = False) -> Iterator[Import]:
    """The imports anywhere under a node."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, typing)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: a relative import"
            yield from (Import(name, child.lineno, typing) for name in from_names(child))
        else:
            checking = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            yield from imports(child, typing=typing or checking)


def from_names(node: ast.ImportFrom) -> list[str]:
    """The modules that ``from x import y`` names: y's own where y is a module, else x."""
    assert node.module is not None
    folder = ROOT.joinpath(*node.module.split("."))
    names = []
    for alias in node.names:
        is_module = (folder / f"{alias.name}.py").exists() or (folder / alias.name / "__init__.py").exists()
        names.append(f"{node.module}.{alias.name}" if is_module else node.module)
    return names
