"""``-bh`` and ``-bhc``: an SMTP session on standard input and output, as if from a given host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Fatal, Unsupported
from drivers.api.text import Tainted
from drivers.values import hostport, ip
from expander.cli import errors
from expander.cli.console import STDOUT, Input, complain
from expander.cli.errors import CommandLineError
from expander.session.machine import CHUNK, LINES, LONGEST_COMMAND, Session

if TYPE_CHECKING:
    from expander.cli.start import Run

LONGEST_LINE = 1 << 20
_GREETING = (
    "\n**** SMTP testing session as if from host {}\n"
    "**** but without any ident (RFC 1413) callback.\n"
    "**** This is not for real!\n\n"
)


def run(run: Run) -> int:
    """Hold a session: the exit status. Raises `CommandLineError` for what is no address."""
    modes = run.options.modes
    given = modes.get("bh") or modes.get("bhc") or ""
    found = hostport.parse(given)
    if found is None:
        raise CommandLineError(f'exim abandoned: "{given}" is not an IP address\n')
    address, port = found
    parsed = ip.parse(address)
    if parsed is not None and parsed.version == ip.IPV6:
        address = parsed.full(":")
    context = run.expander().context
    facts = context.facts
    for name in ("sender_address", "authenticated_id", "authenticated_sender"):
        facts[name] = ""
    told = run.options.told
    facts["sender_ident"] = Tainted(told["oMt"]) if "oMt" in told else ""
    facts["sender_host_address"] = Tainted(address)
    facts["sender_host_port"] = str(port)
    context.log_with = lambda text, _panic: _tell(f"LOG: {text}\n")
    context.debug_with = lambda text: _tell("".join(f">>> {line}\n" for line in text.split("\n")))
    context.tell_checks = context.debug_with
    STDOUT.write(_GREETING.format(address))
    session = Session(context, STDOUT.write, is_test=True)
    try:
        _converse(session)
    except Unsupported as problem:
        STDOUT.flush()
        complain(f"eximulate: {problem.message}\n")
        return errors.FAILURE
    except Fatal as problem:
        STDOUT.flush()
        complain(errors.fatal(problem.message, verbose=run.options.verbose))
        return errors.FAILURE
    return 0


def _converse(session: Session) -> None:
    source = Input(before_waiting=STDOUT)
    session.start()
    while not session.closed:
        if session.wants == CHUNK:
            piece: bytes | None = source.take(session.wanted_bytes)
        else:
            piece = source.line(LONGEST_LINE if session.wants == LINES else LONGEST_COMMAND)
        if not piece or (session.wants == LINES and not piece.endswith(b"\n")):
            session.lost()
        elif session.wants == "command":
            session.command(piece)
        else:
            session.data(piece)


def _tell(text: str) -> None:
    STDOUT.flush()
    complain(text)
