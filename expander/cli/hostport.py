"""Addresses with a port as command line options take them: ``1.2.3.4.25`` or ``[1.2.3.4]:25``."""

from __future__ import annotations

import re

from drivers.values import ip
from expander.cli.errors import CommandLineError

_BRACKETED = re.compile(r"\[([^\]]*)\](?::([0-9]*))?", re.ASCII)
_DOTTED = re.compile(r"([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+|[0-9A-Fa-f]*:[0-9A-Fa-f:]*)\.([0-9]*)", re.ASCII)


def host_and_port(text: str) -> tuple[str, int]:
    """The IP address and the port, 0 for none. Raises `CommandLineError` for what is no address."""
    found = _BRACKETED.fullmatch(text) or _DOTTED.fullmatch(text)
    address, port = (found[1], found[2] or "0") if found else (text, "0")
    if not ip.version(address):
        raise CommandLineError(f'exim abandoned: "{text}" is not an IP address\n')
    return address, int(port)
