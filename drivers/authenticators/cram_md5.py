"""The authenticator ``cram_md5``."""

from __future__ import annotations

import hmac
import re

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import SPACE, Tainted, to_bytes
from drivers.authenticators.exchange import DEFER, FAIL, UNEXPECTED, Dialogue, Exchange, ask

DIGEST = 32
_USER = re.compile(rf"[^{SPACE}\0]*", re.ASCII)


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
    own = hmac.new(to_bytes(secret), to_bytes(challenge), "md5").hexdigest()
    auth.ctx.debug(
        f"CRAM-MD5: user name = {user[0]}\n          challenge = {challenge}\n"
        f"          received  = {digest}\n          digest    = {own}"
    )
    return auth.server_condition() if own == digest else FAIL


def _challenge(auth: Exchange) -> str:
    world, host = auth.ctx.world, auth.ctx.options["primary_hostname"]
    fixed = world.users.built_in().get("cram_md5_challenge")
    if fixed:
        return fixed
    return f"<{world.pid}.{int(world.clock.now())}@{host}>"
