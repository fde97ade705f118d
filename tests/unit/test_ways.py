"""Routers that are known to pass an address by leave the same behind as if each were asked in its turn."""

from __future__ import annotations

import pytest

from drivers.api.text import Tainted
from expander.configuration import Configuration, load
from expander.routing.verify import verify_address

ROUTERS = {
    "hub": "driver = accept\n domains = hub.test\n no_verify\n transport = t",
    "real": "driver = accept\n domains = +ours\n local_part_prefix = real-\n transport = t",
    "never": "driver = accept\n no_verify\n local_part_suffix = -never\n transport = t",
    "quiet": "driver = accept\n no_verify_recipient\n domains = own.test\n transport = t",
    "alias": "driver = redirect\n domains = +ours\n local_part_suffix = +*\n local_part_suffix_optional\n"
    " data = ${if eq{$local_part}{alias}{user@own.test}{${if eq{$local_part}{loop}{loop@own.test}}}}",
    "jump": "driver = redirect\n domains = a.test\n local_parts = jump\n data =\n more = false",
    "user": "driver = accept\n domains = own.test\n local_parts = user : loop\n transport = t\n"
    " cannot_route_message = no $local_part at $domain [$domain_data]",
    "last": "driver = accept\n no_verify\n domains = a.test\n caseful_local_part\n transport = t\n"
    " cannot_route_message = last $local_part [$local_part_prefix] [$domain_data] [$router_name]",
    "end": "driver = accept\n domains = other.test\n transport = t\n cannot_route_message = end $local_part",
}
NAMES = ("user", "Real-X", "real-user", "alias", "alias+more", "a-never", "loop", "jump", "Nobody")
DOMAINS = ("own.test", "a.test", "hub.test", "other.test", "Far.Test")


def loaded(setting: str, names: tuple[str, ...]) -> Configuration:
    routers = "".join(f"{name}:\n {ROUTERS[name]}\n{setting if name == 'real' else ''}" for name in names)
    text = "primary_hostname = own.test\ndomainlist ours = own.test : a.test\n"
    text += f"begin routers\n{routers}begin transports\nt:\n driver = smtp\n"
    return load(text.encode(), profile="debian-12")


def verified(config: Configuration, *, told: bool, is_recipient: bool) -> list[object]:
    """What comes of all addresses in one context, and the variables after each."""
    context = config.expander().context
    if told:
        context.debug_with = context.tell_checks = lambda _text: None
    context.facts["sender_address"] = Tainted("someone@far.test")
    seen: list[object] = []
    for domain in DOMAINS:
        for name in NAMES:
            address = Tainted(f"{name}@{domain}")
            found = verify_address(context, address, is_recipient=is_recipient)
            routed = found.routed
            router = routed.router.name if routed is not None and routed.router is not None else ""
            seen.append((address, found.outcome, found.message, found.user_message, router))
            seen.append(sorted(context.facts.items()))
    return seen


@pytest.mark.parametrize("is_recipient", [True, False])
@pytest.mark.parametrize("setting", ["", " set = r_x = $local_part\n"])
@pytest.mark.parametrize("cut", [0, 2, 4])
def test_what_is_known_of_routers_shows_in_nothing(cut: int, setting: str, is_recipient: bool) -> None:
    names = (*tuple(ROUTERS)[cut:], *tuple(ROUTERS)[:cut])
    warm = loaded(setting, names)
    first = verified(loaded(setting, names), told=True, is_recipient=is_recipient)
    for _ in range(3):
        assert verified(warm, told=False, is_recipient=is_recipient) == first
    assert {row[1] for row in first if isinstance(row, tuple)} == {"OK", "FAIL"}
