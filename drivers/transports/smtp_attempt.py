"""A connection to one host, up to where messages can be sent: greeting, hello, TLS, AUTH."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.authentication import FAULTY, NOT_ADVERTISED, REFUSED, concealed, mechanisms
from drivers.api.errors import ExpansionError
from drivers.api.remote import AUTHENTICATION_FAILED, TIMED_OUT, TLS_REQUIRED, Sent
from drivers.api.text import printing
from drivers.api.transports import EXPANSION_FAILED
from drivers.transports import (
    smtp_dane,
    smtp_early,
    smtp_ending,
    smtp_marking,
    smtp_resumption,
    smtp_tls,
)
from drivers.transports.smtp_early import GREETING, HELLO
from drivers.transports.smtp_offers import offered
from drivers.transports.smtp_parameters import name_in_ascii
from drivers.transports.smtp_trouble import Trouble, of_reply, of_silence
from drivers.values.smtp_client import Conversation
from drivers.values.smtp_telling import GATHERED, Telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.links import Link
    from drivers.api.remote import RemoteJob
    from drivers.api.routing import Host
    from drivers.transports.smtp_early import Memory
    from drivers.transports.smtp_marking import Marking
    from drivers.values.smtp_client import Reply

REQUIRED = "a TLS session is required, but the server did not offer TLS support"
REFUSED_TLS = "a TLS session is required, but an attempt to start TLS failed"
CONNECTING = 0x100
"""In what qualifies an error: it was while connecting."""

REJECTED_BY_EVENT = -58
NO_PORT = "-1"
NOT_HANDED_OVER = {"peerdn": "", "certificate_verified": "0", "resumption": "0"}
"""What the next process of Exim is not told of TLS on a connection that it goes on with."""


class Attempt:
    """The connection to a host. `open` gets it ready for messages, or raises `Trouble`.

    ``offers`` are the extensions that may be used, ``sent`` collects what is known of it,
    ``dane`` are the TLSA records that have to be heeded, None without any.
    ``needs_reset`` tells that a transaction was begun and not
    finished. ``waits_for_the_end`` tells that the host is to hear and to say goodbye, ``has_quit`` that this
    side has said it.
    """

    def __init__(self, job: RemoteJob, host: Host, port: int, interface: str, *, avoids_tls: bool) -> None:
        self.job = job
        self.host = host
        self.port = port
        self.sent = Sent(host, port, return_path=job.sender)
        self.offers: frozenset[str] = frozenset()
        self.is_lmtp = job.transport["protocol"] == "lmtp"
        self.at_once = job.transport["protocol"] == "smtps"
        self._interface = interface
        self._avoids_tls = avoids_tls
        self._patience = float(job.transport["command_timeout"] or 0)
        self.is_fresh = False
        self.own_name = ""
        self.needs_reset = False
        self.waits_for_the_end = self.has_quit = False
        self.dane: Sequence[tuple[str, ...]] | None = None
        self._is_closed = False
        self._name = ""
        self._hello = ""
        self._memory: Memory | None = None
        self.telling = None if job.tell is None else Telling(job.tell)
        self.wire: Conversation

    def lists(self, option: str) -> bool:
        """True if a host list of the transport has the host."""
        return option in self.job.transport.options and self.job.lists(option, self.host)

    def open(self) -> None:
        """Connect, and get ready for messages. Raises `Trouble`."""
        facts = self.job.ctx.facts
        facts.update(host=self.host.name, host_address=self.host.address, host_port=NO_PORT)
        self.dane = smtp_dane.records(self)
        self._memory = smtp_early.memory(self)
        if self._memory is not None and self._memory.begin(secured=False):
            self._begin_early(self._memory)
        else:
            self._connect()
            if self.at_once:
                self._secure()
            self.take_greeting(self.reply("initial connection"))
            self._name = self._expanded_name()
            self._greet()
        if not self.at_once:
            self._start_tls()
        self._look_at_offers()
        self._authenticate()

    def take_greeting(self, greeting: Reply, *, late: str = "") -> None:
        """See what the greeting says; ``late`` is what was sent before it came. Raises `Trouble`."""
        self.sent.greeting = greeting.text
        if greeting.code != "2":
            if late:
                raise smtp_early.refused(greeting, late)
            raise of_reply(greeting, "initial connection")
        answer = self.job.event("smtp:connect", printing(greeting.text))
        if answer:
            words = f"deferred by smtp:connect event expansion: {answer}"
            raise Trouble(words, EXPANSION_FAILED, has_host=False, quits=True)

    def _begin_early(self, memory: Memory) -> None:
        """Say hello before the greeting has come, as soon as more is said. Raises `Trouble`."""
        if self._interface:
            self.job.ctx.facts["sending_ip_address"] = self._interface
        self._name = self._expanded_name()
        self._connect()
        memory.owed = [GREETING]
        self._greet_early(memory)

    def _greet_early(self, memory: Memory) -> None:
        """Say hello and do not wait for the reply: the host is taken to offer what it did before."""
        memory.owed.append(HELLO)
        self.wire.put(f"EHLO {self._name}", how=GATHERED)
        self.offers = memory.offers

    def take_over(self, job: RemoteJob) -> None:
        """Go on with another message, or with other addresses."""
        before = self.sent
        self.job = job
        self.sent = Sent(
            self.host,
            self.port,
            own_address=before.own_address,
            own_port=before.own_port,
            return_path=job.sender,
            continues=True,
        )
        if before.facts is not None:
            self.sent.facts = before.facts | NOT_HANDED_OVER
        facts = job.ctx.facts
        if before.facts is not None:  # more than this the next process of Exim is not told
            facts["tls_out_cipher"] = facts["tls_cipher"] = before.facts["cipher"]
        facts.update(host=self.host.name, host_address=self.host.address, host_port=NO_PORT)
        facts.update(sending_ip_address=before.own_address, sending_port=str(before.own_port))

    def hand_over(self) -> None:
        """Tell that this message has done with the connection, which another one goes on with."""
        facts = self.job.ctx.facts
        facts.update(dict.fromkeys(("local_part", "domain", "host", "host_address"), ""), host_port="0")
        if self.wire.telling is not None and self.sent.facts is None:
            self.wire.telling.end()
        self.wire.telling = None
        self.job.event("tcp:close")

    def hang_up(self, *, quits: bool) -> None:
        """Close a connection that nobody went on with."""
        if self._is_closed:
            return
        self._is_closed = True
        with suppress(OSError):
            if quits:
                self.wire.put("QUIT")
                self.wire.flush()
            self.wire.link.end_sending()
        smtp_ending.tell_end(self)
        self.wire.close()

    def _connect(self) -> None:
        facts = self.job.ctx.facts
        facts["host_port"] = str(self.port)
        timeout = float(self.job.transport["connect_timeout"] or 0)
        if self.job.event("tcp:connect", ""):
            trouble = Trouble("", REJECTED_BY_EVENT, has_host=False)
            trouble.words = "Event requests alternate response"
            raise trouble
        marking = smtp_marking.marking(self.job.ctx, self.job.transport)
        try:
            link = self._link(timeout)
        except TimeoutError:
            self._tell_of_connecting(OSError(TIMED_OUT, ""), marking)
            raise Trouble("", TIMED_OUT, more=CONNECTING, has_host=False) from None
        except OSError as error:
            self._tell_of_connecting(error, marking)
            raise Trouble("", error.errno or 0, has_host=False) from None
        marking.put_on(link)
        self._tell_of_connecting(None, marking)
        self.wire = Conversation(link, self.telling)
        self.sent.own_address, self.sent.own_port = link.own_address()
        facts["sending_ip_address"], facts["sending_port"] = (
            self.sent.own_address,
            str(self.sent.own_port),
        )

    def _tell_of_connecting(self, problem: OSError | None, marking: Marking) -> None:
        """Show that a connection was tried, where the system lets data go with the first packet."""
        telling = self.telling
        if telling is None:
            return
        host, how = self.host, ""
        whence = f" from {self._interface}" if self._interface else ""
        text = f"Connecting to {host.name} [{host.address}]:{self.port}{whence} ... {marking.told}"
        is_early = self._memory is not None and self._memory.is_used
        opens_fast = self.lists("hosts_try_fastopen")
        if self.at_once:
            how = " set up lazy-connect\n"
        elif opens_fast:
            how = f" TFO mode sendto, {'with' if is_early else 'no'} data: EINPROGRESS\n"
        if problem is None and is_early:
            telling.before_reply = f"{text}{how} connected\n"
            return
        if problem is None or opens_fast:
            telling.tell(f"{text}{how} connected\n")
        else:
            telling.tell(f"{text} failed: {os.strerror(problem.errno or 0)}\n")
        if problem is not None and opens_fast:
            telling.silence(problem)

    def _link(self, timeout: float) -> Link:
        """A connection to the host, through a proxy if there is to be one. Raises ``OSError``."""
        options = self.job.transport.options
        if "socks_proxy" in options and options.is_set("socks_proxy") and self.job.transport["socks_proxy"]:
            from drivers.transports import smtp_socks

            link = smtp_socks.connect(self, self.host, self.port, timeout=timeout, interface=self._interface)
            link.be_patient(self._patience)
            return link
        return self.job.outward.sockets.connect(
            (self.host.address, self.port),
            timeout=timeout,
            patience=self._patience,
            interface=self._interface,
        )

    def reply(self, sent: str, *, patience: float | None = None) -> Reply:
        """The next reply; ``sent`` is what it answers. Raises `Trouble` for silence."""
        if self._memory is not None and self._memory.owed:
            self._memory.take_owed(sent, self._patience)
        try:
            reply = self.wire.reply(self._patience if patience is None else patience)
        except TimeoutError:
            raise of_silence(sent) from None
        smtp_tls.look_at_reply(self, reply)
        return reply

    def command(self, command: str) -> Reply:
        """Send a command and take its reply. Raises `Trouble`."""
        self.wire.put(command)
        self.wire.flush()
        return self.reply(command)

    def reset(self) -> None:
        """Get ready for another transaction. Raises `Trouble`."""
        if not self.needs_reset:
            return
        self.needs_reset = False
        answer = self.command("RSET")
        if answer.code != "2":
            raise of_reply(answer, "RSET")

    def _expanded_name(self) -> str:
        text = str(self.job.transport["helo_data"] or "$primary_hostname")
        try:
            return name_in_ascii(self.job.ctx.expand(text))
        except ExpansionError as problem:
            words = f"failed to expand helo_data: {problem.message}"
            raise Trouble(words, EXPANSION_FAILED, has_host=False, quits=True) from None

    def _greet(self) -> None:
        """Say hello; with HELO where EHLO is not understood, unless that is under TLS."""
        is_secured = self.sent.facts is not None
        if is_secured and self._memory is not None and self._memory.is_used:
            if self._memory.begin(secured=True):
                self._greet_early(self._memory)
                return
            self.sent.early_pipelining = False
        word = "LHLO" if self.is_lmtp else "EHLO"
        if not self.is_lmtp and self.lists("hosts_avoid_esmtp"):
            hello = self._helo()
        else:
            hello = self.command(f"{word} {self._name}")
            self.sent.hello = hello.text
            if hello.code:
                self.job.event("smtp:ehlo", printing(hello.text))
            if hello.code == "2":
                self._hello = hello.text
                smtp_resumption.extract_name(self, hello.text)
            elif self.is_lmtp or hello.is_malformed or not hello.text:
                raise of_reply(hello, f"{word} {self._name}")
            elif self.sent.facts is not None:
                self._hello = ""
            else:
                hello = self._helo()
        self.offers = offered(self._hello)
        if self._memory is not None:
            self._memory.begin(secured=is_secured)
            self._memory.note(self._hello, self.offers)
            self._memory.is_used = False

    def _helo(self) -> Reply:
        self._hello = ""
        hello = self.command(f"HELO {self._name}")
        self.sent.hello = hello.text
        if hello.code != "2":
            raise of_reply(hello, f"HELO {self._name}")
        return hello

    def _start_tls(self) -> None:
        transport = self.job.transport
        if "STARTTLS" in self.offers and not self._avoids_tls and not self.lists("hosts_avoid_tls"):
            answer = self.command("STARTTLS")
            if answer.code == "2":
                self._secure()
                self._greet()
                return
            if answer.is_malformed or not answer.text:
                raise of_reply(answer, "STARTTLS")
            tries_in_clear = transport["tls_tempfail_tryclear"] and self.dane is None
            if answer.code == "4" and not tries_in_clear:
                raise of_reply(answer, "STARTTLS")
        if self.sent.facts is None and (self.dane is not None or self.lists("hosts_require_tls")):
            is_offered = "STARTTLS" in self.offers
            if self.dane is not None:
                why = "validation-failure" if is_offered else "starttls-not-supported"
                self.job.event("dane:fail", why)
            words = REFUSED_TLS if is_offered else REQUIRED
            raise Trouble(words, TLS_REQUIRED, quits=True)

    def _secure(self) -> None:
        self.wire.forget()
        smtp_tls.secure(self)
        self.is_fresh = True
        smtp_tls.show_by_old_names(self.job.ctx, self.sent.facts or {})

    def _look_at_offers(self) -> None:
        used = set(self.offers)
        for option, word in (
            ("hosts_avoid_pipelining", "PIPELINING"),
            ("hosts_try_chunking", "CHUNKING"),
            ("hosts_try_prdr", "PRDR"),
        ):
            if word in used and self.lists(option) == option.startswith("hosts_avoid"):
                used.discard(word)
        if self.job.transport["transport_filter"]:
            used.discard("CHUNKING")  # how long the text becomes is not known
        if self.is_lmtp and not self.job.transport["lmtp_ignore_quota"]:
            used.discard("IGNOREQUOTA")
        self.offers = frozenset(used)
        self.sent.knows_dsn = "DSN" in used

    def _authenticate(self) -> None:
        """Authenticate, where that is wanted and offered. Raises `Trouble`."""
        is_required = self.lists("hosts_require_auth")
        if not is_required and not self.lists("hosts_try_auth"):
            return
        facts = self.job.ctx.facts
        problem = NOT_ADVERTISED
        if "AUTH" in self.offers:
            early = self._memory is not None and self._memory.is_used
            offered = self._memory.mechanisms if self._memory and early else mechanisms(self._hello)
            done = self.job.authenticate(self.host.name, self.host.address, offered, self._converse)
            if done.outcome == REFUSED:
                raise Trouble(
                    f"SMTP error from remote mail server after {self.wire.sent}: {printing(done.words)}",
                    text=done.words,
                    quits=True,
                )
            if done.outcome == FAULTY:
                raise Trouble(done.words, AUTHENTICATION_FAILED, has_host=False, quits=True)
            problem = done.words
            if done.authenticator:
                self.sent.authenticator, self.sent.identity = done.authenticator, done.identity
                facts["sender_host_authenticated"] = done.authenticator
                return
        if is_required:
            words = f"authentication required but {problem}"
            raise Trouble(words, AUTHENTICATION_FAILED, has_host=False, quits=True, is_logged=False)

    def _converse(self, line: str) -> str:
        self.wire.put(line, concealed(line))
        self.wire.flush()
        reply = self.reply(self.wire.sent)
        if not reply.text or reply.is_malformed:
            raise of_reply(reply, self.wire.sent)
        return reply.text

    def close(self, *, quits: bool) -> None:
        """Say QUIT if there is somebody to hear it, and hang up."""
        if not self._is_closed and hasattr(self, "wire"):
            self._is_closed = True
            smtp_ending.close(self, quits=quits)
