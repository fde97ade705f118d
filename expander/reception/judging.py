"""The ACLs for messages that come without SMTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, printing
from drivers.values import header_changes
from expander.acl.engine import check_acl
from expander.message import mime_acl
from expander.reception import arrival
from expander.reception.controls import LocalControls
from expander.reception.rejected import UNTOLD, RejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.message.headers import Header
    from expander.reception.local import LocalReception

MIME = "acl_not_smtp_mime"


def judged(reception: LocalReception, recipients: list[str]) -> LocalControls:
    """Ask the ACLs for such messages: what they control. Raises `RejectedError`."""
    ctx, controls = reception.ctx, LocalControls(reception, recipients)
    ctx.facts["recipients"] = Tainted(", ".join(recipients))
    ctx.facts["recipients_list"] = Tainted(":".join(text.replace(":", "::") for text in recipients))
    ctx.facts["recipients_count"] = str(len(recipients))
    _judge_parts(reception, controls)
    text = ctx.options.get("acl_not_smtp")
    verdict = check_acl(ctx, "not_smtp", str(text) if text else None, controls)
    controls.forget_copy()
    said = f": {printing(verdict.log_message)}" if verdict.log_message else ""
    if verdict.word == "DISCARD":
        reception.discarded = f"non-SMTP ACL discarded recipients){said}"
    elif verdict.word != "OK":
        said = said or ": NULL"  # Exim prints a message that is not there
        line = f"{reception.name} F=<{reception.sender}> rejected by non-SMTP ACL{said}"
        reception.agent.logs.reject(line, arrival.reject_headers(ctx, reception.sender, recipients))
        told = verdict.message or "local configuration problem"
        raise RejectedError("acl", told, data=_as_data(ctx.headers or ()) + bytes(ctx.body))
    if reception.discarded:
        recipients.clear()
    return controls


def _judge_parts(reception: LocalReception, controls: LocalControls) -> None:
    """Ask the ACL for MIME parts. Raises `RejectedError`; of a refusal nobody is told."""
    ctx = reception.ctx
    ctx.facts.update(mime_acl.NONE_YET)
    if not mime_acl.is_wanted(ctx, MIME):
        return
    text = str(ctx.options.get(MIME))
    verdict = mime_acl.check_parts(ctx, controls.as_mailbox(), lambda: check_acl(ctx, "mime", text, controls))
    if verdict.word == "DISCARD":
        reception.discarded = "MIME ACL discarded recipients)"
    elif verdict.word != "OK":
        controls.forget_copy()
        raise RejectedError(UNTOLD)
    ctx.headers = header_changes.take_effect(header_changes.changes_of(ctx.state), ctx.headers or ())


def _as_data(headers: Sequence[Header]) -> bytes:
    return "".join(text for _, text in headers).encode("latin-1") + b"\n"
