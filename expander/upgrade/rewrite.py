"""The proposed edits as new texts of the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expander.upgrade.remark import Edit, Remark
    from grammar.source import Source


def edited(remarks: Iterable[Remark], *, proven: bool) -> dict[str, tuple[Source, str]]:
    """The old and the new text of each file that edits touch, by the file's name.

    With ``proven`` only those remarks count whose edits are all proven.
    """
    edits: dict[str, dict[int, Edit]] = {}
    sources: dict[str, Source] = {}
    for remark in remarks:
        if proven and not all(edit.proven for edit in remark.edits):
            continue
        for edit in remark.edits:
            source = edit.span.source
            sources[source.name] = source
            edits.setdefault(source.name, {})[edit.span.start] = edit
    return {name: (source, _applied(source.text, edits[name])) for name, source in sources.items()}


def _applied(text: str, edits: dict[int, Edit]) -> str:
    for start in sorted(edits, reverse=True):
        text = text[:start] + edits[start].text + text[edits[start].span.end :]
    return text
