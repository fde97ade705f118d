"""Transport filters: the message goes through a command on its way."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, FAIL, FILTER_FAILED, PANIC, UNKNOWN, Failure, Form
from drivers.transports import exit_status
from drivers.values.commandline import cut
from expander.delivery import content
from expander.message.large_body import LARGE, LargeBody
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.delivery.job import LocalJob


def words_of(job: LocalJob, command: str) -> list[str]:
    """The command and its arguments, each expanded by itself. Raises `Failure`."""
    words = []
    for word in cut(command):
        if word in {"$pipe_addresses", "${pipe_addresses}"}:
            words += [address.text for address in job.addresses]
            continue
        try:
            words.append(job.ctx.expand(word))
        except ExpansionError as problem:
            what = f'Expansion of "{word}" from command "{command}" in transport filter failed'
            raise Failure(PANIC, UNKNOWN, f"{what}: {problem.message}") from None
    return words


def filtered(job: LocalJob, words: Sequence[str], form: Form) -> LargeBody:
    """What the command makes of the message, with lines as they are. Raises `Failure`."""
    plain = replaced(form, check="", escape="", crlf=False, doubles_dots=False)
    pieces = content.pieces(job.ctx, job.delivery.message, job.addresses, job.transport, plain)
    message = pieces if job.size > LARGE else b"".join(pieces)
    timeout = float(job.transport["transport_filter_timeout"] or 300)
    try:
        ended = job.outward.programs.run(
            words, input=message, timeout=timeout, directory=job.directory, ids=job.ids, keeps=True
        )
    except TimeoutError:
        chosen = job.transport
        if "timeout_defer" in chosen.options:
            outcome = DEFER if chosen["timeout_defer"] else FAIL
            timed_out = "transport filter timeout while writing to pipe"
            raise Failure(outcome, 0, timed_out) from None
        raise
    except OSError:
        raise _failed(exit_status.NOT_EXECUTED) from None
    if ended.status:
        raise _failed(ended.status)
    assert ended.kept is not None
    return LargeBody(ended.kept, 0, ended.kept.seek(0, os.SEEK_END))


def _failed(status: int) -> Failure:
    reason = ": unable to execute command" if status == exit_status.NOT_EXECUTED else ""
    words = f"transport filter process failed ({status})"
    return Failure(PANIC, FILTER_FAILED, f"{words}{reason}", reason=reason, is_of_message=True)
