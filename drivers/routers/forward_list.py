"""Lists of addresses, files and pipes, as they stand in alias and forward files."""

from __future__ import annotations

import errno
import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import EximError, Failed, Fatal
from drivers.api.text import SPACE, from_bytes, is_tainted, tainted_like
from drivers.values import mailbox
from grammar.patterns import late_pattern
from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import Files

SPECIALS = {":defer:": "defer", ":blackhole:": "blackhole", ":fail:": "fail"}
INCLUDE, NOTHING = ":include:", (":unknown:", ":")
LONGEST_INCLUDE = 255
MOST_NESTED = 100
"""So deep may included files lie in one another; Exim itself ends by a crash where one includes itself."""
ONLY_COMMENT = "empty address"
RULES = mailbox.Rules(literals=True)
"""What may be in addresses where nobody says so."""

_GAP = late_pattern(r"(?:[\x20\t\n\v\f\r,]+|#[^\n]*)*")
_MARK = late_pattern(r'\\.|"(?:[^"\\\n]|\\.)*"?|[(<>,:\n]', re.DOTALL)
_IN_COMMENT = late_pattern(r"\\.|[()\n]", re.DOTALL)


class Item(NamedTuple):
    """One thing that mail goes to: ``kind`` is "" for an address, else "pipe" or "file"."""

    text: str
    kind: str = ""


class SkippedItem(NamedTuple):
    """An item that could not be read, and why."""

    problem: str
    text: str


class Rights(Record):
    """What a list may have.

    ``specials`` are those that may stand there: "defer", "fail", "blackhole", "include". ``folder`` is where
    included files must lie, if it is not "". ``skips`` leaves out what is no address. ``domain`` is for
    names behind a backslash. ``dies_of_taint``: releases before 4.97 end at the name of an included file that
    comes from outside.
    """

    specials: frozenset[str]
    folder: str = ""
    skips: bool = False
    domain: str = ""
    dies_of_taint: bool = False
    rules: mailbox.Rules = RULES


class ForwardList(State):
    """What a list comes to.

    ``outcome`` is "delivered" where it has items, "not delivered" where it is empty, or else the special that
    it has: "defer", "fail" or "blackhole", with ``message``.
    """

    outcome: str
    items: list[Item] = made_by(default_factory=list)
    message: str | None = None
    skipped: list[SkippedItem] = made_by(default_factory=list)


class ListError(EximError):
    """The list cannot be read. ``what`` is "error", or "include" for a file that cannot be read."""

    def __init__(self, message: str, what: str = "error") -> None:
        super().__init__(message)
        self.what = what


class Reader:
    """Reads lists; ``complete`` gives an address a domain. See "Items in redirection lists"."""

    def __init__(self, rights: Rights, files: Files, complete: Callable[[str], str]) -> None:
        self._rights = rights
        self._files = files
        self._complete = complete
        self.reason_of: Callable[[int | None], str] = lambda number: os.strerror(number or errno.EIO)
        """Says why the system has not opened a file, by the number of the error."""

        self._list = ForwardList("not delivered")
        self._depth = 0

    def read(self, text: str) -> ForwardList:
        """Read a list. Raises `ListError`."""
        outcome = self._read(text)
        if outcome:
            self._list.outcome = outcome
        elif self._list.items or self._list.skipped:
            self._list.outcome = "delivered"
        return self._list

    def _read(self, text: str) -> str:
        at = 0
        while True:
            gap = _GAP.match(text, at)
            assert gap is not None
            at = gap.end()
            if at >= len(text):
                return ""
            end = end_of_item(text, at)
            item = text[at:end].rstrip(SPACE)
            quoted = len(item) > 1 and item[0] == item[-1] == '"'
            if quoted:
                item = item[1:-1].strip(SPACE)
            item = tainted_like(item, text)
            special = next((name for name in SPECIALS if item.startswith(name)), None)
            if special is not None:
                start = text.index(special, at) + len(special)
                return self._special(SPECIALS[special], item, text[start:])
            if item in NOTHING:
                pass  # it stands for no address at all
            elif item.startswith(INCLUDE):
                outcome = self._included(tainted_like(item[len(INCLUDE) :].lstrip(SPACE), item))
                if outcome:
                    return outcome
            else:
                self._item(item, quoted=quoted)
            at = end

    def _special(self, name: str, item: str, rest: str) -> str:
        if name not in self._rights.specials:
            raise ListError(f'"{item}" is not permitted')
        self._list.message = rest.lstrip(SPACE).rstrip("\n")
        return name

    def _included(self, path: str) -> str:
        if not path:
            raise ListError("file name missing after :include:")
        if len(path) > LONGEST_INCLUDE:
            raise ListError(f'included file name "{path}" is too long')
        if not path.startswith("/"):
            raise ListError(f'included file "{path}" is not an absolute path')
        if "include" not in self._rights.specials:
            raise ListError("included files not permitted")
        if is_tainted(path):
            if self._rights.dies_of_taint:
                raise Fatal("Taint mismatch, Ustrncpy: parse_forward_list 1398")
            raise ListError(f"Tainted name '{path}' for included file  not permitted\n")
        if self._rights.folder:
            self._check_folder(path)
        try:
            text = from_bytes(self._files.read(path))
        except IsADirectoryError:
            raise ListError(f"error while reading included file {path}: Is a directory", "include") from None
        except OSError as problem:
            reason = self.reason_of(problem.errno)
            raise ListError(f"failed to open included file {path}: {reason}", "include") from None
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise ListError("included files are nested too deeply")
        before = len(self._list.items)
        outcome = self._read(text.partition("\0")[0])
        self._depth -= 1
        if outcome:
            del self._list.items[before:]  # what stands before a special in this file is lost
        return outcome

    def _check_folder(self, path: str) -> None:
        """Raise `ListError` for a file outside the folder: what leads there must be no links."""
        folder = self._rights.folder
        bare = folder.rstrip("/")
        if not path.startswith(f"{bare}/"):
            raise ListError(f"included file {path} is not in directory {folder}")
        parts = path[len(bare) + 1 :].split("/")
        mode = stat.S_IFDIR
        for count in range(1, len(parts) + 1):
            try:
                mode = (
                    self._files.lstat(f"{bare}/{'/'.join(parts[:count])}").st_mode if parts[count - 1] else 0
                )
            except OSError:
                mode = 0
            last = count == len(parts)
            if not mode or stat.S_ISLNK(mode) or not (last or stat.S_ISDIR(mode)):
                what = "(component of included file); could be symbolic link"
                raise ListError(f"failed to open {path} {what}", "include")
        if not stat.S_ISREG(mode):
            raise ListError(f"included file {path} is not a regular file in the {folder} directory")

    def _item(self, item: str, *, quoted: bool) -> None:
        address, problem = "", ""
        has_domain, domain = False, ""
        if item.startswith("\\"):
            try:
                found = mailbox.parse(item[1:], self._rights.rules)
                domain = "" if found.domain else self._rights.domain
                address = f"{found.address}@{domain}" if domain else ""
            except Failed:
                address = ""
        if not address:
            try:
                found = mailbox.parse(item, self._rights.rules)
                address, has_domain = found.address, bool(found.domain)
            except Failed as failed:
                problem = failed.message
        if item[:1] in ("|", "/") and (not address or not has_domain):
            text = re.sub(r"\\(.?)", r"\1", item, flags=re.DOTALL) if quoted else item
            kind = "pipe" if item[0] == "|" else "file"
            self._list.items.append(Item(tainted_like(text, item), kind))
        elif address:
            self._list.items.append(Item(self._complete(tainted_like(address, item, domain))))
        elif problem == ONLY_COMMENT:
            return
        elif self._rights.skips:
            self._list.skipped.append(SkippedItem(problem, item))
        else:
            raise ListError(f'{problem} in "{item}"')


def end_of_item(text: str, at: int) -> int:
    """Where an item ends that begins here: at the end of a line, or at a comma that separates.

    Commas in quotes, in comments, in brackets and in source routes do not; nothing of these goes on in the
    next line.
    """
    is_routed = text.startswith("@", at)
    return mailbox.piece_end(text, at, is_routed=is_routed, marks=_MARK, in_comment=_IN_COMMENT)
