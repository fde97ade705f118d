"""The one place that compiles patterns. PCRE2 gives the meaning; ``re`` serves where both are the same.

`same_in_both` accepts a subset of patterns for which Python's ``re`` on latin-1 text with
ASCII classes finds what PCRE2 finds on the bytes; matching with it is several times faster.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from drivers.api.errors import Failed

MOST_CAPTURES = 20
"""Exim keeps $0 to $20."""

MOST_OPEN_REPEATS = 4
"""A pattern with more unbounded repeats goes to PCRE2, which has a limit on the work of one match."""

_PLAIN = r"[A-Za-z0-9_ @%,:;=!<>~#&'\"/`\-\x80-\xff]"
_ESCAPE = r"\\[dDwWsSbntr.^$*+?|(){}\[\]/@\-_:,;=!<>~#&%'\"` \\]"
_CLASS_ESCAPE = r"\\[dwsntr.^$*+?|(){}\[\]/@\-_:\\]"
_CLASS = rf"\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|[_@%,:;=!<>#'\"/`.$*+?(){{}}\x80-\xff]|{_CLASS_ESCAPE})+-?\]"
_REPEAT = r"(?:[*+?]|\{[0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\})\??"
_ATOM = rf"(?:{_PLAIN}|\.|{_CLASS}|{_ESCAPE})"
_TOKEN = re.compile(
    rf"(?P<atom>{_ATOM})(?P<repeat>{_REPEAT})?|(?P<mark>[\^$|])|(?P<open>\((?:\?:)?)|(?P<close>\)\??)"
)
_ASSERTIONS = frozenset(("\\b",))


def _is_repeated_assertion(token: re.Match[str]) -> bool:
    return token["repeat"] is not None and token["atom"] in _ASSERTIONS


def _ranges_rise(atom: str) -> bool:
    return all(low <= high for low, high in re.findall(r"([A-Za-z0-9])-([A-Za-z0-9])", atom))


def same_in_both(pattern: str) -> bool:
    """True if ``re`` with ASCII classes is known to agree with PCRE2 on this pattern."""
    at = 4 if pattern.startswith("(?i)") else 0
    depth = open_repeats = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None or _is_repeated_assertion(token):
            return False
        repeat = token["repeat"]
        if repeat and not _bounds_rise(repeat):
            return False
        if token["atom"] and token["atom"].startswith("[") and not _ranges_rise(token["atom"]):
            return False
        open_repeats += bool(repeat) and (repeat[0] in "*+" or ",}" in repeat)
        depth += bool(token["open"]) - bool(token["close"])
        if depth < 0:
            return False
        at = token.end()
    return depth == 0 and open_repeats <= MOST_OPEN_REPEATS


def _bounds_rise(repeat: str) -> bool:
    bounds = re.fullmatch(r"\{(\d+),(\d+)\}\??", repeat, re.ASCII)
    return bounds is None or int(bounds[1]) <= int(bounds[2])


class Match:
    """One match: spans are in bytes."""

    __slots__ = ("_found",)

    def __init__(self, found: Any) -> None:
        self._found = found

    def span(self, group: int = 0) -> tuple[int, int]:
        """Start and end of a group, (-1, -1) if it took no part."""
        start, end = self._found.span(group)
        return start, end

    def groups(self) -> list[str]:
        """The texts of group 0 and all others up to the last that took part; "" for unset ones."""
        found = self._found
        texts = [found.group(0), *(text or "" for text in found.groups())]
        return texts[: min(_last(found), MOST_CAPTURES) + 1]


def _last(found: Any) -> int:
    """The highest group that took part."""
    groups = found.groups()
    return next((number for number in range(len(groups), 0, -1) if groups[number - 1] is not None), 0)


class ByteMatch(Match):
    """A match of PCRE2, whose groups are bytes."""

    __slots__ = ()

    def groups(self) -> list[str]:
        """The texts of group 0 and all others up to the last that took part; "" for unset ones."""
        found = self._found
        texts = [found.group(0), *found.groups()]
        return [(text or b"").decode("latin-1") for text in texts[: min(_last(found), MOST_CAPTURES) + 1]]


class SharedPattern:
    """A pattern of the common subset, run by ``re``."""

    __slots__ = ("_compiled", "_text", "groups")

    def __init__(self, text: str, *, caseless: bool) -> None:
        self._compiled = re.compile(text, re.ASCII | (re.IGNORECASE if caseless else 0))
        self._text = text
        self.groups = self._compiled.groups

    def search(self, subject: str, start: int = 0, *, not_empty: bool = False) -> Match | None:
        """The first match at or after ``start``; ``not_empty``: of a byte or more exactly there."""
        if not_empty:
            return _not_empty(self._text, bool(self._compiled.flags & re.IGNORECASE)).search(subject, start)
        found = self._compiled.search(subject, start)
        return None if found is None else Match(found)


class BytePattern:
    """A pattern run by PCRE2."""

    __slots__ = ("_caseless", "_compiled", "_text", "groups")

    def __init__(self, text: str, *, caseless: bool, prefix: str = "", suffix: str = "") -> None:
        import pcre2

        self._text, self._caseless = text, caseless
        flags = pcre2.RegexFlag.IGNORECASE if caseless else pcre2.RegexFlag.NOFLAG
        try:
            self._compiled = pcre2.compile((prefix + text + suffix).encode("latin-1"), flags)
        except pcre2.PatternError as problem:
            raise Failed(_complaint(text, problem)) from None
        self.groups = self._compiled.groups

    def search(self, subject: str, start: int = 0, *, not_empty: bool = False) -> Match | None:
        """The first match at or after ``start``; ``not_empty``: of a byte or more exactly there."""
        import pcre2

        if not_empty:
            return _not_empty(self._text, self._caseless).search(subject, start)
        try:
            found = self._compiled.search(subject.encode("latin-1"), start)
        except pcre2.LibraryError:  # the match limit: Exim takes it as no match
            return None
        return None if found is None else ByteMatch(found)


ONE_EARLIER = frozenset((103, 108, 109, 111, 115, 122, 128, 141, 144, 150, 155, 164, 168, 195))
"""Errors whose offset older releases of PCRE2 give one byte earlier: a range, a lone quantifier..."""
CLASS_OUTSIDE, COLLATING, UNKNOWN_CLASS = 112, 113, 130
"""Errors about ``[:name:]`` and ``[.name.]``, whose offset used to be that of their beginning."""


OLDER_WORDS = {
    125: "lookbehind assertion is not fixed length",
    128: "assertion expected after (?( or (?(?C)",
    178: "digits missing in \\x{} or \\o{} or \\N{U+}",
}
"""Messages that newer releases of PCRE2 word differently, by the number of the error."""


def _complaint(text: str, problem: Any) -> str:
    """Exim's words for a bad pattern, with the offset as PCRE2 10.42 counts it."""
    reason = OLDER_WORDS.get(problem.code) or problem.msg.partition("; ")[2]
    at = problem.pos
    if problem.code in ONE_EARLIER:
        at -= 1
    elif problem.code in (CLASS_OUTSIDE, COLLATING):
        at = max(text.rfind(mark, 0, at) for mark in ("[:", "[.", "[="))
    elif problem.code == UNKNOWN_CLASS:
        at = text.rfind("[:", 0, at) + 2
    return f'regular expression error in "{text}": {reason} at offset {at}'


@lru_cache(maxsize=512)
def _not_empty(text: str, caseless: bool) -> BytePattern:  # noqa: FBT001 - a cache key
    return BytePattern(text, caseless=caseless, prefix=r"(*NOTEMPTY)\G(?:", suffix=")")


@lru_cache(maxsize=4096)
def pattern(text: str, caseless: bool = False) -> SharedPattern | BytePattern:  # noqa: FBT001, FBT002 - a cache key
    """The compiled pattern, from the cache. Raises `Failed` in Exim's words for a bad one."""
    if same_in_both(text):
        return SharedPattern(text, caseless=caseless)
    return BytePattern(text, caseless=caseless)
