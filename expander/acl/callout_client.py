"""The client's side of a callout: one conversation with one host."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from errno import EADDRNOTAVAIL
from typing import TYPE_CHECKING

from drivers.api.acl import OK
from drivers.api.authentication import concealed
from drivers.api.errors import ExpansionError, Refused
from drivers.api.remote import TLS_REQUIRED
from drivers.api.text import SPACE, to_bytes
from drivers.transports import smtp_dane, smtp_marking, smtp_resumption, smtp_tls
from drivers.transports.smtp_attempt import REFUSED_TLS, REJECTED_BY_EVENT, REQUIRED
from drivers.transports.smtp_parameters import authenticated_sender, in_ascii, xtext
from drivers.transports.smtp_trouble import Trouble, of_reply, of_silence
from drivers.values.smtp_client import Conversation, Reply
from drivers.values.telling import STEPS_SINCE
from expander.acl.callout_hosts import way_to
from expander.acl.callout_line import CalloutLine
from expander.lists.conditions import given_host_matches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.routing import Host, Router
    from expander.acl.callout_options import CalloutOptions
    from expander.acl.run import Run

UNKNOWN_ERROR = f"Unknown error {REJECTED_BY_EVENT}"
FIRST_LIST = "hosts_require_dane"
"""Behind what is told of this list the way to the host is told."""
MOST_OF_A_COMMAND = 8
"""So many characters of each command are told at the end."""


class Client:
    """A conversation with a host, told of as Exim tells of it.

    ``sent`` is the last command, ``log`` what `finish` tells of commands and codes; ``has_begun`` is false
    where not even the address of this side could be had. ``line`` is the connection. Raises ``OSError`` from
    `connect`, `Trouble` where a host cannot be used, and `Unsupported` for what is not imitated.
    """

    line: CalloutLine

    def __init__(
        self, run: Run, transport: Router, host: Host, options: CalloutOptions, *, avoids_tls: bool = False
    ) -> None:
        self._run = run
        self._transport = transport
        self._host = host
        self._options = options
        self._avoids_tls = avoids_tls
        self._wire: Conversation | None = None
        self._is_lmtp = transport["protocol"] == "lmtp"
        self._avoids_esmtp = False
        self._way = ""
        self._offers: str = ""
        self._pipelined = False
        self._is_international = self._converts = False
        self.sent = ""
        self.has_begun = True
        self.log: list[str] = []

    def connect(self, address: str) -> None:
        """Connect, on behalf of the address that is verified."""
        run, host = self._run, self._host
        interface, port = way_to(run, self._transport, address, host)
        self.line = CalloutLine(run.ctx, self._transport, host, port, self._check)
        smtp_tls.forget(run.ctx)
        self._way = f"interface={interface or 'NULL'} port={port}"
        self._look_for_dane()
        self._check("hosts_pipe_connect")
        whence = f" from {interface}" if interface else ""
        where = f"Connecting to {host.name} [{host.address}]:{port}{whence} ... "
        opens_fast = self._matches("hosts_try_fastopen", "", is_told=False)
        if self.line.event("tcp:connect"):
            self.has_begun = False
            run.debug(where)
            raise Trouble(UNKNOWN_ERROR)
        problem: OSError | None = None
        try:
            self._connect(port, interface, opens_fast=opens_fast)
        except OSError as error:
            problem = error
        if problem is not None and interface and problem.errno == EADDRNOTAVAIL:
            why = os.strerror(EADDRNOTAVAIL)
            run.debug(f"{where}unable to bind outgoing SMTP call to {interface}: {why} failed: {why}")
            self.has_begun = False
            raise problem
        marking = smtp_marking.marking(run.ctx, self._transport)
        if self._wire is not None:
            marking.put_on(self._wire.link)
        where += marking.told
        tells_steps = run.ctx.profile.at_least(STEPS_SINCE)
        if tells_steps:
            run.debug(where.rstrip(SPACE))
            self._check("hosts_try_fastopen")
        else:
            self._check("hosts_try_fastopen", before=where + run.margin)
        if self.line.at_once:
            run.debug(" set up lazy-connect")
        run.debug("connected" if tells_steps else " connected")
        if isinstance(problem, TimeoutError) and opens_fast:
            raise Refused("SMTP timeout after initial connection")
        if problem is not None:
            raise problem

    def _look_for_dane(self) -> None:
        try:
            self.line.dane = smtp_dane.records(self.line)
        except Trouble:
            self._send("QUIT")
            self._run.ctx.log("null conn-context pointer")  # so Exim says goodbye to nobody
            raise

    def _connect(self, port: int, interface: str, *, opens_fast: bool) -> None:
        patience = self._options.patience
        # With a fast opening Exim does not wait for the connection itself.
        timeout = None if opens_fast else self._options.connect
        link = self._run.ctx.world.sockets.connect(
            (self._host.address, port),
            timeout=patience if timeout is None else timeout,
            patience=patience,
            interface=interface,
        )
        self._wire = Conversation(link)
        self.line.connected(self._wire)

    def begin(self) -> Reply:
        """The host's greeting; under TLS where that comes first."""
        if self.line.at_once:
            self._avoids_esmtp = self._check("hosts_avoid_esmtp")
            self.line.secure()
        reply = self.reply()
        if reply.is_malformed:
            raise of_reply(reply, "initial connection")
        if reply.code == "2":
            answer = self.line.event("smtp:connect", reply.text)
            if answer:
                raise Trouble(f"deferred by smtp:connect event expansion: {answer}", quits=True)
        return reply

    def greet(self, name: str) -> Reply:
        """Say hello, and get ready for a transaction: TLS and AUTH as the transport wants them."""
        if not self.line.at_once:
            self._avoids_esmtp = self._check("hosts_avoid_esmtp")
        reply = self._hello(name)
        if reply.code == "2" and not self.line.at_once:
            reply = self._start_tls(name, reply)
        if reply.code == "2":
            if self._is_offered("PIPELINING"):
                self._pipelined = not self._check("hosts_avoid_pipelining")
            for option, word in (("hosts_try_chunking", "CHUNKING"), ("hosts_try_prdr", "PRDR")):
                if self._is_offered(word):
                    self._check(option)
            if self._offers:
                self._authenticate()
        return reply

    def _hello(self, name: str) -> Reply:
        """With HELO where EHLO is not understood, unless that is under TLS."""
        self._offers = ""
        reply = Reply("5")
        if self._is_lmtp or not self._avoids_esmtp:
            reply = self.command(f"{'LHLO' if self._is_lmtp else 'EHLO'} {name}")
            if reply.is_malformed:
                raise of_reply(reply, self.sent)
            if reply.code:
                self.line.event("smtp:ehlo", reply.text)
        if reply.code in {"", "2"} or self._is_lmtp:
            self._offers = reply.text
            if reply.code == "2":
                smtp_resumption.extract_name(self.line, reply.text)
            return reply
        return self.command(f"HELO {name}") if self.line.sent.facts is None else Reply("2")

    def _is_offered(self, word: str) -> bool:
        return re.search(rf"(?im)^250[- ]{word}(?:[ \t].*)?\r?$", self._offers) is not None

    def _start_tls(self, name: str, hello: Reply) -> Reply:
        """Go on under TLS where that is offered and not to be avoided: the reply to the hello that counts."""
        line, is_offered = self.line, self._is_offered("STARTTLS")
        if is_offered and not (
            self._avoids_tls or self._check("hosts_avoid_tls") or self._check("hosts_verify_avoid_tls")
        ):
            answer = self.command("STARTTLS")
            if answer.code == "2":
                line.secure()
                return self._hello(name)
            goes_on = answer.code != "4" or (self._transport["tls_tempfail_tryclear"] and line.dane is None)
            if answer.is_late:
                raise of_silence("STARTTLS")
            if not answer.code or not goes_on:
                raise of_reply(answer, "STARTTLS")
        if line.dane is not None or self._check("hosts_require_tls"):
            if line.dane is not None:
                line.event("dane:fail", "validation-failure" if is_offered else "starttls-not-supported")
            raise Trouble(REFUSED_TLS if is_offered else REQUIRED, TLS_REQUIRED, quits=True)
        return hello

    def _authenticate(self) -> None:
        is_required = self._check("hosts_require_auth")
        wants = is_required or (self._is_offered("AUTH") and self._check("hosts_try_auth"))
        if wants:
            self.line.authenticate(self._offers, self._converse, is_required=is_required)

    def _converse(self, text: str) -> str:
        shown = concealed(text)
        self._send(text, shown)
        reply = self.reply()
        if reply.is_late:
            raise of_silence(shown)
        if not reply.code:
            raise of_reply(reply, shown)
        return reply.text

    @property
    def may_go_in_clear(self) -> bool:
        """True if all may be tried again without TLS, after that has failed."""
        tries = self._transport["tls_tempfail_tryclear"] and not self.line.at_once
        return bool(tries and self.line.dane is None and not self._check("hosts_require_tls"))

    def mail_and_rcpt(self, sender: str, recipient: str) -> tuple[Reply, Reply | None]:
        """Give the sender and, where that is taken, the recipient: what comes back."""
        mail, rcpt = f"MAIL FROM:<{self._shown(sender)}>{self._parameters()}", self._rcpt(recipient)
        if not self._pipelined:
            first = self.command(mail)
            return first, self.command(rcpt) if first.code == "2" else None
        self._run.debug(f"  SMTP|> {mail}")
        self._run.debug(f"  SMTP>> {rcpt}")
        self.log += ["MAIL|", "RCPT"]
        self._flush(f"{mail}\r\n{rcpt}\r\n")
        self.sent = mail
        first = self.reply()
        if first.code != "2":
            self.reply()
            return first, None
        self.sent = rcpt
        return first, self.reply()

    def recipient(self, text: str) -> Reply:
        """Give a further recipient."""
        return self.command(self._rcpt(text))

    def _rcpt(self, text: str) -> str:
        return f"RCPT TO:<{self._shown(text)}>"

    def _shown(self, address: str) -> str:
        return in_ascii(address) if self._converts else address

    def choose_alphabet(self, control: str) -> bool:
        """Settle how addresses of an international message are written; false if the host cannot take them.

        ``control`` is what an ACL says of it. Raises `Trouble`.
        """
        transport, given, takes = self._transport, "", self._is_offered("SMTPUTF8")
        if "utf8_downconvert" in transport.options:
            try:
                given = self._run.ctx.expand(str(transport["utf8_downconvert"] or ""))
            except ExpansionError as problem:
                raise Trouble(f"failed to expand utf8_downconvert: {problem.message}", quits=True) from None
        wish = given or control
        self._is_international = takes and wish != "1"
        self._converts = not self._is_international and wish in {"1", "-1"}
        return self._is_international or self._converts

    def _parameters(self) -> str:
        """What stands behind the address in MAIL."""
        return (" SMTPUTF8" if self._is_international else "") + self._authenticated_sender()

    def _authenticated_sender(self) -> str:
        try:
            sender = authenticated_sender(self._run.ctx, self._transport, self.line.sent)
        except ExpansionError as problem:
            raise Trouble(f"failed to expand authenticated_sender: {problem.message}", quits=True) from None
        return f" AUTH={xtext(sender)}" if sender else ""

    def text(self, pieces: Iterable[bytes]) -> Reply:
        """Send the text of a message with the dot that ends it, and take the reply."""
        assert self._wire is not None
        for piece in pieces:
            self._wire.write(piece)
        self._wire.write(b".\r\n")
        return self.reply()

    def command(self, text: str) -> Reply:
        """Send a command and take its reply."""
        self._send(text)
        return self.reply()

    def finish(self, *, waits: bool, says_quit: bool = True, is_late: bool = False) -> None:
        """Say QUIT, take the reply if it is waited for, and hang up; ``is_late`` once the callout is over."""
        if self._wire is not None:
            if says_quit:
                self._send("QUIT", is_told=not is_late)
            if waits:
                self.reply()
            if self.line.sent.facts is not None:
                with suppress(OSError):
                    self._wire.link.end_sending()
            self._wire.close()
        if not self.has_begun:
            return
        self._run.debug("  SMTP(close)>>")
        self._run.debug_leftmost(f"cmdlog: '{':'.join(self.log) or '(unset)'}'")
        if self._wire is not None:
            self._run.ctx.facts.update(host="", host_address="")
            self.line.event("tcp:close")

    def _send(self, text: str, shown: str | None = None, *, is_told: bool = True) -> None:
        self.sent = text if shown is None else shown
        self._run.debug(f"  SMTP>> {self.sent}")
        self.log.append(self.sent.partition(" ")[0][:MOST_OF_A_COMMAND])
        if self._wire is not None:
            self._wire.sent = self.sent
        self._flush(f"{text}\r\n", is_told=is_told)

    def _flush(self, text: str, *, is_told: bool = True) -> None:
        if is_told:
            self._run.debug(f"cmd buf flush {len(text)} bytes")
        if self._wire is None:
            return
        if smtp_tls.is_invalid(self.line, "send"):
            self._run.debug(f"send failed: {os.strerror(0)}")
            return
        self._wire.write(to_bytes(text))

    def reply(self) -> Reply:
        """Take a reply; the first one is the greeting."""
        assert self._wire is not None
        if smtp_tls.is_invalid(self.line, "recv"):
            return Reply("")
        try:
            reply = self._wire.reply()
        except TimeoutError:
            return Reply("", is_late=True)
        if reply.text:
            first, *further = reply.text.split("\n")
            for line in (f"  SMTP<< {first}", *(f"         {line}" for line in further)):
                self._run.debug(line)
            self.log.append(f"{first[:3]}{'-' if further else ''}")
        smtp_tls.look_at_reply(self.line, reply)
        return reply

    def _check(self, option: str, before: str = "") -> bool:
        """Whether the host is in a list of the transport; what is told of it stands behind ``before``."""
        matches = self._matches(option, before)
        if option == FIRST_LIST:
            self._run.debug_leftmost(self._way)
        return matches

    def _matches(self, option: str, before: str, *, is_told: bool = True) -> bool:
        ctx, host, text = self._run.ctx, self._host, str(self._transport[option] or "")
        where = f"{before}{host.address} in {option}?"
        if not text:
            how = "end of list" if self._transport.options.is_set(option) else "option unset"
            if is_told:
                self._run.debug(f"{where} no ({how})")
            return False
        if not before and is_told:
            return given_host_matches(ctx, host.name, host.address, text, option=option).word == OK
        tell, ctx.tell_checks = ctx.tell_checks, None
        matches = given_host_matches(ctx, host.name, host.address, text).word == OK
        ctx.tell_checks = tell
        if is_told:
            self._run.debug(f'{where} yes (matched "{text}")' if matches else f"{where} no (end of list)")
        return matches
