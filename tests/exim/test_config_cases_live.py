"""The real Exim gives the answers of the case files of configurations, and both agree on generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from configcase import ConfigCase, all_cases
from loading.areas import AREAS
from loading.runner import LOOKS, Answer, ask_exim, ask_eximulate

EVERY = 211
"""One of so many generated configurations is asked about."""


@pytest.mark.exim
@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_the_real_exim_says_the_same(case: ConfigCase, tmp_path: Path) -> None:
    answer = ask_exim(case.text, tmp_path)
    assert (answer.error, answer.status) == (case.error, case.status)


EVERYTHING = ("-bP", "all", "routers", "transports", "authenticators")
"""Prints every option that there is."""

OF_MACHINE = ("cannot run initgroups", "initgroups failed", "Cannot open main log file")
"""What the Exim at hand cannot do as the user who runs it."""


def differing(
    area: str, directory: Path, options: tuple[str, ...] = LOOKS, first: int = 0
) -> Iterator[tuple[str, Answer, Answer]]:
    for title, text in islice(AREAS[area](), first, None, EVERY):
        theirs = ask_exim(text, directory, options)
        # A crash says nothing, and which mechanisms Cyrus SASL has is a fact of the machine.
        if theirs.status < 0 or "cyrus_sasl" in text or any(part in theirs.error for part in OF_MACHINE):
            continue
        ours = ask_eximulate(text, directory, options)
        if ours != theirs:
            yield title, theirs, ours


@pytest.mark.exim
@pytest.mark.parametrize("area", AREAS)
def test_both_say_the_same_of_generated_configurations(area: str, tmp_path: Path) -> None:
    assert list(differing(area, tmp_path)) == []


@pytest.mark.exim
@pytest.mark.parametrize("area", ["values", "drivers", "main", "mains", "pairs"])
def test_both_print_the_same_options_of_generated_configurations(area: str, tmp_path: Path) -> None:
    assert list(differing(area, tmp_path, EVERYTHING, EVERY // 2)) == []
