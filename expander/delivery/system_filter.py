"""The system filter, which a message goes through before its recipients are routed."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import nullcontext
from typing import TYPE_CHECKING

from drivers.api.errors import EximError, ForcedFail
from drivers.api.filters import FilterError
from drivers.api.routing import Address, Inherited
from drivers.api.text import Tainted, from_bytes, printing
from drivers.values import refusal
from expander.delivery import told_events
from expander.filters.run import interpret
from expander.filters.state import FilterResult
from expander.routing.filter_file import kept_of, log_as, reply_text

if TYPE_CHECKING:
    from drivers.api.filters import Delivery as Wanted
    from expander.delivery.deliver import Delivery
    from expander.expand.context import Context

NAME = "system-filter"
_TRANSPORTS = {
    "pipe": "system_filter_pipe_transport",
    "file": "system_filter_file_transport",
    "folder": "system_filter_directory_transport",
    "reply": "system_filter_reply_transport",
}


def filtered(delivery: Delivery, addresses: list[Address]) -> list[Address]:
    """The addresses to be routed then: the recipients, or what the filter has put in their place."""
    ctx, message = delivery.ctx, delivery.message
    found = _run(delivery)
    if found.outcome == "error":
        ctx.log(f"Error in system filter: {printing(found.message)}", panic=True)
        delivery.put_off(addresses, "", silently=True)
        delivery.is_stuck = True
        return []
    message.headers = list(ctx.headers or ())  # as the filter has left them
    if found.outcome in {"fail", "freeze", "defer"}:
        return _refused(delivery, addresses, found)
    return _replaced(delivery, addresses, found)


def _run(delivery: Delivery) -> FilterResult:
    """What the filter comes to, run as the user that the options name."""
    ctx, message = delivery.ctx, delivery.message
    given = str(ctx.options["system_filter"])
    try:
        path = ctx.expand(given)
    except ForcedFail:
        return FilterResult("not delivered", "")
    except EximError as problem:
        return FilterResult("error", f'failed to expand "{given}": {problem.message}')
    if not path.startswith("/"):
        return FilterResult("error", f'"{path}" is not an absolute path')
    uid, gid = _ids(ctx)
    storage = ctx.world.storage
    with nullcontext() if uid is None else storage.acting_as(uid, gid or 0):
        try:
            text = _text(ctx, path)
        except FilterError as problem:
            return FilterResult("error", problem.message)
        return interpret(
            ctx,
            text,
            is_system=True,
            is_first_delivery=message.is_first,
            is_thawed=message.is_thawed,
            allowed=frozenset({"fail", "freeze", "defer"}),
            log_with=log_as(ctx, uid, gid),
        )


def _text(ctx: Context, path: str) -> str:
    """What is in the file. Raises `FilterError` for one that cannot be used."""
    try:
        found = ctx.world.files.stat(path)
        text = from_bytes(ctx.world.files.read(path)) if stat.S_ISREG(found.st_mode) else ""
    except FileNotFoundError:
        folder = f"{path.rpartition('/')[0]}/."
        if not ctx.world.files.exists(folder):
            raise FilterError(f"failed to stat {folder} ({os.strerror(errno.ENOENT)})") from None
        raise FilterError(f"{path} does not exist") from None
    except OSError as problem:
        reason = refusal.words_for(problem.errno or errno.EIO, ctx.world.storage.acting)
        raise FilterError(f"failed to open {path}: {reason}") from None
    except EximError as problem:
        raise FilterError(f"failed to open {path}: {problem.message}") from None
    if not stat.S_ISREG(found.st_mode):
        raise FilterError(f"{path} is not a regular file")
    return text


def _ids(ctx: Context) -> tuple[int | None, int | None]:
    """The numbers of the options ``system_filter_user`` and ``system_filter_group``."""
    uid, gid = ctx.options.get("system_filter_user"), ctx.options.get("system_filter_group")
    if uid is not None and gid is None:
        account = ctx.world.users.user(str(uid))
        gid = account.gid if account is not None else None
    return uid, gid


def _refused(delivery: Delivery, addresses: list[Address], found: FilterResult) -> list[Address]:
    if found.outcome == "fail":
        return _failed(delivery, addresses, found)
    if found.outcome == "defer":
        delivery.put_off(addresses, found.message or "deferred by system filter")
        return []
    if delivery.message.sender or delivery.message.is_local_error:
        delivery.freeze(f"by the system filter{': ' + found.message if found.message else ''}")
    delivery.put_off(addresses, "", silently=True)
    return []


def _failed(delivery: Delivery, addresses: list[Address], found: FilterResult) -> list[Address]:
    """All recipients fail; what the filter has set up is delivered.

    A text between ``<<`` and ``>>`` at the beginning of the message is for the log alone.
    """
    in_log = told = found.message
    if told.startswith("<<") and ">>" in told:
        in_log, _, told = told[2:].partition(">>")
    delivery.ctx.log(f"cancelled by system filter{f': {printing(in_log)}' if in_log else ''}")
    for address in addresses:
        address.message = address.user_message = told or "delivery cancelled"
        if not address.local_part:
            address.local_part, _, address.domain = str(address.text).rpartition("@")
        delivery.agent.note(delivery.message, address, "failed")
        told_events.failed(delivery, address)
        if delivery.message.sender:
            delivery.expired(address)
        else:
            delivery.done_silently(address)
    return _set_up(delivery, found)


def _set_up(delivery: Delivery, found: FilterResult) -> list[Address]:
    """The deliveries that a filter wants."""
    options = delivery.ctx.options
    domain = str(options["qualify_recipient"] or options["qualify_domain"])
    parent = Address(NAME, unique=NAME, domain=domain, local_part=NAME, inherited=Inherited())
    parent.is_filter = True
    return [_address(delivery, wanted, parent) for wanted in found.deliveries]


def _replaced(delivery: Delivery, addresses: list[Address], found: FilterResult) -> list[Address]:
    """What the filter has set up; the recipients stay, unless it has dealt with the message itself."""
    own = _set_up(delivery, found)
    if found.outcome != "delivered":
        return [*own, *addresses]
    if not own:
        delivery.ctx.log("=> discarded (system filter)")
        delivery.log_message("discarded (system filter)")
    else:
        delivery.ctx.log(_originals(addresses))
    for address in addresses:
        delivery.done_silently(address)
    return own


def _originals(addresses: list[Address]) -> str:
    return "original recipients ignored (system filter)"


def _address(delivery: Delivery, wanted: Wanted, parent: Address) -> Address:
    ctx, kind = delivery.ctx, "" if wanted.kind == "address" else wanted.kind
    text = {"reply": reply_text, "pipe": "|{}".format}.get(kind, str)(wanted.text)
    address = Address(text if kind else Tainted(text), unique=text, kind=kind, parent=parent)
    address.inherited.errors_address = "" if wanted.ignores_errors else wanted.errors_to or None
    address.ignores_errors = wanted.ignores_errors
    if not kind:
        return address
    address.mode, address.expands = wanted.mode, kind == "pipe"
    address.uid, address.gid = _ids(ctx)
    address.kept = kept_of(wanted, in_child=address.uid is not None) if kind == "pipe" else None
    address.reply = {**wanted.options, "to": wanted.text} if kind == "reply" else None
    option = _TRANSPORTS["folder" if kind == "file" and text.endswith("/") else kind]
    ctx.facts[f"address_{kind}"] = wanted.text
    try:
        name = ctx.expand(str(ctx.options.get(option) or ""))
    except EximError:
        name = ""
    finally:
        ctx.facts.pop(f"address_{kind}")
    config = delivery.agent.config
    address.transport = next((found for found in config.transports if found.name == name), None)
    if address.transport is None:
        address.message = f"{option} is unset" if not name else f'unable to find "{name}" transport'
    return address
