"""The authenticator ``cram_md5``."""

from __future__ import annotations

import hmac

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import SPACE, to_bytes
from drivers.authenticators.exchange import DEFER, FAIL, UNEXPECTED, Dialogue, Exchange

DIGEST = 32


def serve(auth: Exchange, data: str | None) -> Dialogue:
    """Send a challenge and compare the digest that the client makes of it and of the secret.

    See "The cram_md5 authenticator".
    """
    if data is not None:
        return UNEXPECTED
    world, host = auth.ctx.world, auth.ctx.options["primary_hostname"]
    challenge = f"<{world.pid}.{int(world.clock.now())}@{host}>"
    response = yield challenge
    user, _, digest = response.rstrip(SPACE).rpartition(" ")
    user, digest = (user.rstrip(SPACE), digest) if user else (digest, "")
    auth.add(user)
    try:
        secret = auth.ctx.expand(auth.option("server_secret"))
    except ForcedFail:
        return FAIL
    except ExpansionError as problem:
        auth.problem = problem.message
        return DEFER
    if len(digest) != DIGEST:
        return FAIL
    own = hmac.new(to_bytes(secret), to_bytes(challenge), "md5").hexdigest()
    auth.ctx.debug(
        f"CRAM-MD5: user name = {user}\n          challenge = {challenge}\n"
        f"          received  = {digest}\n          digest    = {own}"
    )
    return auth.server_condition() if own == digest else FAIL
