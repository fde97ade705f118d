"""The authenticator ``external``: the client has shown who it is already, by a certificate."""

from __future__ import annotations

from drivers.authenticators.exchange import DEFER, Dialogue, Exchange, in_parts


def serve(auth: Exchange, data: str | None) -> Dialogue:
    """Take the identity that the client wants, and ask ``server_condition``.

    See "The external authenticator".
    """
    if data is None:
        data = yield ""
    first = next(iter(in_parts(data)))
    auth.add(first)
    for name in ("server_param2", "server_param3"):
        text = auth.option(name)
        if text:
            value = auth.expand(text)
            if value is None:
                return DEFER
            auth.add(value)
    return auth.server_condition()
