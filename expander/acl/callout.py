"""Callouts: asking the hosts of an address whether they take it. See "Callout verification" in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.errors import ExpansionError, Refused, Unsupported
from drivers.api.remote import TLS_FAILED
from drivers.transports.smtp_parameters import name_in_ascii
from drivers.transports.smtp_trouble import Trouble
from drivers.values.smtp_client import Reply
from drivers.values.telling import tell_flat
from expander.acl import callout_cache as cache
from expander.acl.callout_hosts import hosts_of, showing, words_of
from expander.acl.run import OMITTED
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Address, Host, Router
    from expander.acl.callout_client import Client
    from expander.acl.callout_options import CalloutOptions
    from expander.acl.cutthrough import Held
    from expander.acl.run import Run

NOT_KNOWN = "(not cached or cache expired)"
LATE = "SMTP timeout"
NO_ALPHABET = 'response to "EHLO" did not include SMTPUTF8'
NO_SUPPORT = "533 no support for internationalised mailbox name"
NO_WORDS, DROPPED = "NULL", "connection dropped"
UNREACHABLE = (
    "The mail server(s) for the domain may be temporarily unreachable, or\n"
    "they may be permanently unreachable from this server. In the latter case,\n"
)
CHANGE = (
    "you need to change the address or create an MX record for its domain\n"
    "if it is supposed to be generally accessible from the Internet.\n"
    "Talk to your mail administrator for details."
)


class Findings(State):
    """What a callout has found out, for its cache; each is one of the words of `callout_cache`."""

    reached: bool = False
    domain: int = cache.ACCEPTS
    postmaster: int = cache.UNKNOWN
    random: int = cache.UNKNOWN
    address: int = cache.UNKNOWN


class Callout:
    """A callout for a routed address: `ask` gives its outcome and leaves messages in the address.

    ``failure`` is what ``$sender_verify_failure`` and its like say of it, ``last_reply`` what the host has
    said to the recipient or when it was greeted. A connection that a message can go over is left in ``held``,
    and what is there is used.
    """

    def __init__(
        self, run: Run, options: CalloutOptions, *, is_recipient: bool, held: Held | None = None
    ) -> None:
        self._run = run
        self._options = options
        self._is_recipient = is_recipient
        self._found = Findings()
        self._random = options.random
        self._asks_postmaster = options.postmaster_sender is not None
        self._hosts: Sequence[Host] = ()
        self._held = held if options.use_sender else None
        self.failure = ""
        self.last_reply = ""

    def ask(self, address: Address) -> str:
        """The outcome: "OK", "FAIL" or "DEFER"."""
        run, transport = self._run, address.transport
        is_smtp = transport is not None and transport.driver == "smtp"
        self._hosts = hosts_of(run, address, transport) if transport is not None and is_smtp else ()
        if not self._hosts:
            what = "neither router nor transport provided a host list, or transport is not smtp"
            if run.traced:
                tell_flat(run.ctx, run.ctx.debug, f"Cannot do callout: {what}")
            return OK
        run.debug("Attempting full verification using callout")
        if run.ctx.state.get(OMITTED):
            run.debug("... callout omitted by default when host testing")
            run.debug("(Use -bhc if you want the callouts to happen.)")
            return OK
        sender = self._sender(address)
        key = f"{address.text}/<{sender}>" if sender else address.text
        if not self._options.uses_cache:
            run.debug("callout cache: disabled by no_cache")
        else:
            known = self._known(address, key, sender)
            if known is not None:
                return known
        if self._held is not None and (reply := self._held.ask(address, self._hosts[0])) is not None:
            if reply.code == "2":
                return OK
            if reply.code == "5":
                return self._fail(address, "recipient", f"Callout verification failed:\n{reply.text}")
        return self._called(address, key, sender)

    def _sender(self, address: Address) -> str:
        options, ctx = self._options, self._run.ctx
        if options.use_tptsender:
            return self._transport_sender(address, ctx.facts.get("sender_address", ""))
        if options.use_sender:
            return ctx.facts.get("sender_address", "")
        if options.use_postmaster:
            return f"postmaster@{ctx.options['qualify_domain']}"
        return options.sender

    def _transport_sender(self, address: Address, sender: str) -> str:
        """The sender that a delivery would have: what the transport's ``return_path`` makes of it."""
        ctx, transport = self._run.ctx, address.transport
        if transport is None or not transport["return_path"]:
            return sender
        before, ctx.facts["return_path"] = ctx.facts.get("return_path"), sender
        try:
            return ctx.expand(str(transport["return_path"]))
        except Unsupported:
            raise
        except ExpansionError:
            return sender
        finally:
            ctx.facts["return_path"] = before or ""

    def _known(self, address: Address, key: str, sender: str) -> str | None:
        """The outcome as the cache knows it, None if it does not."""
        run = self._run
        domain = cache.read(run, address.domain, "domain")
        if domain is not None:
            told = self._of_domain(address, domain, sender)
            if told is not None:
                return told or None
        found = cache.read(run, key, "address")
        if found is None:
            return None
        if found["result"] == cache.ACCEPTS:
            run.debug("callout cache: address record is positive")
            return OK if not self._asks_postmaster else None
        run.debug("callout cache: address record is negative")
        return self._fail(address, "recipient", "Previous (cached) callout verification failure")

    def _of_domain(self, address: Address, domain: cache.Record, sender: str) -> str | None:
        """The outcome as it is known of the domain, None if it is not, "" if that must be asked."""
        run = self._run
        bad = {cache.REJECTS} if sender else {cache.REJECTS, cache.REJECTS_NULL}
        if domain["result"] in bad:
            words = "domain gave initial rejection, or does not accept HELO or MAIL FROM:<>"
            run.debug(f"callout cache: {words}")
            return self._fail(address, "mail", "(result of an earlier callout reused).")
        if self._random and not (domain["random"] and cache.is_fresh(run, domain, "random")):
            run.debug(f"callout cache: need to check random address handling {NOT_KNOWN}")
            return ""
        if self._random:
            self._found.random = domain["random"]
            if domain["random"] == cache.ACCEPTS:
                run.debug("callout cache: domain accepts random addresses")
                self.failure = "random"
                return OK
            run.debug("callout cache: domain rejects random addresses")
            self._random = False
        if self._asks_postmaster and not (domain["postmaster"] and cache.is_fresh(run, domain, "postmaster")):
            run.debug(f"callout cache: need to check RCPT TO:<postmaster@domain> {NOT_KNOWN}")
            return ""
        if self._asks_postmaster:
            self._found.postmaster = domain["postmaster"]
            if domain["postmaster"] == cache.REJECTS:
                run.debug("callout cache: domain does not accept RCPT TO:<postmaster@domain>")
                return self._fail(address, "postmaster", "(result of earlier verification reused).")
            run.debug("callout cache: domain accepts RCPT TO:<postmaster@domain>")
            self._asks_postmaster = False
        return None

    def _fail(self, address: Address, failure: str, words: str) -> str:
        self.failure = failure
        address.user_message = words
        return FAIL

    def _called(self, address: Address, key: str, sender: str) -> str:
        outcome = DEFER
        flush = getattr(self._run.transaction, "flush_unless", None)
        if flush is not None:
            flush("no_callout_flush")
        start = self._run.ctx.world.clock.now()
        most = self._options.most or 4 * self._options.patience
        for host in self._hosts:
            if not host.address or self._run.ctx.world.clock.now() - start > most:
                continue
            outcome = self._at(address, host, sender)
            if outcome != DEFER:
                break
        found = self._found
        if found.reached and self._options.uses_cache:
            cache.write_domain(self._run, address.domain, found.domain, found.postmaster, found.random)
            if found.address:
                cache.write_address(self._run, key, found.address)
        if outcome == DEFER:
            self._defer(address)
        return outcome

    def _defer(self, address: Address) -> None:
        what = "recipient" if self._is_recipient else "sender"
        words = f"Could not complete {what} verify callout"
        has_details = address.message and len(self._hosts) == 1
        address.message = f"{words}: {address.message}" if has_details else words
        address.user_message = words
        address.passes_message = True
        if self._run.ctx.options.get("smtp_return_error_details"):
            end = "the address will never be accepted." if self._is_recipient else CHANGE
            address.user_message = f"{words} for <{address.text}>.\n{UNREACHABLE}{end}"

    def _at(self, address: Address, host: Host, sender: str, *, avoids_tls: bool = False) -> str:
        """The outcome at one host."""
        from expander.acl.callout_client import Client

        assert address.transport is not None
        transport = cast("Router", address.transport)
        client = Client(self._run, transport, host, self._options, avoids_tls=avoids_tls)
        with showing(self._run.ctx, address, host):
            try:
                return self._at_host(address, host, client, sender)
            except Trouble as trouble:
                client.finish(waits=False, says_quit=trouble.quits)
                if trouble.number != TLS_FAILED or not client.may_go_in_clear:
                    self.last_reply = trouble.text
                    return self._bad(address, host, client, trouble.message)
                where = f"{host.name} [{host.address}] (not in hosts_require_tls)"
                self._run.ctx.log(f"{trouble.message}: callout unencrypted to {where}")
        return self._at(address, host, sender, avoids_tls=True)

    def _at_host(self, address: Address, host: Host, client: Client, sender: str) -> str:
        assert address.transport is not None
        try:
            client.connect(address.text)
        except (OSError, Refused) as error:
            client.finish(waits=False)
            return self._bad(address, host, client, words_of(error))
        try:
            data = str(address.transport["helo_data"] or "$primary_hostname")
            name = name_in_ascii(self._run.ctx.expand(data))
        except Unsupported:
            raise
        except ExpansionError as problem:
            what = "failed to expand transport's helo_data value for callout"
            self._run.ctx.log(f"<{address.text}>: {what}: {problem.message}", panic=True)
            client.reply()
            client.finish(waits=False)
            return self._bad(address, host, client, f"failed to expand helo_data: {problem.message}")
        reply = client.begin()
        where = "initial connection"
        if reply.code == "2":
            reply = client.greet(name)
            where = client.sent
        if not reply.text:
            client.finish(waits=False, says_quit=False)
            said = client.sent or where
            if reply.is_late:
                self._run.debug(LATE)
                return self._bad(address, host, client, f"{LATE} after {said}")
            return self._bad(address, host, client, f"Remote host closed connection in response to {said}")
        if reply.code != "2":
            self.last_reply = reply.text
            client.finish(waits=False)
            return self._refused(
                address, host, client, reply, f"SMTP error from remote mail server after {where}"
            )
        is_international = self._run.ctx.facts.get("message_smtputf8") == "yes"
        if is_international and not client.choose_alphabet(self._control()):
            client.finish(waits=False)
            self._bad(address, host, client, NO_ALPHABET)
            address.user_message = NO_SUPPORT
            return FAIL
        self._found.reached = True
        outcome = self._conversed(address, host, client, sender)
        self.last_reply = (
            "" if self.failure == "mail" or not client.sent.startswith("RCPT") else self._last.text
        )
        if outcome == OK and self._may_be_held() and self._held and self._held.hold(client, host, address):
            run = self._run
            what = "potential further verifies and" if self._options.holds else "cutthrough"
            run.debug(f"holding verify callout open for {what} delivery")
            return outcome
        client.finish(waits=bool(self._last.text), says_quit=not self._last.is_late)
        return outcome

    _last: Reply

    def _control(self) -> str:
        """What an ACL says of writing addresses in ASCII; see `RemoteJob.converts`."""
        given = getattr(getattr(self._run.transaction, "mail", None), "controls", {})
        return (given["utf8_downconvert"] or "1") if "utf8_downconvert" in given else ""

    def _may_be_held(self) -> bool:
        """True if nothing was asked for but the recipient."""
        return not self._options.random and self._options.postmaster_sender is None

    def _conversed(self, address: Address, host: Host, client: Client, sender: str) -> str:
        if self._random:
            local_part = self._run.ctx.expand(
                str(self._run.ctx.options.get("callout_random_local_part") or "")
            )
            outcome = self._asked(address, host, client, sender, f"{local_part}@{address.domain}")
            if outcome == OK:
                self._found.random = cache.ACCEPTS
                self.failure = "random"
                return OK
            if outcome == DEFER or self.failure == "mail":
                return outcome
            self._found.random = cache.REJECTS
            self.failure, address.message, address.user_message = "", None, None
            client.command("RSET")
        outcome = self._asked(address, host, client, sender, address.text)
        if outcome == FAIL and self.failure == "recipient":
            self._found.address = cache.REJECTS
        if outcome != OK:
            return outcome
        if self._asks_postmaster:
            outcome = self._postmaster(address, host, client)
            if outcome == DEFER:
                return DEFER
        self._found.address = cache.ACCEPTS
        return outcome

    def _postmaster(self, address: Address, host: Host, client: Client) -> str:
        self._run.debug("Cutthrough cancelled by presence of postmaster verify")
        client.command("RSET")
        sender = self._options.postmaster_sender or ""
        outcome = self._asked(address, host, client, sender, f"postmaster@{address.domain}")
        if outcome == FAIL and self._options.full_postmaster:
            self._last = client.command("RCPT TO:<postmaster>")
            if self._last.code == "2":
                outcome, self.failure = OK, ""
            else:
                self._explain(address, host, client, self._last)
        if outcome == OK:
            self._found.postmaster = cache.ACCEPTS
        elif outcome == FAIL:
            self._found.postmaster = cache.REJECTS
            self.failure = "postmaster"
        return outcome

    def _asked(self, address: Address, host: Host, client: Client, sender: str, recipient: str) -> str:
        try:
            mail, rcpt = client.mail_and_rcpt(sender, recipient)
        except Trouble as trouble:
            self._last = Reply("2")
            return self._bad(address, host, client, trouble.message)
        self._last = mail if rcpt is None else rcpt
        if self._last.is_late:
            self._run.debug(LATE)
            return self._bad(
                address, host, client, NO_WORDS if rcpt is None else f"{LATE} after {client.sent}"
            )
        if rcpt is None:
            if mail.code == "5":
                if not sender:
                    self._found.domain = cache.REJECTS_NULL
                self._refused(address, host, client, mail, f'response to "{client.sent}" was')
                self.failure = "mail"
                return FAIL
            if mail.text:
                return self._bad(address, host, client, NO_WORDS)
            return self._refused(address, host, client, mail, "")
        if rcpt.code == "2":
            return OK
        return self._refused(
            address, host, client, rcpt, f"SMTP error from remote mail server after {client.sent}"
        )

    def _refused(self, address: Address, host: Host, client: Client, reply: Reply, where: str) -> str:
        """The host says no, for now or for good, or nothing."""
        if not reply.text:
            return self._bad(address, host, client, f'response to "{client.sent}" was: {DROPPED}')
        if reply.is_malformed:
            return self._bad(address, host, client, NO_WORDS)
        self._bad(address, host, client, f"{where}: {reply.text}".replace("\n", "\\n"))
        if reply.code != "5":
            return DEFER
        self.failure = "recipient"
        self._explain(address, host, client, reply)
        return FAIL

    def _explain(self, address: Address, host: Host, client: Client, reply: Reply) -> None:
        if self._is_recipient:
            address.user_message = f"Callout verification failed:\n{reply.text}"
        else:
            sent = client.sent or "QUIT"  # what Exim says last in any case
            address.user_message = f"Called:   {host.address}\nSent:     {sent}\nResponse: {reply.text}"

    def _bad(self, address: Address, host: Host, _client: Client, words: str) -> str:
        address.message = f"{host.name} [{host.address}] : {words}"
        return DEFER
