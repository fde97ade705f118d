"""Pictures of nodes and arrows, written for graphviz (DOT) and for Mermaid; texts are for display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOX, ROUND, QUESTION, NOTE = "box", "round", "question", "note"
"""The shapes of nodes."""

_DOT_SHAPES = {BOX: "box", ROUND: "ellipse", QUESTION: "diamond", NOTE: "note"}
_MERMAID_SHAPES = {BOX: ("[", "]"), ROUND: ("([", "])"), QUESTION: ("{{", "}}"), NOTE: ("[/", "/]")}


class Node(Record):
    """A node: ``lines`` of text in a shape; ``group`` is the frame that it stands in, "" for none."""

    name: str
    lines: tuple[str, ...]
    shape: str = BOX
    group: str = ""


class Arrow(Record):
    """An arrow from one node to another by their names; a ``weak`` one is dashed."""

    start: str
    end: str
    label: str = ""
    weak: bool = False


class Picture(Record):
    """Nodes in their order, and arrows between them."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def dot(self) -> list[str]:
        """The lines of a graph for graphviz."""
        number = self._numbers("n")
        lines = [f"digraph {_quoted(self.title)} {{", '  node [fontname="sans-serif"];']
        lines += ['  edge [fontname="sans-serif", fontsize=10];']
        for at, (group, nodes) in enumerate(self._groups()):
            if group:
                lines += [f"  subgraph cluster_{at} {{", f"    label={_quoted(group)};"]
            indent = "    " if group else "  "
            lines += [
                f"{indent}{number[node.name]} [shape={_DOT_SHAPES[node.shape]}, label={_label(node.lines)}];"
                for node in nodes
            ]
            lines += ["  }"] if group else []
        for arrow in self.arrows:
            words = [f"label={_quoted(arrow.label)}"] if arrow.label else []
            words += ["style=dashed"] if arrow.weak else []
            shown = f" [{', '.join(words)}]" if words else ""
            lines.append(f"  {number[arrow.start]} -> {number[arrow.end]}{shown};")
        return [*lines, "}"]

    def mermaid(self) -> list[str]:
        """The lines of a flowchart for Mermaid."""
        number = self._numbers("n")
        lines = ["flowchart TD"]
        for at, (group, nodes) in enumerate(self._groups()):
            if group:
                lines.append(f'  subgraph g{at}["{_escaped(group)}"]')
            for node in nodes:
                before, after = _MERMAID_SHAPES[node.shape]
                text = "<br/>".join(map(_escaped, node.lines))
                lines.append(f'    {number[node.name]}{before}"{text}"{after}')
            if group:
                lines.append("  end")
        for arrow in self.arrows:
            way = "-.->" if arrow.weak else "-->"
            label = f'|"{_escaped(arrow.label)}"|' if arrow.label else ""
            lines.append(f"  {number[arrow.start]} {way}{label} {number[arrow.end]}")
        return lines

    def _numbers(self, letter: str) -> dict[str, str]:
        return {node.name: f"{letter}{at}" for at, node in enumerate(self.nodes)}

    def _groups(self) -> Iterator[tuple[str, list[Node]]]:
        """The frames in the order of their first nodes, each with its nodes."""
        groups: dict[str, list[Node]] = {}
        for node in self.nodes:
            groups.setdefault(node.group, []).append(node)
        yield from groups.items()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _label(lines: Iterable[str]) -> str:
    return '"' + "\\n".join(_quoted(line)[1:-1] for line in lines) + '"'


def _escaped(text: str) -> str:
    """A text as Mermaid takes it between quotes: what could end it or be markup as character entities."""
    return "".join(
        char if char.isalnum() or char in " @.,:=+-*/()_!?'~^%$" else f"#{ord(char)};" for char in text
    )
