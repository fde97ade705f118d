"""Writing pictures for ``eximulate graph`` and ``eximulate route``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from expander.cli.arguments import CannotRunError
from expander.cli.output import say

if TYPE_CHECKING:
    from expander.pictures.picture import Picture

FORMATS = ("dot", "mermaid", "svg")
GRAPHVIZ = ["dot", "-Tsvg"]


def write(picture: Picture, form: str, output: str | None = None) -> None:
    """Write a picture in one of the `FORMATS`, to a file or to standard output.

    Raises `CannotRunError` where graphviz, which draws SVG, cannot be used.
    """
    lines = picture.mermaid() if form == "mermaid" else picture.dot()
    text = "".join(f"{line}\n" for line in lines)
    if form == "svg":
        text = drawn(text)
    if output is None:
        say(*text.splitlines())
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="surrogateescape")
    except OSError as problem:
        raise CannotRunError(f"cannot write {output}: {problem.strerror}") from None


def drawn(dot: str) -> str:
    """What graphviz draws of a graph, as SVG. Raises `CannotRunError`."""
    from expander.world.real_programs import RealPrograms

    try:
        done = RealPrograms().run(GRAPHVIZ, input=dot.encode("utf-8", "replace"))
    except FileNotFoundError:
        raise CannotRunError(
            "SVG is drawn by graphviz, whose program dot is not installed here (--format dot needs none)"
        ) from None
    except (OSError, TimeoutError) as problem:
        raise CannotRunError(f"graphviz cannot be used: {problem}") from None
    if done.status != 0:
        raise CannotRunError(f"graphviz failed with status {done.status}")
    return done.output.decode("utf-8", "replace")
