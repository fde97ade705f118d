"""Transport filters: the message goes through a command on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, FAIL, FILTER_FAILED, PANIC, UNKNOWN, Failure, Form
from drivers.transports import exit_status
from drivers.values.commandline import cut
from expander.delivery import content
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.delivery.job import LocalJob

CHUNK = 1 << 16


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


def filtered(job: LocalJob, words: Sequence[str], form: Form) -> Iterator[bytes]:
    """What the command makes of the message. Raises `Failure`."""
    plain = replaced(form, check="", escape="", crlf=False, doubles_dots=False)
    message = b"".join(content.pieces(job.ctx, job.delivery.message, job.addresses, job.transport, plain))
    timeout = float(job.transport["transport_filter_timeout"] or 300)
    try:
        ended = job.outward.programs.run(
            words, input=message, timeout=timeout, directory=job.directory, ids=job.ids
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
    yield content.formed(ended.output, form)


def _failed(status: int) -> Failure:
    reason = ": unable to execute command" if status == exit_status.NOT_EXECUTED else ""
    words = f"transport filter process failed ({status})"
    return Failure(PANIC, FILTER_FAILED, f"{words}{reason}", reason=reason, is_of_message=True)
