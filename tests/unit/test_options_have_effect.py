"""No option is read in silence: each is looked at somewhere, or stands in a list with the reason."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from drivers.api.registry import names
from drivers.options.without_effect import UNSEEN, UNSUPPORTED
from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.world.memory import MemoryWorld

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = ("main-option", "router-option", "transport-option", "authenticator-option")
DECLARED = (
    "drivers/options/",
    "drivers/index.py",
    "expander/lint/",
    "expander/upgrade/",
    "expander/compare/",
    "expander/config/option_tables.py",
    "expander/config/printout.py",
    "expander/config/release_changes.py",
)
"""Where names of options stand only to be known."""

ALIASES = {"daemon_smtp_port", "exim_path", "exim_version", "return_size_limit", "*.fail_verify"}
"""Names that stand for another option, or for what Exim itself says of its build."""

OF_VALUES = ("expander/config/log_checks.py", "expander/config/main_checks.py", "expander/coverage/")
"""Where values of main options are looked at and nothing comes of it."""

COMPOSED = {
    "main-option": r"acl_smtp_\w+|callout_(domain_)?(positive|negative)_expire|local_from_(prefix|suffix)"
    r"|check_(spool|log)_(space|inodes)",
    "router-option": r"redirect\.forbid_(exim|sieve)_filter|\*\.dnssec_request_domains",
    "transport-option": r"smtp\.dnssec_request_domains",
    "authenticator-option": r"(gsasl|spa)\.client_(authz|domain|username|password)",
}
"""Names that the code puts together out of pieces."""


@cache
def words_used() -> frozenset[str]:
    used: set[str] = set()
    for folder in ("drivers", "expander"):
        for file in (ROOT / folder).rglob("*.py"):
            path = str(file.relative_to(ROOT))
            if not path.startswith((*DECLARED, *OF_VALUES)):
                for text in re.findall(r'"([^"\n]*)"', file.read_text(encoding="utf-8")):
                    used.update(re.findall(r"\w+", text))
    return frozenset(used)


@pytest.mark.parametrize("family", FAMILIES)
def test_options_take_effect_or_are_told_to_have_none(family: str) -> None:
    listed = {*UNSUPPORTED[family], *UNSEEN[family]}
    silent = {name for name in names(family) if name.rpartition(".")[2] not in words_used()}
    composed = re.compile(COMPOSED[family])
    assert {name for name in silent - listed - ALIASES if not composed.fullmatch(name)} == set()


@pytest.mark.parametrize("family", FAMILIES)
def test_lists_name_options_that_are_looked_at_nowhere(family: str) -> None:
    listed = {*UNSUPPORTED[family], *UNSEEN[family]}
    assert listed <= set(names(family))
    assert not UNSUPPORTED[family].keys() & UNSEEN[family].keys()
    looked_at = {name for name in listed if name.rpartition(".")[2] in words_used()}
    assert looked_at == set()


def told(text: str) -> list[str]:
    world = MemoryWorld(files={"/etc/exim.conf": text.encode()})
    found = check_file("/etc/exim.conf", profile=PROFILES["4.99"], world=world, macros={})
    return [finding.message for finding in found if finding.code == "EXO020"]


@pytest.mark.parametrize("name", ["tls_ocsp_file"])
def test_the_checker_names_what_is_not_imitated(name: str) -> None:
    assert told(f"{name} = 7\n") == [
        f"main option {name} is not supported by eximulate yet: {UNSUPPORTED['main-option'][name]}"
    ]


def test_the_checker_names_options_of_drivers() -> None:
    text = "begin authenticators\na:\n  driver = gsasl\n  public_name = PLAIN\n  server_channelbinding\n"
    assert [message.partition(":")[0] for message in told(text)] == [
        "authenticator option server_channelbinding is not supported by eximulate yet"
    ]
