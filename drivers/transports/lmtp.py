"""The lmtp transport: a server behind a Unix socket, or a command that is one, takes the message."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.remote import CLOSED, DATA_4XX, MAIL_4XX, MALFORMED, RCPT_4XX
from drivers.api.text import is_tainted, logged, printing
from drivers.api.transports import DEFER, FAIL, OK, PANIC, UNKNOWN, Failure, Form
from drivers.api.unit import transport
from drivers.transports import writing
from drivers.values.commandline import cut
from drivers.values.smtp_client import Conversation
from drivers.values.smtp_telling import LmtpTelling

if TYPE_CHECKING:
    from drivers.api.links import Link
    from drivers.api.routing import Address
    from drivers.api.transports import Job
    from drivers.values.smtp_client import Reply

_NUMBERS = {"MAIL": MAIL_4XX, "RCPT": RCPT_4XX, "DATA": DATA_4XX, "end ": DATA_4XX}
END = "end of data"


@transport("lmtp", syntax="driver = lmtp", section="The lmtp transport", feature="transport_lmtp")
def lmtp(job: Job) -> None:
    """Give the message to a server on this machine that says of each recipient what becomes of it."""
    command = str(job.transport["command"] or "")
    link = _started(job, command) if command else _connected(job)
    if link is not None:
        telling = None if job.tell is None else LmtpTelling(job.tell)
        _Session(job, Conversation(link, telling)).run()


def _started(job: Job, command: str) -> Link | None:
    """The command that is talked to, None if that is not to be done. Raises `Failure`."""
    name = job.transport.name
    words = []
    for piece in cut(command):
        if piece == "$pipe_addresses":
            words += [str(address.text) for address in job.addresses]
            continue
        try:
            words.append(job.ctx.expand(piece) if "$" in piece else piece)
        except ExpansionError as problem:
            what = f'Expansion of "{piece}" from command "{command}" in {name} transport'
            raise Failure(PANIC, UNKNOWN, f"{what} failed: {problem.message}") from None
    for number, word in enumerate(words):
        if is_tainted(word):
            raise Failure(FAIL, 0, f"Tainted arg {number} for {name} transport command: '{word}'")
    if job.is_trial:
        return None
    try:
        return job.outward.programs.connect(words, directory=job.directory, ids=job.ids)
    except OSError:
        raise Failure(DEFER, UNKNOWN, "LMTP connection closed after initial connection") from None


def _connected(job: Job) -> Link | None:
    """The server behind the socket, None if nobody is to be talked to. Raises `Failure`."""
    name, text = job.transport.name, str(job.transport["socket"])
    try:
        path = job.ctx.expand(text)
    except ExpansionError as problem:
        words = f'Expansion of "{text}" (socket setting for {name} transport) failed: {problem.message}'
        raise Failure(DEFER, UNKNOWN, words) from None
    if job.is_trial:
        return None
    try:
        return job.outward.sockets.connect(path, patience=float(job.transport["timeout"] or 0))
    except OSError as error:
        words = f"Failed to connect to socket {path} for {name} transport: {error.strerror}"
        raise Failure(DEFER, UNKNOWN, words) from None


class _Over(Exception):
    """The conversation ends for all: the outcome, Exim's number, the message, whether QUIT is said."""

    def __init__(
        self, outcome: str, number: int, message: str, *, more: int = 0, quits: bool = False
    ) -> None:
        super().__init__(message)
        self.outcome, self.number, self.message, self.more, self.quits = outcome, number, message, more, quits


class _Session:
    """One message to the server."""

    def __init__(self, job: Job, wire: Conversation) -> None:
        self._job = job
        self._wire = wire
        self._patience = float(job.transport["timeout"] or 0)
        self._taken: list[Address] = []
        self._written = 0
        self._has_sent = False

    def run(self) -> None:
        """Hold the conversation; each address gets its result. Raises `Failure`."""
        quits = True
        try:
            self._converse()
        except _Over as over:
            quits = over.quits
            for address in self._job.addresses:
                # What ends it before the message is there counts for those too of whom it was said otherwise.
                if not self._has_sent or (address.result == OK and not address.confirmation):
                    self._put_off(address, over.outcome, over.number, over.message, more=over.more)
        finally:
            with suppress(OSError):
                if quits:
                    self._wire.put("QUIT")
                    self._wire.flush()
                    self._wire.reply(1.0)
            self._wire.close()

    def _put_off(
        self,
        address: Address,
        outcome: str,
        number: int,
        message: str,
        *,
        more: int = 0,
        passes: bool = False,
    ) -> None:
        address.result, address.number, address.more = outcome, number, more
        address.message, address.passes_message = message, passes

    def _converse(self) -> None:
        job = self._job
        self._want("2", self._reply("initial connection"), "initial connection")
        hello = self._said(f"LHLO {job.ctx.options['primary_hostname']}")
        takes_all = bool(job.transport["ignore_quota"]) and any(
            line[4:].upper() == "IGNOREQUOTA" for line in hello.text.split("\n")
        )
        self._said(f"MAIL FROM:<{job.ctx.facts.get('return_path', '')}>")
        for address in job.addresses:
            self._ask(address, " IGNOREQUOTA" if takes_all else "")
        if not self._taken:
            return
        self._said("DATA", wanted="3")
        self._send_text()
        self._has_sent = True
        for address in self._taken:
            self._take_verdict(address)

    def _ask(self, address: Address, how: str) -> None:
        job = self._job
        command = f"RCPT TO:<{writing.recipient(job, address)}>"
        reply = self._command(f"{command}{how}")
        if reply.code == "2":
            self._taken.append(address)
        else:
            self._refused(address, reply, command)

    def _refused(self, address: Address, reply: Reply, sent: str) -> None:
        over = self._over(reply, sent)
        if over.number in {CLOSED, MALFORMED} or not over.quits:
            raise over
        self._put_off(address, over.outcome, over.number, over.message, more=over.more, passes=True)

    def _send_text(self) -> None:
        job, chosen = self._job, self._job.transport
        form = Form(
            crlf=True,
            with_headers=not chosen["body_only"],
            with_body=not chosen["headers_only"],
            return_path=bool(chosen["return_path_add"]),
            envelope_to=bool(chosen["envelope_to_add"]),
            delivery_date=bool(chosen["delivery_date_add"]),
            doubles_dots=True,
        )
        telling = self._wire.telling
        if telling is not None:
            telling.text()
        for piece in chain(job.pieces(form), (b".\r\n",)):
            self._wire.write(piece)
            self._written += len(piece)
        if telling is not None and not chosen["transport_filter"]:
            telling.dot()
        job.written = self._written

    def _take_verdict(self, address: Address) -> None:
        try:
            reply = self._wire.reply(self._patience)
        except TimeoutError:
            words = f"LMTP timeout after {END} ({self._written} bytes written)"
            raise _Over(DEFER, UNKNOWN, words, quits=True) from None
        if reply.code == "2":
            address.confirmation = logged(reply.text)
        else:
            self._refused(address, reply, END)

    def _said(self, command: str, *, wanted: str = "2") -> Reply:
        return self._want(wanted, self._command(command), command)

    def _command(self, command: str) -> Reply:
        self._wire.put(command)
        self._wire.flush()
        return self._reply(command.removesuffix(" IGNOREQUOTA"))

    def _reply(self, sent: str) -> Reply:
        try:
            return self._wire.reply(self._patience)
        except TimeoutError:
            raise _Over(DEFER, UNKNOWN, f"LMTP timeout after {sent}") from None

    def _want(self, code: str, reply: Reply, sent: str) -> Reply:
        if reply.code != code:
            raise self._over(reply, sent)
        return reply

    def _over(self, reply: Reply, sent: str) -> _Over:
        """How a reply that was not wanted ends the conversation."""
        if not reply.text:
            return _Over(DEFER, UNKNOWN, f"LMTP connection closed after {sent}", quits=sent == END)
        shown = printing(reply.text)
        if reply.is_malformed:
            return _Over(DEFER, MALFORMED, f"Malformed LMTP response after {sent}: {shown}")
        words = f"LMTP error after {sent}: {shown}"
        if reply.code == "5":
            return _Over(FAIL, 0, words, quits=True)
        number = _NUMBERS.get(sent[:4], UNKNOWN) if reply.code == "4" else UNKNOWN
        more = int(reply.text[1:3]) << 8 if number != UNKNOWN else 0
        return _Over(DEFER, number, words, more=more, quits=True)
