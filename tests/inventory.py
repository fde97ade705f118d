"""The inventory of Exim's language: facts in JSON files that may stand beside the project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def folder() -> Path | None:
    """The inventory's folder: ``EXIMULATE_INVENTORY`` or one beside the project; None without one."""
    named = os.environ.get("EXIMULATE_INVENTORY")
    places = [Path(named)] if named else [ROOT.parent / "inventory", ROOT.parent / "shared" / "inventory"]
    return next((place for place in places if (place / "variables.json").exists()), None)


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file, named without its ending. Raises ``OSError`` if there is no inventory."""
    place = folder()
    if place is None:
        raise FileNotFoundError("no inventory")
    found: list[dict[str, Any]] = json.loads((place / f"{name}.json").read_text(encoding="utf-8"))
    return found
