"""The authenticator ``external``: the client has shown who it is already, by a certificate."""

from __future__ import annotations

from drivers.authenticators.exchange import DEFER, Dialogue, Exchange, ask, in_parts, initial


def serve(auth: Exchange, data: str) -> Dialogue:
    """Take the identity that the client wants, and ask ``server_condition``.

    See "The external authenticator".
    """
    given = initial(data) if data else []
    if not given:
        given = in_parts((yield from ask("")))
    auth.add(given[0])
    for name in ("server_param2", "server_param3"):
        text = auth.option(name)
        if text:
            value = auth.expand(text)
            if value is None:
                return DEFER
            auth.add(value)
    return auth.server_condition()
