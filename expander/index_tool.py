"""Writes ``drivers/index.py`` out of the units: ``python -m expander.index_tool [--check]``.

All modules below ``drivers`` are imported and what they register is noted with the module that
did it. With ``--check`` nothing is written: the exit status is 1 if the file is not what would
be written.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

import drivers
from drivers.api import unit as registration
from drivers.api.unit import Unit
from grammar.record import Record
from grammar.shapes import ConditionShape, ItemShape, OperatorShape

TARGET = Path(__file__).resolve().parent.parent / "drivers" / "index.py"
DEFAULT_SHAPES = {"item": ItemShape(), "operator": OperatorShape(), "condition": ConditionShape()}
TABLES = {"item": "ITEM_SHAPES", "operator": "OPERATOR_SHAPES", "condition": "CONDITION_SHAPES"}
HEAD = '''\
"""Which module holds each unit, and the shapes for the parser: written by ``expander.index_tool``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.shapes import ConditionShape, ItemShape, OperatorShape

if TYPE_CHECKING:
    from drivers.api.index import Row

'''


class Recorder(dict[tuple[str, str], Unit]):
    """A registry that notes which module's top level registered each unit."""

    def __init__(self) -> None:
        super().__init__()
        self.modules: dict[tuple[str, str], str] = {}

    def __setitem__(self, key: tuple[str, str], unit: Unit) -> None:
        frame: FrameType | None = sys._getframe()  # noqa: SLF001 - the only way to see who registers
        while frame is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back
        assert frame is not None, key
        self.modules[key] = frame.f_globals["__name__"]
        super().__setitem__(key, unit)


def scan() -> tuple[Recorder, list[str]]:
    """Import every module below ``drivers``: what they register, and which could not be imported.

    A module in the middle of being written must not keep the others out of the index.
    """
    recorder, broken = Recorder(), []
    registration.UNITS = recorder
    for module in pkgutil.walk_packages(drivers.__path__, "drivers."):
        if module.name != "drivers.index" and not module.name.startswith("drivers.api."):
            try:
                import_module(module.name)
            except (ImportError, SyntaxError, NameError, TypeError, ValueError, AttributeError) as error:
                broken.append(f"{module.name}: {error}")
    return recorder, broken


def written(value: Any) -> str:
    """A literal or, for a shape, the call that makes it, with what differs from the defaults."""
    if isinstance(value, Record):
        default = type(value)()
        parts = [
            f"{name}={written(getattr(value, name))}"
            for name in value.record_fields
            if getattr(value, name) != getattr(default, name)
        ]
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        inside = ", ".join(map(written, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, str):
        return json.dumps(value)
    return repr(value)


def render(recorder: Recorder) -> str:
    """The text of the index."""
    lines = ["# fmt: off", "ROWS: dict[str, dict[str, Row]] = {"]
    for family in sorted({family for family, _ in recorder}):
        lines.append(f"    {written(family)}: {{")
        for key in sorted(key for key in recorder if key[0] == family):
            unit = recorder[key]
            row = (recorder.modules[key], unit.since, unit.until, unit.feature)
            lines.append(f"        {written(key[1])}: {written(row)},")
        lines.append("    },")
    lines.append("}")
    for family, table in TABLES.items():
        kind = type(DEFAULT_SHAPES[family]).__name__
        lines.append(f"{table}: dict[str, {kind}] = {{")
        for key in sorted(key for key in recorder if key[0] == family):
            shape = recorder[key].facts.get("shape", DEFAULT_SHAPES[family])
            lines.append(f"    {written(key[1])}: {written(shape)},")
        lines.append("}")
    return HEAD + "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the index, or with ``--check`` compare it; the exit status."""
    recorder, broken = scan()
    for problem in broken:
        print(problem, file=sys.stderr)
    text = render(recorder)
    present = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if text == present:
        return 1 if broken else 0
    if "--check" in arguments:
        print(f"{TARGET.name} is not what the units say: run python -m expander.index_tool", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
