"""The conditions of the ACL for MIME parts: ``decode`` and ``mime_regex``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.mime_part import MimePart, part_at_hand
from drivers.acl.regex import forget_match, patterns_of, searched
from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.errors import Refused
from drivers.api.text import Tainted, from_bytes, is_tainted, to_bytes
from drivers.values import listtext, mime_body

if TYPE_CHECKING:
    from drivers.api.acl import Acl
    from drivers.api.protocols import Context

MOST_FILES = 1024
MOST_SEARCHED = 32766
KILOBYTE = 1024


def decode(acl: Acl, text: str) -> str:
    """True if the part could be decoded to the file that the text names.

    Sets ``$mime_decoded_filename``, ``$mime_content_size`` and, where the encoding is broken,
    ``$mime_anomaly_level`` and ``$mime_anomaly_text``. See "Scanning MIME parts".
    """
    part = part_at_hand(acl.ctx)
    wanted = next(iter(listtext.elements(text)), None)
    if part is None or wanted in {"0", "false"}:
        return FAIL
    if wanted is not None and is_tainted(text):
        wanted = Tainted(wanted)
    return DEFER if decode_to(acl.ctx, part, wanted) is None else OK


def decode_to(ctx: Context, part: MimePart, wanted: str | None) -> str | None:
    """Decode a part to a file: its contents, None where there is no file.

    ``wanted`` is the file's name or folder, None or "default" for a name of its own.
    """
    path = _path(ctx, wanted)
    if path is None:
        return None
    ctx.facts["mime_decoded_filename"] = path
    if wanted is not None and is_tainted(wanted):
        ctx.log(f"Tainted filename '{path}'", panic=True)
        return None
    found = mime_body.decoded(
        part.data, part.position, part.boundary, ctx.facts.get("mime_content_transfer_encoding", "")
    )
    if found.anomaly:
        ctx.facts.update(mime_anomaly_level=found.level, mime_anomaly_text=found.anomaly)
    try:
        ctx.world.files.write(path, to_bytes(found.text), 0o640)
    except OSError:
        return None
    ctx.facts["mime_content_size"] = str((len(found.text) + KILOBYTE - 1) // KILOBYTE)
    return found.text


def folder_of(ctx: Context) -> str:
    """Where files go that no folder is named for."""
    return f"{ctx.options.get('spool_directory') or ''}/scan/{ctx.facts.get('message_exim_id', '')}"


def _path(ctx: Context, wanted: str | None) -> str | None:
    if wanted is None or wanted == "default":
        return _next_file(ctx, folder_of(ctx))
    if not wanted.startswith("/"):
        return f"{folder_of(ctx)}/{wanted}"
    try:
        is_folder = ctx.world.files.stat(wanted).st_mode & 0o170000 == 0o040000
    except OSError:
        is_folder = False
    return _next_file(ctx, wanted) if is_folder else wanted


def _next_file(ctx: Context, folder: str) -> str | None:
    """The first path of a folder, numbered, where there is nothing yet."""
    for number in range(MOST_FILES):
        path = f"{folder}/{ctx.facts.get('message_exim_id', '')}-{number:05d}"
        try:
            ctx.world.files.stat(path)
        except OSError:
            return path
    return None


def mime_regex(acl: Acl, text: str) -> str:
    """True if one of the patterns matches in the first 32 kilobytes of the decoded part.

    A part that has not been decoded is decoded first. Leaves what ``regex`` leaves. See "Scanning with
    regular expressions".
    """
    ctx = acl.ctx
    forget_match(ctx)
    part = part_at_hand(ctx)
    patterns = patterns_of(acl, text)
    if part is None or not patterns:
        return FAIL
    path = ctx.facts.get("mime_decoded_filename", "")
    if not path:
        try:
            contents = decode_to(ctx, part, None)
        except Refused:  # the file is for others; what it would hold is known
            encoding = ctx.facts.get("mime_content_transfer_encoding", "")
            contents = mime_body.decoded(part.data, part.position, part.boundary, encoding).text
        if contents is None:
            ctx.log("mime_regex acl condition warning - could not decode MIME part to file")
            return DEFER
    else:
        try:
            contents = from_bytes(ctx.world.files.read(path))
        except OSError:
            ctx.log(f"mime_regex acl condition warning - can't open '{path}' for reading")
            return DEFER
    return OK if searched(ctx, patterns, [contents[:MOST_SEARCHED]]) else FAIL
