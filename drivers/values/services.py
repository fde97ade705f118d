"""The TCP ports of the services that mail servers name."""

from __future__ import annotations

from drivers.api.errors import Unsupported

PORTS = {
    "smtp": 25, "mail": 25, "lmtp": 24, "submission": 587, "smtps": 465, "submissions": 465, "ssmtp": 465,
    "urd": 465,
}  # fmt: skip
"""By the names that ``/etc/services`` has for them."""


def port(text: str) -> int:
    """The number of a port that is given as a number or by the name of its service; 25 for none.

    Raises `Unsupported` for another name.
    """
    if text.isascii() and text.isdigit():
        return int(text) or PORTS["smtp"]
    if text and text not in PORTS:
        raise Unsupported(f'the TCP port "{text}" is not known to eximulate')
    return PORTS[text or "smtp"]
