"""The authenticator ``spa``: Secure Password Authentication, which is NTLM."""

from __future__ import annotations

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import from_bytes
from drivers.authenticators.client import OK, Attempt, Client, text_of
from drivers.authenticators.exchange import DEFER, FAIL, Dialogue, Exchange, Over, coded
from drivers.values import ntlm

SUPPORTED = "NTLM supported"
ROOM_OF_REQUEST, ROOM_OF_CHALLENGE, ROOM_OF_RESPONSE = 1060, 1076, 1092


def serve(auth: Exchange, data: str) -> Dialogue:
    """Send a challenge, and compare what the client makes of it and of the password.

    A client that gives up has failed. See "The spa authenticator".
    """
    try:
        if not data:
            data = yield SUPPORTED
        if ntlm.decoded(data, ROOM_OF_REQUEST) is None:
            return FAIL
        nonce = bytes(auth.ctx.world.random.below(256) for _ in range(8))
        answer = ntlm.decoded((yield coded(from_bytes(ntlm.challenge(nonce)))), ROOM_OF_RESPONSE)
    except Over:
        return FAIL
    user = None if answer is None else ntlm.user_of(answer)
    if answer is None or user is None:
        return FAIL
    auth.add(user)
    auth.tell()
    try:
        password = auth.ctx.expand(auth.option("server_password"))
    except ForcedFail:
        return FAIL
    except ExpansionError as problem:
        auth.problem = problem.message
        return DEFER
    is_right = ntlm.digest_of(answer) == ntlm.digest(password, nonce)
    return auth.compare(right=is_right, what="server_password")


def connect(client: Client) -> Attempt:
    """Say who it is, and answer the server's challenge. See "The spa authenticator".

    A challenge that cannot be read counts as one of zeros.
    """
    user, password, domain = (
        client.expand(client.option(f"client_{name}")) for name in ("username", "password", "domain")
    )
    reply = yield f"AUTH {client.public_name}"
    if reply.startswith("3"):
        reply = yield coded(from_bytes(ntlm.request(user, domain)))
    if reply.startswith("3"):
        challenge = ntlm.decoded(text_of(reply), ROOM_OF_CHALLENGE) or b""
        reply = yield coded(from_bytes(ntlm.response(challenge, user, password)))
        if reply.startswith("2"):
            return OK
    return client.refused(reply)
