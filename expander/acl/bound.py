"""Conditions with settled lists, bound to what is remembered of these: most answers cost one look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from expander.acl.lists import local_part
from expander.lists import conditions
from expander.lists.remembered import DOMAINS, HOSTS, KNOWN, LOCAL_PARTS, known, settled_list, which_said

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from expander.acl.run import Run
    from expander.config.model import Config

    Bound = Callable[[Run], str | None]
    """The outcome of a condition with all effects; None if it is to be found out in the usual way."""


def _client(run: Run) -> str:
    return run.ctx.facts.get("sender_host_address", "")


def _domain(run: Run) -> str:
    return run.ctx.facts.get("domain", "")


def _sender_domain(run: Run) -> str:
    return run.ctx.facts.get("sender_address", "").rpartition("@")[2]


ASKED = {
    "hosts": (_client, HOSTS, conditions.OF_CLIENT, "host_data"),
    "domains": (_domain, DOMAINS, conditions.OF_DOMAIN, "domain_data"),
    "sender_domains": (_sender_domain, DOMAINS, conditions.OF_SENDER_DOMAIN, ""),
    "local_parts": (local_part, LOCAL_PARTS, conditions.OF_LOCAL_PART, "local_part_data"),
}
"""By condition: what its list is asked about, the place and the scope of that, the variable for the data."""


def not_bound(_run: Run) -> None:
    """Lists that are not settled are gone through."""


def bind(config: Config, name: str, list_text: str, *, negated: bool) -> Bound | None:
    """The condition ``name`` with a list, None if that is none that is settled."""
    if name not in ASKED:
        return None
    subject, place, scope, data = ASKED[name]
    asked = settled_list(config, place, list_text)
    if asked is None:
        return None
    said, names, but_literals = asked.said, asked.names, asked.but_literals
    yes, no = (FAIL, OK) if negated else (OK, FAIL)

    def ask(run: Run) -> str | None:
        ctx, text = run.ctx, subject(run)
        if but_literals and text[:1] == "[":
            return None
        key: Hashable = text if text.__class__ is str else (text, text.__class__)
        cache = None
        if names:
            try:
                cache = ctx.state[KNOWN][scope]
            except KeyError:
                cache = known(ctx.state, scope)
            before = which_said(cache or {}, names, text)
            if before is None:
                return None
            key = key, before
        try:
            answer, captures, learnt = said[key]
        except KeyError:
            return None
        if captures is not None:
            ctx.captures = [*captures]
        if learnt and cache is not None:
            cache.update(learnt)
        found = answer.data
        if found is not None and data:
            ctx.facts[data] = found
        elif data:
            ctx.facts.pop(data, None)
        return yes if answer.word == OK else no

    return ask
