"""What all tests share: the option ``--ask-exim`` and the skipping of live tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from ask import refresh
from real_exim import PROGRAM


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--ask-exim",
        action="store_true",
        help="ask the real Exim first and rewrite the recorded answers and the expectations of cases",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--ask-exim") and not hasattr(config, "workerinput"):
        if PROGRAM is None:
            raise pytest.UsageError("--ask-exim needs an installed Exim")
        for path in refresh():
            print(f"rewritten: {path}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if PROGRAM is None:
        absent = pytest.mark.skip(reason="no Exim is installed")
        for item in items:
            if item.get_closest_marker("exim"):
                item.add_marker(absent)


settings.register_profile("default", deadline=None, derandomize=True, max_examples=150)
settings.register_profile("nightly", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
