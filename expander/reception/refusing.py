"""What is refused of messages that come without SMTP, and what goes back to whoever hands them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.integer import parse
from expander.reception import arrival
from expander.reception.rejected import RejectedError

TOO_LARGE = "size_reject"
MOST_BACK = 1 << 20
"""So many bytes of a body go back at the most."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.message.headers import Header
    from expander.reception.local import LocalReception


def check_size(
    reception: LocalReception, headers: list[Header], recipients: list[str], given: Sequence[Header]
) -> None:
    """Refuse a message that is larger than ``message_size_limit``. Raises `RejectedError`."""
    limit = parse(reception.ctx.expand(str(reception.ctx.options.get("message_size_limit") or "0")))
    size = sum(len(text) for _, text in given) + 1 + len(reception.ctx.body)
    if not 0 < limit < size:
        return
    reception.ctx.headers = headers
    who = (
        f"{arrival.host_and_ident(reception.ctx).rstrip(' ')}: message too big: read={limit + 1} max={limit}"
    )
    line = f"{reception.name} rejected from <{reception.sender}> {who}"
    reception.agent.logs.reject(
        line, arrival.reject_headers(reception.ctx, reception.sender, recipients), selector=TOO_LARGE
    )
    raise RejectedError("too big", data=copied(reception, headers), limit=limit)


def copied(reception: LocalReception, headers: list[Header]) -> bytes:
    """The message as whoever handed it in gets it back."""
    lines = [text for _, text in headers]
    for at, text in reversed(reception.old):  # those that are no longer part of it are shown as well
        lines.insert(at, text)
    return "".join(lines).encode("latin-1") + b"\n" + bytes(reception.ctx.body[:MOST_BACK])


def see_to_refusal(reception: LocalReception, headers: list[Header]) -> None:
    """Refuse a message for what its recipients are; some of them may be wrong. Raises `RejectedError`."""
    refusal = reception.refusal
    if refusal is None:
        return
    reception.ctx.headers = headers
    refusal.data = copied(reception, headers)
    if not refusal.is_partial or reception.partly_with is None:
        raise refusal
    reception.partly_with(refusal)
