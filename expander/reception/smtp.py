"""Messages that a user of this machine hands in over SMTP on standard input: ``-bs`` and ``-bS``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from drivers.values.peer import NO_SOCKET
from expander.message import envelope_line
from expander.message.large_body import LargeBody
from expander.queue.message import HEADER_ALONE, WHOLE, Message, Recipient
from expander.queue.waiting import is_wrapper
from expander.reception import arrival
from expander.reception.large import put_on_spool
from expander.reception.local import LocalReception
from expander.reception.onward import hand_on
from expander.reception.submission import Submission, own_address
from expander.session import arrival as session_arrival
from expander.session.cutthrough import HANDED_ON_BY
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from drivers.api.transports import Submitted
    from expander.acl.cutthrough import Held
    from expander.message.headers import Header
    from expander.queue.agent import Agent
    from expander.session.arrived import Arrived
    from expander.session.machine import Session

RETURNS = {"HDRS": HEADER_ALONE, "FULL": WHOLE}


class LocalSmtp(State):
    """The submissions of one session; ``arrived`` are the names of messages that wait to be delivered."""

    agent: Agent
    submission: Submission
    session: Session
    arrived: list[str] = made_by(default_factory=list)
    started: float = 0.0
    old: list[tuple[int, str]] = made_by(default_factory=list)

    def begin(self) -> None:
        """Let the variables of the session tell who the client is."""
        facts, account = self.session.ctx.facts, self.submission.account
        facts.update(
            originator_uid=str(account.uid),
            originator_gid=str(account.gid),
            caller_uid=str(account.uid),
            caller_gid=str(account.gid),
            sender_ident=account.login,
            **{NO_SOCKET: "yes"},
            sender_address="",
            authenticated_id="",
            authenticated_sender="",
        )
        if not self.submission.is_trusted:
            own = own_address(self.session.ctx, account)
            facts.update(sender_address=own, authenticated_id=account.login, authenticated_sender=own)
        facts.update(self.submission.facts)
        self.session.is_trusted = self.submission.is_trusted
        self.session.open_file = self.agent.spool.open_unnamed
        self.session.text_sender_with = self.text_sender
        self.session.arrive_with = self.arrive
        self.session.keep_with = self.keep
        self.session.reject_with = self.reject
        self.session.write_with = self.write
        self.session.submit_with = self.submit
        self.session.ctx.state[HANDED_ON_BY] = self.hand_on

    def arrive(self, session: Session, headers: Sequence[Header], name: str) -> int:
        """Make the header complete, as for any message of a user, and put ``Received:`` before it."""
        given, state = self.submission, session.mail
        text = session.reception
        self.started = self.agent.world.clock.now() if text is None else text.begun
        submission = Submission(
            given.account,
            sender=state.sender,
            full_name=given.full_name,
            is_trusted=given.is_trusted,
            recipients=[address for address in state.recipients if address],
            is_fixed=given.is_fixed and "suppress_local_fixups" not in state.controls,
            qualifies=given.qualifies,
        )
        reception = LocalReception(self.agent, submission, session.ctx, name)
        state.sender, state.recipients = reception.complete(headers)
        self.old = reception.old
        session.ctx.facts["sender_address"] = Tainted(state.sender)
        return sum(len(text) for _, text in session.ctx.headers or ())

    def text_sender(self) -> str:
        """The sender that the message under way is to have: the caller's own, unless others may be given."""
        given, ctx = self.session.mail.sender or "", self.session.ctx
        if self.submission.is_trusted or envelope_line.may_set(ctx, given):
            return given
        return own_address(ctx, self.submission.account)

    def hand_on(self, held: Held, arrived: Arrived) -> tuple[str, str]:
        """Send a message over a connection that is there, and tell the log: the reply, after its digit."""
        message = self._message(arrived)
        try:
            return hand_on(self.agent, self.session, message, held)
        finally:
            if isinstance(message.body, LargeBody):  # it was there to be read from
                self.agent.spool.forget(message.name)

    def _message(self, arrived: Arrived) -> Message:
        session, account = self.session, self.submission.account
        message = Message(
            arrived.message_id, arrived.sender, account.login, account.uid, account.gid, self.started
        )
        wishes = session.mail.wishes
        message.recipients = [
            Recipient(address, notify=notify, original=original)
            for address, (notify, original) in zip(arrived.recipients, wishes, strict=False)
        ]
        message.envelope_id = session.mail.envelope_id
        message.returns = RETURNS.get(session.mail.returns, 0)
        message.headers, message.is_wire = list(arrived.headers), session_arrival.keeps_ends(session)
        received = int(bool(message.headers) and message.headers[0][0] == "Received")
        message.old_headers = [(at + received, text) for at, text in self.old]
        if arrived.store.is_long:
            pieces = (piece.replace(b"\r", b"\n") for piece in arrived.body_pieces())
            message.body = put_on_spool(self.agent.spool, message.name, pieces, is_wire=message.is_wire)
        else:
            message.body = arrived.body.replace(b"\r", b"\n")
        message.facts = dict(session.ctx.facts)
        if "utf8_downconvert" in session.mail.controls and message.facts.get("message_smtputf8") == "yes":
            message.facts["utf8_downconvert"] = session.mail.controls["utf8_downconvert"] or "1"
        message.acl_c, message.acl_m = dict(session.ctx.acl_c), dict(session.ctx.acl_m)
        message.complete = self.agent.world.clock.now()
        message.is_trial = self.submission.is_trial
        message.takes_unqualified_senders = session.takes_unqualified_senders
        message.takes_unqualified_recipients = session.takes_unqualified_recipients
        message.is_local = not self.submission.is_trusted
        if "freeze" in session.mail.controls and not is_wrapper(session.ctx.options):
            message.frozen = int(message.complete)
        return message

    def keep(self, arrived: Arrived) -> None:
        """Put a message on the spool. Raises ``OSError``."""
        session, message = self.session, self._message(arrived)
        self.agent.spool.keep(message)
        reception = session.reception
        chunks = reception is not None and reception.chunks
        size = message.size + (message.body.count(b"\n") if message.is_wire else 0)
        line = session_arrival.line(session, size, chunks=chunks, with_envelope=False)
        _, _, rest = line.partition(" ")
        self.agent.spool.log(message.name, f"{self.agent.logs.stamp()} Received from {rest}\n")
        if is_wrapper(session.ctx.options) or not (message.frozen or "queue" in session.mail.controls):
            self.arrived.append(message.name)

    def submit(self, message: Submitted) -> str:
        """Hand in a message that is made here: its name, "" if it is not taken."""
        from expander.reception.generated import submit

        return submit(self.agent, message)

    def write(self, text: str, names: Collection[str], with_header: bool) -> None:  # noqa: FBT001 - as below
        """Write a line to the logs of these names."""
        name = self.session.message_id
        logs = tuple(log for log in ("main", "panic") if log in names)
        if logs:
            self.agent.logs.write(f"{name} {text}" if name else text, logs)
        if "reject" in names:
            self.reject(text, with_header)

    def reject(self, text: str, with_header: bool) -> None:  # noqa: FBT001 - the session gives it by its place
        """Write a refusal to the reject log as well, with the header where there is one by then."""
        session, name = self.session, self.session.message_id
        headers = ""
        if with_header:
            recipients = [address for address in session.mail.recipients if address]
            headers = arrival.reject_headers(session.ctx, session.mail.sender or "", recipients)
        self.agent.logs.rejected(f"{name} {text}" if name else text, headers)
