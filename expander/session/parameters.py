"""The parameters of MAIL and RCPT, which stand behind the address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower, upper
from expander.queue.message import DELAY, FAILURE, NEVER, SUCCESS
from expander.session import authentication
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from expander.session.machine import Session

_PARAMETER = late_pattern(
    r"""(?s)(.*)(?<=[\x20\t\n\v\f\r])
    (?: ([A-Za-z]*) = ( (?: "[^"]*" | [^\x20\t\n\v\f\r="] )* )  # a name and a value
      | ( (?: "[^"]*" | [^\x20\t\n\v\f\r="] )+ )  # a name alone
    )\Z""",
    re.VERBOSE,
)
LARGEST = 2**31 - 1
"""Sizes above this one count as this one."""

_NOTIFY = {"success": SUCCESS, "failure": FAILURE, "delay": DELAY}


class _RefusedError(Exception):
    """A parameter is refused with these words; without any, the client knows already."""


def parameters(text: str) -> Iterator[tuple[str, str, str | None]]:
    """The parameters from the last one to the first: what stands before it, its name, its value or None."""
    left = text.rstrip(SPACE)
    while found := _PARAMETER.match(left):
        yield found[1][:-1], (found[4] if found[2] is None else found[2]).upper(), found[3]
        left = found[1].rstrip(SPACE)


def mail_parameters(session: Session, argument: str) -> str | None:
    """Obey the parameters of MAIL: what is left of the text, None if a reply has refused one.

    One that is unknown stays in the text, one with a wrong value goes; both end the search. A name alone
    is its own value.
    """
    left = argument
    for before, name, value in parameters(argument):
        obey = _MAIL.get(name)
        session.mail.shown = f"{before} {left.rstrip(SPACE)[len(before) + 1 :]}"
        if obey is None or (value is not None and name == "SMTPUTF8"):
            return session.mail.shown
        left = before
        if value == "" and name != "PRDR":
            break
        try:
            if not obey(session, name if value is None else value):
                break
        except _RefusedError as problem:
            if problem.args:
                session.error(501, problem.args[0])
            return None
    else:
        left = left.rstrip(SPACE)
    return left


def _size(session: Session, value: str) -> bool:
    digits = re.fullmatch(r"([+-]?)0*([0-9]+)", value)
    if digits is None:
        return False
    size = int(digits[2][:21])
    if digits[1] == "-" and size < _UNSIGNED:
        size = -size % _UNSIGNED
    session.mail.size = min(size, LARGEST)
    return True


def _body(session: Session, value: str) -> bool:
    if not session.ctx.options.get("accept_8bitmime"):
        return False
    if upper(value) not in _BODIES:
        raise _RefusedError("invalid data for BODY")
    session.mail.body = _BODIES[upper(value)]
    return True


def _ret(session: Session, value: str) -> bool:
    if "DSN" not in session.advertised:
        return True
    if session.mail.returns:
        raise _RefusedError("RET can be specified once only")
    if upper(value) not in {"HDRS", "FULL"}:
        raise _RefusedError("Value for RET is invalid")
    session.mail.returns = upper(value)
    return True


def _envid(session: Session, value: str) -> bool:
    if session.mail.envelope_id and "DSN" in session.advertised:
        raise _RefusedError("ENVID can be specified once only")
    session.mail.envelope_id = value
    return True


def _auth(session: Session, value: str) -> bool:
    if not authentication.claimed(session, value):
        raise _RefusedError
    return True


def _smtputf8(session: Session, _value: str) -> bool:
    if "SMTPUTF8" not in session.advertised:
        raise _RefusedError("SMTPUTF8 used when not advertised")
    facts = session.ctx.facts
    facts["message_smtputf8"] = "yes"
    session.takes_utf8 = True  # from now on, whether the parameter stands there or not
    facts["received_protocol"] = f"utf8{facts.get('received_protocol', '').removeprefix('utf8')}"
    return True


def _prdr(session: Session, _value: str) -> bool:
    if "PRDR" in session.advertised:
        session.ctx.facts["prdr_requested"] = "yes"
    return True


_UNSIGNED = 1 << 64
_BODIES = {"7BIT": 7, "8BITMIME": 8}
_MAIL: dict[str, Callable[[Session, str], bool]] = {
    "SIZE": _size,
    "BODY": _body,
    "RET": _ret,
    "ENVID": _envid,
    "AUTH": _auth,
    "SMTPUTF8": _smtputf8,
    "PRDR": _prdr,
}
"""What obeys a parameter: False where its value is wrong. Raises `_RefusedError`."""


def rcpt_parameters(session: Session, argument: str) -> str | None:
    """Obey the parameters of RCPT: what is left of the text, None if a reply has refused one."""
    left, original, notify = argument, "", 0
    session.mail.wish = notify, original
    given: set[str] = set()
    for before, name, value in parameters(argument):
        problem = ""
        if "DSN" not in session.advertised or name not in {"ORCPT", "NOTIFY"}:
            # Of a name alone Exim takes the blank before it for the sign.
            return f"{before}{'=' if value is None else ' '}{left.rstrip(SPACE)[len(before) + 1 :]}"
        value = name if value is None else value  # noqa: PLW2901 - a name alone is its own value
        if name in given:
            problem = f"{name} can be specified once only"
        elif name == "ORCPT":
            original = value
        else:
            words = lower(value).split(",")
            if words != ["never"] and not _NOTIFY.keys() >= {word for word in words if word}:
                problem = "Invalid value for NOTIFY parameter"
            notify = sum({_NOTIFY.get(word, 0) for word in words}) or (NEVER if value else 0)
        if value or name == "ORCPT":
            given.add(name)
        if problem:
            session.error(501, problem)
            session.mail.rcpt_fail_count += 1
            return None
        left = before
        session.mail.wish = notify, original
    return left.rstrip(SPACE)
