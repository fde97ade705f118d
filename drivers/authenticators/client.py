"""What the client side of an authenticator sees, and how its exchanges end: no sockets, only lines.

`begin` gives an exchange that gives lines and is sent replies: whoever holds a connection can use it, and
tests can without one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from drivers.api.errors import ExpansionError, ForcedFail, Unsupported
from drivers.api.text import Tainted
from drivers.authenticators.exchange import MOST, VARIABLES
from drivers.values.truth import holds

if TYPE_CHECKING:
    from drivers.api.protocols import Context

OK, FAIL, CANCELLED, ERROR = "OK", "FAIL", "CANCELLED", "ERROR"
"""How an attempt may end: the server has accepted or refused the client, the client has given up, or what the
options say is wrong."""

Attempt = Generator[str, str, str]
"""An exchange: gives lines without their ends, is sent replies (all lines of each), and returns how it ended.

It may raise `Ended` instead.
"""

CLIENTS = frozenset({"plaintext", "cram_md5", "external", "spa", "gsasl"})
"""The drivers that have a client side."""


class Ended(Exception):
    """The attempt has come to an end: the word says to which."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Client:
    """An authenticator as a client: its name, what gives its options, and what is known so far.

    ``problem`` says what went wrong, in Exim's words; where the server refuses, it is the server's reply.
    """

    def __init__(self, ctx: Context, name: str, options: Callable[[str], Any], public_name: str) -> None:
        self.ctx = ctx
        self.name = name
        self.options = options
        self.public_name = public_name
        self.problem = ""
        self._known = 0
        for at in range(1, VARIABLES + 1):
            ctx.facts[f"auth{at}"] = ""

    def option(self, name: str) -> str:
        """The text of an option before expansion, "" if it is not set."""
        return str(self.options(name) or "")

    def know(self, *values: str) -> None:
        """Values for the next of ``$auth1`` and so on."""
        for value in values:
            self._known += 1
            if self._known <= min(VARIABLES, MOST):
                self.ctx.facts[f"auth{self._known}"] = Tainted(value)

    def expand(self, text: str) -> str:
        """A text expanded. Raises `Ended`: a forced failure gives up, another one is an error."""
        try:
            return self.ctx.expand(text)
        except ForcedFail:
            raise Ended(CANCELLED) from None
        except Unsupported:
            raise
        except ExpansionError as problem:
            words = f'expansion of "{text}" failed in {self.name} authenticator: {problem.message}'
            self.problem = words
            raise Ended(ERROR) from None

    def refused(self, reply: str) -> str:
        """The outcome for a reply that is not the one that was hoped for."""
        self.problem = reply
        return FAIL


def wants(ctx: Context, name: str, condition: str) -> bool:
    """True if the client may use an authenticator: ``client_condition`` holds, or is not set."""
    return not condition or holds(ctx, condition, f"{name} client authenticator", defers=False)


def begin(client: Client, driver: str) -> Attempt:
    """The exchange of a driver. Raises `Unsupported` for one that has no client side."""
    if driver not in CLIENTS:
        raise Unsupported(f"the {driver} authenticator has no client side")
    attempt: Attempt = import_module(f"drivers.authenticators.{driver}").connect(client)
    return attempt


def outcome(client: Client, attempt: Attempt, answer: Callable[[str], str]) -> str:
    """Hold an exchange to its end: ``answer`` sends a line and gives the reply."""
    try:
        line = next(attempt)
        while True:
            line = attempt.send(answer(line))
    except StopIteration as over:
        return str(over.value)
    except Ended as over:
        return over.word


def identity(client: Client) -> str:
    """What ``client_set_id`` comes to, for the log once the server has accepted the client."""
    try:
        return client.ctx.expand(client.option("client_set_id"))
    except ExpansionError:
        return ""


def text_of(reply: str) -> str:
    """What stands behind the code of a reply."""
    return reply[4:]


def with_zeros(text: str) -> str:
    """A text in which a circumflex stands for a zero, and two for one."""
    return re.sub(r"\^(\^?)", lambda found: found[1] or "\0", text)
