"""What the server side of an authenticator sees: data of the client, variables, conditions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import Tainted, lower
from drivers.values import encode
from drivers.values.truth import UNTRUE

if TYPE_CHECKING:
    from drivers.api.protocols import Context

OK, FAIL, DEFER, CANCELLED = "OK", "FAIL", "DEFER", "CANCELLED"
BAD_BASE64, UNEXPECTED = "BAD64", "UNEXPECTED"
"""How an exchange may end; ``UNEXPECTED``: the client sent data with the command, which it may not."""

FIXED = "cram_md5 challenge is fixed"
"""Under this name a context's state has something where challenges are always the same."""

Dialogue = Generator[str, str, str]
"""An exchange: gives challenges, is sent responses, both as they go over the line, and returns how it ended.

It may raise `Over` instead.
"""

VARIABLES = 4
MOST = 20
"""So many values of the client there may be; the first four have variables of their own."""


class Over(Exception):
    """The exchange has come to an end: the words say to which."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class Exchange:
    """An exchange with an authenticator: its name, what gives its options, and what is known so far.

    ``problem`` says why something could not be decided; ``told`` is what the client is told of it;
    ``decided`` are words for people about what has led to the outcome.
    """

    def __init__(self, ctx: Context, name: str, options: Callable[[str], Any], public_name: str) -> None:
        self.ctx = ctx
        self.name = name
        self.options = options
        self.public_name = public_name
        self.values: list[str] = []
        self.problem = ""
        self.told = ""
        self.decided: list[str] = []
        ctx.captures = []
        for at in range(1, VARIABLES + 1):
            ctx.facts[f"auth{at}"] = ""

    def option(self, name: str) -> str:
        """The text of an option before expansion, "" if it is not set."""
        return str(self.options(name) or "")

    def add(self, *values: str) -> None:
        """Values for ``$auth1`` and so on, and for ``$1`` and so on, in order."""
        for value in values:
            if len(self.values) < MOST:
                self.values.append(Tainted(value))
        for at, value in enumerate(self.values[:VARIABLES], 1):
            self.ctx.facts[f"auth{at}"] = value
        self.ctx.captures = ["", *self.values]

    def forget(self) -> None:
        """The exchange is over: the variables are nobody's any more."""
        self.ctx.captures = []
        self.ctx.facts.update({f"auth{at}": "" for at in range(1, VARIABLES + 1)})

    def compare(self, *, right: bool, what: str) -> str:
        """The outcome where the client has to prove something: by ``server_condition`` if it has."""
        self.decided.append(f"{what} {'fits' if right else 'does not fit'} what the client has sent")
        return self.server_condition() if right else FAIL

    def expand(self, text: str) -> str | None:
        """A text expanded; None, with the problem noted, if it cannot be."""
        try:
            return self.ctx.expand(text)
        except ExpansionError as problem:
            self.problem = problem.message
            return None

    def server_condition(self) -> str:
        """What the option ``server_condition`` decides; OK where it is not set."""
        return self.condition(self.option("server_condition"), "server_condition")

    def tell(self) -> None:
        """Say in debugging output what the option ``server_debug_print`` wants to be said."""
        text = self.option("server_debug_print")
        shown = self.expand(text) if text else None
        if shown:
            self.ctx.debug(shown)

    def condition(self, text: str, label: str) -> str:
        """What a condition decides: true and false words, failures, anything else as a deferral."""
        debug = self.ctx.debug
        debug(f"{self.name} authenticator {label}:")
        for at, value in enumerate(self.values[:VARIABLES], 1):
            debug(f"  $auth{at} = {value}")
        for at, value in enumerate(self.values, 1):
            debug(f"  ${at} = {value}")
        self.tell()
        if not text:
            self.decided.append(f"{label} is not set")
            return OK
        try:
            value = self.ctx.expand(text)
        except ForcedFail as problem:
            debug(f"expansion failed: {problem.message}")
            self.decided.append(f"{label} was made to fail: {problem.message}")
            return FAIL
        except ExpansionError as problem:
            debug(f"expansion failed: {problem.message}")
            self.decided.append(f"{label} cannot be expanded: {problem.message}")
            self.problem = problem.message
            return DEFER
        debug(f"expanded string: {value}")
        self.decided.append(f'{label} came to "{value}"')
        return self._truth(value)

    def _truth(self, value: str) -> str:
        word = lower(value)
        if word in UNTRUE:
            return FAIL
        if word in {"1", "yes", "true"}:
            return OK
        self.problem = self.told = value
        return DEFER


def coded(text: str) -> str:
    """Text in base64."""
    return encode.base64(text)


def decoded(text: str) -> str:
    """The bytes behind base64. Raises `Over` for what is none."""
    plain = encode.from_base64(text)
    if plain is None:
        raise Over(BAD_BASE64)
    return plain


def ask(challenge: str) -> Dialogue:
    """Put a question to the client, both sides in base64: the answer. Raises `Over`."""
    return decoded((yield coded(challenge)))


def initial(data: str) -> list[str]:
    """The values that came with the command, between NUL bytes; none of them is empty at the end."""
    if data == "=":
        return [""]
    text = decoded(data)
    return text.removesuffix("\0").split("\0") if text else []


def in_parts(response: str) -> list[str]:
    """The values of a response, between NUL bytes: one at least."""
    return response.removesuffix("\0").split("\0")
