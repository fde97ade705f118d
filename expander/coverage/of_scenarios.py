"""What the scenarios of a file have come to in the configurations that they are for."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, from_bytes
from expander.configuration import TEXT_NAME, Configuration
from expander.coverage.measure import measured
from expander.coverage.place import Place, added
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.testing.running import Source


def places(source: Source) -> list[Place]:
    """The places of all configurations of a file; what was counted is forgotten.

    A configuration that stands in the file itself has its lines there. Names of files are told from the
    current folder where they are below it.
    """
    several = []
    for config in (one.made for one in source.loaded):
        cover = config.mode.cover if isinstance(config, Configuration) else None
        if not isinstance(config, Configuration) or cover is None:
            continue
        found = measured(config.model, config.world, cover.hits)
        cover.hits.clear()
        several.append([_moved(place, source) for place in found])
    return added(*several)


def texts(source: Source, found_places: Sequence[Place]) -> dict[str, str]:
    """The texts of the files in which those places are."""
    found: dict[str, str] = {}
    for config in (one.made for one in source.loaded):
        if not isinstance(config, Configuration):
            continue
        for file in config.model.tree.files:
            if file.name == TEXT_NAME:
                found[_near(str(source.path))] = from_bytes(source.path.read_bytes())
            else:
                found[_near(file.name)] = file.text
        for name in {place.file for place in found_places} - found.keys():
            with suppress(OSError):  # an ACL in a file of its own, which another configuration has
                found[name] = from_bytes(config.world.files.read(os.path.abspath(name)))  # noqa: PTH100 - a text is wanted
    return found


def _moved(place: Place, source: Source) -> Place:
    if place.file != TEXT_NAME:
        return replaced(place, file=_near(place.file))
    return replaced(place, file=_near(str(source.path)), line=place.line + _above(source))


def _above(source: Source) -> int:
    """The line above the text of a configuration that stands in the file."""
    return max((one.line for one in source.settings if one.kind == "config" and one.block), default=0)


def _near(path: str) -> str:
    here = from_argument(os.getcwd()).rstrip("/") + "/"  # noqa: PTH109 - a text is wanted
    return path.removeprefix(here)
