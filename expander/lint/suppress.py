"""Comments of the configuration that tell the checker what to leave out.

``# eximulate: ignore CODE[, NAME...] [-- reason]`` is for the next logical line, ``ignore-start`` and
``ignore-end`` go around several lines, ``ignore-file`` is for the whole file that it stands in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.finding import Edit, Finding, Fix, Note
from expander.lint.places import in_file, macros_at
from expander.lint.rule import resolve
from expander.lint.words import meant
from grammar.record import Record, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from expander.config.model import Config
    from grammar.ast.config import Physical
    from grammar.source import Span

_COMMENT = re.compile(r"\s*#+\s*eximulate:\s*([A-Za-z-]+)(.*)", re.ASCII)
_WORD = re.compile(r"[^\s,]+")
_GAP = re.compile(r"[ \t,]*")
_KINDS = ("ignore", "ignore-start", "ignore-end", "ignore-file")


class _Range(State):
    """What one word of a comment leaves out, from one place of a file to another.

    ``needed`` tells whether anything was left out, or whether the lines are not looked at anyway;
    ``closing`` is the word that ends it. ``main`` is true for a comment about all of the main file, which
    has the findings without a place as well.
    """

    word: Span
    codes: tuple[str, ...]
    reason: str
    start: int
    end: int
    needed: bool = False
    main: bool = False
    closing: Span | None = None

    @property
    def words(self) -> tuple[Span, ...]:
        """The words that make it."""
        return (self.word,) if self.closing is None else (self.word, self.closing)

    def holds(self, finding: Finding, places: Sequence[Span]) -> bool:
        """True if the finding is left out."""
        if finding.code not in self.codes:
            return False
        return (self.main and not places) or any(
            place.source.name == self.word.source.name and self.start <= place.start < self.end
            for place in places
        )


class Suppressed(Record):
    """A finding that a comment leaves out, and the reason that the comment gives."""

    finding: Finding
    reason: str


def suppress(config: Config, findings: Sequence[Finding]) -> tuple[list[Finding], list[Suppressed]]:
    """What is left of the findings, with those about the comments themselves, and what is left out."""
    comments = [
        line for line in config.tree.physical if line.role == "comment" and "eximulate:" in line.span.text
    ]
    if not comments:
        return list(findings), []
    problems: list[Finding] = []
    ranges = list(_ranges(config.tree.physical, problems))
    kept: list[Finding] = []
    left_out: list[Suppressed] = []
    for finding in findings:
        places = _places(finding)
        by = [one for one in ranges if one.holds(finding, places)]
        for one in by:
            one.needed = True
        if by:
            left_out.append(Suppressed(finding, by[0].reason))
        else:
            kept.append(finding)
    return [*kept, *problems, *_unused(ranges)], left_out


def _unused(ranges: Sequence[_Range]) -> Iterator[Finding]:
    """The words of comments that leave nothing out; the fix takes them away, or the whole comment."""
    idle = [one for one in ranges if not one.needed]
    words = [word for one in idle for word in one.words]
    for one in idle:
        edits = tuple(Edit(_place_without(word, words), "") for word in one.words)
        fix = Fix("take it away", edits, safe=True)
        yield Finding("EXC001", f'nothing to ignore for "{one.word.text}"', one.word, fix=fix)


def _place_without(word: Span, idle: Sequence[Span]) -> Span:
    """What goes with a word: the comment, if it has no word but such, else the gap behind it."""
    source = word.source
    number, column = source.position(word.start)
    start = word.start - column + 1
    line = source.line(number)
    found = _COMMENT.match(line)
    names = _WORD.findall(found[2].partition("--")[0]) if found else []
    gone = [each for each in idle if each.source is source and start <= each.start < start + len(line)]
    if len(names) <= len(gone):
        return type(word)(source, start, min(start + len(line) + 1, len(source.text)))
    end = _GAP.match(source.text, word.end)
    assert end is not None
    return type(word)(source, word.start, end.end())


def _places(finding: Finding) -> list[Span]:
    """Where a finding is: its place in a file, and those of the macros that its text comes from."""
    if finding.span is None:
        return []
    definitions = [piece.definition for piece in macros_at(finding.span)]
    return [in_file(finding.span), *(in_file(each) for each in definitions if each is not None)]


def _ranges(lines: Sequence[Physical], problems: list[Finding]) -> Iterator[_Range]:
    """What all comments leave out; faults of the comments go to ``problems``."""
    seen: set[tuple[str, int]] = set()
    opened: list[_Range] = []
    for at, line in enumerate(lines):
        key = (line.span.source.name, line.span.start)
        if line.role != "comment" or key in seen:
            continue
        found = _COMMENT.match(line.span.text)
        if found is None:
            continue
        seen.add(key)
        kind, rest = found[1], found[2]
        if kind not in _KINDS:
            where = line.span.part(found.start(1), found.end(1))
            problems.append(_bad(f'unknown word "{kind}" after "eximulate:"', where, meant(kind, _KINDS)))
            continue
        words, reason = _words(line.span, found.start(2), rest)
        if not words:
            problems.append(_bad(f'"{kind}" names no rule', line.span.part(found.start(1), found.end(1))))
        for word in words:
            codes = resolve(word.text)
            if not codes:
                problems.append(_bad(f'there is no rule "{word.text}"', word, _meant_rule(word.text)))
            elif kind == "ignore-end":
                if not _close(opened, codes, word, line.span):
                    problems.append(_bad(f'"ignore-end {word.text}" without a beginning', word))
            else:
                made = _made(kind, word, codes, reason, lines, at)
                opened += [made] if kind == "ignore-start" else []
                yield made
    problems.extend(
        _bad(f'"ignore-start {one.word.text}" without an end', one.word)
        for one in opened
        if one.end == len(one.word.source.text)
    )


def _words(line: Span, start: int, rest: str) -> tuple[list[Span], str]:
    """The words behind the kind, as places, and the reason."""
    names, _, reason = rest.partition("--")
    return [line.part(start + m.start(), start + m.end()) for m in _WORD.finditer(names)], reason.strip()


def _made(
    kind: str, word: Span, codes: tuple[str, ...], reason: str, lines: Sequence[Physical], at: int
) -> _Range:
    whole = len(word.source.text)
    if kind == "ignore-file":
        main = word.source.name == lines[0].span.source.name
        return _Range(word, codes, reason, 0, whole + 1, main=main)
    if kind == "ignore-start":
        return _Range(word, codes, reason, lines[at].span.end, whole)
    following = [line for line in lines[at + 1 :] if line.span.source.name == word.source.name]
    start, end, skipped = _logical(following)
    return _Range(word, codes, reason, start, end, needed=skipped)


def _logical(lines: Iterable[Physical]) -> tuple[int, int, bool]:
    """Where the next logical line begins and ends, and whether it is one that is skipped."""
    start = end = -1
    for line in lines:
        if line.role == "comment" or (line.role == "blank" and start < 0):
            continue
        if line.role == "skipped":
            return line.span.start, line.span.end, True
        start = line.span.start if start < 0 else start
        end = line.span.end
        if not line.span.text.rstrip().endswith("\\"):
            break
    return start, end, False


def _close(opened: list[_Range], codes: tuple[str, ...], word: Span, line: Span) -> bool:
    """End the last beginning of the same codes in this file."""
    for one in reversed(opened):
        same = one.codes == codes and one.word.source.name == line.source.name
        if same and one.end == len(line.source.text):
            one.end, one.closing = line.start, word
            return True
    return False


def _bad(message: str, span: Span, hint: str = "") -> Finding:
    return Finding("EXC002", message, span, notes=(Note(hint),) if hint else ())


def _meant_rule(word: str) -> str:
    from expander.lint.words import rule_words

    return meant(word, rule_words())
