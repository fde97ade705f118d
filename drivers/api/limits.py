"""How much work one expansion may be, so that it ends and fits into memory whoever wrote the text."""

from __future__ import annotations

import sys

from drivers.api.errors import LimitReached
from grammar.record import Record

UNLIMITED = sys.maxsize

NOTABLE = 4096
"""Values up to this size are not looked at: only larger ones are held against the limit."""

CHARACTERS_A_STEP = 64
"""A round of a loop counts one step, and one more for so many characters of the text that it runs."""


class Limits(Record):
    """What one expansion may take; beyond that it fails with `LimitReached`.

    ``steps``: rounds of loops (``map``, ``forany``, ``sg``...), texts that are expanded inside the
    expansion, and work of that order elsewhere. ``size``: bytes of any value. ``levels``: how deep braces
    nest; of texts with 80 of them or less none are counted. ``texts``: how deep expansions of made texts
    (``${expand:...}``) nest. ``match_steps``: what PCRE2 counts as calls of match() for one search, all
    places where it may begin together. ``seconds``: time, looked at where steps are counted; None for
    as long as it takes.
    """

    steps: int = 250_000
    size: int = 16 << 20
    levels: int = 20_000
    texts: int = 100
    match_steps: int = 20_000_000
    seconds: float | None = None


EXIM = Limits(UNLIMITED, (512 << 20) - 1, 20_000, 200, UNLIMITED)
"""For Exim's own options: only that is refused of which Exim itself would die."""

VERBS = Limits(seconds=30.0)
"""For the verbs of eximulate's own."""


def too_many_steps(limits: Limits) -> LimitReached:
    """The error of an expansion whose loops do not come to an end."""
    return LimitReached(f"expansion takes too many steps (more than {limits.steps})")


def too_slow(limits: Limits) -> LimitReached:
    """The error of an expansion that takes too long."""
    return LimitReached(f"expansion takes too long (more than {limits.seconds:g} seconds)")


def too_large(limits: Limits) -> LimitReached:
    """The error of a value that has grown too large."""
    return LimitReached(f"expansion gives too large a value (more than {limits.size} bytes)")


def too_deep(levels: int) -> LimitReached:
    """The error of a text whose braces nest too deeply."""
    return LimitReached(f"expansion is nested too deeply (more than {levels} levels)")


def too_many_texts(limits: Limits) -> LimitReached:
    """The error of a text that makes a text that makes a text..."""
    return LimitReached(f"expansions are nested too deeply in each other (more than {limits.texts})")


def too_hard_to_match(limit: int) -> LimitReached:
    """The error of a pattern that tries too many ways to match."""
    return LimitReached(f"regular expression takes too many steps to match (more than {limit})")
