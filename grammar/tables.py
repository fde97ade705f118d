"""What Lark works out of a grammar, as plain data that can be kept between runs.

Lark analyses the grammar and makes its LALR tables and the terminals that each state can meet.
Reading those back as dictionaries and pattern texts has two uses: `grammar.machine` runs them
several times faster than Lark's general loop, and a run that finds them on disk need not import Lark.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grammar import lark_cache
from grammar.record import Record

if TYPE_CHECKING:
    from lark import Lark

FORM = 2
"""Changes when the form of the data does."""

NOTHING = "(?!)"
"""The pattern of a state that no terminal of the text leads out of."""

Action = int | tuple[int, str]
"""The state to go to, or how many values a rule takes and the rule's name."""


class Tables(Record):
    """The tables of one grammar.

    ``actions[state]`` maps a terminal or a rule to what is to be done. ``patterns[state]`` is the
    index into ``texts`` of the pattern that finds the next terminal in that state, each terminal a
    named group. ``starts`` has the first and the last state for each rule that a text can be read by.
    """

    actions: list[dict[str, Action]]
    patterns: list[int]
    texts: list[str]
    starts: dict[str, tuple[int, int]]


def load(name: str, starts: tuple[str, ...] = ("start",)) -> Tables:
    """The tables of the grammar file ``name`` beside this module, from disk if they are there.

    ``starts`` are the rules that a text can be read by.
    """
    folder = lark_cache.cache_directory()
    if folder is None:
        return made(name, starts)
    grammar = Path(__file__).with_name(name).read_bytes()
    version = f"{FORM} {starts} {sys.version} {_lark_stamp()}".encode()
    key = hashlib.sha256(version + b"\0" + grammar).hexdigest()[:16]
    path = folder / f"{name}.{key}.tables"
    try:
        return Tables(*marshal.loads(path.read_bytes()))  # noqa: S302 - the folder is this user's alone
    except (OSError, ValueError, EOFError, TypeError):
        tables = made(name, starts)
        _keep(path, tables)
        return tables


def _lark_stamp() -> str:
    """Something that changes when another Lark is installed, without importing it."""
    found = find_spec("lark")
    if found is None or found.origin is None:
        return ""
    return f"{found.origin} {Path(found.origin).stat().st_mtime_ns}"


def _keep(path: Path, tables: Tables) -> None:
    data = (tables.actions, tables.patterns, tables.texts, tables.starts)
    temporary = path.with_suffix(f".{os.getpid()}")
    try:
        temporary.write_bytes(marshal.dumps(data))
        temporary.replace(path)
    except OSError:
        return


def made(name: str, starts: tuple[str, ...] = ("start",)) -> Tables:
    """The tables of a grammar file, worked out by Lark."""
    parser: Lark = lark_cache.build(name, kept=False, start=list(starts))
    frontend: Any = parser.parser
    table = frontend.parser._parse_table  # noqa: SLF001 - Lark has no public way to them
    lexers = frontend.lexer.lexers
    states = sorted(table.states)
    if states != list(range(len(states))):
        message = f"the states of {name} are not numbered from 0"
        raise ValueError(message)
    texts: dict[str, int] = {}
    patterns = []
    for state in states:
        found = lexers[state].scanner._mres  # noqa: SLF001
        if len(found) > 1:
            message = f"{name} has more terminals in one state than a pattern can hold"
            raise ValueError(message)
        patterns.append(texts.setdefault(found[0].pattern if found else NOTHING, len(texts)))
    actions = [{symbol: _action(found) for symbol, found in table.states[state].items()} for state in states]
    ends = {start: (table.start_states[start], table.end_states[start]) for start in starts}
    return Tables(actions, patterns, list(texts), ends)


def _action(found: tuple[Any, Any]) -> Action:
    target = found[1]
    if isinstance(target, int):
        return target
    return len(target.expansion), str(target.origin.name)
