"""Plays a scenario and keeps what a real Exim can be asked as well: the questions and our answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, from_argument, to_bytes
from expander.testing.against.watched import BY_CHANCE, OF_THE_DNS, WatchedWorld
from expander.testing.steps import Player
from grammar.ast.scenarios import Step
from grammar.record import State, made_by

if TYPE_CHECKING:
    from typing import Any

    from drivers.api.outside import World
    from expander.session.talk import SmtpSession
    from grammar.ast.scenarios import Exchange, Talk

UNLIKE_OUTSIDE = {"name": "the client's name is given", "ident": "what RFC 1413 says is given"}


class Question(State):
    """One step: what is asked, and what eximulate has answered.

    ``kind`` is "expand", "route", "verify", "retry", "rewrite" or "session"; ``words`` are what is asked,
    ``sent`` the bytes of a session, ``replies`` those to it. ``answer`` is the text of all others.
    """

    kind: str
    line: int
    words: tuple[str, ...] = ()
    answer: str = ""
    sent: bytes = b""
    replies: list[str] = made_by(default_factory=list)


class Observer(Player):
    """Plays a scenario; ``questions`` are its steps, ``reasons`` why some cannot be asked outside."""

    def __init__(self, *given: Any) -> None:
        self.questions: list[Question] = []
        self.reasons: dict[str, None] = {}
        self.has_dns = False
        super().__init__(*given)

    @property
    def zones(self) -> dict[str, str]:
        """The DNS that is given."""
        return self._facts.zones

    def reason(self) -> str:
        """Why the real Exim cannot be asked, "" if it can as far as is seen here."""
        expands = any(question.kind == "expand" for question in self.questions)
        for reason in self.reasons:
            if reason.startswith(OF_THE_DNS) and self.has_dns:
                continue
            if reason != BY_CHANCE or expands:
                return reason
        return ""

    def world(self) -> World:
        """The world, watched."""
        made = super().world()
        watched: Any = WatchedWorld(made, self._facts, self._machine, self.reasons)
        has_all_parts: World = watched
        return has_all_parts

    def do(self, step: Step | Talk) -> None:
        """Do it, and keep what can be asked."""
        facts = self._facts
        if facts.mocks:
            self.reasons.setdefault("answers of lookups are given")
        if facts.variables:
            self.reasons.setdefault("variables are given")
        if isinstance(step, Step) and step.kind == "deliver":
            self.reasons.setdefault("a message is delivered")
            super().do(step)
            return
        if isinstance(step, Step):
            super().do(step)
            self.questions.append(self._asked(step))
            return
        words = dict(zip(step.words[::2], step.words[1::2], strict=False))
        for name, reason in UNLIKE_OUTSIDE.items():
            if name in words:
                self.reasons.setdefault(reason)
        question = Question("session", step.line, (words.get("from", "127.0.0.1"),))
        self.questions.append(question)
        super().do(step)
        if self.seen.session is not None:
            question.replies = [str(reply) for reply in self.seen.session.replies]

    def _asked(self, step: Step) -> Question:
        if step.kind == "expand":
            text = from_argument("\n".join(step.block) if step.block else step.text)
            failed = self.seen.failure is not None
            answer = f"Failed: {self.seen.failure}" if failed else self.seen.value or ""
            return Question(step.kind, step.line, (text,), answer)
        if step.kind in {"route", "verify"}:
            words = step.text.split()
            return Question(step.kind, step.line, tuple(words), self._tested(step.kind, words))
        return Question(step.kind, step.line, tuple(step.text.split()), self.seen.value or "")

    def _tested(self, kind: str, words: list[str]) -> str:
        """What the test of an address prints: ``-bt``, ``-bv`` or ``-bvs``."""
        from drivers.api.routing import RECIPIENT, SENDER, TESTING
        from drivers.values import mailbox
        from expander.routing.tree import Shown
        from expander.routing.verify import Verification, VerifyOptions

        said: list[str] = []
        is_sender, is_test = "sender" in words[1:], kind == "route"
        purpose = TESTING if is_test else SENDER if is_sender else RECIPIENT
        verification = Verification(
            self.fresh().context,
            is_recipient=not is_sender,
            options=VerifyOptions(qualifies=True),
            say=said.append,
            full=is_test,
            purpose=purpose,
            is_test=is_test,
        )
        verification.tells_reasons = True
        verification.verify(Tainted(mailbox.parse(from_argument(words[0])).address))
        if is_test:
            Shown(said.append, harness=False).show(verification)
        return "".join(said)

    def say(self, session: SmtpSession, line: Exchange) -> None:
        """Send it, and keep what was sent."""
        question = self.questions[-1]
        before = len(session.replies)
        super().say(session, line)
        if line.kind != "message":
            question.sent += to_bytes(from_argument(line.text)) + b"\r\n"
            return
        question.sent += b"DATA\r\n"
        if any(reply.code == 354 for reply in session.replies[before:]):
            dotted = [f".{text}" if text.startswith(".") else text for text in line.block]
            question.sent += b"".join(to_bytes(from_argument(text)) + b"\r\n" for text in dotted) + b".\r\n"
