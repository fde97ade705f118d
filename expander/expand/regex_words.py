r"""What differs between PCRE2 10.42, which Exim is linked with, and the newer ones that a binding brings.

Newer releases read some patterns in another way (``{,2}``, lookbehinds of several lengths), and tell of
errors in other words and at other offsets.
"""

from __future__ import annotations

import re
import warnings
from re import _constants, _parser
from typing import Any

from grammar.patterns import late_pattern

ONE_EARLIER = frozenset((103, 107, 108, 109, 111, 122, 128, 141, 144, 168, 179, 182, 194))
"""Errors whose offset older releases of PCRE2 give one byte earlier: a range, a lone quantifier..."""
NOT_FIXED = "lookbehind assertion is not fixed length"

OLDER_WORDS = {
    125: NOT_FIXED,
    128: "assertion expected after (?( or (?(?C)",
    129: "digit expected after (?+ or (?-",
    178: "digits missing in \\x{} or \\o{} or \\N{U+}",
    219: "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number",
}
"""Messages that newer releases of PCRE2 word differently, by the number of the error."""

_REFERENCE = late_pattern(r"\\(?:\d+|g(?:\{[+]?\d+\}|<[-+]?\d+>|'[-+]?\d+'|[+]?\d+))\Z", re.ASCII)
_NEWER = late_pattern(
    r"\\Q[\s\S]*?(?:\\E|\Z)|(?P<named>\\N\{(?!U\+|\d+(?:,\d*)?\}).?)"
    r"|(?P<strict>\\[xogk]\{[^}]*|\\[pP]\{[ \t]+\^)|\\[pPN]\{|(?P<bare>\\x(?![0-9A-Fa-f]))|\\[\s\S]"
    r"|(?P<unknown>\(\?[\[a])|(?P<open>\{)(?!\d+(?:,\d*)?\})(?= *\d* *,? *\d* *\})",
    re.ASCII,
)
_OLDER = {"open": "\\{", "bare": "\\x00", "unknown": "(?~"}
_BEHIND = late_pattern(r"\\Q[\s\S]*?(?:\\E|\Z)|\\[\s\S]|(?P<open>\(\?<[=!])|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]?")


def as_older(pattern: str) -> str:
    r"""The pattern in a form that newer releases read as 10.42 reads the pattern itself.

    A quantifier cannot begin with its comma there, nor have blanks in it, nor can what stands in the braces
    of an escape; ``\x`` alone is a zero byte; nothing begins with ``(?[`` or ``(?a``.
    """
    if "{" not in pattern and "\\x" not in pattern and "(?" not in pattern:
        return pattern
    return _NEWER.sub(_older, pattern)


def _older(found: re.Match[str]) -> str:
    """What stands for a part of a pattern; a question mark is wrong in braces for all releases."""
    match found.lastgroup:
        case "strict":
            return re.sub("[ \t]", "?", found[0])
        case "named":
            return "\\N{?"[: len(found[0])]
        case _:
            return _OLDER.get(found.lastgroup or "", found[0])


def _position(pattern: str, at: int) -> int:
    """The place in a pattern of a place in what `as_older` makes of it."""
    longer = 0
    for found in _NEWER.finditer(pattern):
        if found.start() + longer >= at:
            break
        longer += len(_older(found)) - len(found[0])
    return at - longer


def reason(text: str, problem: Any) -> str:
    """What PCRE2 10.42 says is wrong with a pattern, and where.

    ``problem`` is the binding's error over what `as_older` makes of the pattern.
    """
    words = OLDER_WORDS.get(problem.code) or problem.msg.partition("; ")[2]
    return f"{words} at offset {_offset(text, problem)}"


def _offset(text: str, problem: Any) -> int:
    at = _position(text, problem.pos)
    before = text[:at]
    match problem.code:
        case code if code in ONE_EARLIER:
            return at - 1
        case 112 | 113:
            return max(text.rfind(mark, 0, at) for mark in ("[:", "[.", "[="))
        case 130:
            start = text.rfind("[:", 0, at) + 2
            return start + (text[start : start + 1] == "^")
        case 115:
            return at - 1 if _REFERENCE.search(before) else at
        case 137:
            return at - before.endswith("{")
        case 150:
            if before.endswith(":]") and text[: text.rfind("[:", 0, at)].endswith("-"):
                return text.rfind("[:", 0, at) + 1
            return at if before[-3:-1] == "-\\" else at - 1
        case 164 | 167:
            start = text.rfind("{", 0, at) + 1
            digits = re.match("[0-7]*" if problem.code == 164 else "[0-9A-Fa-f]*", text[start:])
            return min(start + (digits.end() if digits else 0), len(text) - 1)
        case 155:
            return at - (at == len(text))
        case 129:
            return at - 2
        case 193:
            return text.rfind("\\N{U+", 0, at) + 2
        case 219:
            return text.rfind("\\g", 0, at) + 2
        case 195:
            return at - (text[at : at + 1] != ":")
    return at


def varying_lookbehind(pattern: str) -> int | None:
    """The offset of a lookbehind whose alternatives have not each one length; None for none.

    Only what Python's own reader of patterns understands is looked at.
    """
    if "(?<" not in pattern:
        return None
    for found in _BEHIND.finditer(pattern):
        if found["open"] and any(_varies(one) for one in _alternatives(pattern, found.end())):
            return found.start()
    return None


def _varies(alternative: str) -> bool:
    if "\\R" in alternative:
        return True
    try:
        with warnings.catch_warnings(action="ignore"):
            least, most = _parser.parse(alternative).getwidth()
    except (re.error, RecursionError, OverflowError):
        return False
    return bool(least != most) and most < _constants.MAXREPEAT


def _alternatives(pattern: str, start: int) -> list[str]:
    """The alternatives of the group that is open at ``start``; none if it is not closed."""
    depth, begin, found = 0, start, []
    at = start
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "[":
            closing = re.compile(r"\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]").match(pattern, at)
            at = closing.end() - 1 if closing else len(pattern)
        elif char == "(":
            depth += 1
        elif char in "|)" and depth == 0:
            found.append(pattern[begin:at])
            begin = at + 1
            if char == ")":
                return found
        elif char == ")":
            depth -= 1
        at += 1
    return []
