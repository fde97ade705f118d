"""A message on the queue: its envelope, its header, its body, and what is known of its delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import State, made_by

if TYPE_CHECKING:
    from expander.message.headers import Header
    from expander.message.large_body import Body

NEVER, SUCCESS, FAILURE, DELAY = 2, 4, 8, 16
"""When a sender wants a notification (DSN), as files of the spool have it."""

WHOLE, HEADER_ALONE = 1, 2
"""What the sender wants to be returned (the parameter RET of RFC 3461), as files of the spool have it."""

LONG_HEADER, DIGITS = 1000, 3


class Recipient(State):
    """A recipient of the envelope.

    ``errors_to`` is where bounces for it go, None for the sender. ``parent`` is the number of the recipient
    that it was made of by the option ``one_time``, -1 for none. ``notify`` holds the flags above,
    ``original`` what the client gave as ORCPT.
    """

    address: str
    errors_to: str | None = None
    parent: int = -1
    notify: int = 0
    original: str = ""


class Message(State):
    """A message.

    ``received`` is when it began to come and ``complete`` when it was here, in seconds since 1970. ``facts``
    are the variables that follow from where it came from. ``done`` has the addresses that are dealt with,
    ``frozen`` the time when it was frozen, 0 if it is not. ``is_trial`` is the option ``-N``: nothing is
    delivered, all is only logged. ``is_local_error`` marks what was generated here about another message.
    ``is_wire`` says that the file of the body has the line ends of SMTP. ``old_headers`` are header lines
    that were replaced or taken out, each with the number of the line before which it stood. ``begun`` has
    notes about deliveries that were broken off, each with its address.
    """

    name: str
    sender: str
    login: str
    uid: int
    gid: int
    received: float
    complete: float = 0.0
    recipients: list[Recipient] = made_by(default_factory=list)
    headers: list[Header] = made_by(default_factory=list)
    body: Body = b""
    facts: dict[str, str] = made_by(default_factory=dict)
    acl_c: dict[str, str] = made_by(default_factory=dict)
    acl_m: dict[str, str] = made_by(default_factory=dict)
    done: dict[str, None] = made_by(default_factory=dict)
    begun: list[tuple[str, str]] = made_by(default_factory=list)
    warnings: int = 0
    frozen: int = 0
    is_thawed: bool = False
    is_first: bool = True
    is_trial: bool = False
    is_local: bool = True
    is_local_error: bool = False
    sender_untrusted: bool = False
    takes_unqualified_senders: bool = False
    takes_unqualified_recipients: bool = False
    envelope_id: str = ""
    returns: int = 0
    is_wire: bool = False
    old_headers: list[tuple[int, str]] = made_by(default_factory=list)

    @property
    def size(self) -> int:
        """The size in bytes: header lines, the empty line, the body.

        A header line of a thousand bytes or more counts more, because its length in the file of the envelope
        has more digits than Exim reckons with.
        """
        return sum(_counted(len(text)) for _, text in self.headers) + 1 + len(self.body)

    @property
    def lines(self) -> int:
        """The number of lines of the body."""
        return int(self.facts.get("body_linecount", "0"))


def _counted(length: int) -> int:
    """What a header line of a length counts for the size of its message."""
    return length if length < LONG_HEADER else length + len(str(length)) - DIGITS
