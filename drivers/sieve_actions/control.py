"""Commands that say which others are carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from drivers.api import registry
from drivers.api.sieve import Stop
from drivers.sieve_actions.declare import command

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve


@command("require", syntax="require <string list>;", since="4.24")
def require(sieve: Sieve) -> None:
    """Ask for extensions; only the first command of a script can do so, and only once."""
    for name in sieve.texts("capability string list expected"):
        unit = registry.find("sieve-extension", name)
        if unit is None or not sieve.ctx.profile.has(unit):
            sieve.fail("unknown capability")
        problem: str = unit.impl(sieve)
        if problem:
            sieve.fail(problem)
        sieve.capabilities.add(name)
    sieve.semicolon()


@command("if", syntax="if <test> { <commands> } [elsif ...] [else ...]", since="4.24")
def if_(sieve: Sieve) -> None:
    """Carry out the commands of the first block whose test is true; all of them are read."""
    tells = sieve.executing
    taken = sieve.test()
    if tells:
        sieve.tell(f"if {_shown(taken)}\n")
    sieve.under(taken, sieve.block)
    while sieve.follows("elsif"):
        found = bool(sieve.under(not taken, sieve.test))
        if tells:
            sieve.tell(f"elsif {_shown(found)}\n")
        sieve.under(found and not taken, sieve.block)
        taken = taken or found
    if sieve.follows("else"):
        sieve.under(not taken, sieve.block)


@command("elsif", syntax="elsif <test> { <commands> }", since="4.24")
def elsif(sieve: Sieve) -> NoReturn:
    """Carry out a block if its test is the first true one; it stands behind ``if`` or another ``elsif``."""
    raise AssertionError(sieve)


@command("else", syntax="else { <commands> }", since="4.24")
def else_(sieve: Sieve) -> NoReturn:
    """Carry out a block if no test before it was true; it stands behind ``if`` or ``elsif``."""
    raise AssertionError(sieve)


@command("stop", syntax="stop;", since="4.24")
def stop(sieve: Sieve) -> None:
    """End the script; Exim does not read what follows."""
    sieve.semicolon()
    if sieve.executing or not sieve.nested:
        raise Stop


def _shown(value: bool) -> str:  # noqa: FBT001 - the value is what is shown
    return "true" if value else "false"
