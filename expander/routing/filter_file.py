"""Filters in redirection data: the one place where routing meets their interpreters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drivers.api.errors import Unsupported
from drivers.api.routing import Address, FilterResult
from expander.filters import sieve
from expander.filters.sieve_settings import settings_from

if TYPE_CHECKING:
    from drivers.api.routing import Options, Work
    from expander.expand.context import Context

SIEVE_OPTIONS = tuple(
    f"sieve_{name}" for name in ("vacation_directory", "enotify_mailto_owner", "useraddress", "subaddress")
)


def run(work: Work, text: str, kind: str, rights: Options) -> FilterResult:
    """Run a filter ("exim" or "sieve") for an address.

    ``rights`` are the options of the redirect router that say what filters may do, by name. Raises
    `Unsupported` where there is no interpreter.
    """
    if kind == "exim":
        raise Unsupported("running Exim filters is not supported by eximulate yet")
    return _sieve(work, text, rights)


def _sieve(work: Work, text: str, rights: Options) -> FilterResult:
    """What a Sieve script does; one with a mistake keeps the message."""
    ctx = cast("Context", work.ctx)
    settings = settings_from(ctx, {name: rights[name] for name in SIEVE_OPTIONS})
    result = sieve.interpret(ctx, text, settings)
    if result.error is not None:
        ctx.debug(f"Sieve error: {result.error} in line {result.line}")
    else:
        ctx.debug("Implicit keep" if result.implicit_keep else "No implicit keep")
    addresses = []
    for delivery in result.deliveries:
        kind = "file" if delivery.kind == "fileinto" else ""
        addresses.append(Address(delivery.address, unique=delivery.address, kind=kind))
    for reply in result.replies:
        text = f">{reply.to}"
        addresses.append(Address(text, unique=text, kind="reply"))
    return FilterResult("delivered", addresses)
