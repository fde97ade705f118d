"""How expansions are compiled: with the text and the profile, the key of the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from expander.coverage.collector import Collector


class Mode(Record):
    """What kind of closures are wanted.

    ``taint``: values from outside are marked; ``trace``: every step is told to the context's tracer;
    ``fold``: constant pieces are worked out when they are compiled; ``narrate``: every step is
    told in Exim's words for ``-d+expand`` to the context's narrator; ``cover`` counts which branches are
    taken, and what else is come to in contexts of this mode; ``forbids`` has the options by which what they
    name is refused.
    """

    taint: bool = True
    trace: bool = False
    fold: bool = True
    narrate: bool = False
    cover: Collector | None = None
    forbids: frozenset[str] = frozenset()


PLAIN = Mode(taint=False)
TAINT = Mode()
UNFOLDED = Mode(fold=False)
TRACE = Mode(trace=True, fold=False)
NARRATE = Mode(fold=False, narrate=True)


def covering(collector: Collector) -> Mode:
    """The mode in which a collector counts."""
    return Mode(fold=False, cover=collector)
