"""Tells who handed a message in that it was not taken: by mail, or on the standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_bytes
from drivers.api.transports import Submitted
from expander.cli.console import complain
from expander.delivery.references import references
from expander.reception.generated import submit
from expander.reception.rejected import UNTOLD

if TYPE_CHECKING:
    from expander.cli.options import Options
    from expander.queue.agent import Agent
    from expander.reception.local import LocalReception
    from expander.reception.rejected import RejectedError

LOGGED = {
    "no recipients": "no recipients found in headers",
    "all removed": "no recipients found in headers",
    "bad recipients": "bad addresses found in headers",
}
_PRINTED = {
    "no recipients": "no recipients in message",
    "all removed": "all -t recipients overridden by command line",
}
_SUBJECTS = {
    "no recipients": "Mail failure - no recipient addresses",
    "all removed": "Mail failure - no recipient addresses",
    "bad recipients": "Mail failure - malformed recipient address",
    "acl": "Mail failure - rejected by local scanning code",
}
_INTRODUCTION = (
    "A message that you sent using the -t command line option contained {}.\n"
    "It was not processed, and was therefore not delivered to anyone.\n"
)


def tell(agent: Agent, options: Options, reception: LocalReception, problem: RejectedError) -> int:
    """Log why, and tell the sender in the way that the options want: the exit status."""
    if problem.kind == UNTOLD:
        return 1
    if problem.kind in LOGGED:
        agent.logs.both(f"{reception.name} {reception.name} {LOGGED[problem.kind]}")
    if options.errors_go in {"print", "nowhere"} or not reception.sender:
        if options.errors_go != "nowhere":
            complain(f"exim: {_printed(problem)}\n")
        return 1
    _send(agent, reception, problem)
    return 0 if options.errors_go == "back" else 1


def _printed(problem: RejectedError) -> str:
    if problem.kind == "bad recipients":
        return "\n".join(f"invalid address:  {text}: {fault}" for text, fault in problem.bad)
    return _PRINTED.get(problem.kind, problem.text)


def _send(agent: Agent, reception: LocalReception, problem: RejectedError) -> None:
    context = agent.context()
    domain = context.options["qualify_domain"]
    text = f"Auto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@{domain}>\n"
    text += f"To: {reception.sender}\n"
    if problem.kind == "acl":
        text += references(reception.ctx)
    text += f"Subject: {_SUBJECTS.get(problem.kind, 'Mail failure')}\n\n"
    text += _explained(problem)
    text += "\n------ This is a copy of your message, including all the headers. ------\n\n"
    data = problem.data.decode("latin-1")
    submit(
        agent,
        Submitted("", (), to_bytes(text) + to_bytes(data)),
        reference=reception.name,
    )


def _explained(problem: RejectedError) -> str:
    if problem.kind == "bad recipients":
        text = _INTRODUCTION.format("one or more malformed\nrecipient addresses")
        return text + "".join(f"\n  {address}\n    {fault}\n" for address, fault in problem.bad)
    if problem.kind in _PRINTED:
        return _INTRODUCTION.format("no recipient\naddresses")
    return (
        "A message that you sent was rejected by the local scanning code that\n"
        "checks incoming messages on this system. The following error was given:\n"
        f"\n  {problem.text}\n"
    )
