"""The places of a message whose addresses rewriting rules are for, and which rules are for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from expander.config.model import RewriteRule

SENDER_LINE, FROM, TO, CC, BCC, REPLY_TO = "s", "f", "t", "c", "b", "r"
ENVELOPE_FROM, ENVELOPE_TO = "F", "T"
SMTP = "S"
"""Places, by the flags that name them."""

HEADER_LINES = {
    SENDER_LINE: "sender",
    FROM: "from",
    TO: "to",
    CC: "cc",
    BCC: "bcc",
    REPLY_TO: "reply-to",
}
ENVELOPE = {ENVELOPE_FROM: "env-from", ENVELOPE_TO: "env-to"}
NAMES = HEADER_LINES | ENVELOPE
"""What lists of places call them."""

_SEVERAL = {"h": "".join(HEADER_LINES), "E": "".join(ENVELOPE)}


class Rule(Record):
    """A rewriting rule; ``number`` counts from one, ``places`` are the flags of the places it is for."""

    number: int
    pattern: str
    replacement: str
    places: frozenset[str]
    whole: bool = False
    quits: bool = False
    repeats: bool = False
    qualifies: bool = False


def rules_of(rules: Iterable[RewriteRule]) -> tuple[Rule, ...]:
    """The rules of the section of a configuration. See "Rewriting flags" in the manual."""
    return tuple(
        _rule(number, rule.pattern, rule.replacement, rule.flags) for number, rule in enumerate(rules, 1)
    )


def transport_rules(rules: Sequence[tuple[str, str, str]]) -> tuple[Rule, ...]:
    """The rules of the option ``headers_rewrite`` of a transport: pattern, replacement and flags of each."""
    return tuple(_rule(number, *rule) for number, rule in enumerate(rules, 1))


def _rule(number: int, pattern: str, replacement: str, flags: str) -> Rule:
    places = {place for flag in flags for place in _SEVERAL.get(flag, flag) if place in (*NAMES, SMTP)}
    return Rule(
        number,
        pattern,
        replacement,
        frozenset(places or NAMES),
        whole="w" in flags,
        quits="q" in flags,
        repeats="R" in flags,
        qualifies="Q" in flags,
    )


def in_use(rules: Iterable[RewriteRule]) -> frozenset[str]:
    """The flags that some rule has; those that stand for several places, and none, are spelled out."""
    used: set[str] = set()
    for rule in rules:
        used |= {place for flag in rule.flags for place in _SEVERAL.get(flag, flag)}
        if not used.intersection((*NAMES, SMTP)):
            used |= NAMES.keys()
    return frozenset(used)
