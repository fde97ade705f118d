"""The message as a transport writes it: header lines added, removed and rewritten, lines escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, ForcedFail
from drivers.api.text import SPACE, lower, to_bytes
from drivers.api.transports import HEADER_FAILED, PANIC, Failure
from drivers.values import listtext
from expander.message.large_body import LargeBody, beginning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.routing import Address, Router
    from drivers.api.transports import Form
    from expander.expand.context import Context
    from expander.message.headers import Header
    from expander.message.large_body import Body
    from expander.queue.message import Message

CHUNK = 1 << 16


def pieces(
    ctx: Context, message: Message, addresses: Sequence[Address], transport: Router | None, form: Form
) -> Iterator[bytes]:
    """The message in its form, piece by piece; ``transport`` None leaves the header as it is.

    Raises `Failure`.
    """
    if form.with_headers:
        text = "".join(_before(ctx, addresses, form))
        for line in _header(ctx, message.headers, addresses, transport):
            text += line[: form.longest_header] if form.longest_header else line
        yield formed(to_bytes(text), form)
        yield b"\r\n" if form.crlf else b"\n"
    if form.with_body:
        body = message.body
        if form.size_limit:
            body = beginning(body, form.size_limit)
        yield from formed_pieces(body, form)


def formed_pieces(body: Body, form: Form) -> Iterator[bytes]:
    """What `formed` makes of a text, piece by piece."""
    if isinstance(body, LargeBody):
        for chunk, is_start in body.lines():
            yield formed(chunk, form, is_start=is_start)
        return
    for chunk in _lines(body):
        yield formed(chunk, form)


def _lines(body: bytes) -> Iterator[bytes]:
    """The body in pieces of some size that end where lines do."""
    at = 0
    while at < len(body):
        end = body.find(b"\n", at + CHUNK)
        end = len(body) if end < 0 else end + 1
        yield body[at:end]
        at = end


def has_line_longer_than(message: Message, limit: int) -> bool:
    """True if a line of the header or the body has more bytes."""
    if any(len(line) > limit for _, text in message.headers for line in text.split("\n")):
        return True
    if isinstance(message.body, LargeBody):
        return message.body.longest_line() > limit
    body, at = message.body, 0
    while len(body) - at > limit:
        end = body.rfind(b"\n", at, at + limit + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def formed(data: bytes, form: Form, *, is_start: bool = True) -> bytes:
    """Whole lines with what must not stand at their start escaped, and with the ends that are wanted.

    ``is_start`` is false for data that begins within a line.
    """
    check, escape = to_bytes(form.check), to_bytes(form.escape)
    if form.doubles_dots:
        check, escape = b".", b".."
    if check:
        if is_start and data.startswith(check):
            data = escape + data[len(check) :]
        data = data.replace(b"\n" + check, b"\n" + escape)
    return data.replace(b"\n", b"\r\n") if form.crlf else data


def _before(ctx: Context, addresses: Sequence[Address], form: Form) -> Iterator[str]:
    """The lines that tell of the delivery itself."""
    if form.return_path:
        yield f"Return-path: <{ctx.facts.get('return_path', '')}>\n"
    if form.envelope_to:
        yield f"Envelope-to: {envelope_to(addresses)}\n"
    if form.delivery_date:
        yield f"Delivery-date: {ctx.expand('$tod_full')}\n"


def envelope_to(addresses: Sequence[Address]) -> str:
    """The addresses of the envelope that lead to the delivery, each once."""
    shown: dict[str, None] = {}
    for address in (one for first in addresses for one in (first, *first.also)):
        top = address
        while top.parent is not None:
            top = top.parent
        shown[top.text] = None
    return ",\n ".join(shown)


def _header(
    ctx: Context, headers: Sequence[Header], addresses: Sequence[Address], transport: Router | None
) -> Iterator[str]:
    kept = addresses[0].inherited if addresses else None
    names = list(kept.headers_remove) if kept is not None else []
    if transport is not None:
        names += _removed(ctx, transport)
    unwanted = [lower(name) for text in names for name in listtext.elements(text)]
    lines = [header for header in headers if not _is_among(header, unwanted)]
    if transport is not None and transport["headers_rewrite"]:
        lines = _rewritten(ctx, lines, transport["headers_rewrite"])
    for _, text in lines:
        yield text
    for text in kept.headers_add if kept is not None else ():
        yield text if text.endswith("\n") else f"{text}\n"
    if transport is not None:
        yield from _added(ctx, transport)


def _is_among(header: Header, names: Sequence[str]) -> bool:
    own = lower(header[0].rstrip(" \t"))
    return any(own == name or (name.endswith("*") and own.startswith(name[:-1])) for name in names)


def _removed(ctx: Context, transport: Router) -> list[str]:
    text = transport["headers_remove"]
    return _expanded_items(ctx, text, ":", "headers_remove") if text else []


def _added(ctx: Context, transport: Router) -> Iterator[str]:
    text = transport["headers_add"]
    for value in _expanded_items(ctx, text, "\n", "headers_add") if text else []:
        yield value if value.endswith("\n") else f"{value}\n"


def _expanded_items(ctx: Context, text: str, mark: str, option: str) -> list[str]:
    """The items of a list, each expanded by itself; what fails by force is left out. Raises `Failure`."""
    if text.lstrip(SPACE).startswith("<"):
        mark, text = listtext.separator(text)
    values = []
    for item in listtext.pieces(text, mark):
        try:
            value = ctx.expand(item)
        except ForcedFail:
            continue
        except ExpansionError as problem:
            reason = f": {problem.message}"
            words = f"failed to expand headers_add or headers_remove{reason}"
            raise Failure(PANIC, HEADER_FAILED, words, reason=reason) from None
        if value:
            values.append(value)
    return values


def _rewritten(ctx: Context, lines: list[Header], text: str) -> list[Header]:
    from expander.config.rules import transport_rewrites
    from expander.rewriting import where
    from expander.rewriting.header import rewrite_header

    known = where.transport_rules(transport_rewrites(text))
    out = []
    for header in lines:
        try:
            new = rewrite_header(ctx, header, known)
        except Fatal:
            new = None
        out.append(header if new is None else new)
    return out
