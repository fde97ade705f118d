"""What the verb ``warn`` does: header lines and lines of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drivers.acl.header_lines import add_header
from drivers.api.acl import DEFER, OK
from drivers.values.log_selector import selects
from drivers.values.peer import client_of
from expander.acl.plain import as_logged

if TYPE_CHECKING:
    from drivers.api.acl import Acl
    from expander.acl.run import Run
    from expander.expand.context import Context


TOLD = "warnings logged"
"""Under this name the state has what was logged for the message in hand."""

AROUND_MESSAGES = frozenset("rcpt mail predata mime dkim data prdr not_smtp".split())
"""The phases in which header lines can be added."""

WITHOUT_MESSAGE = (
    'ACL "warn" with "message" setting found in a non-message ({}) ACL: '
    "cannot specify header lines here: message ignored"
)


def warn(run: Run, word: str) -> None:
    """Carry out a statement of ``warn`` whose conditions came to ``word``."""
    if word == OK:
        _take_effect(run)
    elif word == DEFER and selects(run.ctx, "acl_warn_skipped"):
        why = f": {run.log_message}" if run.log_message else ""
        skipped = f'ACL "warn" statement skipped: condition test deferred{why}'
        run.ctx.log(f"{who(run)}Warning: {skipped}")


def _take_effect(run: Run) -> None:
    message, log_message = run.message, run.log_message
    if log_message and log_message != message:
        told: list[str] = run.ctx.state.setdefault(TOLD, [])
        line = f"{who(run)}Warning: {as_logged(run.ctx, log_message)}"
        if line not in told:
            told.append(line)
            run.ctx.log(line)
    if message and run.where not in AROUND_MESSAGES:
        run.ctx.log(WITHOUT_MESSAGE.format(run.phase), panic=True)
    elif message:
        add_header(cast("Acl", run), message)  # a context of its own class is one of the protocol


def forget(ctx: Context) -> None:
    """A new message: what was logged may be logged again."""
    ctx.state.pop(TOLD, None)


def who(run: Run) -> str:
    """The client as log lines name it, with a blank behind it; "" where there is none."""
    facts = run.ctx.facts
    if facts.get("sender_host_address"):
        return f"H={client_of(run.ctx)} "
    return f"U={facts['sender_ident']} " if facts.get("sender_ident") else ""
