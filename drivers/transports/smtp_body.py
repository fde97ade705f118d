"""The text of a message as it goes to a host: signed, with dots doubled or in chunks."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.transports import DEFER, Failure, Form
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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
    header, body = _parts(job, doubles_dots=doubles_dots)
    yield header
    yield from body()


def _parts(job: RemoteJob, *, doubles_dots: bool = False) -> tuple[bytes, Callable[[], Iterator[bytes]]]:
    """The header, signed, the empty line behind it, and what gives the body. Raises `Failure`."""
    plain = form_of(job, doubles_dots=False)
    if plain.with_headers:
        text, body = job.parts(plain)
    else:  # what stands before the first empty line is the header for who signs
        whole = b"".join(job.pieces(plain))
        text, body = whole, lambda _: iter(())
    header, mark, more = text.partition(b"\r\n\r\n")
    if signs(job):
        header = _signed(job, header, lambda: chain((more,), body(plain)))
    header += mark
    if not doubles_dots:
        return header, lambda: chain((more,) if more else (), body(plain))
    header = _dotted(b"\r\n" + header).removeprefix(b"\r\n")
    more = _dotted(b"\r\n" + more).removeprefix(b"\r\n")
    return header, lambda: chain((more,), body(replaced(plain, doubles_dots=True)))


def _dotted(text: bytes) -> bytes:
    return text.replace(b"\r\n.", b"\r\n..")


def _signed(job: RemoteJob, header: bytes, body: Callable[[], Iterator[bytes]]) -> bytes:
    """The header, which ends without the empty line, with its signatures before it. Raises `Failure`."""
    from drivers.values import dkimoptions

    lines = [line + b"\r\n" for line in _CONTINUED.split(header)]
    options = {name: _option(job, name) for name in SIGNING}
    try:
        made = dkimoptions.signatures(job.ctx, options, lines, body) if options["dkim_domain"] else []
    except Deferred as problem:
        raise Failure(DEFER, 0, problem.message) from None
    seals = _option(job, "arc_sign")
    if seals:
        made = [*dkimoptions.seal(job.ctx, str(seals), [*made, *lines], body), *made]
    return b"".join([*made, header])


def chunks(job: RemoteJob) -> Iterator[tuple[int, Iterable[bytes], bool]]:
    """The chunks of BDAT: how many bytes, the pieces, whether it is the last one. Raises `Failure`."""
    header, body = _parts(job)
    size = sum(map(len, body()))
    if len(header) + size <= AT_ONCE or not size or job.transport["body_only"]:
        yield len(header) + size, (header + b"".join(body()),), True
        return
    yield len(header), (header,), False
    yield size, body(), True
