"""Text to compiled expansion, kept: the same text is parsed and compiled once."""

from __future__ import annotations

import sys
from _thread import allocate_lock  # all that is wanted of `threading`
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.limits import EXIM, too_deep
from drivers.api.text import is_plain
from expander.expand.compiled import Compiled, constant
from expander.expand.compiler import NUL, Compiler
from expander.expand.template import LONGEST, Templates
from expander.expand.tree import depth
from grammar.expansion import parse
from grammar.source import Source

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from drivers.api.protocols import Context, Run
    from expander.expand.mode import Mode
    from expander.expand.template import Template

SIZE = 8192
LONGEST_KEPT = 65536
MOST_KEPT = 4 << 20
"""A compiled text takes some fifty times the room of the text: so many bytes of text are kept in all."""

DEEPEST = EXIM.levels
"""Exim runs out of stack somewhere above this many levels; here it is an error with words."""

FEW_BRACES = 80
"""With no more opening braces than this a text cannot nest deep enough to matter."""

FRAMES_A_LEVEL = 12
ROOM = 2_000


class Cache:
    """The compiled expansions of one profile and mode; safe to share between threads.

    ``kept`` has them by their texts. The one that was made first goes first where there are too many: that
    costs nothing when a text is met again.
    """

    def __init__(self, profile: Profile, mode: Mode, size: int = SIZE) -> None:
        self.profile = profile
        self.mode = mode
        self.size = size
        self.kept: dict[str, Compiled] = {}
        self._held = 0
        self._long: tuple[str, Compiled] | None = None
        self._lock = allocate_lock()
        self._templates = Templates(profile, mode, self._kept_whole) if mode.fold else None
        self._filled: set[str] = set()

    def compiled(self, text: str) -> Compiled:
        """The compiled form of a text. Of those above `LONGEST_KEPT` bytes only the last is kept."""
        made = self.kept.get(text)
        if made is not None:
            return made
        long = self._long
        if long is not None and len(text) > LONGEST_KEPT and long[0] == text:
            return long[1]
        if self._templates is not None and len(text) <= LONGEST and text not in self._filled:
            run = self._templates.filled(text)
            if run is not None:  # a text that comes again is worth more
                if len(self._filled) >= self.size:
                    self._filled.clear()
                self._filled.add(text)
                return Compiled(run)
        return self._kept_whole(text)

    @property
    def last_template(self) -> Template | None:
        """The template that the last text was compiled with, or one before it."""
        return None if self._templates is None else self._templates.last

    def _kept_whole(self, text: str) -> Compiled:
        made = compile_text(text, self.profile, self.mode)
        self._keep(text, made)
        return made

    def _keep(self, text: str, made: Compiled) -> None:
        if len(text) > LONGEST_KEPT:
            self._long = text, made
            return
        with self._lock:
            if text not in self.kept:
                self._held += len(text)
            self.kept[text] = made
            while len(self.kept) > self.size or self._held > MOST_KEPT:
                oldest = next(iter(self.kept))
                del self.kept[oldest]
                self._held -= len(oldest)


def compile_text(text: str, profile: Profile, mode: Mode, source: Source | None = None) -> Compiled:
    """Parse and compile a text, without a cache."""
    if is_plain(text):  # nothing to parse: outside of groups braces are text
        return constant(text.partition(NUL)[0])
    tree = parse(text, registry.shapes(profile))
    levels = text.count("{")
    if levels > FEW_BRACES:
        levels = depth(tree)
    if levels > DEEPEST:

        def refuse(ctx: Context) -> str:
            raise too_deep(min(DEEPEST, ctx.limits.levels))

        return Compiled(refuse)
    make_room(levels)
    compiler = _compiler(profile, mode, source or Source("expansion", text))
    made = compiler.folded(compiler.compile(tree))
    return made if levels <= FEW_BRACES else made._replace(run=_levelled(made.run, levels), constant=None)


def _levelled(run: Run, levels: int) -> Run:
    """The closure of a deep text, which a context may refuse."""

    def run_if_permitted(ctx: Context) -> str:
        ctx.levels += levels
        try:
            if ctx.levels > ctx.limits.levels:
                raise too_deep(ctx.limits.levels)
            return run(ctx)
        finally:
            ctx.levels -= levels

    return run_if_permitted


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
