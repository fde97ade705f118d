"""Goes through a list from left to right: negation, named lists, files, and what the end means."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, Fatal, ForcedFail
from drivers.api.text import SPACE, from_bytes, is_tainted
from drivers.values import listtext
from expander.lists.subject import IGNORE, INCLUDE, KINDS, NotKnownError, OnTrouble, UndecidedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context
    from expander.lists.subject import Subject


WITH_LOCAL_PARTS = frozenset({"address", "localpart"})


def matched(subject: Subject, list_text: str, given: str = "") -> bool:
    """True if the list has the subject; ``given`` is the list before its expansion.

    The first element that matches decides. At the end of the list the answer is no, unless the last
    element was a negated one; settings such as ``+caseful`` are none of its elements. See "Domain, host,
    address, and local part lists" in the manual.
    """
    outer, subject.tainted = subject.tainted, is_tainted(list_text)
    trouble, subject.trouble = subject.trouble, OnTrouble()
    try:
        return _walk(subject, list_text, given or list_text)
    finally:
        subject.tainted, subject.trouble = outer, trouble


def _walk(subject: Subject, list_text: str, whole: str) -> bool:
    wanted = True
    for element in listtext.elements(list_text):
        if subject.setting(subject, element):
            continue
        wanted = not element.startswith("!")
        pattern = element if wanted else element[1:].lstrip(SPACE)
        try:
            if pattern.startswith("/"):
                decided, wanted = _in_file(subject, element, pattern, whole, wanted=wanted)
            elif pattern.startswith("+"):
                decided = _named(subject, pattern[1:])
            else:
                decided = subject.match(subject, pattern)
        except NotKnownError as problem:
            if subject.trouble.name == IGNORE:
                continue
            if subject.trouble.name == INCLUDE:
                subject.ctx.log(f"{problem}: accepted by +include_unknown")
            return subject.trouble.name == INCLUDE
        except Deferred as problem:
            if subject.trouble.defer == IGNORE:
                continue
            if subject.trouble.defer != INCLUDE:
                raise
            subject.ctx.log(f"{problem.message}: accepted by +include_defer")
            return True
        if decided:
            return wanted
    return not wanted


def _named(subject: Subject, name: str) -> bool:
    text = subject.ctx.named_list(subject.kind, name)
    if text is None or name in subject.within:
        subject.ctx.log(f'unknown named {KINDS[subject.kind]} list "+{name}"', panic=True)
        raise UndecidedError
    outer = subject.within
    subject.within = (*outer, name)
    try:
        return matched(subject, expanded(subject.ctx, text), text)
    except ForcedFail:
        return False
    finally:
        subject.within = outer


def expanded(ctx: Context, list_text: str) -> str:
    """The list expanded. What cannot be is logged, and leaves the match undecided."""
    try:
        return ctx.expand(list_text)
    except ForcedFail:
        raise
    except ExpansionError as problem:
        ctx.log(f'failed to expand "{list_text}" while checking a list: {problem.message}', panic=True)
        raise UndecidedError from problem


def _in_file(subject: Subject, element: str, path: str, whole: str, *, wanted: bool) -> tuple[bool, bool]:
    """Whether a line of a file decides, and what it decides for; if none does, what its last line was for.

    In a file there are neither settings nor named lists nor further files. The line that decides is
    the value, whatever a lookup in it found.
    """
    asked = wanted
    for line in _lines(subject, element, path, whole):
        asked = wanted
        if line.startswith("!"):
            asked = not wanted
            line = line[1:].lstrip(SPACE)  # noqa: PLW2901 - the rest of the line is its pattern
        if subject.match(subject, line):
            subject.value = line
            return True, asked
    return False, asked


def _lines(subject: Subject, element: str, path: str, whole: str) -> Iterator[str]:
    """The elements in a file, one on each line; comments begin with a hash sign.

    A directory is a file without lines. Where local parts are matched, which may hold that sign, a comment
    begins only at the start of a line or after white space. Raises `Fatal` for a file that cannot be read.
    """
    try:
        if subject.tainted:
            subject.ctx.log(f"Tainted filename '{path}'", panic=True)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        text = from_bytes(subject.ctx.world.files.read(path))
    except IsADirectoryError:
        return  # it can be opened, and reading gives nothing
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        if error.errno == errno.EACCES:
            reason += f" (euid={os.geteuid()} egid={os.getegid()})"
        raise Fatal(f'failed to open {element} when checking "{whole}": {reason}') from error
    for line in text.split("\n"):
        body = line
        at = line.find("#")
        while at >= 0:
            if at == 0 or subject.kind not in WITH_LOCAL_PARTS or line[at - 1] in SPACE:
                body = line[:at]
                break
            at = line.find("#", at + 1)
        body = body.strip(SPACE)
        if body:
            yield body
