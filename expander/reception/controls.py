"""What the controls of ACLs change in a message that comes without SMTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import State, made_by

if TYPE_CHECKING:
    from expander.reception.local import LocalReception


class LocalControls(State):
    """The transaction that ACLs act on: ``given`` are controls with their options."""

    reception: LocalReception
    given: dict[str, str] = made_by(default_factory=dict)

    def take_control(self, name: str, options: str) -> None:
        """Obey a control of an ACL: its name, and what stands behind its slash."""
        self.given[name] = options

    def as_mailbox(self) -> str:
        """The message as in a mailbox, for those that look through it."""
        ctx = self.reception.ctx
        head = (
            f"From MAILER-DAEMON {ctx.expand('$tod_bsdinbox')}\nX-Envelope-From: <{self.reception.sender}>\n"
        )
        head += f"X-Envelope-To: {ctx.facts.get('recipients', '')}\n"
        return head + "".join(text for _, text in ctx.headers or ()) + "\n" + ctx.body.decode("latin-1")
