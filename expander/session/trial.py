"""A trial of one authenticator: a client with a name and a password meets its server side."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Unsupported
from drivers.api.text import lower, to_bytes, upper
from drivers.authenticators import client as clients
from drivers.authenticators.exchange import VARIABLES, coded
from drivers.values import encode, scram
from expander.session.authentication import LIBRARIES, public_name, serves
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from expander.config.model import Instance
    from expander.configuration import Configuration
    from expander.session.talk import SmtpSession

ACCEPTED, DEFERRED, REFUSED, NOT_ASKED = "accepted", "deferred", "refused", "not asked"
_OUTCOMES = {"2": ACCEPTED, "4": DEFERRED, "5": REFUSED}


class Trial(Record):
    """What came of it.

    ``lines`` are what was said after EHLO, each by "C" or "S"; ``decided`` tells in words what has led to the
    outcome; ``variables`` are ``$auth1`` and so on; ``offered`` is false if EHLO does not show the mechanism.
    """

    name: str
    driver: str
    mechanism: str
    offered: bool
    outcome: str
    reply: str
    identity: str
    decided: Sequence[str]
    variables: Mapping[str, str]
    lines: Sequence[tuple[str, str]]
    log: Sequence[str]


def trial(
    config: Configuration,
    name: str,
    user: str,
    password: str,
    *,
    peer: str = "127.0.0.1",
    facts: Mapping[str, str] | None = None,
) -> Trial:
    """Have a client authenticate with the authenticator of that name (its own, or the mechanism's).

    ``facts`` are variables that are set from the beginning. Raises `Failed` where there is no such
    authenticator or it has no server side, and `Unsupported`.
    """
    instance = _found(config, name)
    if instance.driver in LIBRARIES:
        library = LIBRARIES[instance.driver]
        raise Unsupported(
            f"the {instance.driver} authenticator is not supported: the library {library} does its work"
        )
    if instance.driver != "tls" and not serves(instance):
        raise Failed(f'the authenticator "{instance.name}" has no server side')
    session = config.session(peer, facts=facts)
    session.command("EHLO trial")
    offered = instance.name in session.machine.authenticators
    before = len(session.log)
    lines: list[tuple[str, str]] = []
    if instance.driver != "tls":
        session.machine.controls.add("allow_auth_unadvertised")
        _hold(config, session, client_of(config, instance, user, password), lines)
    return _result(session, instance, lines, session.log[before:], offered=offered)


def _found(config: Configuration, name: str) -> Instance:
    instances = config.model.instances("authenticator")
    by_name = [one for one in instances if one.name == name]
    by_mechanism = [one for one in instances if serves(one) and lower(public_name(one)) == lower(name)]
    for one in (*by_name, *by_mechanism):
        return one
    known = ", ".join(one.name for one in instances) or "none"
    raise Failed(f'there is no authenticator "{name}" (known: {known})')


def client_of(config: Configuration, instance: Instance, user: str, password: str) -> clients.Attempt:
    """A client for the mechanism: what it sends for a user and a password. What it knows is its own."""
    name = public_name(instance)
    mechanism = upper(str(instance["server_mech"] or name) if "server_mech" in instance.options else name)
    if instance.driver == "spa" or mechanism == "NTLM":
        return _driven(config, "spa", name, user, password)
    if mechanism.removesuffix(scram.BOUND) in scram.HASHES:
        return _driven(config, "gsasl", name, user, password)
    if instance.driver == "cram_md5" or mechanism == "CRAM-MD5":
        return _with_digest(name, user, password)
    if instance.driver == "external" or mechanism == "EXTERNAL":
        return _in_turn(name, [user])
    if mechanism == "PLAIN":
        return _at_once(name, f"\0{user}\0{password}")
    return _in_turn(name, [user, password])


def _driven(config: Configuration, driver: str, name: str, user: str, password: str) -> clients.Attempt:
    """The client side of a driver, in a context where the server's variables are not."""
    context = config.expander().context
    settings = {"client_username": _kept(user), "client_password": _kept(password)}
    return clients.begin(clients.Client(context, name, settings.get, name), driver)


def _kept(text: str) -> str:
    """Text that expands to itself."""
    return text.replace("\\", "\\\\").replace("$", "\\$")


def _at_once(name: str, message: str) -> clients.Attempt:
    yield f"AUTH {name} {coded(message)}"
    return clients.OK


def _in_turn(name: str, answers: Sequence[str]) -> clients.Attempt:
    reply = yield f"AUTH {name}"
    for answer in answers:
        if not reply.startswith("3"):
            break
        reply = yield coded(answer)
    if reply.startswith("3"):
        yield "*"
    return clients.OK


def _with_digest(name: str, user: str, password: str) -> clients.Attempt:
    reply = yield f"AUTH {name}"
    if reply.startswith("3"):
        challenge = encode.from_base64(clients.text_of(reply)) or ""
        digest = hmac.new(to_bytes(password), to_bytes(challenge), "md5").hexdigest()
        yield coded(f"{user} {digest}")
    return clients.OK


def _hold(
    config: Configuration, session: SmtpSession, attempt: clients.Attempt, lines: list[tuple[str, str]]
) -> None:
    def answer(line: str) -> str:
        lines.append(("C", line))
        reply = session.command(to_bytes(line))
        text = f"{reply.code} {' '.join(reply.lines)}" if reply is not None else ""
        lines.append(("S", text))
        return text

    clients.outcome(clients.Client(config.expander().context, "", lambda _: "", ""), attempt, answer)


def _result(
    session: SmtpSession,
    instance: Instance,
    lines: list[tuple[str, str]],
    log: Sequence[str],
    *,
    offered: bool,
) -> Trial:
    facts = session.context.facts
    exchange = session.machine.exchange
    reply = lines[-1][1] if lines else ""
    took = facts.get("sender_host_authenticated") == instance.name
    outcome = ACCEPTED if took else _OUTCOMES.get(reply[:1], REFUSED)
    if exchange is None:
        outcome = NOT_ASKED
    decided = list(exchange.decided) if exchange is not None else []
    known = exchange.values[:VARIABLES] if exchange is not None else []
    if exchange is not None and exchange.problem:
        decided.append(exchange.problem)
    return Trial(
        name=instance.name,
        driver=instance.driver,
        mechanism=public_name(instance),
        offered=offered,
        outcome=outcome,
        reply=reply,
        identity=str(facts.get("authenticated_id", "")) if took else "",
        decided=list(dict.fromkeys(decided)),
        variables={f"auth{at}": str(value) for at, value in enumerate(known, 1) if value},
        lines=lines,
        log=log,
    )
