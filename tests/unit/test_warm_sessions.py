"""Sessions go the same way however many there were before with the same configuration, and whoever looks on.

What a configuration has worked out and remembered must show in nothing: neither in replies, logs and verdicts
nor in what variables say in the end.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.api.errors import Refused, Unsupported
from expander.config.model import LoadError
from expander.configuration import Configuration, load
from expander.expand.context import Context
from lines.sessions import CLIENTS, FILES, Maker

COUNT = int(os.environ.get("WARM_SESSIONS", "40"))
SEED = os.environ.get("SESSION_SEED", "1")
MOST_REPAIRS = 40
_DIFFERS = re.compile(
    r"\b[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}\b|\b[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} "
    r"\d\d:\d\d:\d\d [-+]\d{4}|scan/[^ ]*|\bD=\S+"
)
"""What is different each time."""

ROUNDS = 3


def loaded(text: str) -> Configuration | None:
    """The configuration without the lines that do not load; None if none of it does."""
    for _ in range(MOST_REPAIRS):
        try:
            return load(text.encode("latin-1"), profile="debian-12")
        except LoadError as error:
            if error.span is None:
                return None
            lines = text.splitlines(keepends=True)
            del lines[error.span.origin().position()[0] - 1]
            text = "".join(lines)
    return None


def watch(context: Context) -> None:
    """Let somebody be told of the work, so that nothing is passed by."""
    context.debug_with = context.tell_checks = lambda _text: None


def held(
    config: Configuration, client: str, data: bytes, prepare: Callable[[Context], None] | None = None
) -> list[str]:
    """All that is to be seen of a session, and of the variables at its end."""
    session = config.session(client, prepare=prepare)
    session.send(data)
    session.hang_up()
    context = session.context
    parts: list[object] = [*session.replies, *session.log, *(one.explain() for one in session.verdicts)]
    parts += sorted(context.facts.items())
    parts += [sorted(context.acl_c.items()), sorted(context.acl_m.items()), context.captures]
    return [_DIFFERS.sub("-", str(part)) for part in parts]


@pytest.mark.parametrize("number", range(COUNT))
def test_what_was_before_and_who_looks_on_shows_in_nothing(number: int, tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "spool").mkdir()
    made = Maker(f"{SEED}-{number}")
    text = made.config().replace("@DIR@", str(tmp_path))
    client, data = made.random.choice(CLIENTS), made.conversation()
    warm, cold = loaded(text), loaded(text)
    if warm is None or cold is None:
        pytest.skip("does not load")
    try:
        first = held(warm, client, data)
    except (Refused, Unsupported) as problem:
        pytest.skip(str(problem))
    for _ in range(ROUNDS):
        assert held(warm, client, data) == first
    assert held(cold, client, data, watch) == first
