"""How expansions are compiled: with the text and the profile, the key of the cache."""

from __future__ import annotations

from grammar.record import Record


class Mode(Record):
    """``taint``: values from outside are marked; ``trace``: every step is told to the context."""

    taint: bool = True
    trace: bool = False


PLAIN = Mode(taint=False)
TAINT = Mode()
TRACE = Mode(trace=True)
