"""How appendfile and pipe write messages: what their options say, with a prefix and a suffix."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import to_bytes
from drivers.api.transports import DEFER, EXPANSION_FAILED, PANIC, Failure, Form
from drivers.transports import recovery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.routing import Address
    from drivers.api.transports import Job


def mode_of(job: Job) -> int:
    """The permissions that the file is to have."""
    given = job.addresses[0].mode
    return int(job.transport["mode"]) if given is None else given


FOLDERS = ("directory", "maildir_format", "mailstore_format")
"""Options after which nothing stands around messages by itself, whatever a redirection names."""


def _setting(job: Job, option: str) -> str:
    """A text that stands around messages in mailboxes; elsewhere only what the configuration sets."""
    chosen = job.transport
    if not chosen.options.is_set(option) and (
        chosen["use_bsmtp"] or any(name in chosen.options and chosen[name] for name in FOLDERS)
    ):
        return ""
    return str(chosen[option] or "")


def form_of(job: Job, *, in_folder: bool = False) -> Form:
    """How the options want messages to be written; ``in_folder`` if each gets a file of its own."""
    chosen = job.transport
    is_mbx = "mbx_format" in chosen.options and bool(chosen["mbx_format"])
    return Form(
        check=_setting(job, "check_string"),
        escape=_setting(job, "escape_string"),
        crlf=bool(chosen["use_crlf"]) or (is_mbx and not in_folder),
        with_headers=not chosen["body_only"],
        with_body=not chosen["headers_only"],
        return_path=bool(chosen["return_path_add"]),
        envelope_to=bool(chosen["envelope_to_add"]),
        delivery_date=bool(chosen["delivery_date_add"]),
        doubles_dots=bool(chosen["use_bsmtp"]) and not chosen.options.is_set("check_string"),
    )


def texts(job: Job, *, in_folder: bool = False) -> Iterator[bytes]:
    """The message with what stands before and behind it. Raises `Failure`."""
    form = form_of(job, in_folder=in_folder)
    for piece in _before(job, form):
        job.written += len(piece)
        yield piece
    yield from job.pieces(form)
    for piece in _behind(job, form):
        job.written += len(piece)
        yield piece


def _before(job: Job, form: Form) -> Iterator[bytes]:
    if _setting(job, "message_prefix"):
        yield _around(job, "prefix")  # as it stands, whatever ends lines
    if job.transport["use_bsmtp"]:
        lines = [f"MAIL FROM:<{job.ctx.facts.get('return_path', '')}>\n"]
        lines += [f"RCPT TO:<{recipient(job, address)}>\n" for address in job.addresses]
        yield _ended("".join(lines) + "DATA\n", crlf=form.crlf)


def recipient(job: Job, address: Address) -> str:
    """The address as RCPT has it; log lines keep the affixes that are told to others."""
    if job.transport["rcpt_include_affixes"]:
        address.keeps_affixes = True
        return address.text
    if address.kind == "file":
        return f"{address.local_part}@{address.domain}"
    local_part, at, domain = address.text.rpartition("@")  # as it was given
    local_part = local_part[len(address.prefix) : len(local_part) - len(address.suffix)]
    return f"{local_part}{at}{domain}" if at else address.text


def _behind(job: Job, form: Form) -> Iterator[bytes]:
    if _setting(job, "message_suffix"):
        yield _around(job, "suffix")
    if job.transport["use_bsmtp"]:
        yield _ended(".\n", crlf=form.crlf)


def _around(job: Job, what: str) -> bytes:
    """The text before or behind the message. Raises `Failure`."""
    text = str(job.transport[f"message_{what}"])
    try:
        return to_bytes(job.ctx.expand(text))
    except ExpansionError as problem:
        words = f'Expansion of "{text}" ({what} for {job.transport.name} transport) failed'
        if job.transport.driver == "pipe":
            raise Failure(PANIC, 0, f"{words}: {problem.message}") from None
        raise Failure(DEFER, EXPANSION_FAILED, words) from None


def _ended(text: str, *, crlf: bool) -> bytes:
    data = to_bytes(text)
    return data.replace(b"\n", b"\r\n") if crlf else data


def write_file(job: Job, path: str, *, shown: str = "") -> int:
    """Write the message into a new file: how many bytes it has. ``shown`` is its name in messages.

    Raises `Failure`.
    """
    storage, mode, size = job.ctx.world.storage, mode_of(job), 0
    recovery.makes(job, path)
    try:
        file = storage.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as problem:
        raise Failure(DEFER, problem.errno or 0, f"while creating file {shown or path}") from None
    try:
        for piece in texts(job, in_folder=True):
            file.write(piece)
            size += len(piece)
        file.sync()
    except (OSError, Failure) as problem:
        with suppress(OSError):
            storage.remove(path)
        if isinstance(problem, Failure):
            raise problem.while_writing(shown or path) from None
        raise Failure(DEFER, problem.errno or 0, f"error while writing to {shown or path}") from None
    finally:
        file.close()
    return size
