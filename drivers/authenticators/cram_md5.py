"""The authenticator ``cram_md5``."""

from __future__ import annotations

import re

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import SPACE, Tainted, to_bytes
from drivers.authenticators.client import ERROR, OK, Attempt, Client, text_of
from drivers.authenticators.exchange import DEFER, FAIL, FIXED, UNEXPECTED, Dialogue, Exchange, ask, coded
from drivers.values import encode
from grammar.patterns import late_pattern

DIGEST = 32
CHALLENGE_OF_TESTS = "<1896.697170952@postoffice.reston.mci.net>"
"""The challenge of the example in RFC 2195, which an Exim sends that was built for its tests: see `FIXED`."""

_USER = late_pattern(rf"[^{SPACE}\0]*", re.ASCII)


def _digest(secret: str, challenge: str) -> str:
    import hmac  # with all that OpenSSL knows; most sessions have no use for it

    return hmac.new(to_bytes(secret), to_bytes(challenge), "md5").hexdigest()


def serve(auth: Exchange, data: str) -> Dialogue:
    """Send a challenge and compare the digest that the client makes of it and of the secret.

    See "The cram_md5 authenticator".
    """
    if data:
        return UNEXPECTED
    challenge = _challenge(auth)
    response = yield from ask(challenge)
    user = _USER.match(response)
    assert user is not None
    auth.ctx.facts["auth1"] = Tainted(user[0])  # but $1 only if the rest looks right
    between, digest = response[user.end() :][:1], response[user.end() + 1 :]
    if between in {"", "\0"} or len(digest) != DIGEST:
        return FAIL
    auth.add(user[0])
    auth.tell()
    try:
        secret = auth.ctx.expand(auth.option("server_secret"))
    except ForcedFail:
        return FAIL
    except ExpansionError as problem:
        auth.problem = problem.message
        return DEFER
    own = _digest(secret, challenge)
    auth.ctx.debug(
        f"CRAM-MD5: user name = {user[0]}\n          challenge = {challenge}\n"
        f"          received  = {digest}\n          digest    = {own}"
    )
    return auth.compare(right=own == digest, what="server_secret")


def _challenge(auth: Exchange) -> str:
    if FIXED in auth.ctx.state:
        return CHALLENGE_OF_TESTS
    world, host = auth.ctx.world, auth.ctx.options["primary_hostname"]
    fixed = world.users.built_in().get("cram_md5_challenge")
    if fixed:
        return fixed
    return f"<{world.pid}.{int(world.clock.now())}@{host}>"


def connect(client: Client) -> Attempt:
    """Send the name and the digest of the server's challenge. See "The cram_md5 authenticator"."""
    name = client.expand(client.option("client_name"))
    secret = client.expand(client.option("client_secret"))
    command = f"AUTH {client.public_name}"
    reply = yield command
    if not reply.startswith("3"):
        return client.refused(reply)
    challenge = encode.from_base64(text_of(reply))
    if not challenge:
        client.problem = f"bad base 64 string in challenge: {command[4:]}"
        return ERROR
    digest = _digest(secret, challenge)
    reply = yield coded(f"{name} {digest}")
    return OK if reply.startswith("2") else client.refused(reply)
