"""How a connection to a host ends: QUIT, with the last of a message or behind it, and what follows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.values.smtp_telling import AT_ONCE, WITH_MORE
from drivers.values.tls_names import BROKEN

if TYPE_CHECKING:
    from drivers.transports.smtp_attempt import Attempt

PATIENCE_AT_THE_END, MOST_AT_THE_END = 2.0, 4096


def say_quit(attempt: Attempt) -> None:
    """Say that nothing more comes: what waits to be sent goes with it. Raises ``OSError``."""
    is_secured = attempt.sent.facts is not None
    attempt.has_quit = True
    attempt.wire.put("QUIT", how=AT_ONCE if is_secured else WITH_MORE)
    attempt.wire.flush()
    if not is_secured:
        _end_sending(attempt)


def _end_sending(attempt: Attempt) -> None:
    attempt.wire.link.end_sending()
    if attempt.wire.telling is not None:
        attempt.wire.telling.tell("  SMTP(shutdown)>>\n")


def close(attempt: Attempt, *, quits: bool) -> None:
    """Say QUIT if there is somebody to hear it, and hang up."""
    with suppress(OSError):
        if attempt.waits_for_the_end or attempt.has_quit:
            _end_well(attempt, quits=quits)
        else:
            _end_early(attempt, quits=quits)
    attempt.wire.close()
    tell_end(attempt)
    attempt.job.event("tcp:close")


def tell_end(attempt: Attempt) -> None:
    """Show that the connection is closed; of one that others have gone on with there is less to show."""
    if attempt.wire.telling is not None:
        attempt.wire.telling.end()
    elif attempt.telling is not None and attempt.sent.facts is not None:
        attempt.telling.tell("  SMTP(TLS shutdown)>>\n")


def _end_early(attempt: Attempt, *, quits: bool) -> None:
    """Nothing was delivered: what the host says to that does not matter."""
    if quits:
        attempt.wire.put("QUIT")
        attempt.wire.flush()
    attempt.wire.link.end_sending()
    if quits and attempt.sent.facts is not None:
        _wait_for_the_end(attempt)


def _end_well(attempt: Attempt, *, quits: bool) -> None:
    is_said = attempt.has_quit
    if quits and not is_said:
        say_quit(attempt)
    elif not is_said and attempt.sent.facts is None:
        _end_sending(attempt)
    if attempt.wire.telling is not None:
        with suppress(TimeoutError):
            attempt.wire.reply(PATIENCE_AT_THE_END)
    if attempt.sent.facts is not None:
        attempt.wire.link.end_sending()
        if quits:
            _wait_for_the_end(attempt)


def _wait_for_the_end(attempt: Attempt) -> None:
    """Under TLS the other side says that it ends; tell of one that does not."""
    attempt.wire.link.be_patient(PATIENCE_AT_THE_END)
    try:
        while attempt.wire.link.receive(MOST_AT_THE_END):
            pass
    except TimeoutError:
        return
    except OSError:
        where = f"H={attempt.host.name} [{attempt.host.address}]"
        attempt.job.ctx.log(f"{where} TLS error on connection (recv): {BROKEN}")
