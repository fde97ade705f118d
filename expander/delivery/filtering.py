"""Transport filters: the message goes through a command on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.transports import DEFER, FAIL, FILTER_FAILED, PANIC, Failure, Form
from drivers.values.commandline import cut
from expander.delivery import content
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.delivery.job import LocalJob

CHUNK = 1 << 16


def filtered(job: LocalJob, command: str, form: Form) -> Iterator[bytes]:
    """What the command makes of the message. Raises `Failure`."""
    name = job.transport.name
    try:
        words = [job.ctx.expand(word) for word in cut(command)]
    except ExpansionError as problem:
        what = f'Expansion of "{command}" from command "{command}" in {name} transport failed'
        raise Failure(PANIC, 0, f"{what}: {problem.message}") from None
    plain = replaced(form, check="", escape="", crlf=False, doubles_dots=False)
    message = b"".join(content.pieces(job.ctx, job.delivery.message, job.addresses, job.transport, plain))
    timeout = float(job.transport["transport_filter_timeout"] or 300)
    try:
        ended = job.outward.programs.run(
            words, input=message, timeout=timeout, directory=job.directory, ids=(job.uid, job.gid)
        )
    except TimeoutError:
        chosen = job.transport
        fails = "timeout_defer" in chosen.options and not chosen["timeout_defer"]
        timed_out = "transport filter timeout while writing to pipe"
        raise Failure(FAIL if fails else DEFER, 0, timed_out) from None
    except OSError as problem:
        raise Failure(
            DEFER, FILTER_FAILED, f"transport filter process failed ({problem.errno or 0})"
        ) from None
    if ended.status:
        raise Failure(DEFER, FILTER_FAILED, f"transport filter process failed ({ended.status})")
    yield content.formed(ended.output, form)
