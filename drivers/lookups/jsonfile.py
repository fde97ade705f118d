"""The lookup in JSON files."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import lookup
from drivers.lookups.opening import open_failed
from drivers.values import jsontree, listtext
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import World

LARGEST_INDEX = (1 << 64) - 1
"""Where the conversion of a number to an index of an array stops."""


@lookup(
    "json",
    syntax="json{<file>}",
    since="4.93",
    section="File and database lookups",
    feature="lookup_json",
    style=SINGLE_KEY,
)
def json(world: World, path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Follow a list of selectors into a JSON file.

    A selector of digits is the index of an array's element, from 0; any other names a member of an
    object. A string is given without its quotes and escapes, a real number with six places, an array or an
    object as JSON again. Nothing is found where a selector does not fit, where the value is ``null``,
    and in a file that is not JSON. Raises `Failed` for a file that cannot be opened.
    """
    try:
        data = world.files.read(path)
    except IsADirectoryError:
        # A directory can be opened; it is the reading that fails, as for a text that is not JSON.
        data = b""
    except OSError as error:
        raise open_failed(path, "json search", error.errno or errno.EIO) from error
    try:
        tree = jsontree.load(data)
    except ValueError:
        return lambda _key: None

    def find(key: str) -> str | None:
        value = tree
        for selector in listtext.elements(key):
            value = _selected(value, selector)
            if value is None:
                return None
        return _shown(value)

    return find


def _selected(value: Any, selector: str) -> Any:
    """The part of a value that a selector stands for, None where there is none."""
    if not selector.strip("0123456789"):
        index = min(int(selector or "0"), LARGEST_INDEX)
        return value[index] if isinstance(value, list) and index < len(value) else None
    if not isinstance(value, dict):
        return None
    try:
        return value.get(to_bytes(selector).decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _shown(value: Any) -> str | None:
    """A value as the result of a lookup."""
    if isinstance(value, str):
        return from_bytes(value.encode("utf-8"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    return None if value is None else from_bytes(jsontree.dumped(value).encode("utf-8"))
