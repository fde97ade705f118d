"""Tells who handed a message in that it was not taken: by mail, or on the standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_bytes
from drivers.api.transports import Submitted
from expander.cli.console import complain
from expander.delivery.references import references
from expander.delivery.report import sender_line
from expander.reception.generated import submit
from expander.reception.rejected import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from expander.cli.options import Options
    from expander.queue.agent import Agent
    from expander.reception.local import LocalReception
    from expander.reception.rejected import RejectedError

NO_SENDER = 2
"""The exit status where there are no recipients, and nobody to tell of that."""

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
    "no recipients": "no recipient addresses",
    "all removed": "no recipient addresses",
    "bad recipients": "malformed recipient address",
    "acl": "rejected by local scanning code",
    "too big": "message too big",
}
_TEXTS = {
    "no recipients": (
        "A message that you sent contained no recipient addresses, and therefore no\n"
        "delivery could be attempted.\n"
    ),
    "all removed": (
        "A message that you sent using the -t command line option contained no\n"
        "addresses that were not also on the command line, and were therefore\n"
        "suppressed. This left no recipient addresses, and so no delivery could\n"
        "be attempted.\n"
    ),
    "too big": (
        "A message that you sent was longer than the maximum size allowed on this\n"
        "system. It was not delivered to any recipients.\n"
    ),
}
_BAD = (
    "A message that you sent contained one or more recipient addresses that were\n"
    "incorrectly constructed:\n\n"
)
_BAD_ARGUMENT = (
    "A message that you sent contained a recipient address that was incorrectly\n"
    "constructed:\n\n  {}  {}\n\nThe message has not been delivered to any recipients.\n"
)
_OTHERS = "syntactically valid and have been passed on for an attempt at delivery.\n"
_NO_OTHERS = "message, and so no attempt at delivery was possible.\n"
_KILO = 1024


def tell(agent: Agent, options: Options, reception: LocalReception, problem: RejectedError) -> int:
    """Log why, and tell the sender in the way that the options want: the exit status."""
    if problem.kind == UNTOLD:
        return 1
    if problem.kind in LOGGED:
        agent.logs.both(f"{reception.name} {reception.name} {LOGGED[problem.kind]}")
    if options.errors_go in {"print", "nowhere"}:
        complain(f"exim: {_printed(problem)}\n")
        return 1
    if not reception.sender:
        words = f"Error while reading message with no usable sender address: {problem.in_log}"
        agent.logs.main(f"{reception.name} {words}")
        return NO_SENDER if problem.kind in _PRINTED else 1
    if not _send(agent, reception, problem):
        return NO_SENDER if problem.kind in _PRINTED else 1
    return 0 if options.errors_go == "back" and problem.kind != "acl" else 1


def tell_partly(agent: Agent, options: Options, reception: LocalReception, problem: RejectedError) -> None:
    """The same for recipients beside others that are right.

    Raises the `RejectedError` itself where errors are printed: the message is refused then.
    """
    if options.errors_go in {"print", "nowhere"}:
        raise problem
    tell(agent, options, reception, problem)


def _printed(problem: RejectedError) -> str:
    if problem.kind == "bad recipients":
        return "\n".join(f"invalid address:  {text}: {fault}" for text, fault in problem.bad)
    if problem.kind == "too big":
        return f"message rejected: message too big (max={problem.limit})"
    if problem.kind == "acl":
        return f"message rejected by non-SMTP ACL: {problem.text}"
    return _PRINTED.get(problem.kind, problem.text)


def _send(agent: Agent, reception: LocalReception, problem: RejectedError) -> bool:
    """Tell the sender: False if the message is too large for that as well."""
    options = agent.config.options
    text = f"Auto-Submitted: auto-replied\nFrom: {sender_line(agent.context())}\nTo: {reception.sender}\n"
    text += references(reception.ctx)
    text += f"Subject: Mail failure - {_SUBJECTS[problem.kind]}\n\n{_explained(problem)}"
    copy = _copy(options, problem)
    return bool(submit(agent, Submitted("", (), to_bytes(text) + copy), reference=reception.name))


def _copy(options: Mapping[str, Any], problem: RejectedError) -> bytes:
    """The message itself, as far as that may go back, with what stands before it."""
    head, gap, body = problem.data.partition(b"\n\n")
    text = "\n------ This is a copy of your message, including all the headers."
    limits = (int(options.get("bounce_return_size_limit") or 0), problem.limit)
    limit = min((limit for limit in limits if limit > 0), default=0)
    if 0 < limit < len(problem.data) or problem.limit:
        shown = limit if limit % _KILO else f"{limit // _KILO}K"
        text += f"\n------ No more than {shown} characters of the body are included."
        body = body[:limit]
    else:
        text += " ------"
    longest = int(options.get("bounce_return_linesize_limit") or 0)
    return to_bytes(f"{text}\n\n") + head + gap + _as_read(body, longest)


def _as_read(data: bytes, longest: int) -> bytes:
    """Lines as Exim reads them: what is too long of one, or behind a NUL, is lost with the newline."""
    *lines, last = data.split(b"\n")
    whole = [*(line + b"\n" for line in lines), last]
    return b"".join(line[: longest + 1].partition(b"\0")[0] for line in whole)


def tell_of_argument(
    agent: Agent, options: Options, reception: LocalReception, problem: RejectedError
) -> int:
    """Tell the sender by mail that an argument is no recipient: the exit status."""
    reception.begin()
    if not reception.sender:
        words = f"Error while reading message with no usable sender address: {problem.in_log}"
        agent.logs.main(words)
        return 1
    argument, fault = problem.bad[0]
    text = f"Auto-Submitted: auto-replied\nFrom: {sender_line(agent.context())}\nTo: {reception.sender}\n"
    text += f"Subject: Mail failure - {_SUBJECTS[problem.kind]}\n\n"
    text += _BAD_ARGUMENT.format(argument, fault)
    submit(agent, Submitted("", (), to_bytes(text) + _copy(agent.config.options, problem)))
    return 0 if options.errors_go == "back" else 1


def _explained(problem: RejectedError) -> str:
    if problem.kind == "bad recipients":
        text = _BAD + "".join(f"  {address}: {fault}\n" for address, fault in problem.bad)
        ignored = "These addresses have" if len(problem.bad) > 1 else "This address has"
        others = "The other addresses in the message were" if problem.is_partial else ""
        rest = _OTHERS if problem.is_partial else _NO_OTHERS
        others = others or "There were no other addresses in your"
        return f"{text}\n{ignored} been ignored. {others}\n{rest}"
    if problem.kind in _TEXTS:
        return _TEXTS[problem.kind]
    return (
        "A message that you sent was rejected by the local scanning code that\n"
        "checks incoming messages on this system. The following error was given:\n"
        f"\n  {problem.text}\n"
    )
