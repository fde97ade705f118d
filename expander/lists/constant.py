"""Lists of constant elements, made ready to be asked without being gone through as text.

They answer, and leave behind, what `walk` would; it hands its work to them where nobody is told of the match.
Lists that name others are not among them: of those it is remembered what they say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, is_plain, lower
from drivers.values import interfaces, ip, listtext
from expander.lists.domain import own_name
from expander.lists.host import MAPPED_AS_TEXT, in_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.protocols import Context
    from expander.lists.subject import Subject

    Domains = Sequence[tuple[bool, str, str]]
    Networks = Sequence[tuple[bool, str, tuple[ip.Address, int | None] | None]]

MOST_KEPT, LONGEST_KEPT = 128, 16_384
"""So many lists are remembered, if they are no longer than that."""

KINDS = frozenset({"domain", "host"})
"""The kinds that are made ready."""

OWN, OWN_ADDRESSES = "@", "@[]"


class DomainList:
    """A list of names and of endings behind an asterisk; `OWN` stands for this host."""

    __slots__ = ("_elements", "_names")

    def __init__(self, elements: Domains) -> None:
        self._elements = elements
        are_names = all(end != OWN and end[:1] != "*" for _, _, end in elements)
        self._names = {end: (asked, name) for asked, name, end in reversed(elements)} if are_names else None

    def ask(self, subject: Subject) -> bool:
        """What the list says of a domain."""
        domain, asked, ctx = subject.domain, True, subject.ctx
        if self._names is not None and domain in self._names:
            (asked, subject.value), ctx.captures = self._names[domain], [domain]
            return asked
        if self._names:
            subject.value, ctx.captures = None, []
            return not self._elements[-1][0]
        for asked, pattern, end in self._elements:
            value, found = pattern, False
            if end == OWN:
                value = own_name(ctx)
                found = domain == lower(value)
            elif end[:1] != "*":
                found = domain == end
            elif domain.endswith(end[1:]):
                subject.value, ctx.captures = value, [domain, domain[: len(domain) - len(end) + 1]]
                return asked
            if found:
                subject.value, ctx.captures = value, [domain]
                return asked
        if self._elements:
            subject.value, ctx.captures = None, []
        return not asked


class HostList:
    """A list of addresses and networks, and those of this host; nothing is left behind."""

    __slots__ = ("_elements",)

    def __init__(self, elements: Networks) -> None:
        self._elements = elements

    def ask(self, subject: Subject) -> bool:
        """What the list says of a client."""
        return self.has(subject.ctx, subject.text)

    def has(self, ctx: Context, text: str) -> bool:
        """True if an address is in the list."""
        asked = True
        written = ip.parse(text)
        address = written and (ip.parse(text.removeprefix(MAPPED_AS_TEXT)) or written)
        for asked, pattern, network in self._elements:
            if network is not None:
                if address is not None and in_network(address, *network):
                    return asked
            elif pattern == OWN_ADDRESSES:
                if address is not None and text in interfaces.as_written(ctx):
                    return asked
            elif pattern or not text:  # an asterisk, or no client
                return asked
        return not asked


def constant_hosts(text: str) -> HostList | None:
    """The same for a list of hosts."""
    found = constant_list("host", text)
    return found if isinstance(found, HostList) else None


def constant_list(kind: str, text: str) -> DomainList | HostList | None:
    """The list that a text of the configuration is, None if it is to be gone through as text."""
    return _made(kind, text) if kind in KINDS and len(text) <= LONGEST_KEPT else None


@lru_cache(maxsize=MOST_KEPT)
def _made(kind: str, text: str) -> DomainList | HostList | None:
    if not is_plain(text):
        return None
    elements = [
        (True, element) if not element.startswith("!") else (False, element[1:].lstrip(SPACE))
        for element in listtext.elements(text)
    ]
    if kind == "host":
        networks = [(asked, pattern, ip.parse_network(pattern)) for asked, pattern in elements]
        if all(
            network is not None or pattern in {"", "*", OWN_ADDRESSES} for _, pattern, network in networks
        ):
            return HostList(networks)
    elif all(_is_constant(pattern) for _, pattern in elements):
        return DomainList([(asked, pattern, lower(pattern)) for asked, pattern in elements])
    return None


def _is_constant(pattern: str) -> bool:
    """True for a name, an ending behind an asterisk, and this host."""
    return pattern == OWN or not (pattern.startswith(("^", "+", "/", "@")) or ";" in pattern)
