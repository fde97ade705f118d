"""The authenticator ``gsasl``: the mechanisms of the GNU SASL library."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Unsupported
from drivers.api.text import to_bytes, upper
from drivers.authenticators.exchange import DEFER, FAIL, Dialogue, Exchange, ask, coded, decoded
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
    if proof is None:
        return FAIL
    yield coded(proof)
    return auth.server_condition()


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
    return auth.server_condition() if own == digest else FAIL


MECHANISMS: dict[str, Callable[[Exchange, str], Dialogue]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "EXTERNAL": _single,
    "ANONYMOUS": _single,
    "CRAM-MD5": _cram_md5,
}
"""The mechanisms apart from SCRAM."""
