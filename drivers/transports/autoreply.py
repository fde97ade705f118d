"""The autoreply transport: a message is sent in answer to the one that is delivered."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import SPACE, from_bytes, to_bytes
from drivers.api.transports import DEFER, FAIL, Failure, Form, Submitted
from drivers.api.unit import transport
from drivers.values import interval, mailbox
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.transports import Job

_NOT_IN_HEADERS = re.compile(r"[^\t\n -~\x80-\xff]|\n(?![ \t])")
_NOT_IN_NAMES = re.compile(r"[^ -~\x80-\xff]")
_HEADER_OPTIONS = ("from", "reply_to", "to", "cc", "bcc", "subject", "headers")
_NAME_OPTIONS = ("file", "log", "once", "once_repeat")
ALL = "------ This is a copy of the message, including all the headers."
BODY = "------ This is a copy of the body of the message, without the headers."
HEADERS = "------ This is a copy of the message's header lines."


class Reply(State):
    """What the reply consists of, expanded; ``expands`` expands the lines of the file."""

    texts: dict[str, str]
    expands: bool = False
    returns: bool = False
    mode: int = 0o600
    is_optional: bool = False


@transport(
    "autoreply", syntax="driver = autoreply", section="The autoreply transport", feature="transport_autoreply"
)
def autoreply(job: Job) -> None:
    """Send a reply, unless the one who would get it had one before."""
    reply = _of_filter(job) if job.addresses[0].reply is not None else _of_options(job)
    texts = reply.texts
    given = [option for option in ("to", "cc", "bcc") if texts.get(option)]
    for option in given:
        texts[option] = _without_never(job, texts[option])
    if given and not any(texts[option] for option in given):
        return
    if job.is_trial:
        return
    if texts.get("once") and texts.get("to") and _had_one(job, texts):
        return
    text, copied = _body(job, reply)
    job.submit(Submitted("", (), to_bytes(_head(job, texts) + text), copied))
    if texts.get("log"):
        _write_log(job, reply)


def _of_filter(job: Job) -> Reply:
    given: dict[str, str] = dict(job.addresses[0].reply or {})
    texts = {name.replace("extra_headers", "headers"): value for name, value in given.items()}
    return Reply(texts, "expand" in given, "return" in given, job.addresses[0].mode or 0o600)


def _of_options(job: Job) -> Reply:
    chosen = job.transport
    texts = {}
    for option in (*_HEADER_OPTIONS, "text", *_NAME_OPTIONS):
        given = chosen[option]
        if given:
            texts[option] = _expanded(job, str(given), option)
    return Reply(
        texts,
        bool(chosen["file_expand"]),
        bool(chosen["return_message"]),
        int(chosen["mode"]),
        bool(chosen["file_optional"]),
    )


def _expanded(job: Job, text: str, option: str) -> str:
    """The value of an option. Raises `Failure` for what may not stand in a header line or a name."""
    name = job.transport.name
    try:
        value = job.ctx.expand(text)
    except ExpansionError as problem:
        what = f'Expansion of "{text}" failed in {name} transport: {problem.message}'
        raise Failure(FAIL, 0, what) from None
    if option == "text":
        return value
    wrong = (_NOT_IN_HEADERS if option in _HEADER_OPTIONS else _NOT_IN_NAMES).search(value)
    if wrong is not None and not (option == "headers" and wrong[0] == "\n"):
        what = f'Expansion of "{text}" in {name} transport contains non-printing character'
        raise Failure(FAIL, 0, f"{what} {ord(wrong[0])}")
    return value


def _without_never(job: Job, text: str) -> str:
    """The addresses but for those that never get mail: the option ``never_mail``."""
    never = job.transport["never_mail"]
    if not never:
        return text
    kept = []
    for piece in mailbox.split(text):
        try:
            address = mailbox.parse(piece).address
        except Failed:
            address = ""
        if address and job.ctx.match_list("address", address, str(never), option="never_mail") is not None:
            continue
        kept.append(piece.strip(SPACE))
    return ", ".join(kept)


def _had_one(job: Job, texts: dict[str, str]) -> bool:
    """True if the recipient had a reply before, not too long ago; else that is noted. Raises `Failure`."""
    path, now = texts["once"], int(job.ctx.world.clock.now())
    again = interval.parse(texts["once_repeat"]) if texts.get("once_repeat") else 0
    if again is None:
        what = (
            f'Invalid time value "{texts["once_repeat"]}" for "once_repeat" in {job.transport.name} transport'
        )
        raise Failure(FAIL, 0, what)
    limit = int(job.transport["once_file_size"] or 0) if job.addresses[0].reply is None else 0
    return job.reply_is_known(path, texts["to"], now, again, limit)


def _head(job: Job, texts: dict[str, str]) -> str:
    lines = [
        f"{title}: {texts[option]}\n"
        for option, title in (
            ("from", "From"),
            ("reply_to", "Reply-To"),
            ("to", "To"),
            ("cc", "Cc"),
            ("bcc", "Bcc"),
            ("subject", "Subject"),
        )
        if texts.get(option)
    ]
    lines.append(job.references())
    lines.append("Auto-Submitted: auto-replied\n")
    if texts.get("headers"):
        lines.append(f"{texts['headers']}\n")
    return "".join(lines) + "\n"


def _body(job: Job, reply: Reply) -> tuple[str, Iterable[bytes]]:
    """The text, and the copy of the message behind it. Raises `Failure`."""
    text = reply.texts.get("text", "")
    if text and not text.endswith("\n"):
        text += "\n"
    if reply.texts.get("file"):
        text += _file(job, reply)
    if not reply.returns:
        return text, ()
    chosen: Any = job.transport
    with_headers, with_body = not chosen["body_only"], not chosen["headers_only"]
    rubric = ALL if with_headers and with_body else HEADERS if with_headers else BODY
    form = Form(
        with_headers=with_headers,
        with_body=with_body,
        return_path=bool(chosen["return_path_add"]),
        envelope_to=bool(chosen["envelope_to_add"]),
        delivery_date=bool(chosen["delivery_date_add"]),
        size_limit=int(job.ctx.options.get("bounce_return_size_limit") or 0),
    )
    return f"{text}\n{rubric}\n\n", job.pieces(form)


def _file(job: Job, reply: Reply) -> str:
    """The text of a file, expanded line by line if that is wanted. Raises `Failure`."""
    path = reply.texts["file"]
    try:
        text = from_bytes(job.ctx.world.files.read(path))
    except OSError as problem:
        if reply.is_optional:
            return ""
        what = f"Failed to open file {path} when sending message from {job.transport.name} transport"
        raise Failure(DEFER, problem.errno or 0, f"{what}: {os.strerror(problem.errno or 0)}") from None
    if not reply.expands:
        return text
    try:
        return "".join(job.ctx.expand(line) for line in text.splitlines(keepends=True))
    except ExpansionError as problem:
        what = f'expansion of contents of file "{path}" failed'
        return f"\n{what}: {problem.message}\n"


def _write_log(job: Job, reply: Reply) -> None:
    texts = reply.texts
    lines = [job.stamp()]
    for option, title in (
        ("from", "From"),
        ("to", "To"),
        ("cc", "Cc"),
        ("bcc", "Bcc"),
        ("subject", "Subject"),
    ):
        if texts.get(option):
            lines.append(f"  {title}: {texts[option]}")
    if texts.get("headers"):
        lines.append(f"  {texts['headers']}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        file = job.ctx.world.storage.open(texts["log"], flags, reply.mode)
    except OSError:
        return
    try:
        file.write(to_bytes("\n".join(lines) + "\n"))
    finally:
        file.close()
