"""What lists leave behind: $domain_data and $local_part_data, and the affixes that routers take off."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from expander.lint.taint import sources
from expander.lint.taint.trail import NONE, Trail, Trails, joined, unsure
from expander.lint.taint.values import Evaluator, Scope, lookup_kind
from expander.lint.taint.words import ListItem, items
from expander.lint.texts import LIST_KINDS
from grammar.source import Span

if TYPE_CHECKING:
    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.taint.memory import Memory
    from expander.lint.texts import ExpandedText

DEEPEST = 10
CAPTURING = frozenset(("domain list", "local part list", "address list"))
"""The lists whose patterns capture parts of addresses."""


class Found(NamedTuple):
    """What a list may find: texts from outside, the items that are patterns, the last item if negated."""

    trails: Trails
    patterns: tuple[str, ...] = ()
    negated: str = ""


NOTHING = Found(NONE)
_KINDS = {kind: name for name, kind in LIST_KINDS.items()}


def found_by(memory: Memory, text: ExpandedText, depth: int = 0) -> Found:
    """What a list that matches may find."""
    evaluator = Evaluator(memory.survey, memory, text)
    found = [
        _of_item(memory, evaluator, text, item, depth) for item in items(memory.survey.tree(text.source))
    ]
    return Found(
        joined(one.trails for one in found),
        tuple(pattern for one in found for pattern in one.patterns),
        found[-1].negated if found else "",
    )


def _of_item(memory: Memory, evaluator: Evaluator, text: ExpandedText, item: ListItem, depth: int) -> Found:
    if is_lookup(memory.survey, item):
        return NOTHING
    if item.negated:
        return Found(NONE, negated=item.head)
    if item.body.startswith("+") and item.is_constant:
        named = _named(memory.survey, text, item.body[1:])
        return found_by(memory, named, depth + 1) if named and depth < DEEPEST else NOTHING
    trails = joined(evaluator.value(part, Scope()) for part in item.parts)
    pattern = item.is_constant and item.body.startswith(("*", "^"))
    return Found(trails, (item.body,) if pattern else ())


def is_lookup(survey: Survey, item: ListItem) -> bool:
    """True for an item that is looked up: what is found is not from outside."""
    kind, semicolon, _ = item.body.partition(";")
    return bool(semicolon) and lookup_kind(survey, kind.removeprefix("net-").removeprefix("net")) is not None


def _named(survey: Survey, text: ExpandedText, name: str) -> ExpandedText | None:
    kind = _KINDS.get(text.kind, "")
    return next((t for t in survey.texts_of("list", name) if t.name == kind), None)


def in_router(memory: Memory, name: str, router: Instance) -> Trails:
    """What the lists of a router leave in a variable."""
    return joined(
        found_by(memory, text).trails for text in memory.texts("router", router.name, sources.LIST_DATA[name])
    )


def in_acl(memory: Memory, name: str, text: ExpandedText) -> Trails:
    """What the conditions of an ACL leave in a variable."""
    conditions = memory.texts("acl", text.holder, sources.LIST_DATA[name])
    return joined(found_by(memory, one).trails for one in conditions if one.source is not text.source)


def captured(memory: Memory, text: ExpandedText) -> Trails:
    """What the patterns of lists have captured that were matched before a text is expanded."""
    if text.section == "authenticator" and text.name.startswith("server_"):
        return (Trail("$1", sources.LOGIN, _whole(text)),)
    if text.section == "rewrite" and text.name == "replacement":
        return (Trail("$1", sources.SENDER, _whole(text)),)
    if text.section == "acl":
        return joined(_captured_by(memory, one) for one in memory.survey.texts_of("acl", text.holder))
    routers = memory.routers_of(text)
    found = [
        joined(_captured_by(memory, one) for one in memory.survey.texts_of("router", router.name))
        for router in routers
    ]
    return joined(found) if all(found) else unsure(joined(found))


def _captured_by(memory: Memory, text: ExpandedText) -> Trails:
    if text.kind not in CAPTURING or not found_by(memory, text).patterns:
        return NONE
    return (Trail("$1", f"a pattern of {text.owner} takes it from the address", _whole(text)),)


def _whole(text: ExpandedText) -> Span:
    return Span(text.source, 0, len(text.source.text))


def affix(memory: Memory, name: str, text: ExpandedText) -> Trails:
    """The affix that a router has taken off, which is from outside as far as a wildcard matched it."""
    option = name.removesuffix("_v")
    found: list[Trails] = []
    for router in memory.routers_of(text):
        setting = router.setting(option)
        if setting is not None and "*" in setting.text:
            why = f"the * in {option} of router {router.name} matches whatever the sender wants"
            span = Span(text.source, 0, len(text.source.text))
            found.append((Trail(f"${name}", why, span),))
        elif setting is not None:
            found.append(NONE)
    return joined(found)
