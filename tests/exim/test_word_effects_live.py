"""What each word of ACLs changes in a session, it changes in the same way for the real Exim."""

from __future__ import annotations

import re

import pytest

from both_sessions import Seen, both
from real_exim import PROGRAM
from word_effects import EFFECTS, Effect

pytestmark = [pytest.mark.exim, pytest.mark.skipif(not PROGRAM, reason="no Exim is installed")]

LIVE = {name: effect for name, effect in EFFECTS.items() if effect.live}
_NAMES = re.compile(r"\bE?[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}\b")


def _seen(seen: Seen) -> tuple[str, list[str]]:
    """What was said, and the lines of the log, without what is another one at each run."""
    said, told = (_NAMES.sub("NAME", text) for text in seen)
    return said, [line for line in told.splitlines() if line.startswith("LOG:")]


@pytest.mark.parametrize("effect", LIVE.values(), ids=LIVE)
def test_exim_sees_the_same_difference(effect: Effect) -> None:
    outcomes = []
    for with_word in (True, False):
        real, own = both(effect.config(with_word=with_word), effect.lines)
        assert _seen(own) == _seen(real)
        outcomes.append((_seen(real), "delay" in real[1]))
    assert outcomes[0] != outcomes[1]
