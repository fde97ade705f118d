"""The authenticator ``gsasl``: the mechanisms of the GNU SASL library."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Unsupported
from drivers.api.text import to_bytes, upper
from drivers.authenticators import scram_client
from drivers.authenticators.client import OK, Attempt, Client
from drivers.authenticators.exchange import DEFER, Dialogue, Exchange, ask, coded, decoded
from drivers.authenticators.scram_server import Conversation, NoPasswordError
from drivers.values import scram

if TYPE_CHECKING:
    from collections.abc import Callable


_MALFORMED = "GNU SASL temporary error: GSASL_MECHANISM_PARSE_ERROR (SASL mechanism could not parse input)"


def serve(auth: Exchange, data: str) -> Dialogue:
    """Hold the exchange of the mechanism in ``server_mech``. Raises `Unsupported` for most of them.

    See "The gsasl authenticator".
    """
    name = upper(auth.option("server_mech") or auth.public_name)
    if name.removesuffix(scram.BOUND) in scram.HASHES:
        return _scram(auth, name, data)
    if name not in MECHANISMS:
        raise Unsupported(f"the mechanism {name} of the gsasl authenticator is not supported")
    return MECHANISMS[name](auth, data)


def _scram(auth: Exchange, name: str, data: str) -> Dialogue:
    talk = Conversation(auth, name)
    try:
        response = decoded(data) if data else (yield from ask(""))
        answer = talk.answer(response)
        proof = None if answer is None else talk.verdict((yield from ask(answer)))
    except scram.MalformedError:
        auth.problem = _MALFORMED
        return DEFER
    except NoPasswordError:
        return DEFER
    if proof is not None:
        yield coded(proof)
    return auth.compare(right=proof is not None, what="the password")


def _plain(auth: Exchange, data: str) -> Dialogue:
    response = decoded(data) if data else (yield from ask(""))
    parts = response.split("\0")
    if len(parts) != len(("authorization", "authentication", "password")):
        auth.problem = _MALFORMED
        return DEFER
    auth.add(parts[1], parts[0], parts[2])
    return auth.server_condition()


def _login(auth: Exchange, data: str) -> Dialogue:
    user = decoded(data) if data else (yield from ask("User Name"))
    password = yield from ask("Password")
    auth.add(user, "", password)
    return auth.server_condition()


def _single(auth: Exchange, data: str) -> Dialogue:
    auth.add(decoded(data) if data else (yield from ask("")))
    return auth.server_condition()


def _cram_md5(auth: Exchange, _data: str) -> Dialogue:
    world = auth.ctx.world
    challenge = f"<{world.random.below(1 << 62)}.0@localhost>"
    response = yield from ask(challenge)
    user, _, digest = response.rpartition(" ")
    auth.add(user, "", "")
    try:
        secret = auth.ctx.expand(auth.option("server_password"))
    except ExpansionError as problem:
        auth.problem = problem.message
        return DEFER
    own = hmac.new(to_bytes(secret), to_bytes(challenge), "md5").hexdigest()
    return auth.compare(right=own == digest, what="server_password")


MECHANISMS: dict[str, Callable[[Exchange, str], Dialogue]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "EXTERNAL": _single,
    "ANONYMOUS": _single,
    "CRAM-MD5": _cram_md5,
}
"""The mechanisms apart from SCRAM."""


def connect(client: Client) -> Attempt:
    """Authenticate by the mechanism of the public name. Raises `Unsupported` for most of them.

    See "The gsasl authenticator".
    """
    name = upper(client.public_name)
    if name.removesuffix(scram.BOUND) in scram.HASHES:
        return scram_client.connect(client, name)
    if name not in {"PLAIN", "LOGIN"}:
        raise Unsupported(f"the mechanism {name} of the gsasl authenticator has no client side")
    return _connect(client, name)


def _connect(client: Client, name: str) -> Attempt:
    """The client's side of PLAIN and LOGIN."""
    user, password, other = (
        client.expand(client.option(f"client_{option}")) for option in ("username", "password", "authz")
    )
    if name == "PLAIN":
        message = coded(f"{other}\x00{user}\x00{password}")
        reply = yield f"AUTH {client.public_name} {message}"
        return OK if reply.startswith("2") else client.refused(reply)
    reply = yield f"AUTH {client.public_name}"
    for answer in (user, password):
        if not reply.startswith("3"):
            return client.refused(reply)
        reply = yield coded(answer)
    return OK if reply.startswith("2") else client.refused(reply)
