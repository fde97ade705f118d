"""A person's name as it may stand before an address in a header line."""

from __future__ import annotations

import re

from drivers.values.charset import encoded_words
from drivers.values.mailbox import comment_end
from grammar.patterns import late_pattern

_NOT_PRINTING = late_pattern(r"[^\t -~]")
_SPECIAL = late_pattern(r'[\\."()<>@,;:[\]]')
_QUOTED = late_pattern(r'"(?:[^"\\]|\\.|\\\Z)*("?)', re.DOTALL)
_WORD = late_pattern(r'(?:[^"\s\\]|\\.|\\)+', re.ASCII | re.DOTALL)
_SPACES = late_pattern(r"\s+", re.ASCII)


def phrase(name: str, charset: str) -> str:
    """The name quoted or encoded where RFC 5322 does not let it stand as it is.

    A name with bytes outside ASCII becomes encoded words. Otherwise what stands before the first
    quoted string is quoted as a whole if it has special characters, and what follows word by word;
    quoted strings stay, and comments do unless they become part of what is quoted.
    """
    name = name.lstrip(" \t\n\v\f\r")
    if _NOT_PRINTING.search(name):
        return encoded_words(name, charset)
    end, special = _before_quotes(name)
    first = name[:end]
    if special:
        text = first.rstrip(" \t") if end < len(name) else first
        first = f'"{text}"{first[len(text) :]}'
    return first + _word_by_word(name[end:])


def _before_quotes(name: str) -> tuple[int, bool]:
    """Where the first quoted string begins, and whether a special character stands before it."""
    at, special = 0, False
    while at < len(name) and name[at] != '"':
        if name[at] == "(" and not special:
            at = comment_end(name, at)
            continue
        special = special or _SPECIAL.match(name[at]) is not None
        at += 2 if name[at] == "\\" else 1
    return min(at, len(name)), special


def _word_by_word(text: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(text):
        if quoted := _QUOTED.match(text, at):
            at = quoted.end()
            out.append(quoted[0] if quoted[1] else f'{quoted[0]}"')
        elif text[at] == "(":
            start, at = at, comment_end(text, at)
            out.append(text[start:at])
        elif spaces := _SPACES.match(text, at):
            at = spaces.end()
            out.append(spaces[0])
        else:
            word = _WORD.match(text, at)
            assert word is not None
            at = word.end()
            # Exim closes a quoted word that ends the text twice.
            closing = '""' if at == len(text) else '"'
            out.append(f'"{word[0]}{closing}' if _SPECIAL.search(word[0]) else word[0])
    return "".join(out)
