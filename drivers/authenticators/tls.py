"""The authenticator ``tls``: the certificate that the client has shown is enough."""

from __future__ import annotations

from drivers.authenticators.exchange import DEFER, Dialogue, Exchange


def serve(auth: Exchange, _data: str) -> Dialogue:
    """Work out the parameters and ask ``server_condition``; the client says nothing.

    See "The tls authenticator".
    """
    yield from ()  # a dialogue without a question
    for name in ("server_param1", "server_param2", "server_param3"):
        text = auth.option(name)
        if not text:
            continue
        value = auth.expand(text)
        if value is None:
            return DEFER
        auth.add(value)
    return auth.server_condition()
