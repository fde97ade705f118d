"""Generated configurations are taken or refused by the installed Exim in the same words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from expander.config.option_tables import GENERIC, driver_names, driver_tables, main_options
from expander.config.profile import PROFILES
from lines.settings import OUTSIDE, configuration
from loading.runner import ask_exim, ask_eximulate
from real_exim import base_config

COUNT = int(os.environ.get("GENERATED_SETTINGS", "150"))
LEAST_AGREEMENT = 0.99
"""May only rise. What differs is printed; each cause becomes a case."""

PRINTING = (("-bV",), ("-bP", "config"), ("-bP", "routers"), ("-bP", "transports"))
PROFILE = PROFILES["debian-12"]


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A directory that the user whom Exim runs as can reach."""
    with TemporaryDirectory() as path:
        for name in (".", "spool", "log"):
            Path(path, name).mkdir(exist_ok=True)
            Path(path, name).chmod(0o777)
        yield Path(path)


def drivers(family: str) -> dict[str, dict[str, str]]:
    """The types of the options of each driver, the generic ones among them."""
    tables = driver_tables(PROFILE, family)
    return {
        driver: {
            name: unit.facts["type"]
            for table in (tables[GENERIC], tables.get(driver, {}))
            for name, unit in table.items()
            if name != "driver"
        }
        for driver in driver_names(PROFILE, family)
    }


@pytest.mark.exim
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may name a configuration and stay root")
def test_generated_configurations_are_read_the_same(open_path: Path) -> None:
    rng = Random(1)
    main = {name: unit.facts["type"] for name, unit in main_options(PROFILE).items() if name not in OUTSIDE}
    tables = {"routers": drivers("router"), "transports": drivers("transport")}
    different = []
    for _ in range(COUNT):
        added, options = configuration(rng, main, tables), rng.choice(PRINTING)
        text = base_config("") + added
        exim, ours = (ask(text, open_path, options) for ask in (ask_exim, ask_eximulate))
        if exim != ours:
            different.append(f"{options}\n{added}    exim: {exim}\n    ours: {ours}")
    print(f"{COUNT - len(different)} of {COUNT} agree")
    print(*different[:10], sep="\n")
    assert len(different) <= COUNT * (1 - LEAST_AGREEMENT)
