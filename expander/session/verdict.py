"""What a session tells of itself: replies, and what ACLs have decided."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, DISCARD, DROP, ERROR, FAIL, OK
from drivers.api.text import to_display
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from expander.acl.clauses import Done
    from expander.config.model import Config
    from expander.session.judging import AclResult

OUTCOMES = {
    OK: "accepted",
    DISCARD: "discarded",
    FAIL: "denied",
    DEFER: "deferred",
    DROP: "dropped",
    ERROR: "error",
}
"""What the words of `drivers.api.acl` mean for the client."""

MESSAGES = frozenset({"message", "log_message", "endpass"})
"""Words of a statement that are not carried out in their turn."""

LINES_BEFORE = 2
"""ACLs that are read from files and texts are numbered with so many lines before them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the server: its code, and its lines without code and end, held as latin-1 text."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines with newlines between them."""
        return "\n".join(self.lines)

    @property
    def is_positive(self) -> bool:
        """True for a reply that the client was to hope for: 2xx and 3xx."""
        return self.code < 400

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


@dataclass(frozen=True, slots=True)
class Value:
    """A condition or modifier of the statement that decided.

    ``value`` is its text after expansion (a list as it is written), ``outcome`` a word of `drivers.api.acl`
    after negation: "OK" where it holds. ``text`` is what stands in the configuration,
    "" if that is the value itself.
    """

    name: str
    value: str
    outcome: str
    negated: bool = False
    text: str = ""

    def explain(self) -> str:
        """The name and the value, with the text in the configuration where that is another."""
        written = " ".join(self.text.split())
        shown = f" (from {written})" if written and written != " ".join(self.value.split()) else ""
        return f"{'!' if self.negated else ''}{self.name} = {self.value}{shown}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one ACL has decided in one phase of a session.

    ``phase`` is the end of the option's name (``rcpt`` for ``acl_smtp_rcpt``), ``about`` what was judged (the
    address, the name of HELO), ``acl`` the name of the ACL, the path of its file or "" for a text. ``file``,
    ``line`` and ``verb`` say which statement decided; ``line`` is 0 and ``verb`` "" where none did: at the
    end of an ACL, without one, and where it could not be run. ``outcome`` is a word of `OUTCOMES`,
    ``message`` and ``log_message`` are what the ACL wants to tell the client and the log, ``values`` the
    conditions and modifiers of the statement.
    """

    phase: str
    about: str
    acl: str
    file: str
    line: int
    verb: str
    outcome: str
    message: str
    log_message: str
    values: tuple[Value, ...]

    def explain(self) -> str:
        """A line that says who decided what about whom, and the values of the conditions."""
        about = f" {self.about}" if self.about else ""
        where = f" at {self.place}" if self.place else ""
        verb = f" ({self.verb})" if self.verb else ""
        values = "; ".join(value.explain() for value in self.values)
        shown = f": {values}" if values else ""
        who = self.acl or "default"
        return to_display(f"{self.phase}{about}: {self.outcome} by {who}{where}{verb}{shown}")

    @property
    def place(self) -> str:
        """``file:line``, the file alone where there is no line; "" without both."""
        return f"{self.file}:{self.line}" if self.line else self.file


def verdict(phase: str, about: str, result: AclResult, config: Config | None) -> Verdict:
    """The verdict on ``about`` that is in the result of an ACL."""
    decided, outcome = result.decided, OUTCOMES[result.word]
    told = (outcome, result.message, result.log_message)
    if decided is None:
        return Verdict(phase, about, "", "", 0, "", *told, ())
    name = decided.acl.removeprefix("ACL ").strip('"') if decided.acl.startswith("ACL ") else ""
    statement = decided.statement
    if statement is None:
        acl = config.acls.get(name) if config is not None else None
        return Verdict(phase, about, name, acl.span.origin().source.name if acl else "", 0, "", *told, ())
    file, line = statement.file, statement.number
    if not decided.is_from_config:
        file, line = name, line - LINES_BEFORE
        setting = config.options.settings.get(f"acl_smtp_{phase}") if config is not None else None
        if not name and setting is not None:
            origin = setting.span.origin()
            file, line = origin.source.name, origin.position()[0]
    clauses = [one for one in statement.clauses if isinstance(one, Clause) and one.name.text not in MESSAGES]
    values = tuple(starmap(_value, zip(decided.tested, clauses, strict=False)))
    return Verdict(phase, about, name, file, line, statement.verb.text, *told, values)


def _value(tested: Done, clause: Clause) -> Value:
    word, value, outcome = tested
    text = clause.value.text if clause.value is not None and clause.value.text != value else ""
    return Value(word.name, value, outcome, word.negated, text)


class Replies:
    """Puts what is sent to a client together to replies."""

    def __init__(self) -> None:
        self.done: list[Reply] = []
        self._lines: list[str] = []

    def take(self, text: str) -> None:
        """Text that is sent; what is no reply, such as the remarks of a test, is left out."""
        if text.find("\r\n") == len(text) - 2 and text[3:4] == " " and not self._lines:  # what most are
            if text[:3].isdigit():
                self.done.append(Reply(int(text[:3]), (text[4:-2],)))
            return
        if not self._lines and text[3:4] == "-" and (lines := _lines_of(text)):
            self.done.append(Reply(int(text[:3]), lines))
            return
        for line in text.split("\r\n"):
            if not line[:3].isdigit():
                continue
            self._lines.append(line[4:])
            if line[3:4] != "-":
                self.done.append(Reply(int(line[:3]), tuple(self._lines)))
                self._lines = []


def _lines_of(text: str) -> tuple[str, ...]:
    """The lines of one whole reply of several, without their code; none if the text is something else."""
    code = text[:3]
    *lines, rest = text[4:].split(f"\r\n{code}-")
    line, blank, last = rest.partition(f"\r\n{code} ")
    lines += line, last[:-2]
    is_one = blank and last[-2:] == "\r\n" and code.isdigit()
    return tuple(lines) if is_one and "\r\n" not in "".join(lines) else ()
