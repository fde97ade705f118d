"""Filters in redirection data: the one place where routing meets their interpreters."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, cast

from drivers.api.errors import Failed, Refused
from drivers.api.filters import FilterError
from drivers.api.routing import REPORT, Address, FilterResult
from drivers.api.text import SPACE, to_bytes
from drivers.routers.finishing import ids
from drivers.values import mailbox, refusal
from expander.filters.state import forbidden
from expander.routing.forbidding import forbidding
from expander.routing.telling import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drivers.api.filters import Delivery
    from drivers.api.routing import Options, Work
    from expander.expand.context import Context
    from expander.filters.state import LogWith

BAD_REPLY = ">**bad-reply**"
"""What stands among addresses for a reply whose recipients are no addresses."""

PERMISSIONS = {"allow_defer": "defer", "allow_fail": "fail", "allow_freeze": "freeze"}
SETTINGS = (
    "sieve_enotify_mailto_owner", "sieve_inbox", "sieve_subaddress", "sieve_useraddress",
    "sieve_vacation_directory",
)  # fmt: skip


def run(work: Work, text: str, kind: str, rights: Options) -> FilterResult:
    """Run a filter ("exim" or "sieve") for an address.

    ``rights`` are the options of the redirect router that say what filters may do, by name.
    """
    return _exim(work, text, rights) if kind == "exim" else _sieve(work, text, rights)


def _exim(work: Work, text: str, rights: Options) -> FilterResult:
    from expander.filters.run import interpret

    ctx = cast("Context", work.ctx)
    allowed = frozenset(word for option, word in PERMISSIONS.items() if rights[option])
    before = ctx.headers
    try:
        with forbidding(ctx, rights):
            found = interpret(
                ctx,
                text,
                allowed=allowed,
                prepends_home=bool(rights["filter_prepend_home"]),
                log_with=_log_with(work, rights),
            )
    finally:
        ctx.headers = before
    children = list(_deliveries(work, found.deliveries, rights))
    return FilterResult(found.outcome, children, found.message or None)


def reply_text(recipients: str) -> str:
    """How a reply stands among addresses: the addresses that it goes to, behind a sign."""
    try:
        found = [mailbox.parse(piece).address for piece in mailbox.split(recipients) if piece.strip(SPACE)]
    except Failed:
        return BAD_REPLY
    return f">{','.join(found)}" if found else BAD_REPLY


def _log_with(work: Work, rights: Options) -> LogWith | None:
    if rights["forbid_filter_logwrite"]:
        return forbidden
    ctx = cast("Context", work.ctx)
    return log_as(ctx, *ids(work)) if REPORT in ctx.state else None  # where mail is delivered


def log_as(ctx: Context, uid: int | None, gid: int | None) -> LogWith:
    """What appends a text to a file of a mode, as that user and group or, without them, as it is.

    It raises `FilterError` for a file that cannot be opened.
    """

    def write(path: str, mode: int, text: str) -> None:
        storage, caller = ctx.world.storage, ctx.world.users.caller()
        numbers = (caller.uid if uid is None else uid, caller.gid if gid is None else gid)
        with storage.acting_as(*numbers) if uid is not None else nullcontext():
            try:
                file = storage.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
            except (OSError, Refused) as problem:
                code = getattr(problem, "errno", 0)
                reason = refusal.words(code, numbers) if code else str(problem)
                raise FilterError(f'failed to open filter log file "{path}": {reason}') from None
            try:
                file.write(to_bytes(text))
            finally:
                file.close()

    return write


def _deliveries(work: Work, deliveries: Iterable[Delivery], rights: Options) -> Iterator[Address]:
    for delivery in deliveries:
        if delivery.kind == "address":
            text = work.rewritten(delivery.text, by_rules=bool(rights["rewrite"]))
            child = Address(text, unique=text)
        elif delivery.kind == "reply":
            text = reply_text(delivery.text)
            child = Address(text, unique=text, kind="reply")
            child.reply = {**delivery.options, "to": delivery.text}
        else:
            text = f"|{delivery.text}" if delivery.kind == "pipe" else delivery.text
            child = Address(text, unique=text, kind=delivery.kind)
            child.mode, child.expands = delivery.mode, delivery.kind == "pipe"
            child.kept = kept_of(delivery, in_child=True) if child.expands else None
        if delivery.ignores_errors:
            child.inherited.errors_address = ""
            child.ignores_errors = True
        elif delivery.errors_to:
            child.inherited.errors_address = delivery.errors_to
        yield child


def kept_of(delivery: Delivery, *, in_child: bool) -> tuple[tuple[str, ...], str]:
    """What a filter leaves for the command of a pipe: a child that obeys it hands on text without taint."""
    captures, address = delivery.captures, delivery.this_address
    return (tuple(map(str, captures)), str(address)) if in_child else (captures, address)


def _sieve(work: Work, text: str, rights: Options) -> FilterResult:
    from expander.filters.sieve import interpret
    from expander.filters.sieve_settings import settings_from

    ctx = cast("Context", work.ctx)
    options = {name: rights[name] if rights.is_set(name) else None for name in SETTINGS if name in rights}
    try:
        wanted = settings_from(ctx, options)
    except Failed as problem:
        return FilterResult("error", [], problem.message)
    found = interpret(ctx, text, wanted)
    if found.error is not None:
        tell(work.ctx, f"Sieve error: {found.error} in line {found.line}")
    else:
        tell(work.ctx, "Implicit keep" if found.implicit_keep else "No implicit keep")
    children = []
    for delivery in found.deliveries:
        if delivery.kind == "redirect":
            address = work.rewritten(delivery.address, by_rules=bool(rights["rewrite"]))
            children.append(Address(address, unique=address))
        else:
            children.append(Address(delivery.address, unique=delivery.address, kind="file"))
    replies = [f">{reply.to}" for reply in found.replies]
    children += [Address(text, unique=text, kind="reply") for text in replies]
    return FilterResult("delivered", children)
