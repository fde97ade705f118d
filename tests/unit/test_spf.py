"""The evaluation of SPF records, by the standard and as the library does it, and the lookup."""

from __future__ import annotations

import pytest

from drivers.values import ip, spfrecord
from drivers.values.spf import SpfOutcome, SpfQuestion, check_host
from drivers.values.spflibrary import check_as_library
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from spf_cases import QUESTIONS, ZONES


def question(sender: str, client: str, **more: str) -> SpfQuestion:
    address = ip.parse(client)
    assert address is not None
    return SpfQuestion(address, sender, **more)  # type: ignore[arg-type]


def outcome(sender: str, client: str, **more: str) -> SpfOutcome:
    return check_host(question(sender, client, **more), MemoryWorld(zones=ZONES).dns.ask)


@pytest.mark.parametrize(("sender", "client", "standard", "library"), QUESTIONS)
def test_the_result(sender: str, client: str, standard: str, library: str) -> None:
    ask = MemoryWorld(zones=ZONES).dns.ask
    assert outcome(sender, client).result == standard
    assert check_as_library(question(sender, client), ask).result == library


def test_an_explanation() -> None:
    said = outcome("joe b@told.test", "192.0.2.1").explanation
    assert said == "192.0.2.1 may not send for told.test: see http://told.test/?joe%20b%40told.test"


def test_an_explanation_that_is_not_one_text() -> None:
    assert outcome("joe@untold.test", "192.0.2.1") == SpfOutcome("fail", "", "-all", domain="untold.test")


def test_what_the_client_said_to_be() -> None:
    assert outcome("", "192.0.2.1", helo="plain.test").result == "pass"
    assert outcome("u@helo.test", "192.0.2.1", helo="a.test").term == "a:%{h}"


def test_what_was_wrong() -> None:
    assert outcome("u@late.test", "192.0.2.1").problem == "unknown mechanism moo:x"
    assert outcome("u@void.test", "192.0.2.1").problem == "more than 2 questions without an answer"


@pytest.mark.parametrize(
    "term",
    [
        "a/33",
        "a//129",
        "a/24/64",
        "a:",
        "a:foo",
        "a:foo.-x",
        "a:foo.1",
        "mx:%{x}.y",
        "ptr/24",
        "ip4:1.2.3.4//8",
        "ip6:1.2.3.4",
        "ip6:::1/129",
        "exists",
        "redirect=",
        "exp=-",
        "1x=y",
        "x=%",
        "-",
        "%{d}",
        "a:%{d0}.x",
        "a:\x80.com",
    ],
)
def test_terms_that_are_no_terms(term: str) -> None:
    with pytest.raises(spfrecord.SpfSyntaxError):
        spfrecord.read(f"v=spf1 {term}")


def look_up(sender: str, client: str, **options: str) -> str:
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld(zones=ZONES))
    expander.context.options = {**expander.context.options, **options}
    return expander.expand(f"${{lookup{{{sender}}}spf{{{client}}}{{$value}}{{nothing}}}}")


def test_the_lookup() -> None:
    assert look_up("u@plain.test", "192.0.2.1") == "pass"
    assert look_up("u@again.test", "192.0.2.1") == "(invalid)"


@pytest.mark.parametrize("client", ["", "x", " 192.0.2.1", "192.0.2.1/32", "192.0.2.256"])
def test_a_client_that_is_no_address(client: str) -> None:
    assert look_up("u@plain.test", client) == "nothing"


def test_names_that_may_not_be_asked_for() -> None:
    assert look_up("joe+tag@exists.test", "192.0.2.1") == "pass"
    assert look_up("joe+tag@exists.test", "192.0.2.1", dns_check_names_pattern="^[a-z.]*$") == "fail"
