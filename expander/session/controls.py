"""What the controls of ACLs change in a session and in the message under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import Tainted, lower

if TYPE_CHECKING:
    from expander.session.machine import Session

FAKE = (
    "Your message has been rejected but is being kept for evaluation.\n"
    "If it was a legitimate message, it may still be delivered to the target\nrecipient(s)."
)
"""What a client is told whose message is kept in spite of what it is told."""

OF_THE_CONNECTION = frozenset(
    "allow_auth_unadvertised dkim_disable_verify dmarc_disable_verify dmarc_enable_forensic enforce_sync "
    "no_callout_flush no_delay_flush no_enforce_sync no_multiline_responses no_pipelining".split()
)

OF_THE_MESSAGE = frozenset({"dkim_disable_verify", "dmarc_disable_verify", "dmarc_enable_forensic"})
"""Those of them that are forgotten with the message, or what stands in the place of one before the first."""


def take(session: Session, name: str, options: str) -> None:
    """Obey a control; its options have been checked."""
    facts = session.ctx.facts
    if name == "caseful_local_part":
        facts["local_part"] = Tainted(session.local_part)
    elif name == "caselower_local_part":
        facts["local_part"] = Tainted(lower(session.local_part))
    elif name == "cutthrough_delivery":
        from expander.session import cutthrough

        cutthrough.want(session, options)
    elif name in OF_THE_CONNECTION:
        session.controls.add(name)
    else:
        session.mail.controls[name] = options
        if name in {"fakedefer", "fakereject"}:
            for other in {"fakedefer", "fakereject"} - {name}:
                session.mail.controls.pop(other, None)


def faked(session: Session) -> tuple[int, str] | None:
    """The reply that stands for the true one at the end of a message, if a control says so."""
    given = session.mail.controls
    for name, code in (("fakedefer", 450), ("fakereject", 550)):
        if name in given:
            return code, given[name] or FAKE
    return None
