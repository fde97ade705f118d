"""The arguments of all verbs, as data: for shell completion and the manual page."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from expander.cli.arguments import ParserShownError, VerbParser
from expander.cli.verbs import VERBS
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

FILES = frozenset({"FILE", "PATH", "PATHS", "OLD", "NEW"})
FOLDERS = frozenset({"DIR"})


class Argument(Record):
    """An option of a verb, or what stands by itself where ``names`` is empty.

    ``value`` is how the help calls what follows it, "" for nothing; ``choices`` are all that may follow.
    """

    names: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    help: str


class Verb(Record):
    """A verb: its name, what it is for, its arguments."""

    name: str
    purpose: str
    arguments: tuple[Argument, ...]


def verbs() -> list[Verb]:
    """All verbs, by name."""
    return [Verb(name, purpose, tuple(_arguments(module))) for name, (module, purpose) in VERBS.items()]


def _arguments(module: str) -> list[Argument]:
    VerbParser.is_shown = True
    try:
        import_module(module).run([])
    except ParserShownError as shown:
        return [_argument(action) for action in shown.parser._actions]  # noqa: SLF001 - argparse has no other way
    finally:
        VerbParser.is_shown = False
    raise AssertionError(f"{module} reads no arguments")


def _argument(action: argparse.Action) -> Argument:
    choices: Sequence[str] = tuple(map(str, action.choices or ()))
    takes = action.nargs != 0
    value = "" if not takes else str(action.metavar or ("|".join(choices) or action.dest.upper()))
    return Argument(tuple(action.option_strings), value, tuple(choices), action.help or "")


def named(value: str) -> str:
    """What kind of thing a value is: "file", "folder" or ""."""
    word = value.strip("[]").split(" ")[0].split("=")[-1].strip("[]")
    return "file" if word in FILES else "folder" if word in FOLDERS else ""
