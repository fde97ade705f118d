"""``eximulate check --fix`` and ``--diff``: the fixes of findings, made or shown."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import to_bytes, to_display
from expander.cli.arguments import CannotRunError
from expander.cli.check_plan import STDIN, examine
from expander.cli.output import complain, say
from expander.lint.mend import mended
from expander.lint.outcome import every_finding

if TYPE_CHECKING:
    from expander.cli.check_plan import Plan
    from expander.lint.outcome import Outcome


def fix(plan: Plan, *, show: bool, unsafe: bool, rounds: int) -> list[Outcome]:
    """Make the fixes, or show them as a diff: what is found afterwards, or what was found.

    Files are changed only if they are named, or lie in or below the folder of one that is.
    Raises `CannotRunError` for a file that cannot be written.
    """
    outcomes = examine(plan)
    made = 0
    for _ in range(rounds):
        files, count = mended(every_finding(outcomes), unsafe=unsafe)
        files = {name: texts for name, texts in files.items() if _may_change(name, plan)}
        if show:
            for name, (before, after) in files.items():
                say(*_diff(name, before, after))
            return outcomes
        if not files:
            break
        made += count
        for name, (before, after) in files.items():
            _write(name, before, after)
        outcomes = examine(plan)
    if made:
        complain(f"{made} fix{'' if made == 1 else 'es'} made")
    return outcomes


def _may_change(name: str, plan: Plan) -> bool:
    if name == STDIN:
        return False
    path = Path(to_display(name)).absolute()
    return any(path.is_relative_to(Path(to_display(each)).absolute().parent) for each in plan.paths)


def _write(name: str, before: str, after: str) -> None:
    """Write a file unless it is another one by now."""
    path = Path(to_display(name))
    try:
        if path.read_bytes() != to_bytes(before):
            raise CannotRunError(f"{path} is not the file that was checked")
        path.write_bytes(to_bytes(after))
    except OSError as problem:
        raise CannotRunError(f"cannot write {path}: {problem.strerror}") from None


def _diff(name: str, before: str, after: str) -> list[str]:
    shown = to_display(name)
    old, new = (text.removesuffix("\n").split("\n") for text in (before, after))
    lines = difflib.unified_diff(old, new, shown, shown, lineterm="")
    return [line if line.startswith(("---", "+++")) else to_display(line) for line in lines]
