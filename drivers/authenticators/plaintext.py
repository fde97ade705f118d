"""The authenticator ``plaintext``: PLAIN, LOGIN, and whatever else asks for plain values."""

from __future__ import annotations

from drivers.authenticators.exchange import DEFER, Dialogue, Exchange, ask, in_parts, initial
from drivers.values import listtext


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
