"""The server's side of the SCRAM mechanisms, with what the options of ``gsasl`` say."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import from_bytes, to_bytes
from drivers.values import scram

if TYPE_CHECKING:
    from drivers.authenticators.exchange import Exchange

CHANNEL_BINDING = "tls channel binding"
"""Under this name a context's state has the kind (b"tls-exporter") and the data of the channel under TLS."""

_NONCE = 18
_SALT = 12


class NoPasswordError(Exception):
    """The options do not tell the password, or not now."""


class Conversation:
    """One exchange: `answer` for the client's first message, `verdict` for its second.

    ``name`` is that of the mechanism, in capital letters.
    """

    def __init__(self, auth: Exchange, name: str) -> None:
        self._auth = auth
        self._kind = scram.HASHES[name.removesuffix(scram.BOUND)]
        self._is_bound = name.endswith(scram.BOUND)
        self._talk = b""
        self._header = b""
        self._nonce = b""
        self._salt = b""
        self._rounds = 0

    def answer(self, message: str) -> str | None:
        """The answer to the client's first message; None if the channel is not bound as it should be.

        Raises ``MalformedError`` and `NoPasswordError`.
        """
        first = scram.first_of(to_bytes(message))
        kind, data = self._auth.ctx.state.get(CHANNEL_BINDING, (b"", b""))
        if (first.flag == b"p") != self._is_bound or (first.flag == b"y" and data):
            return None
        if self._is_bound and (first.binding != kind or not data):
            return None
        self._header = first.header + (data if self._is_bound else b"")
        self._auth.add(*map(from_bytes, (first.user, first.other, b"")))
        self._nonce = first.nonce + b64encode(self._random(_NONCE))
        self._salt, self._rounds = self._settings()
        answer = scram.answer(self._nonce, self._salt, self._rounds)
        self._talk = b"%s,%s" % (first.bare, answer)
        return from_bytes(answer)

    def verdict(self, message: str) -> str | None:
        """What proves to the client that this is its server; None if the client has proved nothing.

        Raises ``MalformedError`` and `NoPasswordError`.
        """
        final = scram.final_of(to_bytes(message))
        talk = b"%s,%s" % (self._talk, final.unproved)
        if final.nonce != self._nonce or final.header != self._header:
            return None
        known = self._keys()
        if not scram.is_proved(self._kind, known, talk, final.proof):
            return None
        return from_bytes(b"v=" + b64encode(scram.verifier(self._kind, known, talk)))

    def _random(self, count: int) -> bytes:
        below = self._auth.ctx.world.random.below
        return bytes(below(256) for _ in range(count))

    def _settings(self) -> tuple[bytes, int]:
        """The salt and the number of rounds; what an option does not tell is the library's choice."""
        salt = _bytes_of(self._value("server_scram_salt"))
        rounds = self._value("server_scram_iter")
        fits = rounds.isdecimal() and 0 < int(rounds[:9]) <= scram.MOST_ROUNDS
        return salt or self._random(_SALT), int(rounds[:9]) if fits else scram.LEAST_ROUNDS

    def _keys(self) -> scram.Keys:
        """The keys from the options for them, if they have the right length, else from the password."""
        size = len(scram.keys(self._kind, b"").stored)
        stored, server = (_bytes_of(self._value(name)) for name in ("server_skey", "server_key"))
        if len(stored) == len(server) == size:
            return scram.Keys(stored, server)
        if not self._auth.option("server_password"):
            raise NoPasswordError
        password = to_bytes(self._value("server_password"))
        return scram.keys(self._kind, scram.salted(self._kind, password, self._salt, self._rounds))

    def _value(self, name: str) -> str:
        text = self._auth.option(name)
        try:
            return self._auth.ctx.expand(text)
        except ExpansionError as problem:
            self._auth.problem = problem.message
            raise NoPasswordError from problem


def _bytes_of(text: str) -> bytes:
    try:
        return b64decode(to_bytes(text), validate=True)
    except (binascii.Error, ValueError):
        return b""
