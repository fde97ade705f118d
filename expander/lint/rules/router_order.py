"""The order of routers: those that no address gets to, and those that let too many go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values.listtext import split
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.routing import (
    affixes,
    chance,
    for_all_work,
    jump_targets,
    lets_nothing_pass,
    preconditions,
    text_of,
)
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey

_REMOTE = ("dnslookup", "manualroute", "ipliteral", "queryprogram", "iplookup")
_TRANSPORT = "begin transports\nmailbox:\n  driver = appendfile\n  file = /var/mail/all\n"


@rule(
    "EXR002",
    "unreachable-router",
    severity=WARNING,
    section="Overview of Exim routers",
    bad="begin routers\nall:\n  driver = accept\n  transport = mailbox\n"
    "aliases:\n  driver = redirect\n  data = ${lookup{$local_part}lsearch{/etc/aliases}}\n" + _TRANSPORT,
    good="begin routers\naliases:\n  driver = redirect\n"
    "  data = ${lookup{$local_part}lsearch{/etc/aliases}}\n"
    "all:\n  driver = accept\n  transport = mailbox\n" + _TRANSPORT,
)
def unreachable_router(survey: Survey) -> Iterator[Finding]:
    """An earlier router takes every address that this one would run for.

    Addresses go through the routers from the top, and the first that takes one keeps it. The more general
    router belongs behind the more special one.
    """
    routers = survey.config.routers
    takers = [router for router in routers if lets_nothing_pass(survey, router)]
    targets = jump_targets(survey)
    needs = {router.name: preconditions(router) for router in routers}
    for at, router in enumerate(routers):
        for taker in takers:
            place = routers.index(taker)
            if place >= at or chance(needs[taker.name]) or not needs[taker.name] <= needs[router.name]:
                continue
            jumped = any(other.name in targets for other in routers[place + 1 : at + 1])
            if not jumped and _covers(taker, router):
                note = Note(f"{taker.name} takes all of them", taker.span)
                message = f"no address gets to the router {router.name}"
                yield Finding("EXR002", message, router.span, severity=WARNING, notes=(note,))
                break


def _covers(taker: Instance, router: Instance) -> bool:
    """True if the earlier router runs whenever the later one would: for the same local parts and work."""
    if "local_parts" in dict(preconditions(taker)) and affixes(taker) != affixes(router):
        return False
    if for_all_work(taker):
        return True
    only = router["verify_sender"] is False and router["verify_recipient"] is False
    return taker["verify_only"] is False and only


@rule(
    "EXR003",
    "missing-no-more",
    severity=WARNING,
    section="Generic options for routers",
    bad="domainlist local_domains = example.org\nbegin routers\n"
    "dns:\n  driver = dnslookup\n  domains = ! +local_domains\n  transport = smtp\n"
    "users:\n  driver = accept\n  check_local_user\n  transport = mailbox\n"
    + _TRANSPORT
    + "smtp:\n  driver = smtp\n",
    good="domainlist local_domains = example.org\nbegin routers\n"
    "dns:\n  driver = dnslookup\n  domains = ! +local_domains\n  transport = smtp\n  no_more\n"
    "users:\n  driver = accept\n  check_local_user\n  transport = mailbox\n"
    + _TRANSPORT
    + "smtp:\n  driver = smtp\n",
)
def missing_no_more(survey: Survey) -> Iterator[Finding]:
    """A router for all other domains lets addresses go on to routers that look at the local part alone.

    A domain that is not in the DNS makes `dnslookup` decline. Without `no_more` the address goes on to the
    routers for local users: mail for `root@no.such.domain` is delivered to the local root.
    """
    routers = survey.config.routers
    for at, router in enumerate(routers):
        if router.driver != "dnslookup" or not _for_other_domains(router) or router["more"] is not True:
            continue
        taker = next((other for other in routers[at + 1 :] if _takes_any_domain(other)), None)
        if taker is None or taker.driver in _REMOTE:
            continue
        message = f"addresses that the router {router.name} declines go on to the router {taker.name}"
        notes = (
            Note(f"{taker.name} does not ask for the domain", taker.span),
            Note("no_more is missing"),
        )
        yield Finding("EXR003", message, router.span, severity=WARNING, notes=notes, fix=_no_more(router))


def _for_other_domains(router: Instance) -> bool:
    """True for a router for all domains but some that are named."""
    items = split(text_of(router, "domains") or "")
    return bool(items) and all(item.startswith("!") for item in items)


def _takes_any_domain(other: Instance) -> bool:
    """True for a router that does not ask for the domain."""
    if (text_of(other, "domains") or "*").strip(SPACE) != "*":
        return False
    condition = text_of(other, "condition")
    return condition is None or "domain" not in condition


def _no_more(router: Instance) -> Fix | None:
    """The line that is missing, behind the one that names the domains."""
    setting = router.setting("domains")
    if setting is None:
        return None
    end = Span(setting.span.source, setting.span.end, setting.span.end)
    return Fix("add no_more", (Edit(end, "\n  no_more"),))
