"""From the tree of a configuration back to text, and to data that JSON can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grammar.ast.config import Configuration, Node, Physical
from grammar.record import Record
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable


def unparse(tree: Configuration, file: str | None = None) -> str:
    """The text of one of the files of a configuration, the main one where none is named.

    Nothing is lost: comments, blank lines, continuations, conditionals, skipped parts and uses of
    macros stand as they were. A file that is included twice gives its text once. Raises
    ``KeyError`` for a file that does not belong to the configuration.
    """
    sources = {source.name: source for source in tree.files}
    source = sources[file] if file is not None else tree.files[0]
    return join_physical(line for line in tree.physical if line.span.source is source)


def join_physical(lines: Iterable[Physical]) -> str:
    """The text of physical lines of one file, each taken once, in the order in which they stand."""
    by_place = {line.span.start: line.span.text for line in lines}
    return "".join(text for _, text in sorted(by_place.items()))


def place(span: Span) -> dict[str, Any]:
    """Where a piece of text comes from: file, line, column, end, and the macros that it came through."""
    origin = span.origin()
    line, column = origin.position()
    end_line, end_column = origin.source.position(origin.end)
    result: dict[str, Any] = {
        "file": origin.source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
    macros = []
    for piece in span.macros():
        entry: dict[str, Any] = {"name": piece.macro}
        if piece.definition is not None:
            definition = piece.definition.origin()
            at = definition.position()
            entry |= {"file": definition.source.name, "line": at[0], "column": at[1]}
        macros.append(entry)
    return result | ({"macros": macros} if macros else {})


def tree_to_json(node: object) -> Any:
    """A node as dictionaries, lists, text, numbers and truth values.

    Each node becomes a dictionary with its ``kind``, its ``at`` (see `place`), its ``text`` where it
    is a word, and its fields. Text is held text: one character stands for one byte.
    """
    if isinstance(node, Configuration):
        return {
            "kind": node.kind,
            "files": [source.name for source in node.files],
            "main": [tree_to_json(child) for child in node.main],
            "sections": [tree_to_json(child) for child in node.sections],
            "physical": [tree_to_json(child) for child in node.physical],
        }
    if isinstance(node, tuple | list):
        return [tree_to_json(child) for child in node]
    if not isinstance(node, Node):
        return node if not isinstance(node, Record) or isinstance(node, Source) else str(node)
    result: dict[str, Any] = {"kind": node.kind, "at": place(node.span)}
    if not any(isinstance(getattr(node, name), Node | tuple) for name in node.record_fields):
        result["text"] = node.span.text
    for name in node.record_fields:
        if name not in {"span", "file", "number"}:
            result[name] = tree_to_json(getattr(node, name))
    return result
