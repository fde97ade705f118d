"""Filters in redirection data: the one place where routing meets their interpreters."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Failed, Unsupported
from drivers.api.routing import Address, FilterResult
from expander.routing.telling import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.routing import Options, Work

PACKAGE = "expander.filters"
PERMISSIONS = {"allow_defer": "defer", "allow_fail": "fail", "allow_freeze": "freeze"}
SETTINGS = (
    "sieve_enotify_mailto_owner", "sieve_inbox", "sieve_subaddress", "sieve_useraddress",
    "sieve_vacation_directory",
)  # fmt: skip


def run(work: Work, text: str, kind: str, rights: Options) -> FilterResult:
    """Run a filter ("exim" or "sieve") for an address.

    ``rights`` are the options of the redirect router that say what filters may do, by name. Raises
    `Unsupported` where there is no interpreter.
    """
    return _exim(work, text, rights) if kind == "exim" else _sieve(work, text, rights)


def _module(name: str, language: str) -> Any:
    if find_spec(PACKAGE) is None or find_spec(f"{PACKAGE}.{name}") is None:
        raise Unsupported(f"running {language} filters is not supported by eximulate yet")
    return import_module(f"{PACKAGE}.{name}")


def _exim(work: Work, text: str, rights: Options) -> FilterResult:
    allowed = frozenset(word for option, word in PERMISSIONS.items() if rights[option])
    may_log = not rights["forbid_filter_logwrite"]
    before = work.ctx.headers
    try:
        found = _module("run", "Exim").interpret(work.ctx, text, allowed=allowed, may_log=may_log)
    finally:
        work.ctx.headers = before
    children = list(_deliveries(work, found.deliveries, rights))
    return FilterResult(found.outcome, children, found.message or None)


def _deliveries(work: Work, deliveries: Any, rights: Options) -> Iterator[Address]:
    for delivery in deliveries:
        if delivery.kind == "address":
            text = work.rewritten(delivery.text, by_rules=bool(rights["rewrite"]))
            child = Address(text, unique=text)
        elif delivery.kind == "reply":
            child = Address(f">{delivery.text}", unique=f">{delivery.text}", kind="reply")
        else:
            child = Address(delivery.text, unique=delivery.text, kind=delivery.kind)
        if delivery.ignores_errors:
            child.inherited.errors_address = ""
        elif delivery.errors_to:
            child.inherited.errors_address = delivery.errors_to
        yield child


def _sieve(work: Work, text: str, rights: Options) -> FilterResult:
    engine, settings = _module("sieve", "Sieve"), _module("sieve_settings", "Sieve")
    options = {name: rights[name] if rights.is_set(name) else None for name in SETTINGS if name in rights}
    try:
        wanted = settings.settings_from(work.ctx, options)
    except Failed as problem:
        return FilterResult("error", [], problem.message)
    found = engine.interpret(work.ctx, text, wanted)
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
