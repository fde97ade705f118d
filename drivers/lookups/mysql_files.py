"""The option files of MySQL's clients: what they say to a client that Exim is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, lower

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import Files

PLACES = ("/etc/my.cnf", "/etc/mysql/my.cnf")
EVERY_CLIENT = frozenset({"client", "client-server", "client-mariadb"})
DEEPEST = 10
"""So deep may files include each other."""

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "r": "\r", "s": " ", "\\": "\\"}


def client_options(files: Files, group: str) -> dict[str, str]:
    """The settings for clients, and those of one more group, by name; what comes later counts.

    The file in the home directory is not looked at: Exim runs without ``HOME``. A file that cannot be
    read says nothing.
    """
    sections = EVERY_CLIENT | {group}
    return {
        name: value
        for place in PLACES
        for section, name, value in _settings(files, place, 0)
        if section in sections
    }


def _settings(files: Files, path: str, depth: int) -> Iterator[tuple[str, str, str]]:
    """The settings of a file and of what it includes: group, name, value."""
    try:
        text = from_bytes(files.read(path))
    except OSError:
        return
    group = ""
    for raw in text.split("\n"):
        line = raw.strip()
        word, _, rest = line.partition(" ")
        if word in {"!include", "!includedir"} and depth < DEEPEST:
            for inner in _included(files, word, rest.strip()):
                yield from _settings(files, inner, depth + 1)
        elif line.startswith("["):
            group = line[1:].partition("]")[0].strip()
        elif line and line[0] not in "#;!":
            name, _, value = line.partition("=")
            yield group, lower(name.strip()).replace("_", "-"), _value(value.strip())


def _included(files: Files, word: str, place: str) -> list[str]:
    if word == "!include":
        return [place]
    try:
        names = sorted(files.names(place))
    except OSError:
        return []
    return [f"{place.rstrip('/')}/{name}" for name in names if name.endswith(".cnf")]


def _value(text: str) -> str:
    """A value without the quotes around it or the comment behind it, its escapes resolved."""
    if text[:1] in {"'", '"'} and text.find(text[0], 1) > 0:
        text = text[1 : text.find(text[0], 1)]
    else:
        text = text.partition("#")[0].rstrip()
    out: list[str] = []
    chars = iter(text)
    for char in chars:
        if char != "\\":
            out.append(char)
            continue
        after = next(chars, "")
        out.append(_ESCAPES.get(after, "\\" + after))
    return "".join(out)
