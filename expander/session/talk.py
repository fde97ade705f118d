"""An SMTP session held by a program: commands go in; replies, log and verdicts can be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Fatal
from drivers.api.text import from_argument, to_display
from expander.session import verdict as verdicts
from expander.session.client import set_peer
from expander.session.feed import Feed
from expander.session.machine import CHUNK, COMMAND, LINES, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.transports import Submitted
    from expander.expand.context import Context
    from expander.session.arrived import Arrived
    from expander.session.judging import AclResult
    from expander.session.verdict import Reply, Verdict

ABOUT = {
    "mail": "sender_address",
    "helo": "sender_helo_name",
    "connect": "sender_host_address",
}
"""Which variable has what is judged; but for recipients it is the argument of the command in other phases."""


class SmtpSession:
    """One session of a configuration with one client; made by ``Configuration.session``.

    It does nothing by itself and shares nothing that changes with other sessions: any number can be held
    side by side, each by one thread at a time. ``replies``, ``log``, ``verdicts`` and ``messages`` grow while
    it goes on; the banner is the first reply. So does ``submitted``: messages that are made on the way, which
    are sent nowhere. Where Exim would end (a list names a file that cannot be read) the session is closed and
    the log says why. All methods raise ``Unsupported`` for what the
    configuration has and eximulate lacks.
    """

    def __init__(
        self,
        ctx: Context,
        peer: str,
        *,
        ident: str = "",
        name: str = "",
        facts: Mapping[str, str] | None = None,
        log_with: Callable[[str], None] | None = None,
    ) -> None:
        self.context = ctx
        self.log: list[str] = []
        self._judged: list[tuple[str, str, AclResult]] = []
        self._verdicts: list[Verdict] = []
        self.messages: list[Arrived] = []
        self.peer = set_peer(ctx, peer, ident=ident, name=name)
        ctx.facts.update(facts or {})
        self._log_with = log_with
        self._collected = verdicts.Replies()
        ctx.log_with = self._take_log
        self.machine = Session(ctx, self._collected.take)
        self.machine.verdict_with = self._take_verdict
        self.machine.keep_with = self.messages.append
        self.submitted: list[Submitted] = []
        self.machine.submit_with = self._take_submitted
        self._feed = Feed(self.machine)
        try:
            self.machine.start()
        except Fatal as problem:
            self._ends(problem)

    @property
    def replies(self) -> Sequence[Reply]:
        """All replies so far, the banner first."""
        return self._collected.done

    @property
    def verdicts(self) -> Sequence[Verdict]:
        """What the ACLs have decided so far, in order."""
        config = self.context.config
        for judged in self._judged[len(self._verdicts) :]:
            self._verdicts.append(verdicts.verdict(*judged, config))
        return self._verdicts

    @property
    def closed(self) -> bool:
        """True when the server has ended the session."""
        return self.machine.closed

    def explain(self) -> str:
        """What each ACL has decided, and the log, in lines of text."""
        told = [verdict.explain() for verdict in self.verdicts]
        return "\n".join([*told, *(f"log: {to_display(text)}" for text in self.log)])

    def command(self, line: str | bytes) -> Reply | None:
        """Send one command, or one line of an AUTH exchange: the last reply to it, None if there was none.

        Text is taken as UTF-8. After DATA, `send` takes the message.
        """
        text = line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line
        replies = self._collected.done
        before = len(replies)
        try:
            self._feed.take(text.rstrip(b"\r\n") + b"\r\n")
        except Fatal as problem:
            self._ends(problem)
        return replies[-1] if len(replies) > before else None

    def data(self, message: str | bytes) -> Reply | None:
        """Send DATA and, if that is permitted, a message: the last reply.

        Lines of the message may end in any way; dots at their beginnings are doubled here.
        """
        before = len(self.replies)
        self.command(b"DATA")
        if self.machine.wants == LINES:
            data = message.encode("utf-8", "surrogateescape") if isinstance(message, str) else message
            if b"\r" in data or data[-1:] != b"\n":
                self.send(_dotted(data))
            else:
                self._give_whole(data)  # what is made ready to be sent would only be taken apart again
        return self.replies[-1] if len(self.replies) > before else None

    def bdat(self, chunk: str | bytes, *, last: bool = True) -> Reply | None:
        """Send BDAT with a chunk, as it is: the last reply."""
        data = from_argument(chunk).encode("latin-1") if isinstance(chunk, str) else chunk
        head = b"BDAT %d%s\r\n" % (len(data), b" LAST" if last else b"")
        before = len(self.replies)
        self.send(head)
        if self.machine.wants == CHUNK:
            self.send(data)
        return self.replies[-1] if len(self.replies) > before else None

    def send(self, data: bytes) -> Sequence[Reply]:
        """Send bytes as they are, with any number of commands in them: the replies to these."""
        replies = self._collected.done
        before = len(replies)
        try:
            self._feed.take(data)
        except Fatal as problem:
            self._ends(problem)
        return replies[before:]

    def hang_up(self) -> Sequence[Reply]:
        """The client is gone without QUIT: what the server still tries to say."""
        before = len(self.replies)
        try:
            self._feed.ended()
        except Fatal as problem:
            self._ends(problem)
        return self.replies[before:]

    def _give_whole(self, lines: bytes) -> None:
        try:
            self.machine.text(lines, is_whole=True)
        except Fatal as problem:
            self._ends(problem)

    def _ends(self, problem: Fatal) -> None:
        """Exim would end here."""
        self.context.log(problem.message)
        self.machine.closed = True

    def _take_log(self, text: str, _panic: int) -> None:
        self.log.append(text)
        if self._log_with is not None:
            self._log_with(text)

    def _take_submitted(self, message: Submitted) -> bool:
        self.submitted.append(message)
        return True

    def _take_verdict(self, phase: str, result: AclResult) -> None:
        facts = self.context.facts
        if phase == "rcpt":
            about = "@".join(filter(None, (facts.get("local_part"), facts.get("domain"))))
        elif phase in ABOUT:
            about = facts.get(ABOUT[phase], "")
        else:
            about = facts.get("smtp_command_argument", "") if self.machine.wants == COMMAND else ""
        self._judged.append((phase, str(about), result))


def _dotted(data: bytes) -> bytes:
    """A message as it is sent: lines end in CRLF, dots at their beginnings are doubled, a dot ends it."""
    data = data.replace(b"\r\n", b"\n")
    if data and not data.endswith(b"\n"):
        data += b"\n"
    if b"\n." in data:
        data = data.replace(b"\n.", b"\n..")
    if data.startswith(b"."):
        data = b"." + data
    return data.replace(b"\n", b"\r\n") + b".\r\n"
