"""``-be`` and ``-bem``: expansion tests. See the options of these names in the manual."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError, ExpansionError, Fatal
from drivers.api.text import SPACE, Tainted
from expander.cli import errors
from expander.cli.console import STDOUT, Input, complain
from expander.cli.errors import too_long
from grammar.macros import Definition, TooLongError, may_hold_predefined
from grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.protocols import Context
    from expander.api import Expander
    from expander.cli.start import Run
    from expander.expand.template import Template

LONGEST_ARGUMENT = 256
LONGEST_LINE = 1023
"""A line of standard input is read in pieces of so many bytes, its newline included."""

LONGEST_TEXT = 16383
"""All lines of one text together are cut after so many bytes."""

LONGEST_KNOWN = 512
MOST_KNOWN = 4096
"""Lines up to this length, and so many of them, are remembered with what they were compiled to."""

_MACRO_NAME = re.compile(r"[A-Z][A-Za-z0-9_]*", re.ASCII)
_DEFINITION = re.compile(
    r"([A-Z][A-Za-z0-9_]*)[ \t\n\v\f\r]*=(=?)[ \t\n\v\f\r]*(.*?)[ \t\n\v\f\r]*", re.ASCII | re.DOTALL
)
_SET = re.compile(r"set(,t)?[ \t]+acl_([cm])([0-9_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)", re.ASCII | re.DOTALL)
_NAMES_THE_LINE = ("malformed macro definition", "macro name too long")
_LATER = "4.97"
"""Since this release there is ``set``."""


def run(run: Run) -> int:
    """Expand the arguments, or else the lines of standard input; the exit status.

    A failed expansion is an answer like any other: the status stays 0.
    """
    expander = run.expander()
    if "bem" in run.options.modes:
        from expander.cli import bem

        narrator, expander.context.narrator = expander.context.narrator, None
        bem.read(run, expander.context)  # what is expanded for that is our own affair
        expander.context.narrator = narrator
    if "Mset" in run.options.modes:
        from expander.cli import mset

        mset.load(run, expander.context)
    tester = Tester(run, expander)
    try:
        if run.options.arguments:
            tester.arguments(run.options.arguments)
        else:
            tester.standard_input()
    except (ConfigError, Fatal) as problem:
        STDOUT.flush()
        complain(errors.fatal(problem.message, verbose=run.options.verbose))
        return errors.FAILURE
    return 0


class Tester:
    """Answers texts one after the other; macros and ACL variables live from one to the next."""

    def __init__(self, run: Run, expander: Expander) -> None:
        self._run = run
        self._expander = expander
        self._macros = run.config.macros
        # Macros can hold secrets: only an administrator has them here.
        self._with_macros = run.is_admin
        self._later = expander.profile.at_least(_LATER)
        self._known: dict[bytes, Callable[[Context], str]] = {}
        self._answers: dict[bytes, str] = {}
        self._seen: set[bytes] = set()
        self._template: Template | None = None
        self._alike: Callable[[str], re.Match[str] | None] = _none_alike
        self._run_alike: Callable[[Context, Sequence[str], str], str] = _none_to_run

    def arguments(self, texts: list[str]) -> None:
        """Answer each argument."""
        for text in texts:
            self.answer(too_long(text, LONGEST_ARGUMENT, "recipient"))

    def standard_input(self) -> None:
        """Answer each line of standard input, with a prompt before it."""
        lines = Input(before_waiting=STDOUT).each(LONGEST_LINE)
        keep, answers, known, context = STDOUT.keep, self._answers, self._known, self._expander.context
        told, alike, run = context.narrator is not None, self._alike, self._run_alike
        keep("> ")
        for raw in lines:
            if told:  # the prompt stands before what is told
                STDOUT.flush()
            left = context.value
            if raw in answers:
                keep(answers[raw])
            elif raw in known:
                try:
                    keep(f"{known[raw](context)}\n> ")
                except ExpansionError as problem:
                    keep(f"Failed: {problem.message}\n> ")
            elif (found := alike(raw.decode("latin-1"))) is not None and not (
                self._with_macros and self._may_hold_macros(found[0])
            ):
                try:
                    keep(f"{run(context, found.groups(), found[0][:-1])}\n> ")
                except ExpansionError as problem:
                    keep(f"Failed: {problem.message}\n> ")
            else:
                self.answer(logical_line(raw, lines), raw)
                keep("> ")
                if self._sees_another_kind():
                    alike, run = self._alike, self._run_alike
            if left is not None and context.value is left:
                # What a line leaves behind lies in memory that Exim gives back: the next line sees it still,
                # later ones may find anything there, most often nothing.
                context.value = None
        keep("\n")

    def _sees_another_kind(self) -> bool:
        """True if the last line had another template, which will do for all lines that it recognises."""
        template = self._expander.last_template
        if template is None or template is self._template:
            return False
        self._template = template
        self._alike = template.matcher("\n") or _none_alike
        self._run_alike = template.run
        return True

    def answer(self, given: str, raw: bytes = b"") -> None:
        """Write what one text comes to.

        ``raw`` is the line it came from: if it is a text for itself, it need not be looked at again.
        """
        given = given.partition("\0")[0]
        try:
            text = self._replaced(given) if self._with_macros else given
        except TooLongError as problem:
            STDOUT.write(f"Failed: {problem}\n")
            return
        if "A" <= text[:1] <= "Z":
            self._forget()
            self._define(text)
        elif self._later and text.startswith("set") and (setting := _SET.fullmatch(text)):
            self._set(setting)
        else:
            try:
                STDOUT.write(f"{self._expander.expand(text)}\n")
            except ExpansionError as problem:
                STDOUT.write(f"Failed: {problem.message}\n")
            if raw and text is given and len(raw) < LONGEST_KNOWN and raw.rstrip()[-1:] != b"\\":
                self._remember(raw, text)

    def _remember(self, raw: bytes, text: str) -> None:
        """Keep the compiled text of a line that is seen for the second time; few nest deep."""
        seen = self._seen
        if raw in seen:
            made = self._expander.compiled(text)
            if made.constant is None:
                self._known[raw] = made.run
            else:
                self._answers[raw] = f"{made.constant}\n> "
            return
        if len(seen) >= MOST_KNOWN:
            self._forget()
        seen.add(raw)

    def _forget(self) -> None:
        for kept in (self._known, self._answers, self._seen):
            kept.clear()

    def _replaced(self, text: str) -> str:
        """The text with macros replaced, but in the name that a definition begins with."""
        defines = _DEFINITION.fullmatch(text) if "A" <= text[:1] <= "Z" else None
        start = defines.end(1) if defines else 0
        if not self._may_hold_macros(text, start):
            return text
        source = Source("-be", text)
        return self._macros.replace(Span(source, 0, len(text)), start)[0]

    def _may_hold_macros(self, text: str, start: int = 0) -> bool:
        names = self._macros.defined
        return ("_" in text and may_hold_predefined(text, start)) or (
            bool(names) and any(name in text for name in names)
        )

    def _define(self, text: str) -> None:
        """A text that begins with an upper case letter is the definition of a macro, or a bad one."""
        found = _DEFINITION.fullmatch(text)
        if found is None:
            problem = "malformed macro definition"
        else:
            name, again, value = found.groups()
            problem = self._macros.define(Definition(name, value), redefines=bool(again))
            if not problem:
                # Exim names the newest macro, even where an older one was redefined.
                STDOUT.write(f"Defined macro '{next(reversed(self._macros.defined), name)}'\n")
                return
        framed = problem.startswith(_NAMES_THE_LINE)
        file, number = self._run.last_line()
        message = errors.in_configuration(problem, file, number, framed=framed)
        STDOUT.flush()
        complain(errors.complaint(message, verbose=self._run.options.verbose))

    def _set(self, setting: re.Match[str]) -> None:
        """``set acl_m_x = text`` gives an ACL variable its value; with ``,t`` it is tainted."""
        tainted, kind, name, value = setting.groups()
        context = self._expander.context
        values = context.acl_c if kind == "c" else context.acl_m
        values[name] = Tainted(value) if tainted else value
        STDOUT.write(f"variable {kind}{name} set\n")


def _none_alike(_text: str) -> None:
    """Recognises no line."""


def _none_to_run(_ctx: Context, _literals: Sequence[str], text: str) -> str:
    raise LookupError(text)


def logical_line(raw: bytes, more: Iterator[bytes]) -> str:
    r"""One text of standard input: lines that end with a backslash go on in the next.

    White space is dropped at the end of each line and at the start of continuation lines.
    """
    piece = _piece(raw)
    if piece[-1:] != "\\":
        return piece[:LONGEST_TEXT]
    parts: list[str] = []
    length = 0
    while piece.endswith("\\"):
        if length < LONGEST_TEXT:
            parts.append(piece[:-1])
            length += len(piece) - 1
        piece = _piece(next(more, b"")).lstrip(SPACE)
    return ("".join(parts) + piece)[:LONGEST_TEXT]


def _piece(raw: bytes) -> str:
    return raw.decode("latin-1").partition("\0")[0].rstrip(SPACE)
