"""The report on a message that failed DMARC, which goes to those whom the record of the domain names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import to_bytes
from drivers.api.transports import Submitted

if TYPE_CHECKING:
    from drivers.values.dmarc import FailureReport
    from expander.expand.context import Context
    from expander.session.machine import Session

EXPLAINED = (
    "A message claiming to be from you has failed the published DMARC\npolicy for your domain.\n\n{}\n"
    "------ This is a copy of the headers that were received before the error\n       was detected.\n\n"
)


def hand_in(session: Session, report: FailureReport) -> None:
    """Hand in a report, unless nothing is handed in here because all is a test."""
    if session.submit_with is not None and not session.submit_with(message(session.ctx, report)):
        words = f"failure to send DMARC forensic report to {report.recipient}"
        session.ctx.log(words, panic=True)


def message(ctx: Context, report: FailureReport) -> Submitted:
    """The report as a message to be handed in, about the one that is being received.

    It comes from ``dmarc_forensic_sender``; without one, it is a message of Exim's own, as bounces are.
    """
    from expander.delivery.references import references
    from expander.delivery.report import sender_line

    sender = _sender(ctx)
    lines = [f"Reply-To: {ctx.options['errors_reply_to']}\n"] if ctx.options.get("errors_reply_to") else []
    lines += [
        "Auto-Submitted: auto-replied\n",
        f"From: {sender or sender_line(ctx)}\n",
        f"To: {report.recipient}\n",
        references(ctx),
        f"Subject: DMARC Forensic Report for {report.domain} from IP {report.peer}\n\n",
        EXPLAINED.format("".join(f"  {name}: {text}\n" for name, text in report.fields)),
        *(text for _, text in ctx.headers or ()),
        "\n",
    ]
    return Submitted(sender, (), to_bytes("".join(lines)))


def _sender(ctx: Context) -> str:
    try:
        return ctx.expand(str(ctx.options.get("dmarc_forensic_sender") or ""))
    except ExpansionError:
        return ""
