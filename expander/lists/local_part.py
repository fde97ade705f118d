"""Elements of local part lists, and of lists of strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from expander.lists import text_pattern

if TYPE_CHECKING:
    from expander.lists.subject import Subject


def match_element(subject: Subject, pattern: str) -> bool:
    """True if the element matches the local part.

    Letters count without their case unless ``+caseful`` stands before. See "Local part lists" in
    the manual. Raises what lookups and patterns raise.
    """
    text = subject.local_part
    return text_pattern.check(subject, text, pattern, caseless=not subject.caseful, captures=True, whole=text)


def match_string(subject: Subject, pattern: str) -> bool:
    """True if the element matches a string, whatever the case of its letters.

    The string is ``$0`` after the comparison with a literal or a wildcard, whatever came of it.
    """
    found = text_pattern.check(subject, subject.text, pattern)
    subject.ctx.captures = [] if pattern.startswith("^") else [lower(subject.text)]
    return found


def match_name(subject: Subject, pattern: str) -> bool:
    """True if the element matches a name, with the case of its letters."""
    return text_pattern.check(subject, subject.text, pattern, caseless=False)
