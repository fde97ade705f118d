"""What ACLs decide about a client from anywhere that wants to send mail to anywhere.

The client is outside of all networks that a list names, has not authenticated, and can choose the sender and
the name in HELO; the recipient's domain is in no list of domains. Each condition holds for it (True), does
not (False), or is not known (None); what is not known and may be about relaying ends the search.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.values import ip
from drivers.values.listtext import split
from expander.lint.acl_logic import certain, value_of
from expander.lint.acl_names import NAMED, called
from expander.lint.acl_spots import is_condition
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expander.lint.survey import Survey
    from grammar.ast.config import Statement

DEEPEST = 20
_ANYWHERE = frozenset(("*", "0.0.0.0/0", "::/0", "::0/0", "0/0", "0::/0"))
_ANY_DOMAIN = frozenset(("*", "*.*"))
_CHOSEN = frozenset("senders sender_domains encrypted seen spf spf_guess".split())
"""What a client can bring about or leave as it likes: it meets these where that gets its mail through."""

_REFUSING = ("deny", "defer", "drop")

_NOT_FOR_STRANGERS = frozenset("authenticated dnslists ratelimit local_parts".split())
"""What does not hold for a client that nothing is known of, whatever the value."""

_VERIFIED = frozenset("sender recipient helo header_syntax csa reverse_host_lookup".split())
_OF_SENDER = re.compile(r"sender_address(?:_domain|_local_part|_data)?|sender_helo_name|sender_data")
"""Variables that a client chooses: what is asked of them says nothing about relaying."""

_ABOUT_RELAYING = re.compile(
    r"host|auth|domain|\$\{?interface|acl_|received_port|tls_|recipient|\$\{?local_part|\$\{?run|perl|"
    r"received_ip",
    re.ASCII,
)


class Decision(NamedTuple):
    """What an ACL decides: a verb, or "" where that is not known; and the statement that does."""

    verb: str
    statement: Statement | None = None


UNKNOWN = Decision("")


def decide(survey: Survey, name: str, depth: int = 0) -> Decision:
    """What an ACL decides about such a client; ``deny`` at its end."""
    acl = survey.acls.get(name)
    if acl is None or depth > DEEPEST:
        return UNKNOWN
    for statement in acl.statements:
        decision = decide_one(survey, statement, depth)
        if decision is not None:
            return decision
    return Decision("deny")


def decide_one(survey: Survey, statement: Statement, depth: int = 0) -> Decision | None:
    """What a statement decides, None if the ACL goes on behind it."""
    verb = statement.verb.text
    if verb == "warn":
        return None
    passed, doubt = False, False
    for clause in statement.clauses:
        if not isinstance(clause, Clause):
            return UNKNOWN
        if clause.name.text == "endpass":
            passed = not doubt
        if not is_condition(clause):
            continue
        held = verb not in _REFUSING if clause.name.text in _CHOSEN else holds(survey, clause, depth)
        if held is False:
            refused = verb == "require" or (passed and verb in ("accept", "discard"))
            return Decision("deny", statement) if refused and not doubt else UNKNOWN if refused else None
        if held is None:
            if passed or _about_relaying(survey, clause):
                return None if verb in ("accept", "discard") and not passed else UNKNOWN
            doubt = True
    if verb == "require":
        return None
    if doubt:
        return None
    return Decision(verb, statement)


def _about_relaying(survey: Survey, clause: Clause) -> bool:
    """True if a condition that is not understood may tell clients that may relay from others."""
    return clause.name.text in ("acl", "hosts", "domains") or bool(
        _ABOUT_RELAYING.search(_OF_SENDER.sub("", value_of(clause)))
    )


def holds(survey: Survey, clause: Clause, depth: int = 0) -> bool | None:
    """Whether a condition holds for the client."""
    name, text = clause.name.text, value_of(clause)
    held: bool | None = None
    if name == "condition":
        return certain(survey, clause)
    if name in _NOT_FOR_STRANGERS:
        held = False
    elif name == "hosts":
        held = in_list(survey, "host", text, _ANYWHERE)
    elif name == "domains":
        held = in_list(survey, "domain", text, _ANY_DOMAIN)
    elif name == "recipients":
        held = in_list(survey, "address", text, frozenset(("*", "*@*")))
    elif name == "verify":
        held = True if text.split("/")[0].split("=")[0].strip() in _VERIFIED else None
    elif name == "acl":
        held = _called(survey, clause, depth)
    return held if held is None else held != clause.negated


def _called(survey: Survey, clause: Clause, depth: int) -> bool | None:
    text = next((text for text in survey.texts if text.clause is clause), None)
    calls = list(called(survey, text)) if text is not None else []
    if len(calls) != 1 or calls[0].what != NAMED:
        return None
    verb = decide(survey, calls[0].name, depth + 1).verb
    return {"accept": True, "discard": None, "defer": None, "": None}.get(verb, False)


def in_list(
    survey: Survey, kind: str, text: str, every: Iterable[str], met: frozenset[str] = frozenset()
) -> bool | None:
    """Whether something that no item names is in a list; None if that is not known."""
    last = True
    for item in split(text):
        negated = item.startswith("!")
        plain = item.removeprefix("!").strip()
        last = not negated
        found: bool | None = plain in every or (kind == "host" and _every_host(plain))
        if plain.startswith("+") and not plain.startswith(("+include_", "+ignore_", "+defer_", "+caseful")):
            found = _named(survey, kind, plain[1:], every, met)
        elif "$" in plain or plain.startswith("^"):
            found = None
        if found is None:
            return None
        if found:
            return not negated
    return not last


def _every_host(item: str) -> bool:
    """True for a network that has all addresses in it."""
    return item.endswith("/0") and ip.version(item, mask=True) != 0


def _named(survey: Survey, kind: str, name: str, every: Iterable[str], met: frozenset[str]) -> bool | None:
    text = survey.config.named_list(kind, name)
    if text is None or name in met:
        return None
    return in_list(survey, kind, text, every, met | {name})
