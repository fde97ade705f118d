"""AUTH: what is offered to the client, the exchange with an authenticator, and what comes of it."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Unsupported
from drivers.api.text import SPACE, Tainted, logged, lower, upper
from drivers.authenticators.exchange import BAD_BASE64, CANCELLED, DEFER, FAIL, OK, UNEXPECTED, Exchange, Over
from drivers.values.truth import holds
from expander import events
from expander.session import logline
from expander.session.hostcheck import client_in, setting_of
from expander.session.judging import DROP, AclResult
from expander.session.judging import OK as PERMITTED
from grammar.patterns import late_pattern
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.authenticators.exchange import Dialogue
    from expander.config.model import Instance
    from expander.session.machine import Session

SERVERS = frozenset({"plaintext", "cram_md5", "external", "dovecot", "spa", "gsasl", "tls"})
"""The drivers whose server side is imitated."""

LIBRARIES = {"cyrus_sasl": "Cyrus SASL", "heimdal_gssapi": "Heimdal"}
"""The drivers that hand all over to a library."""

REPLIES = {
    FAIL: (535, "Incorrect authentication data"),
    DEFER: (435, "Unable to authenticate at present"),
    CANCELLED: (501, "Authentication cancelled"),
    BAD_BASE64: (501, "Invalid base64 data"),
    UNEXPECTED: (553, "Initial data not expected"),
}
WITH_SERVER_SIDE = "authenticators for servers"
"""Under this name a configuration has those that have a server side."""

_MECHANISM = late_pattern(rf"([^{SPACE}]*)(?:[{SPACE}]+(.*))?", re.ASCII | re.DOTALL)
_NOT_IN_MECHANISM = late_pattern(r"[^A-Za-z0-9_-]", re.ASCII)


class Conversation(State):
    """An exchange under way."""

    exchange: Exchange
    dialogue: Dialogue


def offered(session: Session) -> list[str]:
    """The public names of the authenticators on offer, for EHLO."""
    ctx = session.ctx
    config = ctx.config
    session.authenticators = []
    if config is None or not config.instances("authenticator"):
        return []
    if ctx.facts.get("sender_host_authenticated") or not client_in(ctx, "auth_advertise_hosts"):
        return []
    return list(dict.fromkeys(_advertised(session)))


def _advertised(session: Session) -> Iterator[str]:
    config = session.ctx.config
    assert config is not None
    servers: tuple[Instance, ...] | None = config.ready.get(WITH_SERVER_SIDE)
    if servers is None:
        servers = config.ready[WITH_SERVER_SIDE] = tuple(filter(serves, config.instances("authenticator")))
    for instance in servers:
        if _holds(session, instance, "server_advertise_condition"):
            session.authenticators.append(instance.name)
            yield upper(public_name(instance))


def serves(instance: Instance) -> bool:
    """True if an authenticator has a server side."""
    from expander.config.driver_checks import sides

    return "server" in sides(instance)


def public_name(instance: Instance) -> str:
    """What clients call an authenticator."""
    return str(instance["public_name"] or instance.name)


def _holds(session: Session, instance: Instance, option: str) -> bool:
    """True if the condition in an option of an authenticator holds, or is not set."""
    text = str(instance[option] or "")
    return not text or holds(session.ctx, text, f"{instance.name} authenticator", defers=False)


def auth(session: Session, argument: str) -> None:
    """AUTH: begin an exchange."""
    facts = session.ctx.facts
    facts["authentication_failed"] = "1"
    if not session.authenticators and "allow_auth_unadvertised" not in session.controls:
        session.error(503, "AUTH command used when not advertised")
        return
    if facts.get("sender_host_authenticated"):
        session.error(503, "already authenticated")
        return
    if session.mail.sender is not None:
        session.error(503, "not permitted in mail transaction")
        return
    verdict = session.judge("auth")
    if verdict.word != PERMITTED:
        session.refuse("auth", argument, verdict)
        return
    name, rest = _MECHANISM.match(argument).groups("")  # type: ignore[union-attr] # it matches anything
    if _NOT_IN_MECHANISM.search(name):
        session.error(501, "invalid character in authentication mechanism name")
        return
    instance = _named(session, name)
    if instance is None:
        session.error(504, f"{name} authentication mechanism not supported", kind="protocol")
        return
    _begin(session, instance, rest)


def _named(session: Session, name: str) -> Instance | None:
    config = session.ctx.config
    assert config is not None
    unadvertised = "allow_auth_unadvertised" in session.controls
    for instance in config.instances("authenticator"):
        known = instance.name in session.authenticators or (unadvertised and serves(instance))
        if known and lower(public_name(instance)) == lower(name):
            return instance
    return None


def _begin(session: Session, instance: Instance, given: str) -> None:
    if instance.driver not in SERVERS:
        library = LIBRARIES.get(instance.driver, "another")
        message = f"the {instance.driver} authenticator is not supported: the library {library} does its work"
        raise Unsupported(message)
    exchange = session.exchange = Exchange(
        session.ctx, instance.name, instance.__getitem__, public_name(instance)
    )
    module = import_module(f"drivers.authenticators.{instance.driver}")
    talk = Conversation(exchange, module.serve(exchange, given))
    session.conversation = talk
    _go_on(session, talk, lambda: next(talk.dialogue))


def by_certificate(session: Session) -> None:
    """Once the client has shown a certificate that was verified, the first ``tls`` authenticator decides.

    See "The tls authenticator".
    """
    config, facts = session.ctx.config, session.ctx.facts
    if session.certificate_was_asked or config is None or not facts.get("tls_in_peercert"):
        return
    if facts.get("tls_in_certificate_verified") != "1":
        return
    session.certificate_was_asked = True
    instance = next((one for one in config.instances("authenticator") if one.driver == "tls"), None)
    if instance is None:
        return
    verdict = session.judge("auth")
    if verdict.word != PERMITTED:
        session.refuse("auth", "", verdict)
        return
    exchange = session.exchange = Exchange(
        session.ctx, instance.name, instance.__getitem__, public_name(instance)
    )
    from drivers.authenticators import tls

    try:
        next(tls.serve(exchange, ""))
    except StopIteration as over:
        _settle(session, exchange, str(over.value))


def respond(session: Session, line: str) -> None:
    """A line of the client within an exchange."""
    talk = session.conversation
    assert talk is not None
    if line == "*":
        _go_on(session, talk, lambda: talk.dialogue.throw(Over(CANCELLED)))
    else:
        _go_on(session, talk, lambda: talk.dialogue.send(line))


def too_long(session: Session) -> None:
    """A line within an exchange that is longer than it may be."""
    talk = session.conversation
    assert talk is not None
    _go_on(session, talk, lambda: talk.dialogue.throw(Over(BAD_BASE64)))


def _go_on(session: Session, talk: Conversation, step: Callable[[], str]) -> None:
    """Let the authenticator do its next step."""
    try:
        challenge = step()
    except StopIteration as over:
        _end(session, talk.exchange, str(over.value))
    except Over as over:
        _end(session, talk.exchange, over.word)
    else:
        session.say(f"334 {challenge}\r\n")


def claimed(session: Session, value: str) -> bool:
    """The parameter AUTH of MAIL: who the client says has sent the message. False if it was refused.

    See "AUTH on MAIL commands".
    """
    ctx = session.ctx
    ctx.facts["authenticated_sender"] = ""
    if value in {"", "<>"}:
        return True
    sender = from_xtext(value)
    if sender is None:
        session.error(501, "invalid data for AUTH")
        return False
    ctx.facts["authenticated_sender"] = Tainted(sender)  # the ACL may look at it
    why = ""
    if setting_of(ctx, "acl_smtp_mailauth") is None:
        why = "" if ctx.facts.get("sender_host_authenticated") else "client not authenticated"
    else:
        has_acl = bool(ctx.options.get("acl_smtp_mailauth"))
        verdict = session.judge("mailauth") if has_acl else AclResult(FAIL)
        if verdict.word in {FAIL, DROP}:
            why = "rejected by ACL"
        elif verdict.word != OK:
            session.refuse("mailauth", session.mail.shown, verdict)
            ctx.facts["authenticated_sender"] = ""
            return False
    if not why and not _may_claim(session):
        identity = ctx.facts.get("authenticated_id", "")
        why = f'server_mail_auth_condition failed: authenticated ID="{identity}"'
    if why:
        ctx.facts["authenticated_sender"] = ""
        ctx.log(f"ignoring AUTH={value} from {logline.client(session, labelled=True)} ({why})")
    return True


def _may_claim(session: Session) -> bool:
    """True if the authenticator by which the client came believes what it says of the sender."""
    config = session.ctx.config
    name = session.ctx.facts.get("sender_host_authenticated", "")
    instance = config.instance("authenticator", name) if config is not None and name else None
    return instance is None or _holds(session, instance, "server_mail_auth_condition")


def from_xtext(text: str) -> str | None:
    """The text behind the coding of parameters, None for what is not coded so."""
    if re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2})*", text, re.ASCII) is None:
        return None
    return re.sub(r"\+([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text).partition("\0")[0]


def _end(session: Session, exchange: Exchange, word: str) -> None:
    """Tell the client, the log and the variables what came of an exchange."""
    session.conversation = None
    identity = _settle(session, exchange, word)
    if word == OK:
        took = identity is not None
        session.say("235 Authentication succeeded\r\n" if took else f"435 {REPLIES[DEFER][1]}\r\n")
        return
    shown = f" (set_id={identity})" if identity else ""
    code, text = REPLIES[word]
    told = f"{text}: {exchange.told}" if exchange.told else text
    session.say(f"{code} {told}\r\n")
    if word == DEFER:
        shown += f": {exchange.problem or 'NULL'}"
    elif word != FAIL:
        shown = ""
    reply = f"{code} {text}"
    logline.log_refusal(
        session, _told_of(session, exchange, reply) or _failure(session, exchange, reply + shown)
    )


def _told_of(session: Session, exchange: Exchange, reply: str) -> str:
    """What the event of a failure answers, which is logged in the place of the usual line."""
    facts = session.ctx.facts
    facts["sender_host_authenticated"] = exchange.name
    try:
        return events.of_main(session.ctx, "auth:fail", reply)
    finally:
        facts["sender_host_authenticated"] = ""


def _failure(session: Session, exchange: Exchange, what: str) -> str:
    who = logline.client(session, labelled=session.ctx.profile.at_least("4.99"))
    return f"{exchange.name} authenticator failed for {who}: {what}"


def _settle(session: Session, exchange: Exchange, word: str) -> str | None:
    """Set the variables as the outcome wants it: who it is, None if that cannot be expanded."""
    cover = session.ctx.mode.cover
    if cover is not None:
        cover.authenticator(exchange.name, word)
    identity = _identity(exchange)
    exchange.forget()
    facts = session.ctx.facts
    if word == OK and identity is not None:
        facts["sender_host_authenticated"] = exchange.name
        is_told = bool(exchange.option("server_set_id"))
        facts["authenticated_id"] = Tainted(identity) if is_told else ""
        facts["authentication_failed"] = "0"
        facts["authenticated_fail_id"] = ""
        facts["received_protocol"] = f"{facts.get('received_protocol', 'esmtp')}a"
    elif word in {FAIL, DEFER}:
        facts["authenticated_fail_id"] = Tainted(f" (set_id={identity})" if identity else "")
    return identity


def _identity(exchange: Exchange) -> str | None:
    """What ``server_set_id`` comes to, fit for a log line; None if it cannot be expanded."""
    try:
        return logged(exchange.ctx.expand(exchange.option("server_set_id")))
    except ExpansionError:
        return None
