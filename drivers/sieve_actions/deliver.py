"""Commands that say where the message goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.sieve_actions.declare import command

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve

INBOX = "inbox"
"""The folder of ``keep``."""

_WAY_UP = re.compile(r"(?:\A|/)\.\.(?:/|\Z)")


@command("keep", syntax="keep;", since="4.24")
def keep(sieve: Sieve) -> None:
    """Put the message into the folder ``inbox``."""
    sieve.semicolon()
    if sieve.executing:
        sieve.deliver("fileinto", INBOX)
        sieve.implicit_keep = False


@command("discard", syntax="discard;", since="4.24")
def discard(sieve: Sieve) -> None:
    """Do not keep the message unless another command says so."""
    sieve.semicolon()
    if sieve.executing:
        sieve.implicit_keep = False


@command("fileinto", syntax="fileinto [:copy] <folder>;", since="4.24")
def fileinto(sieve: Sieve) -> None:
    """Put the message into a folder, whose name cannot lead upwards (``..``)."""
    sieve.needs("fileinto")
    copy = _copy(sieve)
    folder = sieve.text("missing fileinto folder string")
    if not folder or _WAY_UP.search(folder):
        sieve.fail("invalid folder")
    _send(sieve, "fileinto", folder, copy=copy)


@command("redirect", syntax="redirect [:copy] <address>;", since="4.24")
def redirect(sieve: Sieve) -> None:
    """Send the message on to an address, which needs a domain."""
    copy = _copy(sieve)
    address = sieve.text("missing redirect recipient string")
    if "@" not in address:
        sieve.fail("unqualified recipient address")
    _send(sieve, "redirect", address, copy=copy)


def _copy(sieve: Sieve) -> bool:
    copy = False
    while sieve.tag(":copy"):
        sieve.needs("copy")
        copy = True
    return copy


def _send(sieve: Sieve, kind: str, address: str, *, copy: bool) -> None:
    """Exim does it before it looks for the semicolon."""
    if sieve.executing:
        sieve.deliver(kind, address)
        sieve.implicit_keep = sieve.implicit_keep and copy
    sieve.semicolon()
