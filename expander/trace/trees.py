"""Trees of configurations and expansions as plain data and as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import printing, to_display
from expander.lint.places import in_file, macros_at
from grammar.ast.config import Node as ConfigNode
from grammar.ast.config import Word as ConfigWord
from grammar.unparse_expansion import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grammar.ast.config import Configuration
    from grammar.ast.expansion import Node as ExpansionNode
    from grammar.source import Span

WIDEST = 80
INDENT = "  "
DEEPEST_INDENT = 40
"""Deeper levels are not moved further to the right: the lines would be nothing but blanks."""


def expansion_data(tree: ExpansionNode, text: str) -> dict[str, Any]:
    """The tree of an expansion as plain data: kind, offsets, and what the node itself says.

    Nodes inside are in ``children``, in the order of the text; ``roles`` tells for each what it is.
    Nodes without any have their ``text``.
    """
    root: dict[str, Any] = {}
    waiting: list[tuple[ExpansionNode, dict[str, Any]]] = [(tree, root)]
    while waiting:
        node, data = waiting.pop()
        data |= {"kind": node.kind, "start": node.start, "end": node.end}
        data |= _plain_fields(node)
        inside = parts(node)
        if not inside:
            data["text"] = to_display(text[node.start : node.end])
        else:
            data["roles"] = [_role(node, part) for part in inside]
            data["children"] = [{} for _ in inside]
            waiting.extend(zip(inside, data["children"], strict=True))
    return root


def _plain_fields(node: ExpansionNode) -> dict[str, Any]:
    """The fields of a node that are values, not nodes."""
    found: dict[str, Any] = {}
    for name in node.record_fields:
        value = getattr(node, name)
        if name not in {"start", "end"} and isinstance(value, str | bool | int):
            found[name] = to_display(value) if isinstance(value, str) else value
    return found


def _role(node: ExpansionNode, part: ExpansionNode) -> str:
    """The name of the field that holds a part."""
    for name in node.record_fields:
        value = getattr(node, name)
        if value is part or (isinstance(value, tuple) and any(one is part for one in value)):
            return name
    return ""


def expansion_lines(tree: ExpansionNode, text: str) -> list[str]:
    """The tree of an expansion, a node to a line: kind, offsets, and the text or the complaint."""
    lines: list[str] = []
    waiting: list[tuple[ExpansionNode, int]] = [(tree, 0)]
    while waiting:
        node, level = waiting.pop()
        said = getattr(node, "message", None)
        shown = (
            f"!! {_short(said)}"
            if said is not None
            else _short(text[node.start : min(node.end, node.start + WIDEST + 1)])
        )
        lines.append(f"{INDENT * min(level, DEEPEST_INDENT)}{node.kind} {node.start}-{node.end}  {shown}")
        waiting.extend((part, level + 1) for part in reversed(parts(node)))
    return lines


def config_data(tree: Configuration) -> dict[str, Any]:
    """The tree of a configuration as plain data; every node has its places in the files."""
    return {
        "kind": tree.kind,
        "files": [to_display(source.name) for source in tree.files],
        "main": [_node_data(node) for node in tree.main],
        "sections": [_node_data(section) for section in tree.sections],
    }


def _node_data(node: ConfigNode) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": node.kind, **_origin(node.span)}
    if isinstance(node, ConfigWord):
        return data | {"text": to_display(node.text)}
    for name in node.record_fields:
        if name not in {"span", "file", "number"}:
            data[name] = _value_data(getattr(node, name))
    return data


def _value_data(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_value_data(one) for one in value]
    if isinstance(value, ConfigNode):
        return _node_data(value)
    return to_display(value) if isinstance(value, str) else value


def _origin(span: Span) -> dict[str, Any]:
    where = in_file(span)
    line, column = where.position()
    end_line, end_column = where.source.position(where.end)
    data: dict[str, Any] = {
        "file": to_display(where.source.name),
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
    macros = [to_display(piece.macro) for piece in macros_at(span)]
    return data | {"macros": macros} if macros else data


def config_lines(tree: Configuration) -> Iterator[str]:
    """The tree of a configuration, a node to a line: place, kind and text."""
    for node in tree.main:
        yield from _node_lines(node, 0)
    for section in tree.sections:
        yield from _node_lines(section, 0)


def _node_lines(node: ConfigNode, level: int) -> Iterator[str]:
    where = in_file(node.span)
    line, column = where.position()
    said = getattr(node, "message", None)
    shown = f"!! {_short(said)}" if said is not None else _short(node.span.text)
    yield f"{'  ' * level}{to_display(where.source.name)}:{line}:{column} {node.kind}  {shown}"
    for name in node.record_fields:
        value = getattr(node, name)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, ConfigNode) and not isinstance(inner, ConfigWord):
                yield from _node_lines(inner, level + 1)


def _short(text: str) -> str:
    cut = text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}..."
    return to_display(printing(cut, top_bit_prints=True))
