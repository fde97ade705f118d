"""Writes the tables in ``grammar/made`` out of the grammars: ``python -m grammar.table_tool [--check]``.

Lark analyses each grammar and makes its LALR tables and the terminals that each state can meet;
`grammar.tables` tells what they are as plain data. States are numbered in the order in which they
are met, so that the same grammar gives the same file. With ``--check`` nothing is written: the exit
status is 1 if a file is not what would be written.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grammar.tables import APPEND, Action, Tables, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lark import Lark

FOLDER = Path(__file__).resolve().parent
GRAMMARS = {
    "address": ("start",),
    "arithmetic": ("start",),
    "config": ("main_line", "acl_line", "retry_line", "rewrite_line", "driver_line", "clause"),
    "expansion": ("start",),
    "filter": ("start",),
    "sieve": ("start",),
}
"""The grammars that are run by `grammar.machine`, with the rules that a text can be read by."""

NOTHING = "(?!)"
"""The pattern of a state that no terminal of the text leads out of."""

Rows = list[dict[str, Action]]


def parser(name: str) -> Lark:
    """Lark's parser for a grammar: LALR with the contextual lexer."""
    from lark import Lark

    text = (FOLDER / f"{name}.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False, start=list(GRAMMARS[name]))


def made(name: str) -> Tables:
    """The tables of a grammar, worked out by Lark. Raises `ValueError` for one that has no tables."""
    frontend: Any = parser(name).parser
    table = frontend.parser._parse_table  # noqa: SLF001 - Lark has no public way to them
    lexers = frontend.lexer.lexers
    states = sorted(table.states)
    if states != list(range(len(states))):
        message = f"the states of {name} are not numbered from 0"
        raise ValueError(message)
    patterns = []
    for state in states:
        found = lexers[state].scanner._mres  # noqa: SLF001
        if len(found) > 1:
            message = f"{name} has more terminals in one state than a pattern can hold"
            raise ValueError(message)
        patterns.append(found[0].pattern if found else NOTHING)
    actions = [{symbol: _action(found) for symbol, found in table.states[state].items()} for state in states]
    starts = {start: (table.start_states[start], table.end_states[start]) for start in GRAMMARS[name]}
    return _numbered(_shortened(actions, {last for _, last in starts.values()}), patterns, starts)


def _action(found: tuple[Any, Any]) -> Action:
    target = found[1]
    if isinstance(target, int):
        return target
    return len(target.expansion), str(target.origin.name)


def _shortened(actions: Rows, ends: set[int]) -> Rows:
    """The actions, without going through states that do nothing but reduce one rule.

    ``ends`` are the states that end a parse; those are always gone through.
    """
    only = [None if state in ends else _only_rule(row) for state, row in enumerate(actions)]
    reached_by = {target: symbol for row in actions for symbol, target in row.items() if type(target) is int}

    def shortened(state: int, symbol: str, action: Action) -> Action:
        if type(action) is not int:
            return action
        listed = False
        while True:
            rule = only[action]
            if rule is None:
                return -2 - action if listed else action
            size, name = rule
            if name.startswith("__"):  # the list that Lark makes of a repeat
                if size == 2 and reached_by.get(state) == name and not listed:
                    return APPEND
                if size != 1 or listed:
                    break
                listed = True
            elif size != 1 or not name.startswith("_") or listed:
                break
            following = actions[state][name]
            if type(following) is not int:
                break
            action = following
        # A list that is the last value of another rule goes the long way.
        return actions[state][symbol] if listed else (size, name, True)

    return [
        {symbol: shortened(state, symbol, action) for symbol, action in row.items()}
        for state, row in enumerate(actions)
    ]


def _only_rule(row: dict[str, Action]) -> tuple[int, str] | None:
    """The rule that a state reduces, whatever follows, if it does nothing else."""
    found = set(row.values())
    if len(found) != 1:
        return None
    (action,) = found
    return action if type(action) is tuple and len(action) == 2 else None


def _numbered(actions: Rows, patterns: list[str], starts: dict[str, tuple[int, int]]) -> Tables:
    """The states that can be reached, numbered in the order of their rules and symbols.

    Lark numbers them otherwise in each run.
    """
    order = list(dict.fromkeys(state for ends in starts.values() for state in ends))
    numbers = {state: number for number, state in enumerate(order)}
    for state in order:  # grows while it is gone through
        for _, action in sorted(actions[state].items()):
            target = _target(action)
            if target is not None and target not in numbers:
                numbers[target] = len(order)
                order.append(target)

    def renumbered(action: Action) -> Action:
        target = _target(action)
        if target is None or type(action) is not int:
            return action
        return numbers[target] if action >= 0 else -2 - numbers[target]

    rows = [{symbol: renumbered(action) for symbol, action in sorted(actions[at].items())} for at in order]
    ends = {rule: (numbers[first], numbers[last]) for rule, (first, last) in starts.items()}
    return tables(rows, [patterns[state] for state in order], ends)


def _target(action: Action) -> int | None:
    """The state that an action goes to."""
    if type(action) is not int or action == APPEND:
        return None
    return action if action >= 0 else -2 - action


def render(name: str) -> str:
    """The text of the module with the tables of a grammar."""
    found = made(name)
    rows = {repr(row): at for at, row in enumerate(found.actions)}
    numbers = {text: number for number, text in enumerate(rows)}
    patterns = {text: number for number, text in enumerate(dict.fromkeys(found.patterns))}
    states = [(numbers[repr(row)], patterns[text]) for row, text in _pairs(found)]
    lines = [
        f'"""What Lark makes of ``{name}.lark``: written by ``grammar.table_tool``."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import TYPE_CHECKING",
        "",
        "if TYPE_CHECKING:",
        "    from grammar.tables import Action",
        "",
        "# fmt: off",
        "ROWS: tuple[dict[str, Action], ...] = (",
        *(f"    {text}," for text in rows),
        ")",
        "PATTERNS = (",
        *(f"    {text!r}," for text in patterns),
        ")",
        "STATES = (",
        *(f"    {state}," for state in states),
        ")",
        f"STARTS: dict[str, tuple[int, int]] = {found.starts}",
    ]
    return "\n".join(lines) + "\n"


def _pairs(found: Tables) -> Iterable[tuple[dict[str, Action], str]]:
    return zip(found.actions, found.patterns, strict=True)


def stale() -> dict[Path, str]:
    """The files that are not what would be written, with what would be."""
    found = {}
    for name in GRAMMARS:
        path, text = FOLDER / "made" / f"{name}.py", render(name)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            found[path] = text
    return found


def main(arguments: list[str]) -> int:
    """Write the tables, or with ``--check`` compare them; the exit status."""
    found = stale()
    if "--check" in arguments:
        for path in found:
            message = f"{path.name} is not what Lark makes of the grammar: run python -m grammar.table_tool\n"
            sys.stderr.write(message)
        return 1 if found else 0
    for path, text in found.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
