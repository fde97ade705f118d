"""Builds Lark parsers once, and keeps the analysed grammar on disk between runs."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark


def cache_directory() -> Path | None:
    """A folder that only this user can write to, or None where there is none.

    The cache holds pickles, so a folder that somebody else could write to is not used.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("HOME")
    if not base:
        return None
    folder = Path(base) / ("eximulate" if "XDG_CACHE_HOME" in os.environ else ".cache/eximulate")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    if found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return None
    return folder


def build(name: str, *, kept: bool = True, **options: Any) -> Lark:
    """The parser of the grammar file ``name`` beside this module; LALR with the contextual lexer.

    ``options`` are Lark's; with a ``transformer`` the tree is built while parsing. ``kept`` is false
    where only the tables are wanted, which `grammar.tables` keeps in a form of its own.
    """
    from lark import Lark

    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
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
        return Lark(text, **settings, cache=str(folder / f"{name}.cache"))
    except (OSError, ValueError, EOFError, ImportError, AttributeError):
        return Lark(text, **settings)
