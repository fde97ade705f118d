"""What whoever drives a session hands it: each is called where it is there, and missed where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from drivers.api.transports import Submitted
    from expander.session.arrived import Arrived
    from expander.session.judging import AclResult
    from expander.session.machine import Session
    from expander.session.store import File


class Hooks:
    """The hooks of a session; ``is_batch`` and ``is_trusted`` are what its driver knows of the client."""

    open_file: Callable[[], File] | None = None
    keep_with: Callable[[Arrived], None] | None = None
    """Gets each message that is taken, before the client is told; its ``OSError`` refuses it for now."""

    arrive_with: Callable[[Session, Sequence[tuple[str, str]], str], int] | None = None
    reject_with: Callable[[str, bool], None] | None = None
    write_with: Callable[[str, Collection[str], bool], None] | None = None
    ahead_with: Callable[[], bytes | None] | None = None
    """Gives what has come behind what is being worked on, None if the client is gone with nothing more."""

    submit_with: Callable[[Submitted], object] | None = None
    """Hands in a message that is made here, and gives something true if that is taken."""

    text_sender_with: Callable[[], str] | None = None
    """Gives the sender that counts while a text is read, where that is not the one of MAIL."""

    is_batch = False
    is_trusted = True
    prod_with: Callable[[str, str, list[str]], bool] | None = None
    flush_with: Callable[[str], None] | None = None
    """Sends what was said, before the client has to wait; gets the control that would forbid it."""

    is_reset_with: Callable[[], bool] | None = None
    """Sends what was said, and tells whether the client has broken the connection off."""

    verdict_with: Callable[[str, AclResult], None] | None = None
    """Told of the phase and of what its ACL has decided, each time that one is asked."""
