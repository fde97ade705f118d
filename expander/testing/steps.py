"""What a scenario does, step by step, and what it sees afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, Failed, Fatal, ForcedFail
from drivers.api.text import from_argument, to_display
from drivers.values.hints import KEPT, MemoryHints
from expander.configuration import PreparedConfiguration
from expander.expand.mode import TRACE
from expander.open_lookups import MOCKED
from expander.testing import why
from expander.testing.expectations import OF_DELIVERIES, OF_ROUTES, OF_VALUES, candidates, check
from expander.testing.matching import is_whole
from expander.testing.results import Fault
from grammar.ast.scenarios import Exchange, Expectation, Given, Step, Talk
from grammar.record import State, made_by
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.outside import World
    from expander.api import Expander
    from expander.configuration import Configuration
    from expander.delivery.delivered import Delivered
    from expander.delivery.delivering import Sandbox
    from expander.expand.context import Context
    from expander.expand.mode import Mode
    from expander.routing.report import Report
    from expander.session.talk import SmtpSession
    from expander.session.verdict import Reply
    from expander.testing.results import Result
    from expander.testing.world import Facts


class Seen(State):
    """What the last steps have come to.

    ``value`` is that of the last expansion, None if it failed, and ``failure`` Exim's words for that.
    ``reports`` are what the routers said of the last address, ``delivered`` what became of the last message.
    ``reply`` is the last one of the session.
    """

    config: Configuration
    world: World
    value: str | None = None
    failure: str | None = None
    reports: Sequence[Report] = ()
    delivered: Sequence[Delivered] = ()
    session: SmtpSession | None = None
    reply: Reply | None = None
    expander: Expander | None = None
    log: list[str] = made_by(default_factory=list)


class Player:
    """Plays one scenario with a configuration; faults go to its result."""

    def __init__(self, config: Configuration, facts: Facts, machine: World, result: Result) -> None:
        self._config = PreparedConfiguration(config, self._mock)
        self._facts, self._machine, self.result = facts, machine, result
        self.seen = Seen(config, self.world())
        self._sandbox: Sandbox | None = None
        self._failed_at: int | None = None
        self._before = 0, 0
        self._expanded: str | None = None
        self.hints = MemoryHints()

    def play(self, items: Sequence[Given | Step | Talk | Expectation]) -> None:
        """Do all that is to be done. Raises `ScenarioError` for what cannot be done."""
        for item in items:
            if isinstance(item, Given):
                self._facts.take(item)
                self.seen.world = self.world()
            elif isinstance(item, Expectation):
                self._expect(item)
            else:
                self._end_of_step()
                self.do(item)
        self._end_of_step()

    def _end_of_step(self) -> None:
        """An expansion that fails is a fault unless that was expected."""
        if self._failed_at is not None:
            assert self._expanded is not None
            reasons = why.of_value(self.fresh(TRACE), self._expanded)
            failure = to_display(self.seen.failure or "")
            self._fault(self._failed_at, "a value", f"the expansion failed: {failure}", reasons)
            self._failed_at = None

    def world(self) -> World:
        """The world of what has been given so far."""
        return self._facts.world(self._machine)

    def do(self, step: Step | Talk) -> None:
        """Do one thing. Raises `ScenarioError` for what cannot be done."""
        if isinstance(step, Talk):
            self._talk(step)
        elif step.kind == "expand":
            self._expand(step)
        elif step.kind == "deliver":
            self._deliver(step)
        elif step.kind in {"retry", "rewrite"}:
            self._by_rules(step)
        else:
            self._route(step)

    def fresh(self, mode: Mode | None = None) -> Expander:
        """What expands strings in the world as it is now."""
        made = self._config.expander(world=self.seen.world, mode=mode)
        made.context.facts.update(self._facts.variables)
        made.context.log_with = lambda text, _panic: self.seen.log.append(text)
        self.seen.expander = made
        return made

    def _mock(self, context: Context) -> None:
        context.state[KEPT] = self.hints  # what a session leaves behind, the next one finds
        if self._facts.mocks:
            context.state[MOCKED] = self._facts.mocks.finder

    def _expand(self, step: Step) -> None:
        text = from_argument("\n".join(step.block) if step.block else step.text)
        self.seen.value = self.seen.failure = None
        self._expanded = text
        try:
            self.seen.value = self.fresh().expand(text)
        except ForcedFail:
            self.seen.failure = "forced"
        except (ExpansionError, Fatal) as problem:
            self.seen.failure = problem.message
        if self.seen.failure is not None:
            self._failed_at = step.line
        told = self.seen.failure if self.seen.value is None else self.seen.value
        self.result.told.append(f"{step.line}: expand: {to_display(told or '')}")

    def _by_rules(self, step: Step) -> None:
        from expander.testing import rules

        work = rules.retry if step.kind == "retry" else rules.rewrite
        self.seen.failure = self._expanded = None
        self.seen.value = work(self.fresh().context, step)
        self.result.told.append(f"{step.line}: {step.kind}: {to_display(self.seen.value)}")

    def _route(self, step: Step) -> None:
        from expander.routing.report import lines, routed

        words = step.text.split()
        address, *rest = words or [""]
        if not address:
            raise ScenarioError(f'"{step.kind}" wants an address', step.line)
        is_sender = "sender" in rest
        expander = self.fresh()
        try:
            self.seen.reports = routed(
                expander.context,
                from_argument(address),
                is_recipient=not is_sender,
                verifies=step.kind == "verify",
            )
        except (Failed, Deferred, Fatal) as problem:
            raise ScenarioError(f"{address}: {to_display(problem.message)}", step.line) from None
        cover = expander.context.mode.cover
        for report in self.seen.reports:
            if cover is not None and not report.tried and report.address.transport is not None:
                cover.transport(report.address.transport.name)  # a pipe, file or reply: no router sees it
            self.result.told += [f"{step.line}: {line}" for line in lines(report)]

    def _deliver(self, step: Step) -> None:
        from expander.testing import deliveries

        if self._sandbox is None:
            self._sandbox = deliveries.sandbox_of(self._config, self.seen.world, self._facts)
        session = self.seen.session
        found = deliveries.deliver(self._sandbox, step, session, self._facts.variables)
        self.seen.delivered, self.seen.reports = found, ()
        log = [line for delivered in found for line in delivered.log]
        self.seen.log = log if step.block else [*self.seen.log, *log]
        cover = self._config.mode.cover
        if cover is not None:
            for outcome in deliveries.outcomes(found):
                if not outcome.routers and outcome.transport:
                    cover.transport(outcome.transport)
        for delivered in found:
            self.result.told += [f"{step.line}: {line}" for line in delivered.explain().splitlines()]

    def _talk(self, talk: Talk) -> None:
        words = dict(zip(talk.words[::2], talk.words[1::2], strict=False))
        if len(talk.words) % 2 or not words.keys() <= {"from", "name", "ident"}:
            raise ScenarioError('"session" takes "from ADDRESS", "name HOST" and "ident TEXT"', talk.line)
        try:
            session = self._config.session(
                words.get("from", "127.0.0.1"),
                name=from_argument(words.get("name", "")),
                ident=from_argument(words.get("ident", "")),
                facts=self._facts.variables,
                world=self.seen.world,
            )
        except Failed as problem:
            raise ScenarioError(to_display(problem.message), talk.line) from None
        self.seen.session, self.seen.log = session, session.log
        answers = _Answers(session)
        for line in talk.lines:
            if isinstance(line, Expectation):
                self._expect(line)
            elif line.kind == "<":
                self._answered(line, answers)
            else:
                answers.forget()
                self._before = len(session.verdicts), len(session.log)
                self.say(session, line)
                answers.skip_go_ahead()
            self.seen.reply = session.replies[-1] if session.replies else None
        self.result.told += [f"{talk.line}: {line}" for line in _from_here(session.explain()).splitlines()]

    def say(self, session: SmtpSession, line: Exchange) -> None:
        """Send one line of a session, or a message."""
        if line.kind == "message":
            session.data("".join(f"{text}\n" for text in line.block))
        else:
            session.command(line.text)

    def _answered(self, line: Exchange, answers: _Answers) -> None:
        code, rest = line.text[:3], line.text[4:]
        reply = answers.next_reply(is_last=line.text[3:4] != "-")
        if reply is None:
            self._fault(line.line, f"the reply {line.text}", "there is no reply", self._why_reply())
            return
        is_code = all(wanted in {digit, "x"} for wanted, digit in zip(code, str(reply.code), strict=False))
        texts = [*reply.lines, reply.text, " ".join(reply.lines)]
        if not is_code or not (rest == "" or any(is_whole(rest, to_display(text)) for text in texts)):
            self._fault(line.line, f"the reply {line.text}", to_display(str(reply)), self._why_reply())

    def _expect(self, expectation: Expectation) -> None:
        if expectation.what in OF_VALUES:
            self._failed_at = None  # that it failed is no news any more
        found = check(self.seen, expectation)
        if found is not None:
            wanted = f"{'no ' if expectation.negated else ''}{expectation.what} {expectation.text}".rstrip()
            self._fault(expectation.line, wanted, found, self._why(expectation))

    def _fault(self, line: int, wanted: str, found: str, reasons: Sequence[str] = ()) -> None:
        self.result.faults.append(Fault(line, wanted, found, tuple(map(_from_here, reasons))))

    def _why_reply(self) -> list[str]:
        assert self.seen.session is not None
        return why.of_reply(self.seen.session, *self._before)

    def _why(self, expectation: Expectation) -> list[str]:
        """How it came to what the expectation has found."""
        seen = self.seen
        near = why.nearest(expectation.text, candidates(seen, expectation.what))
        told = [f"nearest: {near}"] if near is not None and not expectation.negated else []
        if expectation.what in OF_VALUES and self._expanded is not None:
            return [*told, *why.of_value(self.fresh(TRACE), self._expanded)]
        if expectation.what in OF_DELIVERIES or (seen.delivered and not seen.reports):
            return [*told, *(line for one in seen.delivered for line in one.explain().splitlines())]
        if expectation.what in OF_ROUTES:
            return [*told, *why.of_routes(self._config.model, seen.reports)]
        if seen.session is not None:
            told += self._why_reply() if expectation.what == "reply" else why.of_session(seen.session)
        return told


def _from_here(text: str) -> str:
    """A text with the names of files as they are called from where this runs."""
    return text.replace(f"{from_argument(str(Path.cwd()))}/", "")


class _Answers:
    """The replies of a session that no line has looked at yet."""

    def __init__(self, session: SmtpSession) -> None:
        self._session = session
        self._at = 0

    def next_reply(self, *, is_last: bool) -> Reply | None:
        """The next reply; it stays the next one unless ``is_last`` says that its last line is meant."""
        replies = self._session.replies
        if self._at >= len(replies):
            return None
        reply = replies[self._at]
        self._at += is_last
        return reply

    def skip_go_ahead(self) -> None:
        """Of what came in answer to one line the last reply counts: before it there is the one to DATA."""
        self._at = max(self._at, len(self._session.replies) - 1)

    def forget(self) -> None:
        """What has been said so far is not looked at any more."""
        self._at = len(self._session.replies)
