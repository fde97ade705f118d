"""Builds Lark parsers once, and keeps the analysed grammar on disk between runs."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark


def cache_directory() -> str | None:
    """A folder that only this user can write to, or None where there is none.

    Every start asks for it, so it does without pathlib. The cache holds pickles, so a folder that
    somebody else could write to is not used.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")
    if not base:
        return None
    folder = f"{base}/{'eximulate' if 'XDG_CACHE_HOME' in os.environ else '.cache/eximulate'}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        found = os.stat(folder)
    except OSError:
        return None
    if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return None
    return folder


def beside(name: str) -> bytes:
    """The contents of a file beside this module."""
    with open(f"{os.path.dirname(__file__)}/{name}", "rb") as file:
        return file.read()


def build(name: str, *, kept: bool = True, **options: Any) -> Lark:
    """The parser of the grammar file ``name`` beside this module; LALR with the contextual lexer.

    ``options`` are Lark's; with a ``transformer`` the tree is built while parsing. ``kept`` is false
    where only the tables are wanted, which `grammar.tables` keeps in a form of its own.
    """
    from lark import Lark

    text = beside(name).decode()
    settings: dict[str, Any] = {
        "parser": "lalr",
        "lexer": "contextual",
        "maybe_placeholders": False,
        **options,
    }
    folder = cache_directory() if kept else None
    if folder is None:
        return Lark(text, **settings)
    try:
        return Lark(text, **settings, cache=f"{folder}/{name}.cache")
    except (OSError, ValueError, EOFError, ImportError, AttributeError):
        return Lark(text, **settings)
