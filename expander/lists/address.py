"""Elements of address lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import listtext
from expander.lists import domain, text_pattern
from expander.lists.subject import UndecidedError

if TYPE_CHECKING:
    from expander.lists.subject import Subject


def match_element(subject: Subject, pattern: str) -> str | None:
    """The value for ``$value`` if the element matches the address, else None.

    An element is a regular expression on the whole address, a lookup by it, a local part pattern and
    an element of a domain list with an ``@`` between them, or the latter alone. The empty address
    is matched by the empty element and by regular expressions only. See "Address lists" in the manual.
    """
    ctx, address = subject.ctx, subject.text
    if address and "@" not in address:
        missing = "no @ found in the subject of an address list match"
        ctx.log(f'{missing}: subject="{address}" pattern="{pattern}"', panic=True)
        return None
    if pattern.startswith("^"):
        return "" if text_pattern.matches(ctx, address, pattern, caseless=not subject.caseful) else None
    if not address or not pattern:
        return "" if address == pattern else None
    if pattern.startswith("@@"):
        return _by_domain(subject, pattern[2:])
    if ";" in pattern and "@" not in pattern.partition(";")[0].removesuffix("*@"):
        kind, _, place = pattern.partition(";")
        return ctx.look_up(kind, place, address if subject.caseful else lower(address))
    return _in_two_parts(subject, pattern)


def _in_two_parts(subject: Subject, pattern: str) -> str | None:
    # The at sign that counts is the last one, but "@" alone may stand for the own domain after it.
    head = pattern.removesuffix("@") if pattern.endswith("@@") else pattern
    local, at, place = head.rpartition("@")
    if pattern.endswith("@@"):
        local, at, place = head.removesuffix("@"), "@", "@"
    elif ";" in pattern:
        local, at, place = pattern.partition("@")
    if at and not _local_part_matches(subject, local):
        return None
    subject.ctx.value = None
    found = _domain_fits(subject, place)
    if found is None:
        return None
    # As many bytes of the pattern as the local part has, whatever the pattern's own length.
    shown = pattern[: len(subject.local_part)] if at else ""
    return f"{shown}@{found}"


def _domain_fits(subject: Subject, place: str) -> str | None:
    """What stands for the domain is a list of one element: white space around it and negation count."""
    pattern = place.strip(SPACE)
    if pattern.startswith("!"):
        return "" if _domain_fits(subject, pattern[1:]) is None else None
    return _domain_matches(subject, pattern) if pattern else None


def _domain_matches(subject: Subject, pattern: str) -> str | None:
    if pattern.startswith("+"):
        text = subject.ctx.named_list("domain", pattern[1:])
        if text is None:
            raise UndecidedError
        found = subject.ctx.match_list("domain", subject.domain, text)
        subject.ctx.captures = []
        return found
    return domain.match_domain(subject.ctx, subject.domain, pattern, caseless=not subject.caseful)


def _local_part_matches(subject: Subject, pattern: str) -> bool:
    text = subject.local_part
    if not subject.caseful:
        text, pattern = lower(text), lower(pattern)
    if pattern.startswith("*"):
        return text.endswith(pattern[1:])
    return text == pattern


def _by_domain(subject: Subject, pattern: str) -> str | None:
    """``@@<lookup>``: the domain is looked up and gives a list of local parts.

    An element ``>key`` at the end of such a list goes on with what that key gives. Any element of a
    domain list can stand for the lookup; it gives itself.
    """
    key: str | None = subject.domain
    for _ in range(50):
        if key is None:
            break
        found = domain.match_domain(subject.ctx, key, pattern)
        key = None
        for element in listtext.elements(found or ""):
            if element.startswith(">"):
                key = element[1:].lstrip(SPACE)
                break
            negated = element.startswith("!")
            wanted = element[1:].lstrip(SPACE) if negated else element
            if text_pattern.matches(subject.ctx, subject.local_part, wanted, caseless=not subject.caseful):
                return None if negated else wanted
    return None
