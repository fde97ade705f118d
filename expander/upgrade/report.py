"""Remarks about an upgrade for people and for programs."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from drivers.api.text import printing, to_display
from expander.excerpt import excerpt, place
from expander.lint.places import in_file
from expander.upgrade.remark import BREAK, CHANGE, REMARK, Remark
from expander.upgrade.rewrite import edited

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

TITLES = {BREAK: "will break", CHANGE: "will be different", REMARK: "defaults and other remarks"}


def text_lines(path: str, remarks: Sequence[Remark]) -> Iterator[str]:
    """The remarks by severity, each with its line; ready for display."""
    for severity, title in TITLES.items():
        some = [remark for remark in remarks if remark.severity == severity]
        if some:
            yield f"{title}:"
        for remark in some:
            yield from _lines(path, remark)


def _lines(path: str, remark: Remark) -> Iterator[str]:
    where = None if remark.span is None else in_file(remark.span)
    since = f" (since {remark.release})" if remark.release else ""
    text = _one_line(remark.message)
    yield f"{to_display(path) if where is None else place(where)}: {text}{since}"
    if where is not None:
        yield from excerpt(where)
    yield from (f"    note: {_one_line(note)}" for note in remark.notes)


def _one_line(text: str) -> str:
    return to_display(printing(text.replace("\n", " "), top_bit_prints=True))


def diff_lines(remarks: Sequence[Remark]) -> Iterator[str]:
    """The proposed edits as a unified difference; those that are proven apart from the others."""
    proven = [one for one in remarks if one.edits and all(edit.proven for edit in one.edits)]
    others = [one for one in remarks if one.edits and one not in proven]
    for title, some in (
        ("rewrites that keep the meaning (--write makes them):", proven),
        ("rewrites to look at: the new text may differ from the old one:", others),
    ):
        for number, (name, (source, new)) in enumerate(edited(some, proven=False).items()):
            if not number:
                yield title
            shown = to_display(name)
            lines = unified_diff(
                source.text.splitlines(), new.splitlines(), shown, f"{shown} (new)", lineterm="", n=1
            )
            yield from (to_display(line) for line in lines)


def as_data(remarks: Sequence[Remark]) -> list[dict[str, Any]]:
    """The remarks as data that JSON can hold."""
    result = []
    for remark in remarks:
        where = None if remark.span is None else in_file(remark.span)
        line, column = (None, None) if where is None else where.position()
        result.append(
            {
                "severity": remark.severity,
                "since": remark.release or None,
                "code": remark.code or None,
                "message": to_display(remark.message),
                "file": None if where is None else to_display(where.source.name),
                "line": line,
                "column": column,
                "notes": [to_display(note) for note in remark.notes],
                "edits": [
                    {
                        "file": to_display(edit.span.source.name),
                        "start": edit.span.start,
                        "end": edit.span.end,
                        "text": to_display(edit.text),
                        "proven": edit.proven,
                    }
                    for edit in remark.edits
                ],
            }
        )
    return result
