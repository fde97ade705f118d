"""An SMTP session as a state machine: lines of the client go in, replies come out.

It has no input and output of its own. Whoever drives it gives it what the client sends, as `Session.wants`
says, and passes on what `reply_with` is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.rates_kept import MAIL, forget
from drivers.api.acl import DELAYS_SKIPPED
from drivers.api.text import SPACE, from_bytes
from drivers.values import header_changes
from expander.acl import warning
from expander.lists.conditions import new_sender
from expander.session import (
    authentication,
    command_line,
    controls,
    counting,
    ending,
    greeting,
    late,
    others,
    proxied,
    slowing,
    timeouts,
    tls,
)
from expander.session.commands import obey
from expander.session.hooks import Hooks
from expander.session.hostcheck import setting_of
from expander.session.judging import ACL_OPTIONS, OK, AclResult, check_acl
from expander.session.replies import reply, right_code
from expander.session.transaction import BY_MESSAGE, WITHOUT_MESSAGE, Envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from drivers.authenticators.exchange import Exchange
    from drivers.values.dmarc import FailureReport
    from expander.acl.verify_address import SenderVerified
    from expander.expand.context import Context
    from expander.message.mailbox_copy import MailboxCopy
    from expander.routing.verify import Verified
    from expander.session.reception import Reception

COMMAND, LINES, CHUNK, TLS = "command", "lines", "chunk", tls.WANTED
"""What a session wants next: a command, lines of a message, so many bytes of one, a TLS handshake."""


OF_ONE_ACL = ("address_data", "domain", "local_part", "sender_address_data")  # told by nothing later
LONGEST_COMMAND = 16385
"""So many bytes a line of the client may have; what is longer comes in pieces: `Session.longest_piece`."""

NOT_SMTP = {"data": "acl_not_smtp", "mime": "acl_not_smtp_mime"}  # for what comes in batches


class Session(Hooks):
    """One session with a client.

    ``ctx`` is a context of its own, whose facts say who the client is: ``sender_host_address`` and
    what else is known. ``reply_with`` gets what is sent to the client, log lines and what is told of the work
    go to the context's ``log_with`` and ``debug_with``. ``is_test`` says so to the client after each
    message. Sessions share nothing with each other. ``open_file`` opens what long messages are kept in.
    ``drops_input`` tells that what the client has sent up to now is not to be read. ``is_trusted`` is false
    for a user of this machine who may not say whose messages are sent.
    """

    def __init__(self, ctx: Context, reply_with: Callable[[str], None], *, is_test: bool = False) -> None:
        self.ctx = ctx
        self.is_test = is_test
        self.wants = COMMAND
        self.wanted_bytes = 0
        self.closed = False
        self.mail = Envelope()
        self.reception: Reception | None = None
        self.history: list[str] = []
        self.hello_seen = self.esmtp = False
        self.after_rcpt = self.is_rcpt = self.after_refused_mail = self.is_refused_mail = False
        self.advertised: set[str] = set()
        self.can_pipe_connect = self.has_tls = self.takes_utf8 = False
        self.takes_unqualified_senders = self.takes_unqualified_recipients = False
        self.helo_required = self.helo_verify = self.helo_junk = False
        self.free_of_charge = counting.FREE_OF_CHARGE | {"AUTH"}
        self.counts_nonmail: bool | None = None
        self.nonmail = self.errors = self.unknown = self.mails = self.size_limit = 0
        self.logs_connection = True
        self.has_greeted = False
        self.closing_words = ""
        self.header, self.proxy_has_failed = proxied.NO_HEADER, False
        self.drops_input = self.ends_well = False
        self.discards_some = False  # until a message is done, even if it is another one
        self.delays: dict[str, slowing.Delay] = {}
        self.message_id = self.last_id = ""
        self.local_part = self.recipient = ""
        self.copy: MailboxCopy | None = None
        self.senders_verified: dict[str, Verified] = {}
        self.sender_failed: SenderVerified | None = None
        self.authenticators: list[str] = []
        self.conversation: authentication.Conversation | None = None
        self.took_message = False
        self.exchange: Exchange | None = None
        self.certificate_was_asked = False
        self.controls: set[str] = set()
        self.started = ctx.world.clock.now()
        self._reply_with = reply_with
        self._replies: list[str] = []
        self._log_outside = ctx.log_with
        if is_test:
            ctx.state[DELAYS_SKIPPED] = True
        ctx.log_with = self._log
        self._log_selected_outside = ctx.log_selected_with
        if ctx.log_selected_with is not None:
            ctx.log_selected_with = self._log_selected

    @property
    def longest_piece(self) -> int:
        """So many bytes of a line of the client are read at once, its end among them."""
        return LONGEST_COMMAND - (self.conversation is not None)

    def start(self) -> list[str]:
        """The client has connected: the banner, or why it is turned away."""
        replies = self._answering(self._arrive)
        forget(self.ctx.state, MAIL)
        return replies

    def command(self, line: bytes) -> list[str]:
        """One line of the client, with or without its end: the replies."""
        if not line.endswith(b"\n") and len(line) >= self.longest_piece:
            return self._answering(self._too_long, from_bytes(line))
        if self.header is not None:
            return self.data(line if line.endswith(b"\n") else line + b"\r\n")
        text = from_bytes(line)
        if "\0" in text and self.conversation is None:
            return self._answering(counting.with_nul, self, text.replace("\0", "?").rstrip(SPACE))
        if "\0" in text:
            text = text.partition("\0")[0]
        text = text.rstrip("\r\n" if self.conversation is not None else SPACE)
        return self._answering(obey, self, text)

    def data(self, piece: bytes) -> list[str]:
        """What the client sends of a message: a line, or not more bytes of a chunk than are wanted."""
        if self.header is not None:
            return self._answering(proxied.take, self, piece)
        return self._answering(late.message().take, self, piece)

    def text(self, data: bytes, *, is_whole: bool = False) -> bytes:
        """Any bytes of the lines of a message: what follows its end, if that is among them.

        If it ``is_whole`` they are all of its lines, without dots and CRs that are for the way.
        """
        rest = b""

        def work() -> None:
            nonlocal rest
            rest = late.message().take_text(self, data, is_whole=is_whole)

        self._answering(work)
        return rest

    def tls_begun(self, facts: Mapping[str, str]) -> list[str]:
        """The TLS handshake that was wanted has succeeded; ``facts`` are the variables about it."""
        return self._answering(lambda: tls.begun(self, facts))

    def tls_failed(self, reason: str = tls.NO_CLIENT) -> list[str]:
        """The TLS handshake that was wanted has failed."""
        return self._answering(lambda: tls.failed(self, reason))

    def timed_out(self) -> list[str]:
        """The client has been silent for ``smtp_receive_timeout``, or its proxy for its own time."""
        if self.header is not None:
            return self._answering(lambda: proxied.give_up(self))
        late = timeouts.command_timeout if self.wants == COMMAND else timeouts.data_timeout
        return self._answering(lambda: late(self))

    def out_of_step(self, command: bytes, further: bytes) -> bool:
        """True if what has come behind a command ends the session, because it came too soon."""
        text = from_bytes(command).rstrip(SPACE)
        if self.closed or not timeouts.is_too_soon(self, command_line.split(text)[0]):
            return False
        self._answering(lambda: timeouts.out_of_step(self, text, from_bytes(further)))
        return True

    def lost(self, problem: str = "") -> list[str]:
        """The client is gone; ``problem`` says what the system has told of it, if anything."""
        if self.header is not None:
            self._answering(lambda: proxied.give_up(self))
            problem = ""  # it was met where the header was read
        return self._answering(lambda: others.lost(self, problem))

    def say(self, text: str) -> None:
        """Send text to the client as it is."""
        self._replies.append(text)
        self._reply_with(text)

    def reply(self, code: int, text: str) -> None:
        """Send a reply, cut down to one line where a control wants it so."""
        if "no_multiline_responses" in self.controls:
            text = text.partition("\n")[0]
        if text[:1].isdigit():
            text = self.with_right_code(code, text)
        self.say(reply(str(code), text))

    def with_right_code(self, code: int, text: str) -> str:
        """A message whose own code, if it has one that says otherwise than the reply does, is replaced."""
        complaint, text = right_code(str(code), text)
        if complaint:
            self.ctx.log(complaint, panic=True)
        return text

    def option(self, name: str) -> str:
        """The text of a main option, expanded. Raises ``ExpansionError``."""
        return self.ctx.expand(str(self.ctx.options.get(name) or ""))

    def number(self, name: str) -> int:
        """The value of a main option that is a number."""
        return int(self.ctx.options.get(name) or 0)

    def judge(self, where: str) -> AclResult:
        """What the ACL of a phase decides: "OK" where there is none, but for phases that need one."""
        if self.is_batch and where not in NOT_SMTP:
            return AclResult(OK)
        ctx = self.ctx
        text = setting_of(ctx, NOT_SMTP[where] if self.is_batch else ACL_OPTIONS[where])
        verdict = check_acl(ctx, where.removeprefix("data_"), text, self)
        if self.mail.held is not None:
            self.mail.end_test(self)
        if self.verdict_with is not None and (text or verdict.word != OK):
            self.verdict_with(where, verdict)
        facts = ctx.facts
        for name in OF_ONE_ACL:
            if name in facts:
                del facts[name]
        return verdict

    def as_mailbox(self) -> str:
        """The message that is being received as in a mailbox, for those that look through it."""
        from expander.session import mailbox_copy

        return mailbox_copy.copy_of(self).text()

    def mailbox_file(self) -> str:
        """The path of a file with the same. Raises ``OSError`` or ``Refused`` where none can be written."""
        from expander.session import mailbox_copy

        return mailbox_copy.copy_of(self).file()

    def flush_unless(self, control: str) -> None:
        """Send what was said, unless an ACL has used that control since the session began."""
        if self.flush_with is not None and control not in self.controls:
            self.flush_with(control)

    def take_control(self, name: str, options: str) -> None:
        """Obey a control of an ACL: its name, and what stands behind its slash."""
        controls.take(self, name, options)

    def error(
        self,
        code: int,
        text: str,
        about: str | None = None,
        *,
        kind: ending.Kind | None = None,
        logged: str = "",
    ) -> None:
        """Refuse a command for its form or its place; after too many of these the session ends.

        ``logged`` is what the log has instead; then the client is not told why its session ends.
        """
        ending.mistake(self, code, text, about, kind=kind, logged=logged)

    def report_failure(self, report: FailureReport) -> None:
        """Hand in a report of DMARC."""
        from expander.session import forensic

        forensic.hand_in(self, report)

    def refuse(self, where: str, what: str, verdict: AclResult) -> None:
        """Tell the client and the log that an ACL has refused."""
        others.refuse(self, where, what, verdict)

    def end(self, notquit: str = "") -> None:
        """The session is over; ``notquit`` says why if not by QUIT."""
        if self.closed:
            return
        self.closed = True
        self.mail.close()
        if notquit:
            ending.notquit(self, notquit)

    def close_down(self, words: str) -> None:
        """Serve the client no longer: until it says QUIT it is told so."""
        self.closing_words = words
        self.free_of_charge = set()
        self.say(f"421 {words}\r\n")

    def not_taken(self) -> None:
        """End the session: the client is gone, and a message is not taken that nobody would hear of."""
        from expander.session import final_dot

        final_dot.not_taken(self)

    def reset(self) -> None:
        """Forget the message under way."""
        self.mail.close()
        self.mail = Envelope()
        self.controls -= controls.OF_THE_MESSAGE
        self.delays.pop("smtp_ratelimit_rcpt", None)
        self.senders_verified, self.sender_failed = {}, None
        self.reception, self.wants = None, COMMAND
        ctx = self.ctx
        facts = ctx.facts
        for name in BY_MESSAGE:
            if name in facts:
                del facts[name]
        new_sender(ctx)
        facts.update(WITHOUT_MESSAGE)
        forget(ctx.state, MAIL)
        header_changes.forget(ctx.state)
        if self.took_message:
            late.signatures().forget(ctx)
        warning.forget(ctx)
        ctx.acl_m.clear()
        ctx.headers = None

    def count(self) -> None:
        """Set the variables that count recipients."""
        mail, facts = self.mail, self.ctx.facts
        facts["rcpt_count"] = str(mail.rcpt_count)
        facts["rcpt_fail_count"] = str(mail.rcpt_fail_count)
        facts["rcpt_defer_count"] = str(mail.rcpt_defer_count)
        facts["recipients_count"] = str(len(mail.recipients) - mail.recipients.count(""))

    def next_message(self) -> None:
        """A message is done: greeting and resetting once more are free of charge."""
        self.reset()
        self.discards_some = False
        self.free_of_charge |= counting.FREE_OF_CHARGE

    def _arrive(self) -> None:
        if not greeting.greet(self):
            proxied.begin(self)
            self.wants = CHUNK
            return
        self.ctx.facts.update(greeting.NOBODY)
        tls.at_once(self)

    def _answering(self, work: Callable[..., None], *given: object) -> list[str]:
        self._replies = []
        self.ctx.steps_left = self.ctx.limits.steps  # what one command may be
        if not self.closed:
            work(*given)
            ending.without_mail(self)
        return self._replies

    def _log(self, text: str, panic: int) -> None:
        if self._log_outside is not None:
            self._log_outside(f"{self.message_id} {text}" if self.message_id else text, panic)

    def _log_selected(self, text: str, selector: str, told: str) -> None:
        if self._log_selected_outside is not None:
            start = f"{self.message_id} " if self.message_id else ""
            self._log_selected_outside(start + text, selector, told and start + told)

    def _too_long(self, text: str) -> None:
        """A piece of a line that is too long: no command, and no answer in an exchange."""
        if self.conversation is not None:
            authentication.too_long(self)
        else:
            counting.too_long(self, text)
