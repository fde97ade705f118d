"""The commands of a session that only show something: steps, variables, documentation."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError
from drivers.api.text import printing, to_display

if TYPE_CHECKING:
    from expander.repl.session import Session


def show_steps(session: Session, rest: str) -> list[str]:
    """``:explain [text]``."""
    from expander.excerpt import error_lines
    from expander.trace.steps import explain, lines

    explanation = explain(session.expander, rest) if rest else session.last
    if explanation is None:
        return ["usage: :explain text (or, after an expansion, :explain alone)"]
    problem = [] if explanation.error is None else error_lines(explanation.error)
    return [*lines(explanation), *problem]


def show_variables(session: Session, rest: str) -> list[str]:
    """``:vars [pattern]``: with a pattern all that match, else those with a value."""
    ctx = session.expander.context
    pattern = rest.removeprefix("$")
    shown = []
    for name in registry.names("variable"):
        entry = registry.entry("variable", name)
        if entry is None or name.endswith("*") or not ctx.profile.has(entry):
            continue
        if pattern and not fnmatchcase(name, pattern):
            continue
        value = _value(session, name)
        if value or pattern:
            shown.append(f"${name} = {value}")
    families = (("acl_c", ctx.acl_c), ("acl_m", ctx.acl_m))
    own = [(f"{family}{name}", value) for family, values in families for name, value in values.items()]
    own += [(f"h_{name}:", text.partition(":")[2].strip()) for name, text in ctx.headers or ()]
    shown += [f"${name} = {_one_line(value)}" for name, value in own if fnmatchcase(name, pattern or "*")]
    return shown or _no_variable(rest)


def _no_variable(pattern: str) -> list[str]:
    from expander.explain import nearest

    near = [name for _, name in nearest(pattern.strip("$*?"), ["variable"])]
    meant = f"; did you mean {', '.join(f'${name}' for name in near)}?" if near else ""
    return [f"no variable matches {to_display(pattern)}{meant}"]


def _value(session: Session, name: str) -> str:
    try:
        return _one_line(session.expander.expand(f"${{{name}}}"))
    except ExpansionError as error:
        return f"!! {_one_line(error.message)}"


def _one_line(text: str) -> str:
    return to_display(printing(text, top_bit_prints=True))


def show_unit(session: Session, rest: str) -> list[str]:
    """``:doc NAME``."""
    from expander.explain import described, matching, nearest, shown_name

    if not rest:
        return ["usage: :doc NAME"]
    units = matching(rest)
    if not units:
        near = [shown_name(name) for _, name in nearest(rest, registry.families())]
        meant = f"; did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
        return [f'error: nothing is called "{to_display(rest)}"{meant}']
    lines: list[str] = []
    for unit in units:
        lines += [*([""] if lines else []), *described(unit, session.expander.profile)]
    return lines
