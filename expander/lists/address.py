"""Elements of address lists."""

from __future__ import annotations

import re

from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Deferred, Fatal
from drivers.api.text import SPACE, Tainted, lower
from drivers.values import listtext
from expander.lists import domain, mx, text_pattern
from expander.lists.subject import WHOLE, Subject, UndecidedError, no_settings
from expander.lists.walk import matched
from grammar.patterns import late_pattern

MOST_CHAINED = 50
"""So many lists that lead to one another are gone through."""

_WHOLE_LOOKUP = late_pattern(r"(?!\*)[A-Za-z0-9_-]*\*?@?;", re.ASCII)
"""A lookup by the whole address. Types with options are not among them: those are for the domain."""

_NO_TYPE = ("*;", "*@;")
"""What looks like a lookup by the whole address, but for the type: the asterisk is a wildcard."""

_OWN_DOMAINS = frozenset({"@", "@[]", *mx.FORMS})
"""Elements of domain lists that begin with an ``@`` themselves; options after them are not known here."""

_PARTIAL = late_pattern(r"partial[0-9]*-", re.ASCII)


def match_element(subject: Subject, pattern: str) -> bool:
    """True if the element matches the address.

    An element is a regular expression on the whole address, a lookup by it, a local part pattern and
    an element of a domain list with an ``@`` between them, or the latter alone. The empty address
    is matched by the empty element, by regular expressions and by lookups only. See "Address lists" in
    the manual.
    """
    ctx, address = subject.ctx, subject.text
    if address and "@" not in address:
        missing = "no @ found in the subject of an address list match"
        ctx.log(f'{missing}: subject="{address}" pattern="{pattern}"', panic=True)
        return False
    if pattern.startswith("^"):
        value, given = subject.value, subject.given
        captures, caseless = given is not None, not subject.caseful
        found = text_pattern.check(subject, address, pattern, caseless=caseless, captures=captures)
        subject.value = value
        if found and given is not None:
            subject.ctx.captures[0] = given
        return found
    if pattern.startswith("@@"):
        # A wildcard for all local parts stands for none that a list could name.
        return bool(address) and not address.startswith("*@") and _by_domain(subject, pattern[2:])
    if _WHOLE_LOOKUP.match(pattern):
        return _looked_up(subject, pattern)
    if not address:
        return not pattern
    if pattern.startswith(_NO_TYPE):
        return text_pattern.check(subject, address, pattern, caseless=not subject.caseful)
    return _in_two_parts(subject, pattern)


def _looked_up(subject: Subject, pattern: str) -> bool:
    ctx, address = subject.ctx, subject.text
    partial = _PARTIAL.match(pattern)
    if partial is not None:
        ctx.log(
            "partial matching is not applicable to whole-address lookups: "
            f'ignored "{partial[0]}" in "{pattern}"',
            panic=True,
        )
        pattern = pattern[partial.end() :]
    subject.value = None
    subject.value = text_pattern.look_up(subject, pattern, address if subject.caseful else lower(address))
    ctx.captures = []
    return subject.value is not None


def _in_two_parts(subject: Subject, pattern: str) -> bool:
    # The at sign that counts is the last one, but what stands for domains of the own host begins with one.
    local, at, place = pattern.rpartition("@")
    if local.endswith("@") and f"@{place}" in _OWN_DOMAINS:
        local, place = local[:-1], f"@{place}"
    if at and not _local_part_matches(subject, local):
        return False
    # What stands for the domain is a list of one element: white space around it and negation count.
    inner = Subject(
        subject.ctx, "domain", subject.domain, domain.match_element, no_settings, domain=subject.domain
    )
    inner.within, inner.caseful = subject.within, subject.caseful
    try:
        alone = WHOLE + place
        found = matched(inner, Tainted(alone) if subject.tainted else alone, place)
    except UndecidedError:
        # A list that is not there has no words of its own: where no lookup has left any, the DNS is to blame.
        left = subject.ctx.state.setdefault(SEARCH_MESSAGE, f'DNS lookup of "{pattern}" deferred')
        raise Deferred(left) from None
    finally:
        subject.value = inner.value
        if at or inner.value is not None:
            # As many bytes of the pattern as the local part has, whatever the pattern's own length.
            shown = pattern[: len(subject.local_part)] if at else ""
            subject.value = f"{shown}@{inner.value or ''}"
    subject.ctx.captures = _variables(subject, local) if found else []
    return found


def _variables(subject: Subject, local: str) -> list[str]:
    """The address for ``$0``, then what stands for wildcards of the local part and of the domain.

    After an element that matches because it is negated there are none.
    """
    groups = subject.ctx.captures
    if subject.given is None or not groups:
        return []
    size = len(subject.local_part) - len(local) + 1
    return [subject.given, *([subject.local_part[:size]] if local.startswith("*") else []), *groups[1:]]


def _local_part_matches(subject: Subject, pattern: str) -> bool:
    text = subject.local_part
    if not subject.caseful:
        text, pattern = lower(text), lower(pattern)
    if pattern.startswith("*"):
        return text.endswith(pattern[1:])
    return text == pattern


def _by_domain(subject: Subject, pattern: str) -> bool:
    """``@@<lookup>``: the domain is looked up and gives a list of local parts.

    An element ``>key`` at the end of such a list goes on with what that key gives. Any element of a
    domain list can stand for the lookup; it gives itself.
    """
    key = subject.domain
    before = subject.value
    for _ in range(MOST_CHAINED):
        found = domain.match_domain(subject, key, pattern)
        text, subject.value = subject.value, before
        if not found:
            break
        text, key = _without_chain(text or "")
        for element in listtext.elements(text):
            negated = element.startswith("!")
            wanted = element[1:].lstrip(SPACE) if negated else element
            if _is_local_part(subject, wanted):
                if negated:
                    subject.value = wanted
                return not negated
            before = subject.value
        if not key:
            return False
    else:
        raise Fatal(f"Loop detected in lookup of local part of {subject.text} in @@{pattern}")
    return False


def _is_local_part(subject: Subject, pattern: str) -> bool:
    return text_pattern.check(subject, subject.local_part, pattern, caseless=not subject.caseful)


def _without_chain(text: str) -> tuple[str, str]:
    """A list without ``>key`` behind its last colon, and that key."""
    head, colon, last = text.rpartition(":")
    last = last.lstrip(SPACE)
    if not last.startswith(">"):
        return text, ""
    return head + colon, last[1:].strip(SPACE)
