"""Redirections that come back to where they began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.rule import rule
from expander.lint.walk import Address, next_address, plain_items, runs_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey

ANYBODY = "someone"
LONGEST = 20
_BACK = (
    "begin routers\none:\n  driver = redirect\n  domains = example.org\n  data = $local_part@example.net\n"
)


@rule(
    "EXR029",
    "redirection-comes-back",
    severity=WARNING,
    section="The redirect router",
    bad=_BACK + "two:\n  driver = redirect\n  domains = example.net\n  data = $local_part@example.org\n",
    good=_BACK + "two:\n  driver = redirect\n  domains = example.net\n  data = postmaster@example.com\n",
)
def redirection_comes_back(survey: Survey) -> Iterator[Finding]:
    """Routers redirect an address to others and in the end to itself.

    Exim does not run a router again for an address that it has handled, so the address goes on to the
    routers behind, which most often cannot route it.
    """
    told: set[frozenset[str]] = set()
    for router in survey.config.routers:
        for address in _examples(survey, router):
            path = _way(survey, address)
            if path is None or len({one for _, one in path}) < 2:
                continue
            around = frozenset(one.name for one, _ in path)
            if around not in told:
                told.add(around)
                shown = " -> ".join("@".join(one) for _, one in path)
                notes = tuple(Note(f"{one.name} takes {'@'.join(to)}", one.span) for one, to in path[:-1])
                message = f"the redirection comes back: {shown}"
                yield Finding("EXR029", message, path[0][0].span, severity=WARNING, notes=notes)


def _examples(survey: Survey, router: Instance) -> Iterator[Address]:
    """An address for each domain that a redirect router names."""
    if router.driver != "redirect" or router["unseen"] is not False:
        return
    domains = plain_items(survey, router, "domains", "domain") or []
    locals_ = plain_items(survey, router, "local_parts", "localpart") or []
    local = next((one for one in locals_ if not one.startswith(("*", "!"))), ANYBODY)
    for domain in domains:
        if not domain.startswith(("*", "!")):
            yield local, domain


def _way(survey: Survey, address: Address) -> list[tuple[Instance, Address]] | None:
    """The routers and addresses from the one that comes back until it does; None if that is not certain."""
    path: list[tuple[Instance, Address]] = []
    while len(path) < LONGEST:
        taker = _taker(survey, address)
        if taker is None or taker.driver != "redirect" or taker.options.is_set("redirect_router"):
            return None
        known = [(lower(one[0]), lower(one[1])) for _, one in path]
        path.append((taker, address))
        here = (lower(address[0]), lower(address[1]))
        if here in known:
            return path[known.index(here) :]
        following = next_address(survey, taker, address)
        if following is None:
            return None
        address = following
    return None


def _taker(survey: Survey, address: Address) -> Instance | None:
    """The first router that runs for an address; None if one before it may."""
    for router in survey.config.routers:
        runs = runs_for(survey, router, address)
        if runs is None:
            return None
        if runs:
            return router
    return None
