"""How long the header of a message may be: ``header_maxsize`` and ``header_line_maxsize``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.message.headers import Header
    from expander.session.machine import Session


def exceeded(session: Session, headers: Sequence[Header]) -> bool:
    """True if the header is longer than it may be, which the client and the log have been told then."""
    told = log_excess(session, headers)
    if told:
        session.say(f"552 {told}\r\n")
    return bool(told)


def log_excess(session: Session, headers: Sequence[Header]) -> str:
    """Log that the header is longer than it may be, if it is: what the client is to be told then."""
    whole, line = session.number("header_maxsize"), session.number("header_line_maxsize")
    size, told = 0, ""
    for _, text in headers:
        size += len(text)
        if 0 < whole < size:
            long, most, told = (
                "ridiculously long message header",
                whole,
                "Message header is ridiculously long",
            )
        elif 0 < line < len(text):
            long, most = "overlong message header line", line
            told = "A message header line is too long"
        else:
            continue
        session.message_id = ""  # the log does not know the message yet
        who = session.ctx.facts["sender_fullhost"]
        session.ctx.log(f"{long} received from {who} (more than {most} characters): message abandoned")
        return told
    return ""
