"""Text to compiled expansion, kept: the same text is parsed and compiled once."""

from __future__ import annotations

import sys
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.text import is_plain
from expander.expand.compiled import Compiled, constant
from expander.expand.compiler import NUL, Compiler
from expander.expand.template import LONGEST, Templates
from expander.expand.tree import depth
from grammar.expansion import parse
from grammar.source import Source

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from drivers.api.protocols import Context
    from expander.expand.mode import Mode

SIZE = 8192
LONGEST_KEPT = 65536
DEEPEST = 20_000
"""Exim runs out of stack somewhere above this many levels; here it is an error with words."""

FEW_BRACES = 80
"""With no more opening braces than this a text cannot nest deep enough to matter."""

FRAMES_A_LEVEL = 12
ROOM = 2_000


class Cache:
    """The compiled expansions of one profile and mode; safe to share between threads."""

    def __init__(self, profile: Profile, mode: Mode, size: int = SIZE) -> None:
        self.profile = profile
        self.mode = mode
        self.size = size
        self._kept: OrderedDict[str, Compiled] = OrderedDict()
        self._lock = Lock()
        self._templates = Templates(profile, mode, self._kept_whole) if mode.fold else None
        self._filled: set[str] = set()

    def compiled(self, text: str) -> Compiled:
        """The compiled form of a text. Texts above `LONGEST_KEPT` bytes are not kept."""
        made = self._kept.get(text)
        if made is not None:
            try:  # noqa: SIM105 - a context manager would cost more than the look-up
                self._kept.move_to_end(text)
            except KeyError:  # another thread has just thrown it out
                pass
            return made
        if self._templates is not None and len(text) <= LONGEST and text not in self._filled:
            run = self._templates.filled(text)
            if run is not None:  # a text that comes again is worth more
                if len(self._filled) >= self.size:
                    self._filled.clear()
                self._filled.add(text)
                return Compiled(run)
        return self._kept_whole(text)

    def _kept_whole(self, text: str) -> Compiled:
        made = compile_text(text, self.profile, self.mode)
        if len(text) <= LONGEST_KEPT:
            with self._lock:
                self._kept[text] = made
                if len(self._kept) > self.size:
                    self._kept.popitem(last=False)
        return made


def compile_text(text: str, profile: Profile, mode: Mode, source: Source | None = None) -> Compiled:
    """Parse and compile a text, without a cache."""
    if is_plain(text):  # nothing to parse: outside of groups braces are text
        return constant(text.partition(NUL)[0])
    tree = parse(text, registry.shapes(profile))
    levels = text.count("{")
    if levels > FEW_BRACES:
        levels = depth(tree)
    if levels > DEEPEST:

        def too_deep(_ctx: Context) -> str:
            message = f"expansion is nested too deeply (more than {DEEPEST} levels)"
            raise Failed(message)

        return Compiled(too_deep)
    make_room(levels)
    compiler = _compiler(profile, mode, source or Source("expansion", text))
    return compiler.folded(compiler.compile(tree))


def _compiler(profile: Profile, mode: Mode, source: Source) -> Compiler:
    if not mode.narrate:
        return Compiler(profile, mode, source)
    from expander.expand.narrated import NarratingCompiler

    return NarratingCompiler(profile, mode, source)


def make_room(levels: int) -> None:
    """Closures nest as the text does; Python's limit must not be met before ours."""
    needed = levels * FRAMES_A_LEVEL + ROOM
    if needed > sys.getrecursionlimit():
        sys.setrecursionlimit(needed)
