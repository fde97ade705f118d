"""``eximulate auth``: one authenticator tried with a user and a password, and what decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_argument, to_display
from expander.cli.arguments import (
    CLEAN,
    ERRORS,
    WARNINGS,
    CannotRunError,
    VerbParser,
    add_configuration,
    assign_settings,
    configuration_from,
)
from expander.cli.output import as_json_text, say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from expander.session.trial import Trial


def run(argv: list[str]) -> int:
    """Try an authenticator; status 3 if it refuses the client, 2 if it cannot say now."""
    from expander.session.trial import ACCEPTED, DEFERRED, trial

    parser = VerbParser("auth", "Try the server side of one authenticator with a user and a password.")
    parser.add_argument("config", metavar="FILE", help="the configuration")
    parser.add_argument("name", metavar="NAME", help="the authenticator, or the mechanism that it offers")
    parser.add_argument("--user", default="", metavar="TEXT", help="the name that the client sends")
    parser.add_argument("--password", default="", metavar="TEXT", help="the password that the client knows")
    parser.add_argument("--peer", default="127.0.0.1", metavar="ADDRESS", help="the client's IP address")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="give a variable a value, such as tls_in_cipher",
    )
    parser.add_argument("--json", action="store_true", help="print the trial as JSON")
    add_configuration(parser)
    args = parser.parse_intermixed_args(argv)
    config = configuration_from(args)
    name, user, password = map(from_argument, (args.name, args.user, args.password))
    scratch = config.expander().context
    before = dict(scratch.facts)
    assign_settings(scratch, args.set)
    facts = {key: value for key, value in scratch.facts.items() if before.get(key) != value}
    try:
        done = trial(config, name, user, password, peer=args.peer, facts=facts)
    except EximError as problem:
        raise CannotRunError(to_display(problem.message)) from None
    say(as_json_text(plain(done))) if args.json else say(*_lines(done))
    return {ACCEPTED: CLEAN, DEFERRED: WARNINGS}.get(done.outcome, ERRORS)


def _lines(done: Trial) -> Iterator[str]:
    offered = "" if done.offered or done.driver == "tls" else ", which EHLO does not offer"
    yield to_display(f"{done.name} ({done.driver}, {done.mechanism}{offered}): {done.outcome}")
    for who, text in done.lines:
        yield to_display(f"   {who}: {text}")
    for reason in done.decided:
        yield to_display(f"   decided: {reason}")
    for name, value in done.variables.items():
        yield to_display(f"   ${name} = {value}")
    if done.identity:
        yield to_display(f"   $authenticated_id = {done.identity}")
    for line in done.log:
        yield to_display(f"   log: {line}")


def plain(done: Trial) -> dict[str, Any]:
    """A trial as plain data for JSON."""
    return {
        "authenticator": to_display(done.name),
        "driver": done.driver,
        "mechanism": to_display(done.mechanism),
        "offered": done.offered,
        "outcome": done.outcome,
        "reply": to_display(done.reply),
        "authenticated_id": to_display(done.identity),
        "decided": [*map(to_display, done.decided)],
        "variables": {name: to_display(value) for name, value in done.variables.items()},
        "lines": [{"from": who, "text": to_display(text)} for who, text in done.lines],
        "log": [*map(to_display, done.log)],
    }
