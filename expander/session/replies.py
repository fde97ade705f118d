"""SMTP replies: their lines, and the code that a message of an ACL may bring itself."""

from __future__ import annotations

import re

from grammar.patterns import late_pattern

_BLANK = r"[ \t\n\v\f\r]"
OWN_CODE = late_pattern(rf"([0-9]{{3}}){_BLANK}([0-9]\.[0-9]{{1,3}}\.[0-9]{{1,3}}{_BLANK})?", re.ASCII)


_LINE_END = late_pattern(r"\n[ \t\n\v\f\r]*")


def right_code(code: str, text: str) -> tuple[str, str]:
    """The complaint about a message's own code of another class, and the message with the right code."""
    own = OWN_CODE.match(text) if text[:1].isdigit() else None
    if own is None or own[1][0] == code[0]:
        return "", text
    complaint = f'configured error code starts with incorrect digit (expected {code[0]}) in "{text}"'
    return complaint, f"{code} {text[own.end() :]}"


def reply(code: str, text: str, *, goes_on: bool = False) -> str:
    """A reply of one or more lines; ``goes_on`` if further lines of the same reply follow.

    A message may begin with a code of its own, which is taken where its first digit is that of ``code``,
    and then with an extended code, which stands on each line. Lines begin behind white space.
    """
    extended = ""
    own = OWN_CODE.match(text) if text[:1].isdigit() else None
    if own is not None:
        if own[1][0] == code[0]:
            code = own[1]
            extended = own[2] or ""
        text = text[own.end() :]
    if "\n" not in text:
        return f"{code}{'-' if goes_on else ' '}{extended}{text}\r\n"
    lines = _LINE_END.split(text.removesuffix("\n"))
    last = len(lines) - 1
    return "".join(
        f"{code}{'-' if goes_on or at < last else ' '}{extended}{line}\r\n" for at, line in enumerate(lines)
    )
