"""Asks a real Exim what scenarios ask: with ``-be``, ``-bt``, ``-bv``, ``-brt``, ``-brw`` and ``-bh``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes
from expander.session.verdict import Replies
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.outside import World
    from expander.testing.against.apart import Apart
    from expander.testing.against.observed import Question

PATIENCE = 60.0
"""Seconds that one question may take."""

_VERSION = re.compile(r"Exim version (\S+)")
_RETRY = re.compile(r"^Retry rule: \S+  \S+  (.*)$", re.MULTILINE)
_NAMED = re.compile(r" *(\S+): (.*)")


class RealExim(Record):
    """An Exim by the name of its program, with a configuration and what is set as with ``-D``.

    ``apart`` is where it is run, if not on this machine as it is.
    """

    program: str
    world: World
    config: str
    macros: tuple[str, ...] = ()
    apart: Apart | None = None

    def version(self) -> str:
        """Its release; "" for a program that is no Exim. Raises ``OSError``."""
        found = _VERSION.search(self._output(["-bV"]))
        return found[1] if found else ""

    def problem(self) -> str:
        """Why it does not take the configuration, "" if it does."""
        status, said = self._run(["-bV"], merged=True)
        return "" if status == 0 else f"{self.program} does not take it: {' '.join(said.split())}"

    def answer(self, question: Question) -> str | list[str]:
        """What it answers: a text, or the replies of a session. Raises ``OSError``."""
        words = question.words
        if question.kind == "expand":
            return self._output(["-be", *words]).removesuffix("\n")
        if question.kind == "route":
            return self._output(["-bt", words[0]])
        if question.kind == "verify":
            return self._output(["-bvs" if "sender" in words[1:] else "-bv", words[0]])
        if question.kind == "retry":
            return self._output(["-brt", *words])
        if question.kind == "rewrite":
            return self._output(["-brw", words[0]])
        return self._replies(words[0], question.sent)

    def _replies(self, peer: str, sent: bytes) -> list[str]:
        taken = Replies()
        said = self._output(["-bh", peer], sent).replace("\r\n", "\n")
        taken.take("".join(f"{line}\r\n" for line in said.split("\n")))
        return [str(reply) for reply in taken.done]

    def _output(self, arguments: Sequence[str], given: bytes = b"") -> str:
        return self._run(arguments, given)[1]

    def _run(self, arguments: Sequence[str], given: bytes = b"", *, merged: bool = False) -> tuple[int, str]:
        macros = [f"-D{macro}" for macro in self.macros]
        argv = [self.program, "-C", self.config, *macros, *arguments]
        if self.apart is not None:
            argv = self.apart.command(argv)
        done = self.world.programs.run(argv, input=given, timeout=PATIENCE, merge_stderr=merged)
        return done.status, from_bytes(done.output)


def rule_shown(output: str) -> str:
    """The steps of the rule that ``-brt`` shows, as a scenario's step ``retry`` has them; "none" for none."""
    found = _RETRY.search(output)
    return found[1].strip().removesuffix(";").strip() if found is not None else "none"


def rewritten(output: str, place: str) -> str:
    """The address that ``-brw`` shows for a place, by its name."""
    lines = (_NAMED.fullmatch(line) for line in output.splitlines())
    return next((found[2] for found in lines if found is not None and found[1] == place), "")
