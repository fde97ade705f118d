"""The targets of the fuzzing, with fewer inputs: nothing but the errors of the project comes out of any."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from random import Random
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api import registry
from drivers.api.errors import LimitReached
from expander.api import Expander, cache_for
from expander.config.profile import PROFILES
from expander.expand import regex
from expander.expand.mode import PLAIN, TAINT, UNFOLDED
from fuzz import lines, targets
from fuzz.writer import Writer
from property.generators import expansions

PROFILE_NAMES = ("debian-12", "4.99")
SEEDS = st.integers(0, 1 << 32)
CHANGING = (
    "$tod",
    "$pid",
    "$message_",
    "$received_",
    "${run",
    "${rand",
    "${read",
    "${perl",
    "${prvs",
    "${srs",
)


@lru_cache
def writer(profile: str) -> Writer:
    return Writer(registry.shapes(PROFILES[profile]))


@lru_cache
def target(name: str, profile: str) -> Callable[[str], None]:
    return targets.TARGETS[name](PROFILES[profile])


def written(profile: str, seed: int) -> str:
    """A text by the writer of the fuzzing, changed a few times."""
    random = Random(seed)
    text = writer(profile).text(random)
    for _ in range(random.randrange(3)):
        text = writer(profile).changed(random, text)
    return text


@pytest.mark.parametrize("profile", PROFILE_NAMES)
@settings(max_examples=300)
@given(seed=SEEDS)
def test_expansions(profile: str, seed: int) -> None:
    target("expansion", profile)(written(profile, seed))


@pytest.mark.parametrize("name", ["configuration", "message"])
@settings(max_examples=50)
@given(seed=SEEDS)
def test_lines(name: str, seed: int) -> None:
    random = Random(seed)
    known = {"configuration": lines.CONFIGURATION, "message": lines.MESSAGE}[name]
    text = "\n".join([random.choice(known) for _ in range(random.randrange(12))])
    for _ in range(random.randrange(1, 4)):
        text = lines.changed(random, text, known, writer("4.99"))
    target(name, "4.99")(text)


@lru_cache
def expanders() -> tuple[Expander, ...]:
    return tuple(targets.expander_of(PROFILES["4.99"], mode) for mode in (UNFOLDED, TAINT, PLAIN))


@settings(max_examples=300)
@given(
    st.one_of(expansions(registry.shapes(PROFILES["4.99"])), SEEDS.map(lambda seed: written("4.99", seed)))
)
def test_what_is_worked_out_when_compiling_is_what_a_run_gives(text: str) -> None:
    if any(name in text for name in CHANGING):
        return
    outcomes = [targets.outcome(expander, text) for expander in expanders()[:2]]
    if any(kind == LimitReached.__name__ for kind, _ in outcomes):  # what was done before takes no steps
        return
    assert outcomes[0] == outcomes[1]


def test_threads_share_the_caches() -> None:
    """Each thread with an expander of its own; texts, patterns and trees are compiled for all of them."""
    texts = [
        text for seed in range(400) if not any(name in (text := written("4.99", seed)) for name in CHANGING)
    ]
    expected = [targets.outcome(targets.expander_of(PROFILES["4.99"], TAINT), text) for text in texts]
    wrong: list[object] = []

    def work(first: int) -> None:
        expander = targets.expander_of(PROFILES["4.99"], TAINT)
        for number in range(len(texts)):
            at = (number + first) % len(texts)
            try:
                found = targets.outcome(expander, texts[at])
            except Exception as fault:  # noqa: BLE001 - whatever it is, the test tells
                found = fault
            if found != expected[at]:
                wrong.append((texts[at], found, expected[at]))

    cache_for.cache_clear()
    regex.pattern.cache_clear()
    threads = [Thread(target=work, args=(start * 50,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
