"""Tells the owner of a list or a filter what is wrong in it: the option ``syntax_errors_to``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.routing import REPORT, TESTING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.routing import Work

SUBJECT = "error(s) in forwarding or filtering"


def send(work: Work, faults: Sequence[tuple[str, str]], *, others: bool) -> None:
    """Log the faults (what is wrong, and the address that it is in or ""), and mail them if that is wanted.

    ``others`` tells that there are addresses without faults.
    """
    chosen, ctx = work.router, work.ctx
    for problem, text in faults:
        where = f' in "{text}"' if text else ""
        ctx.log(f"{chosen.name} router: skipped error: {problem}{where}")
    recipient = chosen["syntax_errors_to"]
    report = ctx.state.get(REPORT)
    if not recipient or report is None or work.purpose != TESTING or work.is_test:
        return
    try:
        recipient = ctx.expand(recipient)
        body = _introduction(work)
    except ExpansionError as failure:
        ctx.log(f"{chosen.name} router failed to expand syntax_errors_to: {failure.message}", panic=True)
        return
    for problem, text in faults:
        body += f"  {problem}"
        body += f' in the address\n  "{text}"' if text else ""
        body += "\n\n"
    body += "Other addresses were processed normally.\n" if others else "No valid addresses were generated.\n"
    report(recipient, SUBJECT, body)


def _introduction(work: Work) -> str:
    custom = work.router["syntax_errors_text"]
    before = f"{work.ctx.expand(custom)}\n\n" if custom else ""
    return f"{before}The {work.router.name} router encountered the following error(s):\n\n"
