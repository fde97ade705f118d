"""One message over a connection: MAIL, RCPT, the text, and what the host says of each recipient."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.remote import PENDING, RCPT_4XX
from drivers.api.text import logged, printing
from drivers.api.transports import DEFER, FAIL, OK
from drivers.transports import smtp_body, smtp_ending
from drivers.transports.smtp_hosts import found_by
from drivers.transports.smtp_parameters import (
    in_ascii,
    keeps_alphabet,
    of_authenticated_sender,
    of_recipient,
    of_sender,
)
from drivers.transports.smtp_trouble import Trouble, of_reply, of_silence
from drivers.transports.writing import recipient
from drivers.values.log_selector import selects
from drivers.values.smtp_client import Reply
from drivers.values.smtp_telling import AT_ONCE, GATHERED, WITH_MORE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.remote import Sent
    from drivers.api.routing import Address
    from drivers.transports.smtp_attempt import Attempt

TOO_MANY = 52
"""The end of the code of a reply that has too many recipients for one message."""
_PIPELINED = "pipelined "
A_CHUNK = "sending data block"


class Transaction:
    """The message to some recipients, at most as many as may go at once.

    `run` leaves in each address its result: `PENDING` where another host may be tried. It raises `Trouble`
    for what is about all that have none yet. ``logs`` lets refusals for now be told before others are tried.
    ``later`` are recipients that the host does not want at once with those before them, and all behind the
    first of them, even if it has taken those; they are ``already`` taken in the transaction that follows.
    ``has_put_off`` tells that a recipient is to be tried at another time. ``is_last`` says whether the
    connection ends with this message, so that QUIT may go with the end of the text.
    """

    def __init__(
        self,
        attempt: Attempt,
        addresses: Sequence[Address],
        sent: Sent,
        *,
        logs: bool,
        already: Sequence[Address] = (),
        is_last: Callable[[Transaction], bool] = lambda _: False,
    ) -> None:
        self._attempt = attempt
        self._job = attempt.job
        self._wire = attempt.wire
        self._addresses = addresses
        self._sent = sent
        self._logs = logs
        self._pipelined = "PIPELINING" in attempt.offers
        self._chunked = "CHUNKING" in attempt.offers
        self._prdr = "PRDR" in attempt.offers and len(addresses) > 1
        self._taken: list[Address] = []
        self._rewritten: dict[int, str] = {}
        self._written = 0
        self.is_complete = False
        self.later: list[Address] = []
        self._already = already
        self._is_last = is_last
        self._has_failed = False
        self.has_put_off = False
        self._sender = ""
        self._is_converted = False
        sent.pipelining, sent.chunking, sent.prdr = self._pipelined, self._chunked, self._prdr

    @property
    def has_said_yes_or_no(self) -> bool:
        """True if the host has taken or refused a recipient for good."""
        return bool(self._taken) or self._has_failed

    @property
    def taken_later(self) -> list[Address]:
        """Those of the recipients for ``later`` that the host has taken."""
        return [address for address in self._taken if any(address is other for other in self.later)]

    @property
    def _before(self) -> str:
        return _PIPELINED if self._pipelined else ""

    def run(self) -> None:
        """Send the message. Raises `Trouble`, and `Failure`."""
        self._attempt.needs_reset = True
        self._sender = self._job.sender
        if self._job.is_international and not keeps_alphabet(self._job, self._attempt.offers):
            self._convert()
        mail = self._mail_command()
        if self._pipelined:
            self._put_envelope(mail)
            if self._chunked:
                self._send_chunks(mail)
                return
            if not self._job.is_all_or_nothing:
                self._wire.put("DATA")
            self._wire.flush()
            self._take_all(mail)
            if not self._goes_on():
                return
            if self._job.is_all_or_nothing:
                self._wire.put("DATA")
                self._wire.flush()
            self._take_data(self._reply_to_data())
        else:
            self._wire.put(mail)
            self._wire.flush()
            self._taken_sender(mail, self._reply_to_sender(mail))
            for address in self._addresses:
                self._taken_recipient(address, self._ask_recipient(address))
            if not self._taken or not self._goes_on():
                return
            if self._chunked:
                self._send_chunks("")
                return
            self._take_data(self._attempt.command("DATA"))
        if self._taken:
            self._send_text()

    def _put_envelope(self, mail: str) -> None:
        """The sender and the recipients, for which nothing is waited."""
        self._wire.put(mail, how=GATHERED)
        for address in self._addresses:
            goes_on = address is not self._addresses[-1] or not self._job.is_all_or_nothing or self._chunked
            self._wire.put(self._rcpt(address), how=GATHERED if goes_on else AT_ONCE)

    def _convert(self) -> None:
        """Write addresses in ASCII. See "Internationalised mail" in the manual."""
        self._is_converted = True
        self._sender = in_ascii(self._sender)
        for address in self._addresses:
            local_part, _, domain = in_ascii(self._shown(address)).rpartition("@")
            address.local_part, address.domain = local_part, domain
            self._rewritten[id(address)] = f"{local_part}@{domain}"

    # Sender and recipients.

    def _mail_command(self) -> str:
        words = [f"MAIL FROM:<{self._sender}>"]
        words += of_sender(
            self._job, self._attempt.offers, self._addresses, prdr=self._prdr, converts=self._is_converted
        )
        words += of_authenticated_sender(self._job, self._sent)
        return " ".join(words)

    def _rcpt(self, address: Address) -> str:
        return f"RCPT TO:<{self._shown(address)}>{of_recipient(address, self._attempt.offers)}"

    def _shown(self, address: Address) -> str:
        """The address as the host gets it, without affixes unless they are wanted."""
        if id(address) in self._rewritten:
            return self._rewritten[id(address)]
        return recipient(self._job, address)

    def _reply(self, sent: str, patience: float | None = None) -> Reply:
        return self._attempt.reply(sent, patience=patience)

    def _reply_to_sender(self, sent: str) -> Reply:
        try:
            return self._reply(sent)
        except Trouble as trouble:
            trouble.of_message = trouble.of_message or not trouble.of_greeting
            raise

    def _reply_to_data(self) -> Reply:
        try:
            return self._reply(f"{self._before}DATA")
        except Trouble:
            if self._taken:
                raise
            return Reply("")

    def _take_all(self, mail: str) -> None:
        """The replies to the sender and the recipients that were sent together."""
        self._taken_sender(mail, self._reply_to_sender(self._before + mail))
        for address in self._addresses:
            self._taken_recipient(address, self._reply_to_recipient(address))

    def _taken_sender(self, mail: str, reply: Reply) -> None:
        if reply.code == "2":
            return
        trouble = of_reply(reply, self._before + mail, of_message=True)
        if self._pipelined and trouble.quits:
            for _ in self._addresses:
                self._reply("RCPT")
            if not (self._chunked or self._job.is_all_or_nothing):
                self._reply("DATA")
        if not reply.text:
            trouble.of_message = False
        raise trouble

    def _ask_recipient(self, address: Address) -> Reply:
        self._wire.put(self._rcpt(address))
        self._wire.flush()
        return self._reply_to_recipient(address)

    def _reply_to_recipient(self, address: Address) -> Reply:
        try:
            return self._reply(f"RCPT TO:<{self._shown(address)}>")
        except Trouble as trouble:
            trouble.is_logged = False
            trouble.of_recipient = address
            raise

    def _taken_recipient(self, address: Address, reply: Reply) -> None:
        what = f"RCPT TO:<{self._shown(address)}>"
        if reply.code == "2":
            self._taken.append(address)
            return
        if reply.is_malformed or not reply.text:
            raise of_reply(reply, self._before + what)
        address.sent = self._sent
        address.message = f"SMTP error from remote mail server after {what}: {printing(reply.text)}"
        address.passes_message = True
        host = self._attempt.host
        if reply.code == "5":
            address.result, address.number = FAIL, 0
            self._has_failed = True
            self._job.log_message(f"H={host.name} [{host.address}] {address.message}")
            return
        address.number, address.more = RCPT_4XX, int(reply.text[1:3]) << 8
        address.more |= found_by(self._attempt.host)
        self._job.put_off(address, "msg:rcpt:host:defer", address.more)
        if self._pipelined and address.more >> 8 == TOO_MANY and (self._taken or self._has_failed):
            address.number, self.has_put_off = 0, self._chunked
            self.later = self.later or [*self._addresses[self._addresses.index(address) :]]
            self._job.log_message(f"H={host.name} [{host.address}] {address.message}")
            return
        self.has_put_off = True
        self._job.tries.refused(address)
        if not self._logs:
            self._job.put_off(address, "msg:rcpt:defer", address.more)
        if self._logs:
            port = f":{self._attempt.port}" if selects(self._job.ctx, "outgoing_port") else ":"
            self._job.ctx.log(f"H={host.name} [{host.address}]{port} {address.message}")
        self._job.log_message(f"H={host.name} [{host.address}] {address.message}")

    def _goes_on(self) -> bool:
        """False if a recipient was refused where that is a failure for all: the first refusal counts."""
        if not self._job.is_all_or_nothing:
            return True
        refused = [address for address in self._addresses if not any(address is each for each in self._taken)]
        for address in self._taken if refused else ():
            address.result, address.message, address.number = FAIL, refused[0].message, refused[0].number
            address.sent, address.passes_message = self._sent, True
        return not refused

    # The text.

    def _take_data(self, reply: Reply) -> None:
        if reply.code != "3" and self._taken:
            raise of_reply(reply, f"{self._before}DATA", of_message=bool(reply.text))

    def _send_text(self) -> None:
        self._wire.link.be_patient(float(self._job.transport["data_timeout"] or 0))
        if self._wire.telling is not None:
            self._wire.telling.text()
        for piece in smtp_body.pieces(self._job, doubles_dots=True):
            self._write(piece)
        if self._wire.telling is not None and not self._job.transport["transport_filter"]:
            self._wire.telling.dot()
        self._write(b".\r\n")
        self._quit_at_once()
        self._take_verdict("end of data")

    def _quit_at_once(self) -> None:
        """Say QUIT behind the text, if the host takes commands together and nothing else goes there."""
        if self._pipelined and not self._attempt.is_lmtp and self._is_last(self):
            with suppress(OSError):
                smtp_ending.say_quit(self._attempt)

    def _write(self, data: bytes) -> None:
        try:
            self._wire.write(data)
        except TimeoutError:
            raise of_silence(A_CHUNK, written=self._written) from None
        self._written += len(data)

    def _send_chunks(self, mail: str) -> None:
        """Send the text with BDAT; ``mail`` is what was sent before it and has no reply yet."""
        if self._wire.telling is not None:
            self._wire.telling.chunks()
        for size, pieces, is_last in smtp_body.chunks(self._job):
            self._wire.put(f"BDAT {size}{' LAST' if is_last else ''}", how=WITH_MORE)
            for piece in pieces:
                self._write(piece)
            if is_last:
                self._quit_at_once()
            if mail:
                self._take_all(mail)
                mail = ""
                if not self._goes_on():
                    return
            if is_last:
                break
            reply = self._reply(f"{self._before}{A_CHUNK}")
            if reply.code != "2" and self._taken:
                raise of_reply(reply, f"{self._before}{A_CHUNK}", of_message=True)
            if not self._taken:
                return
        self._take_verdict(f"{self._before}end of data")

    def _take_verdict(self, sent: str) -> None:
        patience = float(self._job.transport["final_timeout"] or 0)
        self._attempt.needs_reset = False
        self._written_to_job()
        if self._attempt.is_lmtp:
            self._take_verdicts(patience, "LMTP error after DATA")
            self.is_complete = True
            return
        reply = self._final(sent, patience)
        if not self._taken:
            return
        if self._prdr and reply.code == "3":
            self._take_verdicts(patience, "PRDR error after DATA")
            reply = self._final(sent, patience)
        elif self._prdr:
            self._sent.prdr = False
        if reply.code != "2":
            for address in self._taken:
                address.result = PENDING  # what was said of each by itself does not count
            raise of_reply(reply, sent, of_message=True)
        self.is_complete = True
        later = [] if self._chunked else self.later
        for address in (*self._taken, *self._already):
            if any(address is other for other in later):
                continue
            if address.result == PENDING:
                self._delivered(address, reply)
            elif address.result == OK:  # by PRDR: both replies are shown
                address.confirmation += f"\\n{logged(reply.text)}"

    def _final(self, sent: str, patience: float) -> Reply:
        try:
            return self._reply(sent, patience)
        except Trouble:
            raise of_silence(sent, written=self._written, of_message=True) from None

    def _take_verdicts(self, patience: float, words: str) -> None:
        """A reply for each recipient."""
        for address in self._taken:
            reply = self._final("end of data", patience)
            if reply.is_malformed or not reply.text:
                raise of_reply(reply, "end of data", of_message=True)
            if reply.code == "2":
                self._delivered(address, reply)
                continue
            address.sent = self._sent
            address.message = f"{words}: {printing(reply.text)}"
            address.passes_message = True
            address.number = 0
            address.result = FAIL if reply.code == "5" else DEFER
            if address.result == DEFER:
                address.more = (int(reply.text[1:3]) << 8) | found_by(self._attempt.host)
                self._job.tries.put_off(address)

    def _delivered(self, address: Address, reply: Reply) -> None:
        address.sent = self._sent
        address.result = OK
        address.message = None
        address.confirmation = logged(reply.text)

    def _written_to_job(self) -> None:
        self._job.written = self._written
