"""AUTH: what is offered to the client, the exchange with an authenticator, and what comes of it."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from importlib import import_module
from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported
from drivers.api.text import Tainted, from_bytes, lower, to_bytes
from drivers.authenticators.exchange import BAD_BASE64, CANCELLED, DEFER, FAIL, OK, UNEXPECTED, Exchange
from drivers.values.truth import holds
from expander.session import logline
from expander.session.hostcheck import client_in
from expander.session.judging import DROP
from expander.session.judging import OK as PERMITTED
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.authenticators.exchange import Dialogue
    from expander.config.model import Instance
    from expander.session.machine import Session

SERVERS = frozenset({"plaintext", "cram_md5", "external"})
"""The drivers whose server side is imitated."""

REPLIES = {
    FAIL: (535, "Incorrect authentication data"),
    DEFER: (435, "Unable to authenticate at present"),
    CANCELLED: (501, "Authentication cancelled"),
    BAD_BASE64: (501, "Invalid base64 data"),
    UNEXPECTED: (553, "Initial data not expected"),
}
_BASE64 = re.compile(r"[A-Za-z0-9+/\n]*=?=?\Z", re.ASCII)


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
    for instance in config.instances("authenticator"):
        if not serves(instance):
            continue
        if _holds(session, instance, "server_advertise_condition"):
            session.authenticators.append(instance.name)
            yield public_name(instance)


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
    name, _, rest = argument.partition(" ")
    instance = _named(session, name)
    if instance is None:
        session.error(504, f"{name} authentication mechanism not supported")
        return
    _begin(session, instance, rest.strip(" \t"))


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
        raise Unsupported(f"the {instance.driver} authenticator is not supported by eximulate yet")
    exchange = Exchange(session.ctx, instance.name, instance.__getitem__, public_name(instance))
    data = None
    if given:
        data = "" if given == "=" else decoded(given)
        if data is None:
            _end(session, exchange, BAD_BASE64)
            return
    module = import_module(f"drivers.authenticators.{instance.driver}")
    talk = Conversation(exchange, module.serve(exchange, data))
    session.conversation = talk
    _go_on(session, talk, None)


def respond(session: Session, line: str) -> None:
    """A line of the client within an exchange."""
    talk = session.conversation
    assert talk is not None
    if line == "*":
        _end(session, talk.exchange, CANCELLED)
        return
    data = decoded(line)
    if data is None:
        _end(session, talk.exchange, BAD_BASE64)
        return
    _go_on(session, talk, data)


def _go_on(session: Session, talk: Conversation, data: str | None) -> None:
    try:
        challenge = next(talk.dialogue) if data is None else talk.dialogue.send(data)
    except StopIteration as over:
        _end(session, talk.exchange, str(over.value))
        return
    session.say(f"334 {from_bytes(b64encode(to_bytes(challenge)))}\r\n")


def decoded(text: str) -> str | None:
    """The bytes behind base64, None for what is none."""
    if not _BASE64.match(text):
        return None
    try:
        return from_bytes(b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None


def claimed(session: Session, value: str) -> bool:
    """The parameter AUTH of MAIL: who the client says has sent the message. False if it was refused.

    See "AUTH on MAIL commands".
    """
    ctx = session.ctx
    ctx.facts["authenticated_sender"] = ""
    if value == "<>":
        return True
    sender = from_xtext(value)
    if sender is None:
        session.error(501, "invalid data for AUTH")
        return False
    why = ""
    if not ctx.options.get("acl_smtp_mailauth"):
        why = "" if ctx.facts.get("sender_host_authenticated") else "client not authenticated"
    else:
        verdict = session.judge("mailauth")
        if verdict.word in {FAIL, DROP}:
            why = "rejected by ACL"
        elif verdict.word != OK:
            session.refuse("mailauth", value, verdict)
            return False
    if not why and not _may_claim(session, sender):
        why = "server_mail_auth_condition failed"
    if why:
        ctx.log(f"ignoring AUTH={value} from {logline.client(session, labelled=True)} ({why})")
    return True


def _may_claim(session: Session, sender: str) -> bool:
    ctx, config = session.ctx, session.ctx.config
    name = ctx.facts.get("sender_host_authenticated", "")
    instance = config.instance("authenticator", name) if config is not None and name else None
    ctx.facts["authenticated_sender"] = Tainted(sender)
    if instance is None or _holds(session, instance, "server_mail_auth_condition"):
        return True
    ctx.facts["authenticated_sender"] = ""
    return False


def from_xtext(text: str) -> str | None:
    """The text behind the coding of parameters, None for what is not coded so."""
    if re.fullmatch(r"(?:[!-*,-<>-~]|\+[0-9A-Fa-f]{2})*", text, re.ASCII) is None:
        return None
    return re.sub(r"\+([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), text)


def _end(session: Session, exchange: Exchange, word: str) -> None:
    session.conversation = None
    facts = session.ctx.facts
    identity = ""
    if word in {OK, FAIL} and exchange.option("server_set_id"):
        value = exchange.expand(exchange.option("server_set_id"))
        if value is None:
            session.ctx.captures = []
            session.reply(435, "Unable to authenticate at present")
            return
        identity = value
    session.ctx.captures = []
    if word == OK:
        facts["sender_host_authenticated"] = exchange.name
        facts["authenticated_id"] = Tainted(identity)
        facts["authentication_failed"] = "0"
        facts["received_protocol"] = f"{facts.get('received_protocol', 'esmtp')}a"
        session.say("235 Authentication succeeded\r\n")
        return
    code, text = REPLIES[word]
    shown = f" (set_id={identity})" if identity else ""
    facts["authentication_failed"] = "1"
    facts["authenticated_fail_id"] = Tainted(shown)
    told = f"{text}: {exchange.told}" if exchange.told else text
    session.say(f"{code} {told}\r\n")
    why = f": {exchange.problem}" if exchange.problem else ""
    who = logline.client(session)
    session.ctx.log(f"{exchange.name} authenticator failed for {who}: {code} {text}{why}{shown}")
