"""Names that are not full ones: which the resolver makes of them with its own domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.dnsdata import AGAIN, FOUND, NO_DATA, NO_HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.values.dnsdata import Asking, DnsAnswer

PASSED_OVER = frozenset({NO_HOST, NO_DATA, AGAIN})


def candidates(name: str, asking: Asking, domains: Sequence[str]) -> Iterator[str]:
    """The names to ask for, in this order, as the C library goes about it with one dot for a full name.

    A name of one part gets the domains of the list, if ``search_parents`` says so, else the first of them,
    and is asked for as it is at last. Any other one is asked for as it is first.
    """
    full = name.endswith(".")
    several = "." in name
    if full or several:
        yield name
    if full or not (asking.search_parents or (asking.qualify_single and not several)):
        if not several:
            yield name
        return
    if several or asking.qualify_single:
        for domain in domains if asking.search_parents else domains[:1]:
            yield f"{name}.{domain}"
    if not several:
        yield name


def searched(ask: Callable[[str], DnsAnswer], name: str, asking: Asking, domains: Sequence[str]) -> DnsAnswer:
    """The first answer with records for the names that may be meant; else the one that says most.

    A name that exists without such records says more than a server without an answer, and that more than
    a name that does not exist.
    """
    best: DnsAnswer | None = None
    rank = (NO_HOST, AGAIN, NO_DATA)
    for candidate in candidates(name, asking, domains):
        answer = ask(candidate)
        if answer.status == FOUND or answer.status not in PASSED_OVER:
            return answer
        if best is None or rank.index(answer.status) > rank.index(best.status):
            best = answer
    assert best is not None
    return best
