"""How expansions are compiled: with the text and the profile, the key of the cache."""

from __future__ import annotations

from grammar.record import Record


class Mode(Record):
    """What kind of closures are wanted.

    ``taint``: values from outside are marked; ``trace``: every step is told to the context;
    ``fold``: constant pieces are worked out when they are compiled.
    """

    taint: bool = True
    trace: bool = False
    fold: bool = True


PLAIN = Mode(taint=False)
TAINT = Mode()
UNFOLDED = Mode(fold=False)
TRACE = Mode(trace=True, fold=False)
