"""What lookups have open, and what they have found there, from one lookup to the next."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from drivers.api.answer import Uncached
from drivers.api.errors import Failed, LimitReached, NotOpened, Unsupported
from drivers.values import lookup_type, remembering

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.unit import Unit
    from expander.expand.context import Context

    Find = Callable[[str], str | None]
    Stamp = tuple[int, int, int, int] | None

WITH_KEY = "ret=key"
"""An option for the machinery alone: the answer is the same with and without it."""

STATE = "open lookups"
MOCKED = "mocked lookups"
"""Under this name a context's state can have what stands for lookups: it takes the type and the place, and
gives what finds keys, or None where the real store is to be asked."""

MOST_OPEN = 25
"""The default of ``lookup_open_max``."""


class Searched:
    """One file or other place with the answers that came from there.

    It stays as it was when it was opened, as a file does that a program holds open: if it is replaced, the
    old one goes on answering, and if it is written to, only keys that were never asked for see that.
    ``was_known`` tells whether the last answer came from memory. ``captures`` is true for types that match
    patterns.
    """

    __slots__ = (
        "_answers",
        "_ctx",
        "_finds",
        "_is_fresh",
        "_place",
        "_stamp",
        "_unit",
        "captures",
        "keeps",
        "was_known",
    )

    def __init__(self, ctx: Context, unit: Unit, place: str) -> None:
        self._ctx = ctx
        self._unit = unit
        self._place = place
        self._finds: dict[Sequence[str], Find] = {}
        self._answers: dict[str, tuple[Sequence[str], str | None]] = {}
        self._stamp: Stamp = None
        self._is_fresh = False  # it was opened for the lookup at hand
        self.keeps = unit.facts["style"] == lookup_type.SINGLE_KEY
        self.captures = bool(unit.facts.get("captures"))
        self.was_known = False

    def open(self, options: Sequence[str]) -> None:
        """Open the place if it is not. Raises `NotOpened` in Exim's words."""
        if options in self._finds:
            return
        unit, mocked = self._unit, self._ctx.state.get(MOCKED)
        made_up = mocked(unit.name, self._place) if mocked is not None else None
        if made_up is not None:
            self._finds[options] = made_up
            return
        given = self._ctx.world if unit.wants("world") else self._ctx
        try:
            self._finds[options] = unit.impl(given, self._place, options)
        except (NotOpened, Unsupported, LimitReached):
            raise
        except Failed as problem:
            raise NotOpened(problem.message) from problem
        if self.keeps:
            self._stamp = self._now()
            self._is_fresh = True

    def reopen(self, options: Sequence[str]) -> None:
        """The same for a place that may have been opened for a lookup before. Raises `NotOpened`."""
        self._is_fresh = False
        self.open(options)

    def asked(self, options: Sequence[str]) -> Find:
        """What finds a key without more ado, as long as no other place was searched since."""
        if self._unit.facts.get("steady"):
            return self._finds[options]  # it stays as it was when it was opened

        def find(key: str) -> str | None:
            self.reopen(options)
            return self.find(key, options)

        return find

    def find(self, key: str, options: Sequence[str]) -> str | None:
        """The answer for a key, from memory where it is known."""
        if not self.keeps:
            return self._finds[options](key)
        reads, writes, others = remembering.wanted(self._ctx, options)
        counting = tuple(option for option in others if option != WITH_KEY) if others else others
        known = self._answers.get(key)
        self.was_known = known is not None and known[0] == counting and reads
        if known is not None and self.was_known:
            return known[1]
        if not self._is_fresh:
            self._see_changes(options)
        self._is_fresh = False
        answer = self._finds[options](key)
        if isinstance(answer, Uncached):
            self._answers.clear()
            return str(answer)
        if writes:
            self._answers[key] = (counting, answer)
        return answer

    def _see_changes(self, options: Sequence[str]) -> None:
        now = self._now()
        if now != self._stamp and now is not None and self._stamp is not None and now[:2] == self._stamp[:2]:
            self._finds.clear()
            self.open(options)

    def _now(self) -> Stamp:
        """What tells a file and its contents from another; None where there is none."""
        try:
            found = self._ctx.world.files.stat(self._place)
        except (OSError, Failed):
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def opened(ctx: Context, unit: Unit, place: str, options: Sequence[str]) -> Searched:
    """The place that a lookup searches, open; the one that has been idle longest is closed for it.

    What finds keys without coming here does so in the place that was searched last, so that the order holds.
    Raises `NotOpened` in Exim's words. See ``lookup_open_max`` in the manual.
    """
    if unit.facts["style"] != lookup_type.SINGLE_KEY:
        searched = Searched(ctx, unit, place)
        searched.open(options)
        return searched
    places: OrderedDict[tuple[str, str], Searched] = ctx.state.setdefault(STATE, OrderedDict())
    name = (unit.name, place)
    known = places.get(name)
    if known is not None:
        known.reopen(options)
        if next(reversed(places)) != name:
            places.move_to_end(name)
            ctx.finds.clear()
        return known
    searched = Searched(ctx, unit, place)
    searched.open(options)
    most = ctx.options.get("lookup_open_max")
    while len(places) >= (MOST_OPEN if most is None else int(most)) and places:
        places.popitem(last=False)
    places[name] = searched
    ctx.finds.clear()
    return searched
