"""The client's side of the SCRAM mechanisms, with what the options of ``gsasl`` say."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from drivers.api.text import from_bytes, to_bytes
from drivers.authenticators.client import ERROR, FAIL, OK, Attempt, Client, text_of
from drivers.authenticators.exchange import coded
from drivers.authenticators.scram_server import CHANNEL_BINDING
from drivers.values import encode, scram

_NONCE = 18


def connect(client: Client, name: str) -> Attempt:
    """Prove that the client knows the password, and have the server prove that it knows it as well.

    ``name`` is that of the mechanism, in capital letters. ``$auth1`` to ``$auth4`` become the user, the
    number of rounds, the salt and the salted password.
    """
    kind = scram.HASHES[name.removesuffix(scram.BOUND)]
    user, other = (client.expand(client.option(f"client_{option}")) for option in ("username", "authz"))
    client.know(user)
    header, data = _binding(client, name)
    header += (b"a=" + scram.quoted(to_bytes(other)) if other else b"") + b","
    nonce = b64encode(bytes(client.ctx.world.random.below(256) for _ in range(_NONCE)))
    bare = b"n=%s,r=%s" % (scram.quoted(to_bytes(user)), nonce)
    reply = yield f"AUTH {client.public_name} {coded(from_bytes(header + bare))}"
    if not reply.startswith("3"):
        return client.refused(reply)
    try:
        asked = to_bytes(encode.from_base64(text_of(reply)) or "")
        answer = scram.answer_of(asked)
        if not answer.nonce.startswith(nonce):
            raise scram.MalformedError
    except scram.MalformedError:
        yield "*"
        client.problem = "GSASL_MECHANISM_PARSE_ERROR: SASL mechanism could not parse input"
        return ERROR
    salted = _salted(client, kind, answer)
    unproved = b"c=%s,r=%s" % (b64encode(header + data), answer.nonce)
    talk = b"%s,%s,%s" % (bare, asked, unproved)
    proof = b64encode(scram.proof(kind, salted, talk))
    reply = yield coded(from_bytes(unproved + b",p=" + proof))
    if not reply.startswith("3"):
        return client.refused(reply)  # a server that does not prove itself is not believed
    expected = b"v=" + b64encode(scram.verifier(kind, scram.keys(kind, salted), talk))
    if encode.from_base64(text_of(reply)) != from_bytes(expected):
        yield "*"
        client.problem = reply
        return FAIL
    reply = yield ""
    return OK if reply.startswith("2") else client.refused(reply)


def _binding(client: Client, name: str) -> tuple[bytes, bytes]:
    """The beginning of the header, which tells of the binding to the channel, and what is bound."""
    kind, data = client.ctx.state.get(CHANNEL_BINDING, (b"", b""))
    if name.endswith(scram.BOUND):
        return b"p=%s," % kind, data
    return b"n,", b""


def _salted(client: Client, kind: str, answer: scram.Answer) -> bytes:
    """The salted password: that of ``client_spassword`` if it has the right size, else it is worked out."""
    client.know(str(answer.rounds), from_bytes(b64encode(answer.salt)))
    given = client.expand(client.option("client_spassword"))
    try:
        salted = bytes.fromhex(given)
    except ValueError:
        salted = b""
    if len(salted) != hashlib.new(kind).digest_size:
        password = to_bytes(client.expand(client.option("client_password")))
        salted = scram.salted(kind, password, answer.salt, answer.rounds)
    client.know(salted.hex())
    return salted
