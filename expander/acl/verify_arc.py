"""``verify = arc``: the chain of hosts that have sealed the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.text import Tainted, to_bytes
from drivers.values import arc as chains
from drivers.values import listtext
from drivers.values.dkimcanon import with_crlf
from drivers.values.dkimverify import Material
from expander.session.signatures import MESSAGE, key_text

if TYPE_CHECKING:
    from expander.acl.run import Run

DEFAULT = "none:pass"


def arc(run: Run, text: str) -> str:
    """True if what the chain comes to is in the list behind the slash; sets ``$arc_state`` and its relatives.

    Without a verification of DKIM signatures there is no message to look at, so it defers. See RFC 8617.
    """
    ctx = run.ctx
    message = ctx.state.get(MESSAGE)
    if message is None:
        return DEFER
    lines = tuple(with_crlf(to_bytes(line)) for _, line in ctx.headers or ())
    outcome = chains.verify(Material(lines, message.body), lambda name: key_text(ctx, name))
    ctx.facts.update(
        arc_state=outcome.state,
        arc_state_reason=outcome.reason,
        arc_domains=Tainted(listtext.join(outcome.domains, ":")),
        arc_oldest_pass=str(outcome.oldest_pass),
        arc_selector=Tainted(outcome.selector),
    )
    reason = f"({outcome.reason})" if outcome.reason else ""
    run.debug(f"ARC verify result {outcome.state} {reason}")
    _, *options = listtext.pieces(text, "/")
    accepted = listtext.split(options[0] if options else DEFAULT)
    return OK if outcome.state in accepted else FAIL
