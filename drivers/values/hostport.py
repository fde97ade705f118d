"""IP addresses with a port: ``1.2.3.4.25`` or ``[1.2.3.4]:25``."""

from __future__ import annotations

import re

from drivers.values import ip
from grammar.patterns import late_pattern

_BRACKETED = late_pattern(r"\[([^\]]*)\](?::([0-9]*))?", re.ASCII)
_DOTTED = late_pattern(r"([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9A-Fa-f]*:[0-9A-Fa-f:]*)\.([0-9]*)", re.ASCII)


def parse(text: str) -> tuple[str, int] | None:
    """The IP address as it is written and the port, 0 for none; None for what is no address."""
    found = _BRACKETED.fullmatch(text) or _DOTTED.fullmatch(text)
    address, port = (found[1], found[2] or "0") if found else (text, "0")
    return (address, int(port)) if ip.version(address) else None
