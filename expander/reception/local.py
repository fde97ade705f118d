"""A message that is handed in on standard input without SMTP: ``-bm``, ``-t`` and plain arguments."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from drivers.api.text import Tainted, is_tainted, tainted_like
from drivers.values import header_changes, mailbox
from expander.acl.engine import check_acl
from expander.message import envelope_line, qualify
from expander.message.fixups import is_from
from expander.message.headers import moved, removed
from expander.message.phrase import phrase
from expander.message.submission import (
    ENVELOPE,
    Submitter,
    authored,
    dated,
    identified,
    spelled_out,
    without_named,
)
from expander.queue.message import Message, Recipient
from expander.queue.waiting import is_wrapper
from expander.reception import arrival, message_id_parts
from expander.reception.controls import LocalControls
from expander.reception.judging import judged
from expander.reception.large import LargeReception, read_parts
from expander.reception.refusing import check_size, see_to_refusal
from expander.reception.rejected import RejectedError
from expander.reception.submission import full_name_of, own_address
from expander.rewriting import where
from expander.rewriting.section import rewrite_address, rewrite_headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from expander.expand.context import Context
    from expander.message.headers import Header, ReadMessage
    from expander.message.large_body import Body
    from expander.queue.agent import Agent
    from expander.reception.submission import Submission


class LocalReception:
    """Takes one message in; ``ctx`` is a context of its own.

    ``partly_with`` is told of recipients in the header that are none, where there are others to go on with;
    as long as nobody sets it, the message is refused.
    """

    def __init__(self, agent: Agent, submission: Submission, ctx: Context, name: str = "") -> None:
        self.agent = agent
        self.submission = submission
        self.ctx = ctx
        self.name = name or agent.new_name()
        self.started = agent.world.clock.now()
        self.sender = ""
        self.discarded = ""
        self.is_queued = False
        self.partly_with: Callable[[RejectedError], None] | None = None
        self.refusal: RejectedError | None = None
        self.old: list[tuple[int, str]] = []
        self._spelled: dict[str, str] = {}
        self._by_envelope = False
        self.given: list[str] = []
        self.given_sender = ""
        self.excluded: list[str] = []

    def receive(self, data: bytes, more: Iterator[bytes] | None = None) -> Message | None:
        """Read a message and put it on the spool; None if an ACL wants it to be thrown away.

        ``data`` has all of it, or what comes before ``more``. Raises `RejectedError`, ``ExpansionError`` and
        ``OSError``.
        """
        ctx = self.ctx
        self.begin()
        text = ctx.options.get("acl_not_smtp_start")
        if text:
            check_acl(ctx, "not_smtp_start", str(text), LocalControls(self))
        found, large = read_parts(
            self.agent.spool,
            self.name,
            data,
            more,
            is_envelope_line=self._is_envelope_line,
            dot_ends=self.submission.dot_ends,
        )
        try:
            return self._taken(found, large)
        except BaseException:
            if large is not None:
                large.forget()
            raise

    def _taken(self, found: ReadMessage, large: LargeReception | None) -> Message | None:
        """Put a message that was read on the spool, if that is to be. Raises what `receive` does."""
        ctx, submission = self.ctx, self.submission
        if found.envelope_lines:
            self._take_envelope_line(found.envelope_lines[-1])
        body: Body = found.stray.encode("latin-1") + found.body
        if large is not None:
            body = large.body()
        elif body and body[-1:] != b"\n":
            body = bytes(body) + b"\n"
        ctx.body = body
        ctx.facts.update(found.facts)
        self._count(found, len(body))
        ctx.facts.update(message_exim_id=self.name, received_time=str(int(self.started)), message_age="0")
        headers, recipients = self._header(found.headers)
        see_to_refusal(self, headers)
        check_size(self, headers, recipients, found.headers)
        message = Message(
            self.name,
            self.sender,
            submission.account.login,
            submission.account.uid,
            submission.account.gid,
            self.started,
        )
        message.body = body
        message.is_trial = submission.is_trial
        message.is_local_error = submission.is_local_error or (submission.is_generated and not self.sender)
        message.takes_unqualified_senders = message.takes_unqualified_recipients = submission.qualifies
        message.is_local = submission.sender is None or not submission.is_trusted
        message.sender_untrusted = submission.sender is not None and not submission.is_trusted
        if self._by_envelope:
            message.sender_untrusted = not submission.is_trusted
            message.is_local = not submission.is_trusted
        self._with_received(headers, recipients)
        controls = judged(self, recipients)
        message.recipients = [Recipient(address) for address in recipients]
        message.done = dict.fromkeys(self.excluded)
        kept = self._kept(message, controls)
        if kept is None and large is not None:
            large.forget()
        return kept

    def _count(self, found: ReadMessage, size: int) -> None:
        """Let the variables count a line that has ended the header, and a newline that was missing."""
        facts, stray = self.ctx.facts, bool(found.stray)
        has_more = stray and size > len(found.stray)
        for name, more in (
            ("body_linecount", stray),
            ("message_linecount", has_more),
            ("message_size", size - int(facts["message_body_size"]) - len(found.stray)),
            ("message_body_size", size - int(facts["message_body_size"])),
        ):
            facts[name] = str(int(facts[name]) + more)

    def complete(self, headers: Sequence[Header]) -> tuple[str, list[str]]:
        """Let the context have the header lines as they are kept: the sender and the recipients.

        For messages whose envelope is known beforehand. Raises ``ExpansionError``.
        """
        given = self.submission.sender or ""
        self.sender = given
        if not self.submission.is_trusted and not envelope_line.may_set(self.ctx, given):
            self.sender = own_address(self.ctx, self.submission.account)
        lines, recipients = self._header(headers)
        self._with_received(lines, recipients)
        return self.sender, recipients

    def begin(self) -> None:
        """Let the variables tell who hands the message in."""
        ctx, submission = self.ctx, self.submission
        facts = ctx.facts
        account, own = submission.account, own_address(ctx, submission.account)
        self.sender = own
        facts.update(
            originator_uid=str(account.uid),
            originator_gid=str(account.gid),
            caller_uid=str(account.uid),
            caller_gid=str(account.gid),
            sender_ident=account.login,
            received_protocol=submission.protocol,
            authenticated_id=account.login,
            authenticated_sender=own,
        )
        given = submission.sender
        if given is not None:
            if submission.is_trusted:
                facts.update(authenticated_id="", authenticated_sender="")
            if not given or submission.is_trusted or envelope_line.may_set(self.ctx, given):
                self.sender = given if not given or mailbox.has_domain(given) else f"{given}@{self._domain}"
        facts.update(submission.facts)
        self._tell_sender(is_given=bool(given) and self.sender != own)

    def _tell_sender(self, *, is_given: bool) -> None:
        """Let the variable have the sender, which comes from outside if it is given."""
        self.ctx.facts["sender_address"] = Tainted(self.sender) if is_given and self.sender else self.sender

    @property
    def _domain(self) -> str:
        return str(self.ctx.options["qualify_domain"] or "")

    def _is_envelope_line(self, line: str) -> bool:
        return envelope_line.sender_in(self.ctx, line) is not None

    def _take_envelope_line(self, line: str) -> None:
        """Believe a ``From`` line where the caller may say who the sender is and has not done so."""
        submission = self.submission
        if submission.sender is not None:
            return
        found = envelope_line.address_in(self.ctx, line)
        if found is None:
            return
        if submission.is_trusted or envelope_line.may_set(self.ctx, found):
            self.sender = found
            self._by_envelope = True
            self._tell_sender(is_given=True)
            if submission.is_trusted:
                self.ctx.facts["authenticated_sender"] = ""

    def _header(self, given: Sequence[Header]) -> tuple[list[Header], list[str]]:
        """The header lines made complete and rewritten, and the recipients."""
        ctx, submission, options = self.ctx, self.submission, self.ctx.options
        unwanted = {name for option, name in ENVELOPE.items() if options[option]}
        resent = qualify.is_resent(given)
        sender_line = "resent-sender" if resent else "sender"
        keeps_sender = (
            submission.is_trusted or bool(options.get("local_sender_retain")) or not self._checks_from
        )
        if not (keeps_sender or not submission.is_fixed):
            unwanted.add(sender_line)
        headers = without_named(given, unwanted)
        self.old = removed(given, headers)
        submitter = self._submitter()
        headers = spelled_out(headers, submitter, self._domain, resent=resent)
        recipients = list(submission.recipients)
        if submission.from_headers:
            recipients, headers = self._from_headers(headers)
        self.given = [self._spelled.get(address, address) for address in recipients]
        host = options["primary_hostname"]
        domain = message_id_parts.domain(self.ctx) or host
        if submission.is_fixed:
            text = f"E{self.name}{message_id_parts.text(self.ctx)}@{domain}"
            headers = self._moved_on(headers, identified(headers, text, resent=resent))
        ctx.headers = headers
        recipients = self._rewritten(recipients)
        if submission.is_fixed:
            headers = authored(headers, submitter, resent=resent)
            if self._checks_from and not submission.is_trusted and not submission.is_local_error:
                headers = self._with_sender(headers, sender_line.title(), resent=resent)
        ctx.headers = headers
        self.given_sender = own_address(ctx, submission.account) if self._by_envelope else self.sender
        sender = self.sender
        self.sender = str(rewrite_address(ctx, Tainted(sender), where.ENVELOPE_FROM))
        self._note_rewritten("sender", sender, self.sender)
        self._tell_sender(is_given=is_tainted(ctx.facts["sender_address"]))
        before = headers
        headers = rewrite_headers(
            ctx,
            before,
            sender_domain=self._domain if submission.qualifies else "",
            recipient_domain=str(options["qualify_recipient"]) if submission.qualifies else "",
        )
        if len(before) == len(headers):
            pairs = enumerate(zip(before, headers, strict=True))
            self.old += [(at, old[1]) for at, (old, new) in pairs if old is not new]
            self.old.sort(key=itemgetter(0))
        if submission.is_fixed:
            headers = self._moved_on(headers, dated(headers, ctx.expand("$tod_full"), resent=resent))
        return headers, recipients

    @property
    def _checks_from(self) -> bool:
        return bool(self.ctx.options.get("local_from_check", True))

    def _submitter(self) -> Submitter:
        """The sender with the name that ``-F`` or the account gives; none for another sender."""
        submission, full_name = self.submission, self.submission.full_name
        if full_name is None:
            is_own = submission.sender is None or not submission.is_trusted
            full_name = full_name_of(self.ctx, submission.account) if is_own and not self._by_envelope else ""
        written = phrase(full_name, str(self.ctx.options.get("headers_charset") or "UTF-8"))
        sender = self.sender
        if not sender and (submission.is_generated or not submission.is_trusted):
            sender = own_address(self.ctx, submission.account)
        return Submitter(sender, written, submission.account.login)

    def _with_sender(self, headers: list[Header], name: str, *, resent: bool) -> list[Header]:
        """The header lines and one that tells who the sender really is, if the author is somebody else."""
        options, account = self.ctx.options, self.submission.account
        own = own_address(self.ctx, account)
        if is_from(headers, own, options, mailbox.permitted(options), resent=resent):
            return headers
        full_name = self.submission.full_name
        if full_name is None:
            full_name = full_name_of(self.ctx, account)
        written = phrase(full_name, str(options.get("headers_charset") or "UTF-8"))
        return [*headers, (name, f"{name}: {Submitter(own, written).mailbox}\n")]

    def _from_headers(self, headers: list[Header]) -> tuple[list[str], list[Header]]:
        """The recipients that header lines name, and the lines without ``Bcc:``; arguments take some out."""
        options = self.ctx.options
        rules = mailbox.permitted(options)
        bad = qualify.bad_recipients(headers, rules)
        before = headers
        found, headers = qualify.recipients(before, rules)
        self.old = [*moved(self.old, before, headers), *removed(before, headers)]
        self.old.sort(key=itemgetter(0))
        given = [self._qualified(address) for address in self.submission.recipients]
        self._spelled = {self._qualified(address): address for address in reversed(found)}
        found = [self._qualified(address) for address in found]
        had_some = bool(found)
        if options.get("extract_addresses_remove_arguments", True):
            self.excluded = given[::-1]
            found = [address for address in found if address not in given]
        else:
            found = [*given, *found]
        if not found:
            kind = "bad recipients" if bad else "all removed" if had_some else "no recipients"
            self.refusal = RejectedError(kind, bad=bad)
        elif bad:
            self.refusal = RejectedError("bad recipients", bad=bad, is_partial=True)
        return found, headers

    def _qualified(self, address: str) -> str:
        if mailbox.has_domain(address):
            return address
        return f"{address}@{self.ctx.options['qualify_recipient'] or self._domain}"

    def _rewritten(self, recipients: list[str]) -> list[str]:
        qualified = self._qualified if self.submission.qualifies else str
        texts = [Tainted(qualified(address)) for address in recipients]
        found = [tainted_like(rewrite_address(self.ctx, text, where.ENVELOPE_TO), text) for text in texts]
        for before, after in zip(texts, found, strict=True):
            self._note_rewritten("original-recipient", before, after)
        return found

    def _note_rewritten(self, what: str, before: str, after: str) -> None:
        """Keep an address of the envelope as it was, in a line that is no part of the message."""
        if after != before:
            self.old.append((len(self.ctx.headers or ()), f"X-rewrote-{what}: {before}\n"))

    def _moved_on(self, before: list[Header], after: list[Header]) -> list[Header]:
        """The same lines; those that are no part of the message go on where others were put before them."""
        if len(after) > len(before) and after[-len(before) :] == before:
            self.old = [(at + len(after) - len(before), text) for at, text in self.old]
        return after

    def _with_received(self, headers: list[Header], recipients: list[str]) -> None:
        """Put ``Received:`` before all other lines, as the message is now."""
        ctx = self.ctx
        text = arrival.received(ctx, recipients)
        ctx.headers = [*([("Received", text)] if text else []), *headers]

    def _kept(self, message: Message, controls: LocalControls) -> Message | None:
        ctx = self.ctx
        changed = header_changes.take_effect(header_changes.changes_of(ctx.state), ctx.headers or ())
        ctx.headers = message.headers = changed
        received = int(bool(changed) and changed[0][0] == "Received")
        message.old_headers = [(at + received, text) for at, text in self.old]
        message.facts = dict(ctx.facts)
        message.acl_c, message.acl_m = dict(ctx.acl_c), dict(ctx.acl_m)
        message.complete = self.agent.world.clock.now()
        if is_wrapper(ctx.options):  # all is delivered at once
            controls.given.clear()
        if "freeze" in controls.given:
            message.frozen = int(message.complete)
        self.is_queued = bool(message.frozen) or "queue" in controls.given
        reference = self.submission.reference
        line = arrival.line(ctx, message, self.given, reference=reference, sender=self.given_sender)
        if self.discarded:
            self.agent.logs.main(f"{self.name} {line}")
            self.agent.logs.main(f"{self.name} => blackhole ({self.discarded}")
            self.agent.logs.main(f"{self.name} Completed")
            return None
        self.agent.spool.keep(message)
        stamp = self.agent.logs.stamp()
        own = arrival.line(ctx, message, self.given, reference=reference, with_envelope=False)
        self.agent.spool.log(self.name, f"{stamp} Received from {own.removeprefix('<= ')}\n")
        self.agent.logs.main(f"{self.name} {line}", told=f"{self.name} {own}")
        if message.frozen:
            self.agent.logs.main(f"{self.name} frozen by ACL")
        elif "queue" in controls.given:
            line = f"{self.name} no immediate delivery: queued by ACL"
            self.agent.logs.main(line, selector="delay_delivery")
        return message
