"""Goes through a list from left to right: negation, named lists, files, and what the end means."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.api.text import SPACE, from_bytes, is_tainted
from drivers.values import listtext
from expander.lists.subject import KINDS, NotKnownError, UndecidedError

if TYPE_CHECKING:
    from expander.lists.subject import Subject


def matched(subject: Subject, list_text: str, given: str = "") -> str | None:
    """The value for ``$value`` if the list matches, else None; ``given`` is the list before its expansion.

    The first element that matches decides. At the end of the list the answer is no, unless the last
    element was a negated one. See "Domain, host, address, and local part lists" in the manual.
    """
    outer, subject.tainted = subject.tainted, is_tainted(list_text)
    try:
        return _walk(subject, listtext.elements(list_text), given or list_text)
    finally:
        subject.tainted = outer


def _walk(subject: Subject, elements: Iterable[str], whole: str | None) -> str | None:
    """The same for the elements of a list; or, where ``whole`` is None, for those that a file holds.

    In a file there are neither settings nor named lists nor further files.
    """
    negated = False
    for element in elements:
        if whole is not None and subject.setting(subject, element):
            negated = False
            continue
        negated = element.startswith("!")
        pattern = element[1:].lstrip(SPACE) if negated else element
        try:
            if whole is None:
                value = subject.match(subject, pattern)
            else:
                value = _element(subject, element, pattern, whole)
        except NotKnownError:
            if subject.ignore_unknown:
                continue
            return None if negated or not subject.include_unknown else ""
        if value is not None and negated:
            subject.refused = value
            return None
        if value is not None:
            return value
    return "" if negated else None


def _element(subject: Subject, element: str, pattern: str, whole: str) -> str | None:
    if pattern.startswith("+"):
        return _named(subject, pattern[1:])
    if pattern.startswith("/"):
        return _walk(subject, _lines(subject, element, pattern, whole), None)
    return subject.match(subject, pattern)


def _named(subject: Subject, name: str) -> str | None:
    text = subject.ctx.named_list(subject.kind, name)
    if text is None or name in subject.within:
        subject.ctx.log(f'unknown named {KINDS[subject.kind]} list "+{name}"', panic=True)
        raise UndecidedError
    outer = subject.within, subject.caseful
    subject.within = (*subject.within, name)
    try:
        return matched(subject, subject.ctx.expand(text))
    finally:
        subject.within, subject.caseful = outer


def _lines(subject: Subject, element: str, path: str, whole: str) -> Iterator[str]:
    """The elements in a file, one on each line; comments begin with a hash sign.

    A directory is a file without lines. In address lists, where local parts may hold that sign,
    they do so only at the start of a line. Raises `Fatal` for a file that cannot be read.
    """
    try:
        text = from_bytes(subject.ctx.world.files.read(path))
    except IsADirectoryError:
        return  # it can be opened, and reading gives nothing
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        raise Fatal(f'failed to open {element} when checking "{whole}": {reason}') from error
    for line in text.split("\n"):
        body = line
        at = line.find("#")
        while at >= 0:
            if at == 0 or (subject.kind != "address" and line[at - 1] in SPACE):
                body = line[:at]
                break
            at = line.find("#", at + 1)
        body = body.strip(SPACE)
        if body:
            yield body
