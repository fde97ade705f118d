"""Conditions bound to what is known of them beforehand: most answers cost one look.

Settled lists are bound to what is remembered of them, lists that are empty unless there is a file to the
question whether there is one, lists about what the client has not done to that, and ACLs without arguments
to their statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from expander.acl.called import DEEPEST
from expander.acl.lists import local_part
from expander.acl.run import LEVEL, Decided, begin, not_bound, not_yet
from expander.acl.statements import known_acl
from expander.lists import conditions
from expander.lists.remembered import DOMAINS, HOSTS, LOCAL_PARTS, known, settled_list, which_said

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from drivers.api.protocols import Test
    from expander.acl.clauses import Prepared
    from expander.acl.run import Run
    from expander.acl.statements import AclText
    from expander.expand.context import Context
    from expander.lists.remembered import SettledList

    Bound = Callable[[Run], str | None]
    """The outcome of a condition with all effects; None if it is to be found out in the usual way."""


def _sender_domain(run: Run) -> str:
    return run.ctx.facts.get("sender_address", "").rpartition("@")[2]


ASKED: dict[str, tuple[str | Callable[[Run], str], str, str, str]] = {
    "hosts": ("sender_host_address", HOSTS, conditions.OF_CLIENT, "host_data"),
    "domains": ("domain", DOMAINS, conditions.OF_DOMAIN, "domain_data"),
    "sender_domains": (_sender_domain, DOMAINS, conditions.OF_SENDER_DOMAIN, ""),
    "local_parts": (local_part, LOCAL_PARTS, conditions.OF_LOCAL_PART, "local_part_data"),
}
"""By condition: what its list is asked about, the place and the scope of that, the variable for the data.

The first is the name of a variable, or what finds it out.
"""

LEFT_BY_LISTS = {
    "hosts": "host_data",
    "domains": "domain_data",
    "local_parts": "local_part_data",
    "senders": "",
    "recipients": "",
    "sender_domains": "",
}
"""Conditions whose argument is a list, with the variable that is unset where the list is empty."""

WANTED = {"authenticated": "sender_host_authenticated", "encrypted": "tls_in_cipher"}
"""Conditions with lists that hold for none without a variable."""

UNKNOWN: Sequence[Bound] = (lambda _run: None,)
"""What is seen at a glance of the statements of an ACL of which nothing is known."""


def bind(ctx: Context, word: Prepared) -> Bound:
    """What answers for a condition; `not_bound` if nothing is known of it, `not_yet` if that may be."""
    config, name, list_text, negated = ctx.config, word.name, word.text, word.negated
    if config is None:
        return not_bound
    if name == "acl":
        acl = known_acl(config, list_text)
        if acl is None:
            return not_yet if list_text in config.acls else not_bound
        return _called(acl, negated=negated)
    if name in WANTED:
        return _wanting(WANTED[name], negated=negated)
    if name in ASKED:
        asked = settled_list(config, ASKED[name][1], list_text)
        if asked is not None:
            return _settled(asked, name, negated=negated)
    made = ctx.kept.get(list_text)
    if made is None:
        return not_yet if "$" in list_text else not_bound
    if made.empty_unless is None:
        return not_bound
    word.is_glance = not negated
    return _empty(ctx.kept, made.empty_unless, LEFT_BY_LISTS[name], negated=negated)


def _wanting(fact: str, *, negated: bool) -> Bound:
    """A condition that does not hold, whatever its list is, as long as a variable is empty."""
    no = OK if negated else FAIL
    return lambda run: None if run.ctx.facts.get(fact) else no


def _called(acl: AclText, *, negated: bool) -> Bound:
    """The condition that another ACL accepts, which has no arguments, as those around it have none."""
    other = {OK: FAIL, FAIL: OK} if negated else {}
    no, nothing = (OK if negated else FAIL), Decided(acl.shown, None)

    def call(run: Run) -> str | None:
        facts, state = run.ctx.facts, run.ctx.state
        level: int = state.get(LEVEL, 0)
        if level >= DEEPEST or not acl.statements:
            return None
        for glance in acl.glances.get(run.where, UNKNOWN):
            if glance(run) != FAIL:
                break
        else:  # all statements are passed by
            begin(run)
            run.decided = nothing
            return no
        if "acl_narg" in facts or run.run_known is None:
            return None
        facts["acl_narg"] = "0"
        state[LEVEL] = level + 1
        try:
            word = run.run_known(run, acl)
        finally:
            state[LEVEL] = level
            facts.pop("acl_narg", None)
        return other.get(word, word)

    return call


def _empty(kept: object, unless: Test, data: str, *, negated: bool) -> Bound:
    """A condition whose list is empty unless something holds; all that it leaves is as it would be."""
    no = OK if negated else FAIL

    def glance(run: Run) -> str | None:
        ctx = run.ctx
        if ctx.kept is not kept or unless(ctx):
            return None
        if data:
            ctx.facts.pop(data, None)
        return no

    return glance


def _settled(asked: SettledList, name: str, *, negated: bool) -> Bound:
    about, _, scope, data = ASKED[name]
    fact, subject = (about, None) if isinstance(about, str) else ("", about)
    said, names, but_literals = asked.said, asked.names, asked.but_literals
    nothing_before = (False,) * len(names)
    yes, no = (FAIL, OK) if negated else (OK, FAIL)

    def ask(run: Run) -> str | None:
        ctx = run.ctx
        facts = ctx.facts
        text = facts.get(fact, "") if subject is None else subject(run)
        key: Hashable = text if text.__class__ is str else (text, text.__class__)
        cache = None
        if names:
            cache = known(ctx.state, scope)
            before = which_said(cache, names, text) if cache else nothing_before
            if before is None:
                return None
            key = key, before
        if but_literals and text[:1] == "[":
            return None
        try:
            (word, found, _), captures, learnt = said[key]
        except KeyError:
            return None
        if captures is not None:
            ctx.captures = [*captures]
        if learnt and cache is not None:
            cache.update(learnt)
        if data:
            if found is not None:
                facts[data] = found
            elif data in facts:
                del facts[data]
        return yes if word == OK else no

    return ask
