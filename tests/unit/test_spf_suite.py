"""The openspf.org suite for RFC 7208 (release 2014.04), under the licence that lies beside its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FOUND, NO_DATA, NO_HOST, DnsAnswer, DnsRecord
from drivers.values.spf import SpfQuestion, check_host

SUITE = json.loads(
    (Path(__file__).parents[1] / "cases" / "spf" / "rfc7208-tests.json").read_text(encoding="ascii")
)
CASES = [
    pytest.param(scenario["zonedata"], test, id=name)
    for scenario in SUITE
    for name, test in scenario["tests"].items()
]
MOST_ALIASES = 10
DEFAULT = "DEFAULT"
"""What the suite's explanations say where the domain has none of its own."""


class Zones:
    """The names of one scenario; what has no TXT records has those of the type SPF instead."""

    def __init__(self, zones: dict[str, list[Any]]) -> None:
        self._zones = {name.lower().rstrip("."): entries for name, entries in zones.items()}

    def ask(self, name: str, kind: str) -> DnsAnswer:
        """The answer to one question, with aliases followed."""
        found: list[DnsRecord] = []
        owner = name.lower().rstrip(".")
        for _ in range(MOST_ALIASES):
            if owner not in self._zones:
                return DnsAnswer(NO_HOST)
            entries = self._zones[owner]
            if "TIMEOUT" in entries and not self._records(owner, kind):
                return DnsAnswer(AGAIN)
            alias = next((one["CNAME"] for one in entries if isinstance(one, dict) and "CNAME" in one), None)
            if alias is None:
                found += self._records(owner, kind)
                return DnsAnswer(FOUND if found else NO_DATA, tuple(found))
            owner = alias.lower().rstrip(".")
        return DnsAnswer(AGAIN)

    def _records(self, owner: str, kind: str) -> list[DnsRecord]:
        entries = [one for one in self._zones[owner] if isinstance(one, dict)]
        wanted = kind
        if kind == "TXT" and not any("TXT" in one for one in entries):
            wanted = "SPF"
        values = [one[wanted] for one in entries if wanted in one and one[wanted] != "NONE"]
        return [DnsRecord(owner, kind, _data(kind, value)) for value in values]


def _data(kind: str, value: Any) -> tuple[str, ...]:
    if kind == "MX":
        return str(value[0]), str(value[1]).rstrip(".")
    if kind == "TXT":
        texts = value if isinstance(value, list) else [value]
        return tuple(text.encode("utf-8").decode("latin-1") for text in texts)
    return (str(value).rstrip("."),)


@pytest.mark.parametrize(("zones", "test"), CASES)
def test_rfc_7208(zones: dict[str, list[Any]], test: dict[str, Any]) -> None:
    client = ip.parse(test["host"])
    assert client is not None
    question = SpfQuestion(client, test["mailfrom"], helo=test["helo"])
    outcome = check_host(question, Zones(zones).ask)
    expected = test["result"] if isinstance(test["result"], list) else [test["result"]]
    assert outcome.result in expected
    explanation = test.get("explanation", DEFAULT)
    if explanation != DEFAULT:
        assert outcome.explanation == explanation


def test_the_suite_is_whole() -> None:
    assert len(SUITE) == 16
    assert len(CASES) > 200
