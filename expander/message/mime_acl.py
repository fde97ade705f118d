"""Asks the ACL for MIME parts about each part of a message, then about attached messages."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.acl.mime import decode_to, folder_of
from drivers.acl.mime_part import KEPT, MimePart
from drivers.api.acl import DEFER, OK
from drivers.api.errors import Refused
from drivers.api.text import Tainted, from_bytes, lower
from drivers.values.mime_body import is_boundary, lines
from drivers.values.mime_header import LONGEST_HEADER, Described, read_header
from expander.acl.run import AclResult
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context

COVER, FIRST_IS_COVER, ATTACHED = "cover", "first", "attached"
"""Whether the parts of a multipart belong to the cover letter: all, only the first, or none."""

MOST_ATTACHED = 128
ATTACHED_NAME = "__rfc822_"
_ALL_COVER = frozenset({"multipart/alternative", "multipart/related"})
NONE_YET = {"mime_part_count": "-1", "mime_is_coverletter": "0", "mime_is_rfc822": "0"}
"""The variables that keep their values when the ACL has run, before it runs."""

_CLEAN = {
    "mime_anomaly_level": "0",
    "mime_anomaly_text": "",
    "mime_decoded_filename": "",
    "mime_content_size": "0",
}


def tell(ctx: Context, described: Described) -> None:
    """Let the variables have what the header of a part says, and nothing of the part before."""
    ctx.facts.update(_CLEAN, mime_is_multipart="0")
    for name in Described.record_fields:
        ctx.facts[f"mime_{name}"] = Tainted(getattr(described, name))


class _Multipart(Record):
    """What is around a part: the boundary and who its parts are, None for the message itself."""

    boundary: str
    kind: str


def is_wanted(ctx: Context, option: str) -> bool:
    """True if the option names an ACL and the header has the line that makes it run."""
    if not ctx.options.get(option):
        return False
    return any(lower(text).startswith("content-type:") for _, text in ctx.headers or ())


def check_parts(ctx: Context, mailbox: str, judge: Callable[[], AclResult]) -> AclResult:
    """Run the ACL for all parts of a message until one is not accepted: what it decides.

    ``mailbox`` is the message as in a mailbox, ``judge`` asks the ACL about the part at hand. Attached
    messages are decoded to files first, and looked through when the message that they are in has been. See
    "Scanning MIME parts".
    """
    walk = _Walk(ctx, judge)
    ctx.facts.update(NONE_YET)
    try:
        return walk.message(mailbox)
    finally:
        ctx.state.pop(KEPT, None)
        tell(ctx, Described())


class _Walk:
    """Goes through messages; ``attached`` are the contents of those that are still to be looked through."""

    def __init__(self, ctx: Context, judge: Callable[[], AclResult]) -> None:
        self._ctx, self._judge = ctx, judge
        self._verdict = AclResult(OK)
        self._attached: dict[str, str] = {}

    def message(self, data: str) -> AclResult:
        """Go through a message, then through those that are attached to it; its own parts stay counted."""
        facts = self._ctx.facts
        count = ""
        while True:
            facts["mime_part_count"] = "-1"
            self._parts(data, 0, None)
            count = count or facts["mime_part_count"]
            if self._verdict.word != OK or not self._attached:
                facts["mime_part_count"] = count
                return self._verdict
            path = min(self._attached)
            data = self._attached.pop(path)
            with suppress(OSError, Refused):
                data = from_bytes(self._ctx.world.files.read(path))
                self._ctx.world.files.remove(path)
            facts["mime_is_rfc822"] = "1"

    def _parts(self, data: str, position: int, around: _Multipart | None) -> int:
        """Go through a message, or through the parts of a multipart: the place behind it."""
        while True:
            tell(self._ctx, Described())
            if around is not None:
                found = _next_part(data, position, around.boundary)
                if found is None:
                    return len(data)
                position, is_end = found
                if is_end:
                    return position
            position = self._part(data, position, around)
            if self._verdict.word != OK or around is None:
                return position
            if around.kind == FIRST_IS_COVER:
                around = _Multipart(around.boundary, ATTACHED)

    def _part(self, data: str, position: int, around: _Multipart | None) -> int:
        ctx, facts = self._ctx, self._ctx.facts
        described, position = read_header(
            data, position, check_length=bool(ctx.options.get("check_rfc2047_length", True))
        )
        tell(ctx, described)
        kind = described.content_type
        facts["mime_is_multipart"] = str(int(kind.startswith("multipart")))
        facts["mime_part_count"] = str(int(facts["mime_part_count"]) + 1)
        facts["mime_is_coverletter"] = str(int(around is None or around.kind != ATTACHED))
        part = MimePart(data, position, around.boundary if around is not None else None)
        ctx.state[KEPT] = part
        self._verdict = self._judge()
        ctx.state[KEPT] = None
        if self._verdict.word != OK:
            return position
        if kind.startswith("multipart") and described.boundary:
            return self._parts(data, position, _Multipart(described.boundary, _kind(kind, around)))
        if kind.startswith("message/rfc822"):
            self._keep(part)
        return position

    def _keep(self, part: MimePart) -> None:
        """Decode an attached message to a file."""
        ctx = self._ctx
        files, folder = ctx.world.files, folder_of(ctx)
        for number in range(MOST_ATTACHED - 1):
            path = f"{folder}/{ATTACHED_NAME}{number:05d}"
            try:
                files.stat(path)
            except OSError:
                if path not in self._attached:
                    break
        else:
            return
        contents = decode_to(ctx, part, path)
        ctx.facts["mime_decoded_filename"] = ""
        if contents is None:
            ctx.log("MIME acl condition warning - could not decode RFC822 MIME part to file.")
            self._verdict = AclResult(DEFER)
            return
        self._attached[path] = contents


def _kind(content_type: str, around: _Multipart | None) -> str:
    if around is not None and around.kind == ATTACHED:
        return ATTACHED
    return COVER if content_type in _ALL_COVER else FIRST_IS_COVER


def _next_part(data: str, position: int, boundary: str) -> tuple[int, bool] | None:
    """The place behind the next boundary, and whether it is the last one; None without one."""
    for line, after in lines(data, position, LONGEST_HEADER):
        if is_boundary(line, boundary):
            return after, line.startswith(f"--{boundary}--")
    return None
