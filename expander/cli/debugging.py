"""The selectors of ``-d``: see the option of that name in the chapter "The Exim command line"."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from expander.cli.errors import CommandLineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.trace.narrator import Narrator

ALL = "all"
BITS = {
    "acl": 1 << 2,
    ALL: 0xFFF9FFFF,
    "auth": 1 << 3,
    "deliver": 1 << 4,
    "dns": 1 << 5,
    "dnsbl": 1 << 6,
    "exec": 1 << 7,
    "expand": 1 << 8,
    "filter": 1 << 9,
    "hints_lookup": 1 << 10,
    "host_lookup": 1 << 11,
    "ident": 1 << 12,
    "interface": 1 << 13,
    "lists": 1 << 14,
    "load": 1 << 15,
    "local_scan": 1 << 1,
    "lookup": 1 << 16,
    "memory": 1 << 17,
    "noutf8": 1 << 18,
    "pid": 1 << 19,
    "process_info": 1 << 20,
    "queue_run": 1 << 21,
    "receive": 1 << 22,
    "resolver": 1 << 23,
    "retry": 1 << 24,
    "rewrite": 1 << 25,
    "route": 1 << 26,
    "timestamp": 1 << 27,
    "tls": 1 << 28,
    "transport": 1 << 29,
    "uid": 1 << 30,
    "verify": 1 << 31,
}
"""The bits of the selectors, as ``-d=NUMBER`` takes them."""

DEFAULT = 0xF7715CFD
"""What ``-d`` alone chooses."""

_SELECTOR = re.compile(r"[ \t]*([+-])([A-Za-z0-9_]*)")
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9A-Fa-f]+|[0-9]*)")


def chosen(text: str) -> int:
    """The bits that are chosen by what follows ``-d``; 0 for no debugging at all.

    Raises `CommandLineError` for a selector that there is not.
    """
    if text.startswith("="):
        return _number(text)
    bits, at = DEFAULT, 0
    while at < len(text):
        found = _SELECTOR.match(text, at)
        if found is None:
            message = f'malformed debug_selector setting: + or - expected but found "{text[at:]}"'
            raise CommandLineError(f"exim: {message}\n")
        sign, name = found.groups()
        if name not in BITS:
            raise CommandLineError(f"exim: unknown debug_selector setting: {sign}{name}\n")
        if sign == "+":
            bits |= BITS[name]
        else:
            bits &= 0 if name == ALL else ~BITS[name]
        at = found.end()
    return bits


def _number(text: str) -> int:
    found = _NUMBER.fullmatch(text, 1)
    octal = found is not None and found[2].startswith("0") and found[2].isdigit()
    if found is None or (octal and not set(found[2]) <= set("01234567")):
        raise CommandLineError(f"exim: malformed numeric debug_selector setting: {text}\n")
    value = int(found[2] or "0", 8 if octal else 16 if found[2][:2].lower() == "0x" else 10)
    return (-value if found[1] == "-" else value) & 0xFFFFFFFF


def narrator(bits: int, write: Callable[[str], None], now: Callable[[], float], pid: int) -> Narrator | None:
    """Who tells what expansions do, if that is among what is chosen.

    ``write`` takes held text; ``now`` gives the time for lines that begin with it.
    """
    if not bits & BITS["expand"]:
        return None
    from expander.trace.narrator import Narrator

    stamps = bool(bits & BITS["timestamp"])
    number = f"{pid:5d} " if bits & BITS["pid"] else ""

    def prefix() -> str:
        clock = time.strftime("%H:%M:%S ", time.localtime(now())) if stamps else ""
        return clock + number

    return Narrator(write, utf8=not bits & BITS["noutf8"], prefix=prefix)
