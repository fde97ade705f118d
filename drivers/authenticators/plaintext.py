"""The authenticator ``plaintext``: PLAIN, LOGIN, and whatever else asks for plain values."""

from __future__ import annotations

from drivers.authenticators.client import CANCELLED, OK, Attempt, Client, Ended, text_of, with_zeros
from drivers.authenticators.exchange import DEFER, Dialogue, Exchange, ask, coded, in_parts, initial
from drivers.values import encode, listtext


def serve(auth: Exchange, data: str) -> Dialogue:
    """Take values from the client until there is one for each prompt, and ask ``server_condition``.

    See "The plaintext authenticator".
    """
    text = auth.expand(auth.option("server_prompts"))
    if text is None:
        return DEFER
    prompts = list(listtext.elements(text)) if auth.option("server_prompts") else []
    if data:
        auth.add(*initial(data))
    for prompt in prompts[len(auth.values) :]:
        response = yield from ask(prompt)
        auth.add(*in_parts(response))
        if len(auth.values) >= len(prompts):
            break
    return auth.server_condition()


def connect(client: Client) -> Attempt:
    """Send the texts of ``client_send``, one with the command and one for each further question.

    What the server asks becomes ``$auth1`` and so on. See "The plaintext authenticator".
    """
    reply = ""
    for at, text in enumerate(listtext.elements(client.option("client_send"))):
        try:
            line = coded(with_zeros(client.expand(text)))
        except Ended:
            if at:
                yield "*"
            raise
        reply = yield (line if at else f"AUTH {client.public_name} {line}".rstrip(" "))
        if reply.startswith("2"):
            return OK
        if not reply.startswith("3"):
            break
        question = encode.from_base64(text_of(reply)) if len(reply) > len("334") else None
        if question is None and not client.options("client_ignore_invalid_base64"):
            yield "*"
            client.problem = f'Invalid base64 string in server response "{reply}"'
            return CANCELLED
        client.know(question or "")
    return client.refused(reply)
