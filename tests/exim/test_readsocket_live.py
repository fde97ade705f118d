"""The talks of ``readsocket``, held by the real Exim."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from casefile import Setup
from conversations import TALKS
from peer import Places
from real_exim import RealExim


@pytest.mark.exim
@pytest.mark.parametrize("name", TALKS)
def test_a_talk(tmp_path: Path, name: str) -> None:
    texts = [text for text, _ in TALKS[name]]
    own = tmp_path / "exim"
    own.mkdir()
    program = RealExim(own, Setup(variables={"sender_address": "joe@example.test"}))
    with ExitStack() as stack:
        places = Places(tmp_path, stack)
        found = program.ask([places.filled(text) for text in texts])
        assert found == [places.filled(expected) for _, expected in TALKS[name]]
