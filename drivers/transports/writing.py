"""How appendfile and pipe write messages: what their options say, with a prefix and a suffix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_bytes
from drivers.api.transports import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.transports import Job


def mode_of(job: Job) -> int:
    """The permissions that the file is to have."""
    given = job.addresses[0].mode
    return int(job.transport["mode"]) if given is None else given


def form_of(job: Job) -> Form:
    """How the options want messages to be written."""
    chosen = job.transport
    return Form(
        check=chosen["check_string"] or "",
        escape=chosen["escape_string"] or "",
        crlf=bool(chosen["use_crlf"]),
        with_headers=not chosen["body_only"],
        with_body=not chosen["headers_only"],
        return_path=bool(chosen["return_path_add"]),
        envelope_to=bool(chosen["envelope_to_add"]),
        delivery_date=bool(chosen["delivery_date_add"]),
    )


def texts(job: Job) -> Iterator[bytes]:
    """The message with what stands before and behind it. Raises `Failure`."""
    form = form_of(job)
    if job.transport["message_prefix"]:
        yield _ended(job.expand("message_prefix"), crlf=form.crlf)
    yield from job.pieces(form)
    if job.transport["message_suffix"]:
        yield _ended(job.expand("message_suffix"), crlf=form.crlf)


def _ended(text: str, *, crlf: bool) -> bytes:
    data = to_bytes(text)
    return data.replace(b"\n", b"\r\n") if crlf else data
