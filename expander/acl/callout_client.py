"""The client's side of a callout: one conversation with one host."""

from __future__ import annotations

import os
import re
from errno import EADDRNOTAVAIL, EIO, ETIMEDOUT
from typing import TYPE_CHECKING

from drivers.api.errors import Refused, Unsupported
from drivers.api.text import to_bytes
from drivers.values.smtp_client import Conversation, Reply
from expander.acl.callout_hosts import way_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.routing import Host, Transport
    from expander.acl.callout_options import CalloutOptions
    from expander.acl.run import Run

DROPPED = "connection dropped"


class Client:
    """A conversation with a host, told of as Exim tells of it.

    ``sent`` is the last command, ``log`` what `finish` tells of commands and codes; ``has_begun`` is false
    where not even the address of this side could be had. Raises ``OSError`` from `connect`, and `Unsupported`
    for what is not imitated.
    """

    def __init__(self, run: Run, transport: Transport, host: Host, options: CalloutOptions) -> None:
        self._run = run
        self._transport = transport
        self._host = host
        self._options = options
        self._wire: Conversation | None = None
        self._offers: str = ""
        self._pipelined = False
        self.sent = ""
        self.port = 0
        self.has_begun = True
        self.log: list[str] = []

    def connect(self, address: str) -> None:
        """Connect, on behalf of the address that is verified."""
        run, host = self._run, self._host
        interface, port = way_to(run, self._transport, address, host)
        self.port = port
        self._check("hosts_require_dane")
        run.debug(f"interface={interface or 'NULL'} port={port}")
        self._check("hosts_pipe_connect")
        whence = f" from {interface}" if interface else ""
        where = f"Connecting to {host.name} [{host.address}]:{port}{whence} ... "
        opens_fast = self._matches("hosts_try_fastopen")  # then Exim does not wait for the connection itself
        timeout = self._options.connect
        timeout = self._options.patience if timeout is None or opens_fast else timeout
        problem: OSError | None = None
        try:
            link = run.ctx.world.sockets.connect(
                (host.address, port),
                timeout=timeout,
                patience=self._options.patience,
                interface=interface,
            )
            self._wire = Conversation(link)
        except OSError as error:
            problem = error
        if problem is not None and interface and problem.errno == EADDRNOTAVAIL:
            why = os.strerror(EADDRNOTAVAIL)
            run.debug(f"{where}unable to bind outgoing SMTP call to {interface}: {why} failed: {why}")
            self.has_begun = False
            raise problem
        self._check("hosts_try_fastopen", before=where)
        run.debug(" connected")
        if isinstance(problem, TimeoutError) and opens_fast:
            raise Refused("SMTP timeout after initial connection")
        if problem is not None:
            raise problem

    def greet(self, name: str) -> Reply:
        """Say hello; with HELO where EHLO is not understood."""
        lmtp = self._transport["protocol"] == "lmtp"
        avoids = self._check("hosts_avoid_esmtp") and not lmtp
        reply = Reply("5") if avoids else self.command(f"{'LHLO' if lmtp else 'EHLO'} {name}")
        if reply.code not in {"", "2"} and not lmtp:
            reply = self.command(f"HELO {name}")
        else:
            self._offers = reply.text.upper()
        if reply.code == "2":
            if re.search(r"(?m)^250[- ]STARTTLS\r?$", self._offers) and not (
                self._matches("hosts_avoid_tls") or self._matches("hosts_verify_avoid_tls")
            ):
                raise Unsupported("TLS in callouts is not supported by eximulate yet")
            self._check("hosts_require_tls")
            if re.search(r"(?m)^250[- ]PIPELINING\r?$", self._offers):
                self._pipelined = not self._check("hosts_avoid_pipelining")
            if self._offers:
                self._check("hosts_require_auth")
        return reply

    def mail_and_rcpt(self, sender: str, recipient: str) -> tuple[Reply, Reply | None]:
        """Give the sender and, where that is taken, the recipient: what comes back."""
        mail, rcpt = f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"
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

    def text(self, pieces: Iterable[bytes]) -> Reply:
        """Send the text of a message with the dot that ends it, and take the reply."""
        assert self._wire is not None
        for piece in pieces:
            self._wire.write(piece)
        self._wire.write(b".\r\n")
        return self.reply()

    def own_address(self) -> tuple[str, int]:
        """The address and the port of this side."""
        assert self._wire is not None
        return self._wire.link.own_address()

    def command(self, text: str) -> Reply:
        """Send a command and take its reply."""
        self._send(text)
        return self.reply()

    def finish(self, *, waits: bool, says_quit: bool = True) -> None:
        """Say QUIT, take the reply if it is waited for, and hang up."""
        if self._wire is not None:
            if says_quit:
                self._send("QUIT")
            if waits:
                self.reply()
            self._wire.close()
        if not self.has_begun:
            return
        self._run.debug("  SMTP(close)>>")
        self._run.debug(f"cmdlog: '{':'.join(self.log) or '(unset)'}'")

    def _send(self, text: str) -> None:
        self._run.debug(f"  SMTP>> {text}")
        self.log.append(text.partition(" ")[0])
        self.sent = text
        self._flush(f"{text}\r\n")

    def _flush(self, text: str) -> None:
        self._run.debug(f"cmd buf flush {len(text)} bytes")
        assert self._wire is not None
        self._wire.write(to_bytes(text))

    def reply(self) -> Reply:
        """Take a reply; the first one is the greeting."""
        assert self._wire is not None
        try:
            reply = self._wire.reply()
        except TimeoutError:
            return Reply("", is_late=True)
        if reply.text:
            first, *further = reply.text.split("\n")
            self._run.debug("\n".join([f"  SMTP<< {first}", *(f"         {line}" for line in further)]))
            self.log.append(f"{first[:3]}{'-' if further else ''}")
        return reply

    def _check(self, option: str, *, before: str = "") -> bool:
        """Whether the host is in a list of the transport, told as matches of lists are."""
        text = self._transport[option]
        matches = self._matches(option)
        how = "no (option unset)" if not text else "no (end of list)"
        if matches:
            how = f'yes (matched "{text}")'
        self._run.debug(f"{before}{self._host.address} in {option}? {how}")
        return matches

    def _matches(self, option: str) -> bool:
        text = str(self._transport[option] or "")
        return bool(text) and (
            text == "*" or self._run.ctx.match_list("host", self._host.address, text) is not None
        )


def words_of(error: OSError | Refused) -> str:
    """Why there is no connection."""
    if isinstance(error, TimeoutError):
        return os.strerror(ETIMEDOUT)
    if isinstance(error, OSError):
        return os.strerror(error.errno or EIO)
    return error.message
