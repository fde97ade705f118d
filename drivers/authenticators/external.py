"""The authenticator ``external``: the client has shown who it is already, by a certificate."""

from __future__ import annotations

from drivers.authenticators.client import ERROR, OK, Attempt, Client, with_zeros
from drivers.authenticators.exchange import DEFER, Dialogue, Exchange, ask, coded, in_parts, initial


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


def connect(client: Client) -> Attempt:
    """Send the identity of ``client_send`` with the command. See "The external authenticator"."""
    text = with_zeros(client.expand(client.option("client_send")))
    reply = yield f"AUTH {client.public_name} {coded(text)}".rstrip(" ")
    if reply.startswith("2"):
        return OK
    if reply.startswith("3"):
        yield "*"
        client.problem = f"Too few items in client_send in {client.name} authenticator"
        return ERROR
    return client.refused(reply)
