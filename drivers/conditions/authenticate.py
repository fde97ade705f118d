"""Conditions that check a user's password: crypteq, and services that are asked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import condition
from drivers.values import crypted, listtext
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.protocols import Context

SECTION = "Expansion conditions"
ONE = ConditionShape(form="strings")
SASLAUTHD = "/var/run/saslauthd/mux"
PWCHECK = "/var/pwcheck/pwcheck"
PATIENCE = 600.0
"""Seconds to wait for a daemon; Exim waits as long as it takes."""

LONGEST_FIELD = 0xFFFF
LONGEST_REPLY = 1024
QUESTIONS = frozenset({1, 2})
"""The styles of PAM's messages that want a text."""

SHOWN = frozenset({3, 4})
"""The styles of messages that are to be read."""

REFUSALS = frozenset({7, 10, 13})
"""PAM's results that mean no: authentication failure, unknown user, expired account."""


@condition(
    "crypteq",
    syntax="crypteq {<string1>}{<string2>}",
    feature="crypteq",
    section=SECTION,
    shape=ConditionShape(form="strings", least=2, most=2),
    examples={
        r"${if crypteq{secret}{\{md5\}Xr4ilOzQ4PCOq3aQ0qbuaQ==}{y}{n}}": "y",
        r"${if crypteq{secret}{\{sha1\}E5E9FA1BA31ECD1AE84F75CAAA474F3A663F05F4}{y}{n}}": "y",
    },
)
def crypteq(ctx: Context, plain: str, encrypted: str) -> bool:
    """True if the first string, encrypted, gives the second.

    The second begins with ``{md5}`` or ``{sha1}`` (base 64 or hexadecimal digits follow), with
    ``{crypt}`` or ``{crypt16}``, or is just what the system function crypt() makes. Raises
    `Failed` for other names in braces.
    """
    ctx.step(crypted.work(encrypted))
    return crypted.same(plain, encrypted)


class Answers:
    """What PAM's modules are told: the elements of a list, one for each question.

    The separator is found out anew in each call. Questions beyond the end of the list get the
    empty text as long as the same call asks; after that the conversation is over. Other messages
    need no answer; one of an unknown style ends the call.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._mark = ""
        self._ended = False

    def __call__(self, styles: Sequence[int]) -> list[str | None] | None:
        """The answers to the messages of one call."""
        if self._ended:
            return []
        self._mark = ""
        texts: list[str | None] = []
        for style in styles:
            if style not in QUESTIONS and style not in SHOWN:
                return None
            texts.append(self._next() if style in QUESTIONS else None)
        return texts

    def _next(self) -> str:
        body = self._text
        if not self._mark:
            self._mark, body = listtext.separator(body)
        element, rest = listtext.take(body, self._mark)
        if element is None:
            self._ended = True
            return ""
        self._text = rest
        return element


@condition(
    "pam",
    syntax="pam {<user>:<password>...}",
    feature="pam",
    section=SECTION,
    shape=ONE,
    examples={"${if pam{:secret}{y}{n}}": "n"},
)
def pam(world: World, text: str) -> bool:
    """True if PAM accepts a user; the strings that it asks for are a list, the user first.

    The modules are those for the service ``exim``. False for an empty user, a wrong password, and an
    account that is unknown or expired. Raises `Failed` with PAM's words for other results.
    """
    mark, body = listtext.separator(text)
    user, rest = listtext.take(body, mark)
    if not user:
        return False
    code, words = world.users.authenticate("exim", user, Answers(rest))
    if code and code not in REFUSALS:
        raise Failed(words)
    return not code


@condition(
    "pwcheck",
    syntax="pwcheck {<user>:<password>}",
    until="4.99",
    feature="pwcheck",
    section=SECTION,
    shape=ONE,
    examples={"${if pwcheck{joe}{y}{there is no password}}": "there is no password"},
)
def pwcheck(world: World, text: str) -> bool:
    """True if the Cyrus pwcheck daemon accepts a user; the password is what follows the last colon.

    Raises `Failed` if the daemon cannot be reached.
    """
    user, colon, password = text.rpartition(":")
    if not colon:
        return False
    request = to_bytes(f"{user}\0{password}\0")
    try:
        return _told(world, PWCHECK, request).startswith(b"OK")
    except OSError:
        raise Failed("cannot connect to pwcheck daemon") from None


def _told(world: World, place: str, request: bytes) -> bytes:
    """What a daemon says to a request; nothing if it hangs up. Raises ``OSError`` if it is not there."""
    try:
        return world.sockets.converse(place, request, timeout=PATIENCE, shutdown=False)
    except (ConnectionResetError, BrokenPipeError):
        return b""


@condition(
    "saslauthd",
    syntax="saslauthd {{<user>}{<password>}{<service>}{<realm>}}",
    feature="saslauthd",
    section=SECTION,
    shape=ConditionShape(
        form="bundle",
        least=2,
        most=4,
        complaints={"many": "Too many arguments for 'saslauthd' (max is 4)"},
    ),
    examples={"${if and{{def:auth1}{saslauthd{{$auth1}{$auth2}{smtp}}}}{yes}{nobody}}": "nobody"},
)
def saslauthd(world: World, strings: Sequence[str]) -> bool:
    """True if the Cyrus saslauthd daemon accepts a user.

    The service and the realm may be left out. Raises `Failed` if the daemon cannot be reached or
    says neither yes nor no.
    """
    fields = [to_bytes(text) for text in (*strings, "", "")[:4]]
    if max(map(len, fields)) > LONGEST_FIELD:
        raise Failed("(null)")  # the daemon's protocol has no place for it
    request = b"".join(len(field).to_bytes(2, "big") + field for field in fields)
    try:
        answer = _told(world, SASLAUTHD, request)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Failed(f"cannot connect to saslauthd daemon at {SASLAUTHD}: {reason}") from None
    size = int.from_bytes(answer[:2], "big") if len(answer) > 1 else 0
    if not 2 <= size <= LONGEST_REPLY:
        raise Failed("(null)")
    reply = from_bytes(answer[2 : 2 + size]).partition("\0")[0]
    if reply[:2] in {"OK", "NO"}:
        return reply.startswith("OK")
    raise Failed(reply)
