"""What routers do with an address that they take: errors address, header lines, transport, user."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import ConfigError, ExpansionError, ForcedFail
from drivers.api.options import find_group, find_user
from drivers.api.routing import DEFER, OK, TESTING, Refusal, Transport
from drivers.api.text import is_tainted
from drivers.api.transports import BAD_TRANSPORT
from drivers.values import listtext
from drivers.values.accounts import KnownUsers

if TYPE_CHECKING:
    from drivers.api.routing import Address, Work

LOCAL = frozenset({"appendfile", "autoreply", "lmtp", "pipe", "queuefile"})
"""The drivers of transports that deliver on this machine."""


def is_local(transport: Transport) -> bool:
    """True if the transport delivers on this machine."""
    return transport.driver in LOCAL


def finish(work: Work) -> str:
    """Take the address as the generic options say: errors address, header lines, transport, queue.

    Raises `Refusal`.
    """
    prepare(work)
    work.address.transport = chosen_transport(work)
    queue(work)
    return OK


def prepare(work: Work) -> None:
    """Set the errors address and the changes of header lines. Raises `Refusal`."""
    kept = work.address.inherited
    kept.errors_address = errors_address(work)
    kept.headers_add, kept.headers_remove = header_changes(work)


def defer(address: Address, message: str) -> Refusal:
    """The refusal that puts the address off with a message."""
    address.message = message
    return Refusal(DEFER)


def errors_address(work: Work) -> str | None:
    """Where errors of the address go: as ``errors_to`` says if that can be verified, else as before."""
    text, address = work.router["errors_to"], work.address
    before = address.inherited.errors_address
    if not text and not work.router.options.is_set("errors_to"):
        return before
    try:
        value = work.ctx.expand(text)
    except ForcedFail:
        return before
    except ExpansionError as problem:
        raise defer(
            address, f'{work.router.name} router failed to expand "{text}": {problem.message}'
        ) from None
    if not value or work.purpose != TESTING:
        return value
    found = work.verified(value)
    return before if found is None else found


def header_changes(work: Work) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The header lines to add and the names of those to remove, those of the parents among them."""
    kept = work.address.inherited
    added = _expanded(work, "headers_add", "\n", "add_headers")
    removed = _expanded(work, "headers_remove", ":", "remove_headers")
    return (*kept.headers_add, *added), (*kept.headers_remove, *removed)


def _expanded(work: Work, option: str, mark: str, shown: str) -> list[str]:
    text = work.router[option]
    if not text:
        return []
    if text.lstrip(" \t").startswith("<"):
        mark, text = listtext.separator(text)
    values = []
    for item in listtext.pieces(text, mark):
        try:
            value = work.ctx.expand(item)
        except ForcedFail:
            continue
        except ExpansionError as problem:
            message = f'{work.router.name} router failed to expand {shown} item "{item}": {problem.message}'
            raise defer(work.address, message) from None
        if value:
            values.append(value)
    return values


def chosen_transport(work: Work) -> Transport | None:
    """The transport that the option of that name gives, None if it is not set. Raises `Refusal`."""
    text = work.router["transport"]
    return transport_named(work, work.address, text, "transport") if text else None


def transport_named(work: Work, address: Address, text: str, required: str) -> Transport:
    """The transport of an option's text, which may have to be expanded. Raises `Refusal`.

    ``required`` names the option, without which the address waits.
    """
    name = work.router.name
    if not text:
        address.bad_transport, address.number = True, BAD_TRANSPORT
        raise defer(address, f"{required} unset in {name} router")
    value = text
    if "$" in text:
        try:
            value = work.ctx.expand(text)
        except ExpansionError as problem:
            address.bad_transport, address.number = True, BAD_TRANSPORT
            message = f'failed to expand transport "{text}" in {name} router: {problem.message}'
            raise defer(address, message) from None
        if is_tainted(value):
            work.ctx.log(f"attempt to use tainted value '{value}' from '{text}' for transport", panic=True)
            address.bad_transport, address.number = True, BAD_TRANSPORT
            raise defer(address, "internal configuration error")
    found = work.transport(value)
    if found is None:
        address.bad_transport, address.number = True, BAD_TRANSPORT
        raise defer(address, f'transport "{value}" not found in {name} router')
    return found


class Ids(NamedTuple):
    """The numbers of a user and a group, None where nothing says them."""

    uid: int | None = None
    gid: int | None = None


def ids(work: Work) -> Ids:
    """The user and the group that a local delivery runs under, as the router says. Raises `Refusal`.

    What the options leave open is that of the local user, if there is one.
    """
    uid, gid = user_of(work, work.router["user"])
    group = group_of(work, work.router["group"])
    if group is not None:
        gid = group
    if work.user is not None and uid is None:
        uid = work.user.uid
        gid = work.user.gid if gid is None else gid
    if uid is not None and gid is None:
        raise defer(work.address, f"user set without group for {work.router.name} router")
    return Ids(uid, gid)


def user_of(work: Work, value: int | str | None) -> tuple[int | None, int | None]:
    """The numbers of the user that an option gives, and of the user's group. Raises `Refusal`."""
    if not isinstance(value, str):
        return value, None
    if not value:
        return None, None
    text = _expand(work, value, "user")
    try:
        return find_user(text, KnownUsers(work.ctx))
    except ConfigError:
        raise _not_found(work, "user", text, value) from None


def group_of(work: Work, value: int | str | None) -> int | None:
    """The number of the group that an option gives. Raises `Refusal`."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    text = _expand(work, value, "group")
    try:
        return find_group(text, work.ctx.world.users)
    except ConfigError:
        raise _not_found(work, "group", text, value) from None


def _not_found(work: Work, what: str, text: str, value: str) -> Refusal:
    message = (
        f'Failed to find {what} "{text}" from expanded string "{value}" for the {work.router.name} router'
    )
    work.ctx.log(message, panic=True)
    return defer(work.address, message)


def _expand(work: Work, text: str, what: str) -> str:
    try:
        return work.ctx.expand(text)
    except ExpansionError as problem:
        router = work.router.name
        message = f'Failed to expand {what} string "{text}" for the {router} router: {problem.message}'
        work.ctx.log(message, panic=True)
        raise defer(work.address, message) from None


def queue(work: Work) -> None:
    """Put the address in the queue of its transport; a local one needs its user. Raises `Refusal`."""
    transport, kept, facts = work.address.transport, work.address.inherited, work.ctx.facts
    kept.domain_data = facts.get("domain_data") or None
    kept.local_part_data = facts.get("local_part_data") or None
    if transport is not None and is_local(transport):
        set_place(work, work.address, ids(work))
    work.take()


def set_place(work: Work, address: Address, runs_as: Ids) -> None:
    """Note the user, the group and the directories of a local delivery."""
    address.uid, address.gid = runs_as
    home = work.router["transport_home_directory"]
    address.home, address.is_home_expanded = home or work.ctx.facts.get("home", ""), not home
    address.directory = work.router["transport_current_directory"] or ""


def expand_data(work: Work, text: str) -> str | None:
    """An option's text expanded, None after a forced failure. Raises `Refusal`."""
    try:
        return work.ctx.expand(text)
    except ForcedFail:
        return None
    except ExpansionError as problem:
        raise defer(work.address, f'failed to expand "{text}": {problem.message}') from None
