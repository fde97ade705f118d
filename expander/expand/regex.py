"""The one place that compiles patterns. PCRE2 gives the meaning; ``re`` serves where both are the same.

`same_in_both` accepts a subset of patterns for which Python's ``re`` on latin-1 text with
ASCII classes finds what PCRE2 finds on the bytes; matching with it is several times faster.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import factorial
from typing import Any

from drivers.api.errors import Failed
from drivers.api.limits import UNLIMITED, too_hard_to_match
from expander.expand.regex_words import NOT_FIXED, as_older, reason, varying_lookbehind
from grammar.patterns import late_pattern

MOST_CAPTURES = 20
"""Exim keeps $0 to $20."""

MOST_OPEN_REPEATS = 4
MOST_WAYS = 1000
"""A pattern with more unbounded repeats, or more ways in all else, goes to PCRE2."""

MOST_WORK = 1_000_000
"""What ``re`` may take for one search, in steps: some ten milliseconds."""

LONGEST_SHARED = 1000
"""Longer patterns go to PCRE2, which compiles them faster."""

EXIMS_MATCH_LIMIT = 10_000_000
"""What PCRE2 takes for one place before it gives up, unless told otherwise."""

JIT_MATCH_LIMIT = 100_000
"""PCRE2's compiler to machine code counts less than its interpreter, and has little stack.

Where a match takes more than this the interpreter decides, as it does in Exim.
"""

LEAST_MATCH_LIMIT = 100
LONGEST_JIT = 4096
"""Longer patterns take too long to be compiled to machine code."""

EXIM_HAS_NOT = 0x0000_0002 | 0x0010_0000
"""The options of PCRE2 that give escapes the meaning of other languages, and that forbid ``\\C``."""

MOST_HEAP = 256 << 10
"""The memory of one match in kilobytes, where the work is limited."""

_PLAIN = r"[A-Za-z0-9_ @%,:;=!<>~#&'\"/`\-\x80-\xff]"
_ESCAPE = r"\\[dDwWsSbntr.^$*+?|(){}\[\]/@\-_:,;=!<>~#&%'\"` \\]"
_CLASS_ESCAPE = r"\\[dwsntr.^$*+?|(){}\[\]/@\-_:\\]"
_IN_CLASS = r"[_@%,:;=!<>#'\"/`.$*+?(){}\x80-\xff]|\|(?!\|)|&(?!&)"
_CLASS = rf"\[\^?(?:[A-Za-z0-9](?:-[A-Za-z0-9])?|{_IN_CLASS}|{_CLASS_ESCAPE})+-?\]"
_REPEAT = r"(?:[*+?]|\{[0-9]{1,3}(?:,(?:[0-9]{1,3})?)?\})\??"
_ATOM = rf"(?:{_PLAIN}|\.|{_CLASS}|{_ESCAPE})"
_TOKEN = late_pattern(
    rf"(?P<atom>{_ATOM})(?P<repeat>{_REPEAT})?|(?P<mark>[\^$|])|(?P<open>\((?:\?:)?)|(?P<close>\)\??)"
)
_ASSERTIONS = frozenset(("\\b",))


def _is_repeated_assertion(token: re.Match[str]) -> bool:
    return token["repeat"] is not None and token["atom"] in _ASSERTIONS


def _is_shared_class(atom: str) -> bool:
    """True if all ranges rise and it does not look like a named class, which PCRE2 refuses outside of one."""
    return not re.match(r"\[([:.=]).*\1\]", atom, re.DOTALL) and all(
        low <= high for low, high in re.findall(r"([A-Za-z0-9])-([A-Za-z0-9])", atom)
    )


def same_in_both(pattern: str) -> bool:
    """True if ``re`` with ASCII classes is known to agree with PCRE2 on this pattern."""
    return longest_shared(pattern) > 0


def longest_shared(pattern: str) -> int:
    """For subjects of up to so many bytes ``re`` serves as well as PCRE2; 0 if it never does.

    PCRE2 has a limit on the work of a match and ``re`` has none. So what bounds it is the number of ways in
    which the pattern can be tried: that of the alternatives and of the bounded repeats, multiplied, and
    the subject's length for each unbounded repeat, and once more if the match may begin anywhere.
    """
    if len(pattern) > LONGEST_SHARED:
        return 0
    at = 4 if pattern.startswith("(?i)") else 0
    anchored = pattern.startswith("^", at)
    open_repeats, ways = 0, 1
    alternatives = [1]
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None or _is_repeated_assertion(token):
            return 0
        if token["atom"] and token["atom"].startswith("[") and not _is_shared_class(token["atom"]):
            return 0
        if token["repeat"]:
            most = _ways(token["repeat"])
            if most is None:
                return 0
            open_repeats += most > MOST_WAYS
            ways *= 1 if most > MOST_WAYS else most
        elif token["mark"] == "|":
            alternatives[-1] += 1
        elif token["open"]:
            alternatives.append(1)
        elif token["close"]:
            ways *= alternatives.pop() * len(token["close"])
            if not alternatives:
                return 0
        at = token.end()
    ways *= alternatives[0]
    if len(alternatives) > 1 or open_repeats > MOST_OPEN_REPEATS or ways > MOST_WAYS:
        return 0
    lengths = open_repeats + (not anchored or alternatives[0] > 1)
    return int((MOST_WORK * factorial(lengths) / ways) ** (1 / max(lengths, 1)))


def _ways(repeat: str) -> int | None:
    """In how many ways an atom can be repeated, more than `MOST_WAYS` if that depends on the subject.

    None if the bounds are in no order.
    """
    if repeat[0] == "?":
        return 2
    bounds = re.fullmatch(r"\{(\d+)(,?)(\d*)\}\??", repeat, re.ASCII)
    if bounds is None or (bounds[2] and not bounds[3]):
        return MOST_WAYS + 1
    ways = int(bounds[3] or bounds[1]) - int(bounds[1]) + 1
    return ways if ways > 0 else None


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
        if found.re.groups == 0:
            return [found.group()]
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
    """A pattern of the common subset, run by ``re``, and by PCRE2 on long subjects."""

    __slots__ = ("_caseless", "_compiled", "_limit", "_longest", "_text", "groups")

    def __init__(
        self, text: str, *, caseless: bool, limit: int = UNLIMITED, longest: int = LONGEST_SHARED
    ) -> None:
        self._compiled = re.compile(text, re.ASCII | (re.IGNORECASE if caseless else 0))
        self._text, self._caseless, self._limit, self._longest = text, caseless, limit, longest
        self.groups = self._compiled.groups

    def search(self, subject: str, start: int = 0, *, not_empty: bool = False) -> Match | None:
        """The first match at or after ``start``; ``not_empty``: of a byte or more exactly there."""
        if not_empty:
            return _not_empty(self._text, self._caseless, self._limit).search(subject, start)
        if len(subject) > self._longest:
            return _by_bytes(self._text, self._caseless, self._limit).search(subject, start)
        found = self._compiled.search(subject, start)
        return None if found is None else Match(found)


class BytePattern:
    """A pattern run by PCRE2; ``limit`` is on the steps of one search, all places of its start together."""

    __slots__ = ("_at_one_place", "_caseless", "_codes", "_limit", "_text", "_whole", "groups")

    def __init__(
        self, text: str, *, caseless: bool, limit: int = UNLIMITED, prefix: str = "", suffix: str = ""
    ) -> None:
        import pcre2

        self._text, self._caseless, self._limit = text, caseless, limit
        self._at_one_place = bool(prefix) or (text.startswith("^") and "|" not in text)
        self._whole = (prefix + as_older(text) + suffix).encode("latin-1")
        self._codes: dict[tuple[int, bool], Any] = {}
        try:
            self.groups = self._code(JIT_MATCH_LIMIT, jit=True).groups
        except pcre2.PatternError:
            try:
                _compiled(as_older(text).encode("latin-1"), self._flags(), jit=False)
            except pcre2.PatternError as problem:
                raise Failed(f'regular expression error in "{text}": {reason(text, problem)}') from None
            raise
        varying = varying_lookbehind(text)
        if varying is not None:
            raise Failed(f'regular expression error in "{text}": {NOT_FIXED} at offset {varying}')

    def _flags(self) -> Any:
        import pcre2

        return pcre2.RegexFlag.IGNORECASE if self._caseless else pcre2.RegexFlag.NOFLAG

    def _code(self, limit: int, *, jit: bool) -> Any:
        """The compiled pattern that takes so many steps for one place at most."""
        made = self._codes.get((limit, jit))
        if made is None:
            limits = b"(*LIMIT_MATCH=%d)" % limit
            if self._limit != UNLIMITED:
                limits += b"(*LIMIT_HEAP=%d)" % MOST_HEAP
            jit_too = jit and len(self._whole) <= LONGEST_JIT
            made = _compiled(limits + self._whole, self._flags(), jit=jit_too)
            self._codes[limit, jit] = made
        return made

    def search(self, subject: str, start: int = 0, *, not_empty: bool = False) -> Match | None:
        """The first match at or after ``start``; ``not_empty``: of a byte or more exactly there.

        Raises `LimitReached`; where Exim itself would give up there is no match, as there.
        """
        import pcre2

        if not_empty:
            return _not_empty(self._text, self._caseless, self._limit).search(subject, start)
        limit = self._limit_for(1 if self._at_one_place else len(subject) - start)
        data = _encoded(subject)
        try:
            found = self._code(min(limit, JIT_MATCH_LIMIT), jit=True).search(data, start)
        except pcre2.LibraryError:
            found = self._carefully(data, start, limit)
        return None if found is None else ByteMatch(found)

    def _limit_for(self, places: int) -> int:
        """The limit for each place, one of a few so that few patterns need be compiled."""
        if self._limit == UNLIMITED or places * EXIMS_MATCH_LIMIT < self._limit:
            return EXIMS_MATCH_LIMIT
        share = max(self._limit // (places + 1), LEAST_MATCH_LIMIT)
        return min(EXIMS_MATCH_LIMIT, 1 << (share.bit_length() - 1))

    def _carefully(self, data: bytes, start: int, limit: int) -> Any:
        """What the interpreter finds, which neither counts nor is short of stack as machine code is."""
        import pcre2

        try:
            return self._code(limit, jit=False).search(data, start)
        except pcre2.LibraryError:
            if limit == EXIMS_MATCH_LIMIT:
                return None
            raise too_hard_to_match(self._limit) from None


def _compiled(pattern: bytes, flags: Any, *, jit: bool) -> Any:
    r"""PCRE2's code for a pattern, without the options that the binding turns on and Exim does not.

    They would give escapes another meaning: ``\x{41}`` and ``\x4`` none, ``\u0041`` and ``\U`` one. A
    binding that cannot be told so has its own way.
    """
    import pcre2

    inner = getattr(pcre2, "_cy", None)
    if inner is None or not hasattr(inner, "jit_compile"):
        return pcre2.compile(pattern, flags, jit=jit)
    code = inner.compile(pattern, int(flags), EXIM_HAS_NOT)
    if jit:
        inner.jit_compile(code)
    return pcre2.Pattern(code, pattern, flags, jit, None)


_last_encoded: tuple[str, bytes] = ("", b"")


def _encoded(subject: str) -> bytes:
    """The bytes of a subject; a global substitution asks for those of the same again and again."""
    global _last_encoded  # noqa: PLW0603 - one place to remember, replaced as a whole
    known, data = _last_encoded
    if known is not subject:
        data = subject.encode("latin-1")
        _last_encoded = subject, data
    return data


_SETTINGS = late_pattern(
    r"(?:\(\*(?:UTF|UCP|NO_\w+|NOTEMPTY\w*|LIMIT_\w+=\d+|CR|LF|CRLF|ANY|ANYCRLF|NUL|BSR_\w+)\))*", re.ASCII
)
"""What stands for the whole pattern at its beginning."""

_COMPLAINT = late_pattern(r'regular expression error in "(.*)": (.*)\Z', re.DOTALL)


def as_logged(message: str) -> str:
    """The words for a log, where Exim ends over a bad pattern; ``message`` has those for an expansion."""
    return _COMPLAINT.sub(r"regular expression error: \2 while compiling \1", message)


@lru_cache(maxsize=512)
def _not_empty(text: str, caseless: bool, limit: int) -> BytePattern:  # noqa: FBT001 - a cache key
    settings = _SETTINGS.match(text)
    start = settings.end() if settings else 0
    prefix = rf"{text[:start]}(*NOTEMPTY)\G(?:"
    return BytePattern(text[start:], caseless=caseless, limit=limit, prefix=prefix, suffix=")")


@lru_cache(maxsize=512)
def _by_bytes(text: str, caseless: bool, limit: int) -> BytePattern:  # noqa: FBT001 - a cache key
    return BytePattern(text, caseless=caseless, limit=limit)


@lru_cache(maxsize=1024)
def pattern(text: str, caseless: bool = False, limit: int = UNLIMITED) -> SharedPattern | BytePattern:  # noqa: FBT001, FBT002 - a cache key
    """The compiled pattern, from the cache. Raises `Failed` in Exim's words for a bad one.

    ``limit`` is on the steps of one search, as in `Limits.match_steps`.
    """
    longest = longest_shared(text)
    if longest:
        return SharedPattern(text, caseless=caseless, limit=limit, longest=longest)
    return BytePattern(text, caseless=caseless, limit=limit)
