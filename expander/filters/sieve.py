"""Carries out Sieve scripts as Exim does: while it reads them. What is not done is read as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn, TypeVar

from drivers.api import registry
from drivers.api.errors import LimitReached
from drivers.api.sieve import Notice, Reply, Settings, Sieve, SieveError, Stop
from drivers.api.text import lower
from expander.expand.cache import make_room
from expander.filters.arguments import Arguments
from grammar import sieve as grammar
from grammar.ast.sieve import Block, Command, End, Fault, Test, TestList
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context
    from drivers.api.unit import Unit
    from grammar.ast.sieve import Script

T = TypeVar("T")

_NESTING = re.compile(r"[({]|not", re.IGNORECASE)

_LINE_END = re.compile(r"(?:[ \t}]|/\*[^*\n]*\*/)*(?:#[^\n]*)?(?:\n|\Z)")

INBOX = "inbox"
MOST_LEVELS = 20_000
TOO_DEEP = "the script is nested too deeply"
PARTS = frozenset({"elsif", "else"})
"""Commands that only stand behind others."""

FIRST = "require"
"""The command that only stands before others."""


class Delivery(Record):
    """A file or an address that the message is to go to: ``kind`` is "fileinto" or "redirect"."""

    kind: str
    address: str


class FilterResult(Record):
    """What comes of a script.

    ``error`` is what is wrong with it, None for nothing, with the ``line`` of the place as Exim counts,
    and ``place``, the offsets of what is refused. ``implicit_keep`` tells whether the message was kept
    without a command for it; it is among the ``deliveries`` then, as ``fileinto`` into the folder ``inbox``.
    ``further`` are errors behind the first one, to which Exim does not come.
    """

    deliveries: tuple[Delivery, ...]
    replies: tuple[Reply, ...]
    notices: tuple[Notice, ...]
    implicit_keep: bool
    error: str | None = None
    line: int = 0
    place: tuple[int, int] = (0, 0)
    further: tuple[SieveError, ...] = ()


def interpret(
    ctx: Context,
    text: str,
    settings: Settings | None = None,
    *,
    tell: Callable[[str], None] | None = None,
    executing: bool = True,
) -> FilterResult:
    """Carry out a script. An error in it is part of the result.

    ``tell`` is given what a test of a script shows of the work. Without ``executing`` the script is
    only checked, and behind an error it is read on where that is sure to make sense. Raises `LimitReached`
    for one that is nested deeper than `MOST_LEVELS`.
    """
    script = grammar.parse(text)
    make_room(min(len(_NESTING.findall(text)), MOST_LEVELS))
    run = _Run(ctx, script, settings or Settings(), tell or _untold, executing=executing)
    errors = run.errors
    try:
        run.script()
    except Stop:
        pass
    except SieveError as problem:
        errors.append(problem)
    except RecursionError:
        raise LimitReached(TOO_DEEP) from None
    error = errors[0] if errors else None
    implicit = error is not None or run.implicit_keep
    if implicit and executing:
        run.deliver("fileinto", INBOX)
    return FilterResult(
        tuple(run.deliveries),
        tuple(run.replies),
        tuple(run.notices),
        implicit,
        None if error is None else error.message,
        0 if error is None else script.line(error.at),
        (0, 0) if error is None else (error.start, error.at),
        tuple(errors[1:]),
    )


def _untold(_text: str) -> None:
    """Nobody listens."""


class _Run(Sieve):
    """One script at work."""

    def __init__(
        self,
        ctx: Context,
        script: Script,
        settings: Settings,
        tell: Callable[[str], None],
        *,
        executing: bool,
    ) -> None:
        self.ctx = ctx
        self.settings = settings
        self.executing = executing
        self.errors: list[SieveError] = []
        self._reads_on = not executing
        self._may_have_all = False  # a command that asks for extensions was wrong
        self.implicit_keep = True
        self.replied = False
        self.nested = False
        self.last_test = False
        self.capabilities: set[str] = set()
        self.deliveries: list[Delivery] = []
        self.replies: list[Reply] = []
        self.notices: list[Notice] = []
        self._script = script
        self._tell = tell
        self._commands: Sequence[Command] = script.commands
        self._index = 0
        self._arguments: Arguments

    def script(self) -> None:
        """All of it: the extensions that it wants, then the commands."""
        before = False
        for command in self._script.commands:
            # Exim does not pass over white space between two of them.
            if lower(command.name) != FIRST or (before and self._arguments.at != command.start):
                break
            self._index += 1
            self._checked(command)
            before = not self.errors
        at = self._run_commands()
        fault = self._script.fault
        if self.errors and at is None:
            return  # how far the last wrong command goes is not sure then
        if fault is not None and at is None:
            at = fault.start if fault.space or fault.start < len(self._script.text) else None
            words = fault.words if fault.space else "syntax error"
            if at is not None:
                raise SieveError(words, at)
        elif at is not None:
            raise SieveError("syntax error", at)

    def _run_commands(self) -> int | None:
        """The commands from here on; where something stands that is no command, None if there is nothing."""
        while self._index < len(self._commands):
            command = self._commands[self._index]
            is_none = lower(command.name) in PARTS or lower(command.name) == FIRST
            if is_none or self._unit("sieve-command", command.name) is None:
                words = "expecting command or closing brace" if self.nested else "syntax error"
                if not self._reads_on or not self._goes_on_behind(command):
                    return command.start
                self._note(SieveError(words, command.start), command)
                continue
            self._index += 1
            self._checked(command)
        return None

    def _checked(self, command: Command) -> None:
        """Carry out a command; where the script is only checked, a fault in it does not end the reading."""
        level = self._commands, self._index - 1, self.nested
        try:
            self._command(command)
        except SieveError as problem:
            self._commands, self._index, self.nested = level
            if not self._reads_on or not self._goes_on_behind(command):
                raise
            self._note(problem, command)

    def _goes_on_behind(self, command: Command) -> bool:
        """True if it is sure where the command ends, so that what follows can be read without it.

        What follows has to begin a line: behind a quote too many, strings and what is between them have
        changed places.
        """
        tail = command.tail
        end = tail.close if isinstance(tail, Block) else tail
        if not isinstance(end, End):
            return False
        return _LINE_END.match(self._script.text, end.end) is not None

    def _note(self, problem: SieveError, command: Command) -> None:
        """Keep an error, and pass over the command with all that is only there with it."""
        self.errors.append(problem)
        self._may_have_all = self._may_have_all or lower(command.name) == FIRST
        self._index += 1
        while self._index < len(self._commands) and lower(self._commands[self._index].name) in PARTS:
            self._index += 1

    def _command(self, command: Command) -> None:
        unit = self._unit("sieve-command", command.name)
        assert unit is not None
        self._arguments = self._fresh(command)
        unit.impl(self)

    def _fresh(self, command: Command) -> Arguments:
        arguments = Arguments(command)
        arguments.decodes = "encoded-character" in self.capabilities
        return arguments

    def _unit(self, family: str, name: str) -> Unit | None:
        unit = registry.find(family, lower(name))
        return unit if unit is not None and self.ctx.profile.has(unit) else None

    def test(self) -> bool:
        item = self._arguments.peek()
        unit = self._unit("sieve-test", item.name) if isinstance(item, Test) else None
        if unit is None or not isinstance(item, Test):
            self.expected("missing test")
        self._arguments.take()
        self._arguments.enter(item)
        self.last_test = bool(unit.impl(self))
        return self.last_test

    def tests(self) -> list[bool]:
        arguments = self._arguments
        found = arguments.peek()
        if not isinstance(found, TestList):
            self.expected("missing test list")
        arguments.take()
        results = []
        ends: list[End | Fault] = [*found.commas, found.close]
        for test, end in zip(found.tests, ends, strict=False):
            results.append(arguments.inside([test, end], self._one_of_list))
        if len(found.tests) == len(found.commas):
            arguments.inside([found.close], lambda: self.expected("missing test"))
        arguments.at = found.close.end
        return results

    def _one_of_list(self) -> bool:
        result = self.test()
        if not isinstance(self._arguments.peek(), End):
            self.expected("missing closing paren")
        return result

    def block(self) -> None:
        block = self._arguments.peek()
        if not isinstance(block, Block):
            self.expected("missing block")
        kept = self._commands, self._index, self.nested
        self._commands, self._index, self.nested = block.commands, 0, True
        at = self._run_commands()
        self._commands, self._index, self.nested = kept
        if at is not None:
            raise SieveError("expecting command or closing brace", at)
        close = block.close
        if isinstance(close, Fault):
            words = close.words if close.space else "expecting command or closing brace"
            raise SieveError(words, close.start)

    def follows(self, name: str) -> bool:
        following = self._commands[self._index : self._index + 1]
        if not following or lower(following[0].name) != name:
            return False
        self._index += 1
        self._arguments = self._fresh(following[0])
        return True

    def under(self, condition: bool, read: Callable[[], T]) -> T:  # noqa: FBT001
        before = self.executing
        self.executing = before and condition
        try:
            return read()
        finally:
            self.executing = before

    def fail(self, words: str) -> NoReturn:
        raise SieveError(words, self._arguments.at, self._arguments.start)

    def expected(self, words: str) -> NoReturn:
        self._arguments.expected(words)

    def needs(self, capability: str) -> None:
        if capability not in self.capabilities and not self._may_have_all:
            self.fail(f'missing previous require "{capability}";')

    def tag(self, *names: str) -> str:
        return self._arguments.tag(names)

    def text(self, words: str) -> str:
        return self._arguments.text(words)

    def texts(self, words: str) -> list[str]:
        return self._arguments.texts(words)

    def number(self) -> int:
        return self._arguments.number()

    def semicolon(self) -> None:
        self._arguments.semicolon()

    def tell(self, text: str) -> None:
        self._tell(text)

    def deliver(self, kind: str, address: str) -> None:
        delivery = Delivery(kind, address.partition("\0")[0])
        if delivery in self.deliveries:
            self._tell(f"Repeated {kind} `{delivery.address}' ignored.\n")
            return
        self._tell(f"{kind} `{delivery.address}'\n")
        self.deliveries.append(delivery)

    def reply(self, reply: Reply) -> None:
        self.replies.append(reply)

    def notify(self, notice: Notice) -> None:
        self.notices.append(notice)
