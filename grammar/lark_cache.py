"""Where grammars are, where their tables are kept on disk, and what Lark makes of them."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Lark


def cache_directory() -> str | None:
    """A folder that only this user can write to, or None where there is none.

    Every start asks for it, so it does without pathlib. What is read from it is trusted, so
    a folder that somebody else could write to is not used.
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


def build(name: str, starts: list[str]) -> Lark:
    """Lark's parser for the grammar file ``name`` beside this module; LALR with the contextual lexer."""
    from lark import Lark

    text = beside(name).decode()
    return Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False, start=starts)
