"""The condition that asks DNS lists about the client, or about other keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.acl.dnslist_answer import Wanted, counts, look_up, text_of
from drivers.api.acl import DEFER, FAIL, OK
from drivers.values import ip, listtext
from drivers.values.log_selector import selects
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.acl import Acl

UNKNOWN_MEANS = {"+include_unknown": OK, "+exclude_unknown": FAIL, "+defer_unknown": DEFER}
"""What a list that cannot be asked counts for, by the settings among the elements."""

LONGEST_QUERY = 255
_ASSUMED = {OK: "assumed in list", FAIL: "assumed not in list", DEFER: "returned DEFER"}
_STRANGE = re.compile(r"[^A-Za-z0-9._-]", re.ASCII)


class _Element(Record):
    """One element: the list that decides, which addresses count, the list that is named and has the text.

    ``keys`` is a list of what to ask for, None for the client.
    """

    domain: str
    named: str
    wanted: Wanted
    keys: str | None


def dnslists(acl: Acl, text: str) -> str:
    """True if one of the lists has the client, or one of the element's keys.

    Sets ``$dnslist_domain``, ``$dnslist_matched``, ``$dnslist_value`` and ``$dnslist_text`` where it is. An
    element without keys ends the search where there is no client. See "Using DNS lists".
    """
    unknown = FAIL
    for written in listtext.elements(text):
        acl.ctx.debug_flat(f"dnslists check: {written}")
        if written.startswith("+"):
            if written not in UNKNOWN_MEANS:
                acl.ctx.log(f"unknown item in dnslist (ignored): {written}")
            unknown = UNKNOWN_MEANS.get(written, unknown)
            continue
        element = _read(written)
        for domain in dict.fromkeys((element.domain, element.named)):
            if _STRANGE.search(domain):
                acl.ctx.log(f'dnslists domain "{domain}" contains strange characters - is this right?')
        client = acl.ctx.facts.get("sender_host_address", "")
        if element.keys is None and not client:
            return FAIL
        outcome = _any_listed(acl, element, [client] if element.keys is None else element.keys, unknown)
        if outcome != FAIL:
            return outcome
    return FAIL


def _read(text: str) -> _Element:
    """An element ``domain[,domain][[!]condition][/keys]``; conditions begin with =, ==, & or =&."""
    rest, slash, keys = text.partition("/")
    at = rest.find("=") if "=" in rest else rest.find("&")
    domains, condition = (rest, "") if at < 0 else (rest[:at], rest[at:])
    is_negated = bool(condition) and domains.endswith("!")
    domains = domains[:-1] if is_negated else domains
    sign = condition[:2] if condition.startswith(("==", "=&")) else condition[:1]
    named, comma, domain = domains.partition(",")
    wanted = Wanted(sign, condition[len(sign) :], is_negated)
    return _Element(domain if comma else named, named, wanted, keys if slash else None)


def _any_listed(acl: Acl, element: _Element, keys: list[str] | str, unknown: str) -> str:
    """Ask for one key after the other until one is listed; one that cannot be told of does not end it."""
    outcome = FAIL
    for key in listtext.elements(keys) if isinstance(keys, str) else keys:
        found = _listed(acl, element, key, unknown)
        if found == OK:
            acl.ctx.facts.update(dnslist_domain=element.named, dnslist_matched=key)
            acl.ctx.debug_flat(f"=> that means {key} is listed at {element.named}")
            return OK
        if found == DEFER:
            outcome = DEFER
    return outcome


def _listed(acl: Acl, element: _Element, key: str, unknown: str) -> str:
    """Whether a key is listed at the domain that decides and then at the one that is named."""
    address, domain = ip.parse(key), element.domain
    query = f"{key if address is None else address.reversed()}.{domain}"
    if len(query) > LONGEST_QUERY:
        acl.ctx.log(f"dnslist query is too long (ignored): {query}...")
        return FAIL
    answer = look_up(acl, query)
    if answer.outcome == DEFER:
        if selects(acl.ctx, "dnslist_defer"):
            acl.ctx.log(f"DNS list lookup defer (probably timeout) for {query}: {_ASSUMED[unknown]}")
        return unknown
    if answer.outcome == FAIL:
        acl.ctx.debug_flat(f"DNS lookup for {query} failed")
        acl.ctx.debug_flat(f"=> that means {key} is not listed at {domain}")
        return FAIL
    acl.ctx.debug_flat(f"DNS lookup for {query} succeeded (yielding {', '.join(answer.addresses)})")
    if not counts(acl, answer.addresses, element.wanted, f"{key} at {domain}"):
        return FAIL
    if element.named != domain:
        return _listed(acl, _Element(element.named, element.named, Wanted(), None), key, unknown)
    acl.ctx.facts["dnslist_value"] = ", ".join(answer.addresses)
    acl.ctx.facts["dnslist_text"] = text_of(acl, query)
    return OK
