"""The text of a message as it goes to a host: signed, with dots doubled or in chunks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.transports import DEFER, Failure, Form

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from drivers.api.remote import RemoteJob

SIGNING = (
    "dkim_canon", "dkim_domain", "dkim_hash", "dkim_identity", "dkim_private_key", "dkim_selector",
    "dkim_sign_headers", "dkim_strict", "dkim_timestamps",
)  # fmt: skip
AT_ONCE = 8192
"""Header and body together go in one chunk up to this size."""

_CONTINUED = re.compile(rb"\r\n(?![ \t])")


def signs(job: RemoteJob) -> bool:
    """True if the message is to be signed or sealed."""
    return bool(_option(job, "dkim_private_key") or _option(job, "arc_sign"))


def _option(job: RemoteJob, name: str) -> Any:
    return job.transport[name] if name in job.transport.options else None


def form_of(job: RemoteJob, *, doubles_dots: bool) -> Form:
    """How the transport wants the message written."""
    chosen = job.transport
    return Form(
        crlf=True,
        with_headers=not chosen["body_only"],
        with_body=not chosen["headers_only"],
        return_path=bool(chosen["return_path_add"]),
        envelope_to=bool(chosen["envelope_to_add"]),
        delivery_date=bool(chosen["delivery_date_add"]),
        doubles_dots=doubles_dots,
    )


def pieces(job: RemoteJob, *, doubles_dots: bool) -> Iterator[bytes]:
    """The message, the header first. Raises `Failure`."""
    if not signs(job):
        yield from job.pieces(form_of(job, doubles_dots=doubles_dots))
        return
    whole = _signed(job, b"".join(job.pieces(form_of(job, doubles_dots=False))))
    if doubles_dots:
        whole = whole.replace(b"\r\n.", b"\r\n..")
        whole = b"." + whole if whole.startswith(b".") else whole
    header, mark, body = whole.partition(b"\r\n\r\n")
    yield header + mark
    yield body


def _signed(job: RemoteJob, whole: bytes) -> bytes:
    """The message with its signatures before it. Raises `Failure`."""
    from drivers.values import dkimoptions

    header, _, body = whole.partition(b"\r\n\r\n")
    lines = [line + b"\r\n" for line in _CONTINUED.split(header)]
    options = {name: _option(job, name) for name in SIGNING}
    try:
        made = dkimoptions.signatures(job.ctx, options, lines, body) if options["dkim_domain"] else []
    except Deferred as problem:
        raise Failure(DEFER, 0, problem.message) from None
    seals = _option(job, "arc_sign")
    if seals:
        made = [*dkimoptions.seal(job.ctx, str(seals), [*made, *lines], body), *made]
    return b"".join([*made, whole])


def chunks(job: RemoteJob) -> Iterator[tuple[bytes, bool]]:
    """The message in the chunks of BDAT, and whether each is the last one. Raises `Failure`."""
    whole = b"".join(pieces(job, doubles_dots=False))
    header, mark, body = whole.partition(b"\r\n\r\n")
    if len(whole) <= AT_ONCE or not body or job.transport["body_only"]:
        yield whole, True
        return
    yield header + mark, False
    yield body, True
