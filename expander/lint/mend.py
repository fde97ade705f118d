"""Fixes: what a finding's edits come to in the files, and the files with the edits made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from expander.lint.places import in_file, macros_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expander.lint.finding import Edit, Finding
    from grammar.source import Source, Span


class Change(NamedTuple):
    """Text for a stretch of a file, in bytes from its start; ``old`` is what stands there."""

    file: Source
    start: int
    end: int
    text: str

    @property
    def old(self) -> str:
        """What is replaced."""
        return self.file.text[self.start : self.end]


def changes(finding: Finding, *, unsafe: bool = False) -> tuple[Change, ...]:
    """What a finding's fix changes in files; nothing where there is no fix that can be made.

    A fix that is not safe is made only if asked for. None is made in text that a macro put there, or where
    what stands in the file differs from the value (escapes between quotes, continuation lines).
    """
    fix = finding.fix
    if fix is None or not (fix.safe or unsafe):
        return ()
    found = [_change(edit) for edit in fix.edits]
    made = [change for change in found if change is not None]
    return tuple(made) if len(made) == len(found) else ()


def _change(edit: Edit) -> Change | None:
    if macros_at(_widened(edit.span)):
        return None
    where = in_file(edit.span)
    if where.text != edit.span.text or (_between_quotes(edit.span) and set(edit.text) & set('"\\')):
        return None
    return Change(where.source, where.start, where.end, edit.text)


def _widened(span: Span) -> Span:
    """An empty place with its neighbours: text is not put into the middle of what a macro gave."""
    if span.end > span.start:
        return span
    return type(span)(span.source, max(span.start - 1, 0), min(span.end + 1, len(span.source.text)))


def _between_quotes(span: Span) -> bool:
    """True if the text is a value that was taken out of quotes: its pieces are not those of a file."""
    source = span.source
    while source.parent is not None:
        source = source.parent.source
    return any(piece.origin.source.pieces or piece.origin.source.parent for piece in source.pieces)


def mended(findings: Iterable[Finding], *, unsafe: bool = False) -> tuple[dict[str, tuple[str, str]], int]:
    """The files that fixes change, each with its text before and after, and how many fixes were made.

    Of fixes that overlap, the first is made.
    """
    taken: defaultdict[str, list[Change]] = defaultdict(list)
    made = 0
    for finding in findings:
        wanted = changes(finding, unsafe=unsafe)
        if wanted and not any(_overlap(new, old) for new in wanted for old in taken[new.file.name]):
            made += 1
            for change in wanted:
                taken[change.file.name].append(change)
    return {name: _applied(some) for name, some in taken.items() if some}, made


def _overlap(one: Change, other: Change) -> bool:
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


def _applied(some: list[Change]) -> tuple[str, str]:
    before = after = some[0].file.text
    for change in sorted(some, key=lambda change: change.start, reverse=True):
        after = after[: change.start] + change.text + after[change.end :]
    return before, after
