"""SRS as older releases did it with a library: senders forward, recipients back, routers with the options."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from drivers.api.routing import Address, Inherited
from drivers.api.text import Tainted
from drivers.values import srsalt
from drivers.values.srsalt import BadRewritten, NotRewritten, SrsSettings
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import chosen
from expander.delivery.lines import Told, delivered
from expander.routing.verify import Verification, VerifyOptions
from expander.world.memory import MemoryWorld

NOW = 1_700_000_000.0
DAY = 86400
SETTINGS = SrsSettings(["secret", "older"])


def test_there_and_back() -> None:
    made = srsalt.forward("Joe@a.test", "relay.test", SETTINGS, NOW)
    assert made.startswith("SRS0=")
    assert made.endswith("=a.test=Joe@relay.test")
    digest, stamp = made.split("=")[1:3]
    assert (len(digest), len(stamp)) == (6, 2)
    assert srsalt.reverse(made, SETTINGS, NOW + 31 * DAY) == "Joe@a.test"
    with pytest.raises(BadRewritten):
        srsalt.reverse(made, SETTINGS, NOW + 32 * DAY)
    older = srsalt.forward("joe@a.test", "relay.test", SrsSettings(["older"]), NOW)
    assert srsalt.reverse(older, SETTINGS, NOW) == "joe@a.test"
    with pytest.raises(BadRewritten):
        srsalt.reverse(made, SrsSettings(["other"]), NOW)
    with pytest.raises(BadRewritten):
        srsalt.reverse(made.replace("Joe", "Jim"), SETTINGS, NOW)


def test_over_several_hosts() -> None:
    first = srsalt.forward("joe@a.test", "b.test", SETTINGS, NOW)
    other = SrsSettings(["another"])
    second = srsalt.forward(first, "c.test", other, NOW)
    assert second.startswith("SRS1=")
    third = srsalt.forward(second, "d.test", SETTINGS, NOW)
    assert (
        third.partition("=b.test=")[2].partition("@")[0] == second.partition("=b.test=")[2].partition("@")[0]
    )
    assert srsalt.reverse(third, SETTINGS, NOW) == first
    assert srsalt.reverse(second, other, NOW) == first
    assert srsalt.forward("joe@b.test", "B.test", SETTINGS, NOW) == "joe@b.test"


@pytest.mark.parametrize("address", ["joe@a.test", "SRS0=x@a.test", "SRS1=@a.test", "@", "SRS0=@a"])
def test_other_addresses(address: str) -> None:
    with pytest.raises((NotRewritten, BadRewritten)):
        srsalt.reverse(address, SETTINGS, NOW)


def test_without_hash_and_time() -> None:
    plain = SrsSettings(["secret"], use_hash=False, use_timestamp=False)
    assert srsalt.forward("joe@a.test", "b.test", plain, NOW) == "SRS0=a.test=joe@b.test"
    assert srsalt.reverse("SRS0=a.test=joe@b.test", plain, NOW) == "joe@a.test"
    with pytest.raises(NotRewritten):
        srsalt.reverse("joe@b.test", plain, NOW)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (SrsSettings([]), "No secret specified"),
        (SrsSettings(["x"], max_age=366), "Invalid maximum timestamp age"),
        (SrsSettings(["x"], hash_length=0), "Invalid hash length"),
        (SrsSettings(["x"], hash_min=21), "Invalid hash length"),
    ],
)
def test_settings_that_cannot_be(settings: SrsSettings, problem: str) -> None:
    assert srsalt.wrong_with(settings) == f"SRS Configuration Error: {problem}"
    assert srsalt.wrong_with(SETTINGS) == ""


def routed(main: str, router: str, address: str, *, sender: str = "joe@a.test") -> tuple[str, dict[str, str]]:
    """What ``-bt`` shows of an address, with the return path of what it leads to, and SRS variables."""
    text = (
        f"primary_hostname = relay.test\n{main}\nbegin routers\nfirst:\n  driver = redirect\n"
        f"  domains = relay.test\n{router}\nlast:\n  driver = redirect\n  allow_fail\n"
        "  data = :fail: returns to <$return_path>\n"
    )
    profile = chosen("4.94,+srs_alt")
    world = MemoryWorld({"/conf": text})
    config = load("/conf", profile=profile, world=world, macros={})
    context = Expander(config=config, profile=profile, world=world).context
    context.facts["sender_address"] = sender
    out: list[str] = []
    verification = Verification(
        context,
        is_recipient=True,
        options=VerifyOptions(qualifies=True),
        say=out.append,
        full=True,
        purpose="",
        is_test=True,
    )
    verification.verify(Tainted(address))
    facts = {name: text for name, text in context.facts.items() if name.startswith("srs_")}
    return "".join(out), facts


SECRET = "srs_secrets = secret"


def test_forward() -> None:
    out, facts = routed(SECRET, "  srs = forward\n  data = bob@c.test", "alias@relay.test")
    back = out.partition("returns to <")[2].partition(">")[0]
    assert back.startswith("SRS0=")
    assert back.endswith("=a.test=joe@relay.test")
    assert facts["srs_orig_sender"] == "joe@a.test"
    out, _ = routed(
        SECRET, "  srs = forward\n  srs_alias = srs.test\n  data = bob@c.test", "alias@relay.test"
    )
    assert "=joe@srs.test>" in out
    out, _ = routed(SECRET, "  srs = forward\n  data = bob@c.test", "alias@relay.test", sender="")
    assert "returns to <>" in out
    router = "  srs = forward\n  srs_condition = ${if eq{a}{b}}\n  data = bob@c.test"
    assert "returns to <joe@a.test>" in routed(SECRET, router, "alias@relay.test")[0]
    config = "srs_config = secret:20:4:0:1"
    out, _ = routed(config, "  srs = forward\n  data = bob@c.test", "alias@relay.test")
    assert len(out.partition("SRS0=")[2].partition("=")[0]) == 4
    assert out.partition("SRS0=")[2].split("=")[1] == "a.test"


def test_reverse() -> None:
    router = "  srs = reverse\n  data = $srs_recipient"
    made = srsalt.forward("joe@a.test", "relay.test", SETTINGS, MemoryWorld().clock.now())
    out, facts = routed(SECRET, router, made, sender="")
    assert "joe@a.test is undeliverable" in out
    assert facts == {"srs_orig_recipient": made, "srs_recipient": "joe@a.test"}
    out, _ = routed(SECRET, router, "plain@relay.test", sender="")
    assert "plain@relay.test is undeliverable: returns to <>" in out
    out, _ = routed(SECRET, router, made.replace("joe", "jim"), sender="")
    assert "returns to" not in out
    assert "is undeliverable" in out


def test_wrong_settings_put_off() -> None:
    out, _ = routed("", "  srs = forward\n  data = bob@c.test", "alias@relay.test")
    assert "cannot be resolved at this time" in out
    both = "  srs = reverseandforward\n  srs_dbinsert = x\n  data = bob@c.test"
    assert "cannot be resolved at this time" in routed(SECRET, both, "alias@relay.test")[0]


def test_kept_addresses() -> None:
    router = "  srs = forward\n  srs_dbinsert = $srs_db_key $srs_db_address\n  data = bob@c.test"
    out, facts = routed(SECRET, router, "alias@relay.test")
    key = facts["srs_db_key"]
    assert len(key) == 16
    assert f"returns to <SRS0={key}@relay.test>" in out
    select = f"${{if eq{{$srs_db_key}}{{{key}}}{{joe@a.test}}}}"
    router = f"  srs = reverse\n  srs_dbselect = {select}\n  data = $srs_recipient"
    out, _ = routed(SECRET, router, f"SRS0={key}@relay.test", sender="")
    assert "joe@a.test is undeliverable" in out


def test_the_log_shows_the_sender_that_was_made() -> None:
    address = Address(
        "bob@c.test", unique="bob@c.test", inherited=Inherited(srs_sender="SRS0=x=y@relay.test")
    )
    message: Any = SimpleNamespace(sender="joe@a.test", facts={}, received=0.0)
    line = delivered(address, Told("", message), "=", return_path="", took=0.0, size=0)
    assert line == "=> bob@c.test SRS=<SRS0=x=y@relay.test>"
