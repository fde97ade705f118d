"""The transaction of mail that a session has in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import State, made_by

if TYPE_CHECKING:
    from expander.acl.cutthrough import Held
    from expander.session.cutthrough import Cutthrough
    from expander.session.machine import Session

BY_MESSAGE = tuple(
    "callout_address regex_match_string regex1 regex2 regex3 regex4 regex5 regex6 regex7 regex8 regex9 "
    "sender_address authenticated_sender local_part domain recipients message_exim_id headers_added "
    "spf_result spf_header_comment spf_received spf_smtp_comment spf_result_guessed".split()
)
"""Variables that a new message begins without."""

WITHOUT_MESSAGE = {
    "sender_address": "",
    "message_size": "-1",
    "rcpt_count": "0",
    "rcpt_fail_count": "0",
    "rcpt_defer_count": "0",
    "recipients_count": "0",
}
"""What variables say while there is no message."""


class Envelope(State):
    """What is known of the message under way.

    ``wishes`` has for each recipient that was taken when the sender wants to be notified (the flags of
    `expander.queue.message`) and what it gave as ORCPT, ``wish`` that of the recipient in hand.
    ``shown`` is what the log has of the argument of MAIL up to the parameter in hand.
    """

    sender: str | None = None
    recipients: list[str] = made_by(default_factory=list)
    wishes: list[tuple[int, str]] = made_by(default_factory=list)
    wish: tuple[int, str] = (0, "")
    discarded: str = ""
    discarded_why: str = ""
    identification: str = ""
    has_subject: bool = False
    shown: str = ""
    given_sender: str = ""
    given: list[str] = made_by(default_factory=list)
    controls: dict[str, str] = made_by(default_factory=dict)
    size: int = -1
    rcpt_count: int = 0
    rcpt_fail_count: int = 0
    rcpt_defer_count: int = 0
    rcpt_reply: str | None = None
    rcpt_replies_same: bool = True
    rcpt_reply_told: bool = False
    rcpt_refused: bool = False
    told_too_many: bool = False
    body: int = 0
    cutthrough: Cutthrough | None = None
    held: Held | None = None
    returns: str = ""
    envelope_id: str = ""
    replies_to_each: bool = False

    def close(self) -> None:
        """Hang up where a host was to get the message while it came."""
        if self.cutthrough is not None:
            self.cutthrough.held.cancel()
        if self.held is not None:
            self.held.cancel()

    def end_test(self, session: Session) -> None:
        """Give up a connection that a callout has left open, where there will be no message to go over it."""
        if self.held is not None and session.is_test:
            self.held.shut_down(session.ctx)
