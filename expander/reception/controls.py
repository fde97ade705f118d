"""What the controls of ACLs change in a message that comes without SMTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.message.mailbox_copy import MailboxCopy, headed
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.reception.local import LocalReception


class LocalControls(State):
    """The transaction that ACLs act on, with its recipients: ``given`` are controls with their options."""

    reception: LocalReception
    recipients: Sequence[str] = ()
    given: dict[str, str] = made_by(default_factory=dict)
    made: MailboxCopy | None = None

    def take_control(self, name: str, options: str) -> None:
        """Obey a control of an ACL: its name, and what stands behind its slash."""
        self.given[name] = options

    def as_mailbox(self) -> str:
        """The message as in a mailbox, for those that look through it."""
        return self.copy.text()

    def mailbox_file(self) -> str:
        """The path of a file with the same. Raises ``OSError`` where none can be written."""
        return self.copy.file()

    @property
    def copy(self) -> MailboxCopy:
        """The copy of the message for scanners."""
        if self.made is None:
            self.made = MailboxCopy(self.reception.ctx, self.reception.name, self._text)
        return self.made

    def _text(self) -> str:
        ctx = self.reception.ctx
        head = headed(ctx, self.reception.sender, ctx.facts.get("recipients", ""))
        return head + bytes(ctx.body).decode("latin-1")

    def forget_copy(self) -> None:
        """The copy is no longer wanted."""
        if self.made is not None:
            self.made.remove(keeps_files="no_mbox_unspool" in self.given)
            self.made = None
