"""``eximulate deliver``: what becomes of a message, with nothing but a sandbox changed."""

from __future__ import annotations

import sys
from pathlib import Path

from drivers.api.errors import EximError
from drivers.api.text import from_argument, to_display
from expander.cli.arguments import (
    CLEAN,
    ERRORS,
    WARNINGS,
    CannotRunError,
    VerbParser,
    add_configuration,
    configuration_from,
)
from expander.cli.output import as_json_text, say
from expander.world.accepting import ANSWERED

STATUSES = {"delivered": CLEAN, "discarded": CLEAN, "deferred": WARNINGS, "failed": ERRORS}


def run(argv: list[str]) -> int:
    """Deliver a message; status 3 if it was refused or an address failed, 2 if one has to wait."""
    parser = VerbParser(
        "deliver",
        "Take in a message and deliver it: files are written to a folder that stands for the host, "
        "or to memory.",
    )
    parser.add_argument("config", metavar="FILE", help="the configuration")
    parser.add_argument(
        "--message", metavar="FILE", default="-", help="the message (default: standard input)"
    )
    parser.add_argument(
        "--to", action="append", default=[], metavar="ADDRESS", help="a recipient (default: the header's)"
    )
    parser.add_argument(
        "--from", dest="sender", default="", metavar="ADDRESS", help="the sender of the envelope"
    )
    parser.add_argument(
        "--sandbox", default="", metavar="DIR", help="the folder that stands for the root of the host"
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="HOST[:PORT] COMMAND=REPLY",
        help=f"what a host answers; COMMAND is {', '.join(ANSWERED)}, or RCPT with an address",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="give a variable a value"
    )
    parser.add_argument("--json", action="store_true", help="print what became of it as JSON")
    add_configuration(parser)
    args = parser.parse_intermixed_args(argv)
    allowed = {word.strip() for part in args.allow for word in part.split(",")}
    config = configuration_from(args)
    data = _message(args.message)
    try:
        sandbox = config.sandbox(
            from_argument(args.sandbox),
            peers=_peers(args.peer),
            runs="run" in allowed,
            connects="net" in allowed,
        )
        delivered = sandbox.deliver(
            data,
            [from_argument(text) for text in args.to],
            sender=from_argument(args.sender),
            facts=_facts(args.set),
        )
    except EximError as problem:
        raise CannotRunError(to_display(problem.message)) from None
    except OSError as problem:
        raise CannotRunError(f"{problem.filename or args.sandbox}: {problem.strerror}") from None
    if args.json:
        say(as_json_text(delivered.plain()))
    else:
        say(delivered.explain())
    if delivered.refusal:
        return ERRORS
    return max((STATUSES[outcome.outcome] for outcome in delivered.outcomes), default=CLEAN)


def _message(name: str) -> bytes:
    """The message of a file, or of standard input. Raises `CannotRunError`."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        raise CannotRunError(f"cannot read {name}: {problem.strerror}") from None


def _peers(given: list[str]) -> dict[str, dict[str, str]]:
    """What hosts answer. Raises `CannotRunError` for what is no ``HOST COMMAND=REPLY``."""
    peers: dict[str, dict[str, str]] = {}
    for text in given:
        host, _, rest = from_argument(text).partition(" ")
        command, equals, reply = rest.partition("=")
        if not equals or command.upper().partition(" ")[0] not in ANSWERED:
            raise CannotRunError(f"--peer {text}: HOST[:PORT] COMMAND=REPLY expected")
        peers.setdefault(host, {})[command.strip().upper()] = reply
    return peers


def _facts(given: list[str]) -> dict[str, str]:
    """The variables of ``NAME=VALUE``. Raises `CannotRunError`."""
    facts: dict[str, str] = {}
    for text in given:
        name, equals, value = from_argument(text).partition("=")
        if not equals:
            raise CannotRunError(f"--set {text}: NAME=VALUE expected")
        facts[name.removeprefix("$")] = value
    return facts
