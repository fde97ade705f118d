"""One call of Exim's expansion procedure, told step by step: what ``-d+expand`` shows of a group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import is_tainted, tainted_like
from expander.trace.narrator import Narrator
from grammar.expansion_tokens import unescape

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api import protocols
    from drivers.api.protocols import Context, Run
    from expander.expand.compiled import Skip

NUL = "\0"
SILENT = Narrator(lambda _text: None)
"""Is told what nobody wants to hear."""

OPERATOR_RESULT, ITEM_RESULT = "├─────op-res: ", "├───item-res: "

_CHUNK = re.compile(
    r"\\N(?P<protected>(?:(?!\\N)[\s\S])*)(?:\\N|\Z)"
    r"|(?P<escape>\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{0,2}|[\s\S]?))"
    r"|[\s\S][^\\$}]*"
)


class Telling(NamedTuple):
    """What is told of a piece of plain text: where it begins, the head of the line, and the line."""

    at: int
    head: str
    text: str


class Step(NamedTuple):
    """A piece of a group: plain text, which is told in parts, or something to ``run`` or to ``skip``.

    ``at`` is where it begins. ``value`` is that of text, or of another piece where it is skipped.
    ``result`` is the head of the line for its value, or "", ``scanned`` the same where it is skipped.
    ``is_variable`` is true for variables and header lines.
    """

    at: int
    value: str
    tellings: tuple[Telling, ...] = ()
    run: Run | None = None
    skip: Skip | None = None
    result: str = ""
    scanned: str = ""
    is_variable: bool = False


def raw_value(text: str) -> str:
    """What a piece of text comes to in which dollars are nothing special."""
    found = []
    for chunk in _CHUNK.finditer(text):
        if chunk["protected"] is not None:
            found.append(chunk["protected"])
        elif chunk["escape"] is not None:
            found.append(unescape(chunk[0]) if len(chunk[0]) > 1 else "")
        else:
            found.append(chunk[0])
    return "".join(found)


def tellings(text: str, at: int) -> tuple[Telling, ...]:
    """How Exim takes a text that begins at ``at`` apart: runs of text, escapes, protected text."""
    found = []
    for chunk in _CHUNK.finditer(text):
        if chunk["protected"] is not None:
            head, told = "├──protected: ", chunk["protected"]
        elif chunk["escape"] is not None:
            head, told = "├backslashed: ", f"'{chunk[0][:2]}'"
        else:
            head, told = "├───────text: ", chunk[0]
        found.append(Telling(at + chunk.start(), head, told))
    return tuple(found)


class Group:
    """A group of an expansion, or its whole text, with what is told of it.

    ``text`` is the whole text; the group stands in it from ``start`` to ``end``.
    """

    def __init__(self, text: str, start: int, end: int, steps: tuple[Step, ...]) -> None:
        self._text = text
        self._start = start
        self._end = end
        self._steps = steps

    def run(self, ctx: Context) -> str:
        """Expand the group, telling the context's narrator."""
        return self._told(ctx, self._expand)

    def scan(self, ctx: Context) -> None:
        """Go through the group because its result is not used."""
        self._told(ctx, self._scan)

    def _told(self, ctx: Context, work: Callable[[Context, protocols.Narrator], str]) -> str:
        narrator = ctx.narrator or SILENT
        narrator.level += 1
        try:
            return work(ctx, narrator)
        except ExpansionError as error:
            narrator.failure(self._text[self._start :], error.message, forced=isinstance(error, ForcedFail))
            raise
        finally:
            narrator.level -= 1

    def _expand(self, ctx: Context, narrator: protocols.Narrator) -> str:
        values: list[str] = []
        for step in self._steps:
            if step.run is None:
                self._tell_text(narrator, step, "considering")
                values.append(step.value)
                continue
            self._come_to(narrator, step.at, "considering")
            value = step.run(ctx)
            values.append(value)
            if step.result == OPERATOR_RESULT or (step.result and self._is_told(step, values)):
                narrator.value(step.result, value, tainted=any(map(is_tainted, values)))
        self._come_to(narrator, self._end, "considering")
        joined = "".join(values).partition(NUL)[0]
        narrator.draw("├──expanding: ", self._text[self._start : self._end])
        text = tainted_like(joined, *values)
        narrator.value("╰─────result: ", text, tainted=is_tainted(text))
        return text

    def _scan(self, ctx: Context, narrator: protocols.Narrator) -> str:
        values: list[str] = []
        for step in self._steps:
            if step.tellings:
                self._tell_text(narrator, step, "───scanning")
            else:
                self._come_to(narrator, step.at, "───scanning")
                if step.skip is not None:
                    step.skip(ctx)
            values.append(step.value)
            if step.scanned and self._is_told(step, values):
                narrator.value(step.scanned, step.value)
        self._come_to(narrator, self._end, "───scanning")
        text = "".join(values).partition(NUL)[0]
        narrator.draw("├──expanding: ", self._text[self._start : self._end])
        narrator.draw("├─────result: ", text)
        narrator.draw("╰───skipping: ", "result is not used")
        return text

    def _is_told(self, step: Step, values: list[str]) -> bool:
        """True if the value of an item is told.

        It is not where it would be repeated at once, at the end of the whole text, nor where there is
        nothing but an empty variable so far.
        """
        index = self._steps.index(step)
        following = self._steps[index + 1].at if index + 1 < len(self._steps) else self._end
        if following >= len(self._text) and not any(values[:-1]):
            return False
        return any(values) or not any(earlier.is_variable for earlier in self._steps[:index])

    def _tell_text(self, narrator: protocols.Narrator, step: Step, what: str) -> None:
        for at, head, text in step.tellings:
            self._come_to(narrator, at, what)
            narrator.draw(head, text)

    def _come_to(self, narrator: protocols.Narrator, at: int, what: str) -> None:
        rest = self._text[at:]
        if rest:
            narrator.draw(f"{'╭' if at == self._start else '├'}{what}: ", rest)
