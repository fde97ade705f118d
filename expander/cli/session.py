"""``eximulate session``: an SMTP session from a terminal or a script, with the ACL lines that decided."""

from __future__ import annotations

import sys
from dataclasses import fields
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_argument, from_bytes, to_display
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from expander.session.talk import SmtpSession
    from expander.session.verdict import Reply, Verdict

LONGEST = 1 << 16
TEMPORARY, PERMANENT = 400, 500


def run(argv: list[str]) -> int:
    """Hold a session; status 3 if something was refused, 2 if something was refused for now."""
    parser = VerbParser(
        "session",
        "Hold an SMTP session with a configuration: the client's lines are read from standard input.",
    )
    parser.add_argument("config", metavar="FILE", help="the configuration")
    parser.add_argument("--peer", default="127.0.0.1", metavar="ADDRESS", help="the client's IP address")
    parser.add_argument("--peer-name", default="", metavar="NAME", help="its host name, instead of a look-up")
    parser.add_argument("--ident", default="", metavar="TEXT", help="what RFC 1413 would tell of it")
    parser.add_argument("--json", action="store_true", help="print the session as JSON")
    add_configuration(parser)
    args = parser.parse_intermixed_args(argv)
    config = configuration_from(args)
    try:
        session = config.session(
            args.peer, ident=from_argument(args.ident), name=from_argument(args.peer_name)
        )
        return _as_json(session) if args.json else _as_text(session)
    except EximError as problem:
        raise CannotRunError(to_display(problem.message)) from None


class _Step:
    """What one line of the client has brought about; the first step is the connection."""

    def __init__(self, session: SmtpSession, sent: bytes | None, before: tuple[int, int, int, int]) -> None:
        self.sent = None if sent is None else to_display(from_bytes(sent.rstrip(b"\r\n")))
        replies, log, verdicts, submitted = before
        self.replies: Sequence[Reply] = session.replies[replies:]
        self.log = [to_display(line) for line in session.log[log:]]
        self.verdicts = session.verdicts[verdicts:]
        self.submitted = [to_display(from_bytes(one.data)) for one in session.submitted[submitted:]]


def _steps(session: SmtpSession) -> Iterator[_Step]:
    """The connection, then each line of the input as long as the session goes on, then its end."""
    yield _Step(session, None, (0, 0, 0, 0))
    while not session.closed:
        before = len(session.replies), len(session.log), len(session.verdicts), len(session.submitted)
        line = sys.stdin.buffer.readline(LONGEST) if sys.stdin is not None else b""
        if session.machine.wants == "tls":
            session.machine.tls_failed()
        elif line:
            session.send(line)
        else:
            session.hang_up()
        yield _Step(session, line or None, before)


def _status(session: SmtpSession) -> int:
    worst = max((reply.code for reply in session.replies), default=0)
    return ERRORS if worst >= PERMANENT else WARNINGS if worst >= TEMPORARY else CLEAN


def _as_text(session: SmtpSession) -> int:
    echo = not sys.stdin.isatty() if sys.stdin is not None else False
    for step in _steps(session):
        if echo and step.sent is not None:
            say(f"C: {step.sent}")
        for verdict in step.verdicts:
            say(*_told(verdict))
        say(*(f"   log: {line}" for line in step.log))
        for text in step.submitted:
            say(*(f"   sent: {line}" for line in text.splitlines()))
        for reply in step.replies:
            last = len(reply.lines) - 1
            for at, text in enumerate(reply.lines):
                say(f"S: {reply.code}{'-' if at < last else ' '}{to_display(text)}")
    return _status(session)


def _told(verdict: Verdict) -> Iterator[str]:
    """Which line decided, and the values of what it tests."""
    about = f" {to_display(verdict.about)}" if verdict.about else ""
    where = f", {to_display(verdict.place)}" if verdict.place else ""
    acl = f'ACL "{to_display(verdict.acl)}"' if verdict.acl else f"acl_smtp_{verdict.phase}"
    by = verdict.verb or ("the end" if verdict.acl else "no ACL")
    yield f"   {verdict.phase}{about}: {verdict.outcome} by {by} in {acl}{where}"
    for value in verdict.values:
        negated = "!" if value.negated else ""
        outcome = "" if value.outcome == "OK" else f"  ({value.outcome})"
        yield f"      {negated}{value.name} = {to_display(value.value)}{outcome}"
    if verdict.log_message and verdict.log_message != verdict.message:
        yield f"      for the log: {to_display(verdict.log_message)}"


def _as_json(session: SmtpSession) -> int:
    steps = [
        {
            "sent": step.sent,
            "replies": [{"code": one.code, "lines": [*map(to_display, one.lines)]} for one in step.replies],
            "log": step.log,
            "submitted": step.submitted,
            "verdicts": [*map(plain, step.verdicts)],
        }
        for step in _steps(session)
    ]
    say(as_json_text({"peer": session.peer, "steps": steps}))
    return _status(session)


def plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain data for JSON."""
    found: dict[str, Any] = {}
    for name in (field.name for field in fields(verdict)):
        value = getattr(verdict, name)
        found[name] = to_display(value) if isinstance(value, str) else value
    found["values"] = [
        {"name": one.name, "value": to_display(one.value), "outcome": one.outcome, "negated": one.negated}
        for one in verdict.values
    ]
    return found
