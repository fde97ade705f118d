"""The inventory's samples of expansions come to what it observed, with 4.96 and with the newest source."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.errors import ExpansionError
from drivers.api.text import from_argument, to_bytes
from expander.api import Expander
from expander.config.load import load
from expander.config.model import LoadError
from expander.config.profile import chosen
from expander.world.real import RealWorld
from inventory import folder, rows

NEWEST = "4.99,-perl,-mysql,-i18n_2008"
"""The build that the newest samples were observed with: no Perl, no MySQL, and an IDNA2003 library."""


def answered(text: str, profile: str) -> str:
    """What an expansion test prints, without newlines at the end, bytes that are not UTF-8 as escapes."""
    try:
        value = Expander(profile=chosen(profile), world=RealWorld()).expand(from_argument(text))
    except ExpansionError as error:
        value = f"Failed: {error.message}"
    return to_bytes(value).decode("utf-8", "backslashreplace").rstrip("\n")


NO_INVENTORY = "no inventory: EXIMULATE_INVENTORY names its folder"


@pytest.mark.skipif(folder() is None, reason=NO_INVENTORY)
@pytest.mark.parametrize(("profile", "column"), [("debian-12", "output"), (NEWEST, "output_head")])
def test_the_samples_come_to_what_was_observed(profile: str, column: str) -> None:
    samples = rows("expansion_samples")
    expected = {row["input"]: row.get(column, row["output"]) for row in samples}
    assert len(expected) > 250
    assert {text: answered(text, profile) for text in expected} == expected


def refused(text: str, directory: Path) -> tuple[str, int]:
    """What a check of a configuration writes but for the time stamp, and its exit status."""
    file = directory / "exim.conf"
    file.write_text(text, encoding="utf-8")
    try:
        load(str(file), profile=chosen("debian-12"), world=RealWorld())
    except LoadError as error:
        return error.message.replace(str(file), "FILE"), 1
    return "", 0


@pytest.mark.skipif(folder() is None, reason=NO_INVENTORY)
def test_the_samples_of_configurations_are_refused_as_was_observed(tmp_path: Path) -> None:
    samples = rows("config_error_samples")
    assert len(samples) > 50
    expected = {row["name"]: (row["stderr"], row["exit_code"]) for row in samples}
    assert {row["name"]: refused(row["config"], tmp_path) for row in samples} == expected
