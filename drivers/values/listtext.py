"""Lists as text: elements between separators, with the rules that every list of Exim's shares."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.text import SPACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLON = ":"
LONGEST_KEPT = 512
"""Lists up to this length are taken apart once and remembered."""

_CONTROLS = frozenset(map(chr, (*range(32), 127)))
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SEPARATORS = _CONTROLS | _PUNCTUATION


def separator(text: str) -> tuple[str, str]:
    """The separator of a list and the text that holds its elements.

    A list that begins with ``<`` and a punctuation or control character is separated by that
    character, any other list by a colon. White space before the ``<`` does not count. A lone
    ``<`` makes an empty list. See "List construction" in the manual.
    """
    body = text.lstrip(SPACE)
    if not body.startswith("<"):
        return COLON, text
    if len(body) == 1:
        return COLON, ""
    if body[1] in _SEPARATORS:
        return body[1], body[2:]
    return COLON, text


def split(text: str) -> list[str]:
    """The elements of a list, without surrounding white space.

    A doubled separator stands for itself inside an element, unless it is a control character:
    those delimit empty elements. White space alone, or after the last separator, is no element;
    a character of it directly after a backslash stays.
    """
    return list(elements(text))


def elements(text: str) -> Iterable[str]:
    """The elements of a list one by one; see `split`."""
    if len(text) <= LONGEST_KEPT:
        return _kept_whole(text)
    mark, body = separator(text)
    return _pieces(body, mark)


@lru_cache(maxsize=2048)
def _kept_whole(text: str) -> tuple[str, ...]:
    mark, body = separator(text)
    return tuple(_pieces(body, mark))


def take(body: str, mark: str) -> tuple[str | None, str]:
    """The first element, None if there is none, and the text after it; see `pieces`."""
    element = next(iter(pieces(body, mark)), None)
    at = body.find(mark, len(body) - len(body.lstrip(SPACE.replace(mark, ""))))
    while mark not in _CONTROLS and at >= 0 and body.startswith(mark, at + 1):
        at = body.find(mark, at + 2)
    return element, "" if at < 0 else body[at + 1 :]


def pieces(body: str, mark: str) -> Iterable[str]:
    """The elements of the text of a list whose separator is already known."""
    return _kept(body, mark) if len(body) <= LONGEST_KEPT else _pieces(body, mark)


@lru_cache(maxsize=2048)
def _kept(body: str, mark: str) -> tuple[str, ...]:
    return tuple(_pieces(body, mark))


def _pieces(body: str, mark: str) -> Iterator[str]:
    spaces = SPACE.replace(mark, "")
    doubles = mark not in _CONTROLS
    at, end = 0, len(body)
    while True:
        while at < end and body[at] in spaces:
            at += 1
        if at >= end:
            return
        stop = body.find(mark, at)
        literal = False
        while doubles and stop >= 0 and body.startswith(mark, stop + 1):
            literal = True
            stop = body.find(mark, stop + 2)
        piece = body[at:] if stop < 0 else body[at:stop]
        if literal:
            piece = piece.replace(mark + mark, mark)
        yield _stripped(piece)
        if stop < 0:
            return
        at = stop + 1


def _stripped(piece: str) -> str:
    """Without white space at the end, of which one character stays if it follows a backslash."""
    bare = piece.rstrip(SPACE)
    return piece[: len(bare) + 1] if bare.endswith("\\") else bare


def quote(element: str, mark: str) -> str:
    """An element as it may stand in a list: its separators doubled."""
    return element.replace(mark, mark + mark)


def join(texts: Iterable[str], mark: str) -> str:
    """The elements as one list, without a prefix that names the separator.

    Separators inside elements are doubled. An element that is empty or begins with the separator
    gets a space before it, so that it can be told from a doubled separator; the first does not.
    """
    out: list[str] = []
    for text in texts:
        if out:
            out.append(mark + " " if not text or text[0] == mark else mark)
        out.append(quote(text, mark))
    return "".join(out)
