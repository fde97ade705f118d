"""One run of a local transport: under whose rights, where, with which variables."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError, ExpansionError, ForcedFail
from drivers.api.options import find_group, find_user
from drivers.api.text import Tainted
from drivers.api.transports import (
    BAD_TRANSPORT,
    DEFER,
    EXPANSION_FAILED,
    NO_GROUP,
    NO_USER,
    PANIC,
    Failure,
    Form,
)
from drivers.values.accounts import KnownUsers
from expander.delivery import content, size_limit
from expander.message.large_body import LargeBody
from expander.routing import seen
from expander.routing.telling import print_debug
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.routing import Address, Router
    from drivers.api.transports import Submitted
    from expander.delivery.deliver import Delivery
    from expander.delivery.tries import HostTries
    from expander.expand.context import Context

ROOT = 0
UNDONE = ("use_classresources",)
_KIND_VARIABLE = {"pipe": "address_pipe", "file": "address_file"}


def show_addresses(ctx: Context, addresses: Sequence[Address]) -> None:
    """Let the variables tell of addresses that are to be delivered to."""
    _show_address(ctx, addresses[0])
    _hide_differences(ctx, addresses)


def _hide_differences(ctx: Context, addresses: Sequence[Address]) -> None:
    if len(addresses) > 1:
        if any(address.domain != addresses[0].domain for address in addresses):
            ctx.facts["domain"] = ""
        ctx.facts["local_part"] = ""


def _show_address(ctx: Context, address: Address) -> None:
    variables = address.parent if address.kind and address.parent is not None else address
    seen.show(ctx, variables, address.router.name if address.router is not None else "")
    seen.show_variables(ctx, address)
    facts, kept = ctx.facts, address.inherited
    facts["address_data"] = kept.address_data or ""
    facts["domain_data"] = kept.domain_data or ""
    facts["local_part_data"] = kept.local_part_data or ""


class LocalJob:
    """A delivery of a local transport; see `drivers.api.transports.Job` for the attributes.

    Raises `Failure` where it cannot even begin.
    """

    tells_at_once = True
    """False where the transport itself has ``debug_print`` told."""

    def __init__(self, delivery: Delivery, addresses: Sequence[Address], transport: Router) -> None:
        self.delivery = delivery
        self.ctx: Context = delivery.ctx
        self.outward = delivery.agent.outward
        self.addresses = addresses
        self.transport = transport
        self.message = delivery.message.name
        self.size = delivery.message.size
        self.is_trial = delivery.message.is_trial
        self.only_checks = False
        self.written = 0
        self.has_begun = False
        self.tell = delivery.agent.tell
        self.warns_above: int | None = None
        self._key = addresses[0].unique or str(addresses[0].text)
        self.before: Sequence[str] = [text for key, text in delivery.message.begun if key == self._key]
        self.return_path = delivery.message.sender
        self.show()
        self.return_path = self._return_path()
        self.ctx.facts["return_path"] = Tainted(self.return_path) if self.return_path else ""
        self.uid, self.gid = self._ids()
        self.home = self._home()
        self.ctx.facts["home"] = self.home
        self.directory = self._directory()
        self.filter_words: Sequence[str] = ()

    @cached_property
    def tries(self) -> HostTries:
        """What is remembered of the hosts."""
        from expander.delivery.tries import HostTries

        return HostTries(self.delivery, self.addresses, self.transport)

    def show(self) -> None:
        """Let the variables tell of the addresses of the delivery."""
        ctx, first = self.ctx, self.addresses[0]
        _show_address(ctx, first)
        facts = ctx.facts
        facts["transport_name"] = self.transport.name
        facts["return_path"] = Tainted(self.return_path) if self.return_path else ""
        ctx.captures = []
        facts.pop("thisaddress", None)
        if first.kept is not None:
            ctx.captures, facts["thisaddress"] = list(first.kept[0]), first.kept[1]
        if first.kind in _KIND_VARIABLE:
            facts[_KIND_VARIABLE[first.kind]] = first.text
            if first.parent is None:
                facts["local_part"] = first.text
        _hide_differences(ctx, self.addresses)

    def pieces(self, form: Form) -> Iterator[bytes]:
        """The message in its form, piece by piece. Raises `Failure`."""
        transport = None if form.is_original else self.transport
        found = content.pieces(self.ctx, self.delivery.message, self.addresses, transport, form)
        if self.filter_words and not form.is_original:
            from expander.delivery.filtering import filtered

            found = content.formed_pieces(filtered(self, self.filter_words, form), form)
        for piece in found:
            self.written += len(piece)
            yield piece

    def parts(self, form: Form) -> tuple[bytes, Callable[[Form], Iterator[bytes]]]:
        """The header in its form, the empty line behind it, and what gives the body. Raises `Failure`."""
        ctx, message, addresses, transport = self.ctx, self.delivery.message, self.addresses, self.transport
        if self.filter_words:
            from expander.delivery.filtering import filtered

            whole = filtered(self, self.filter_words, form)
            end = whole.find(b"\n\n")
            start = len(whole) if end < 0 else end + 2
            head = b"".join(content.formed_pieces(whole.part(0, start), form))
            rest = whole.part(start, len(whole))
            return head, lambda form: content.formed_pieces(rest, form)
        head = b"".join(content.pieces(ctx, message, addresses, transport, replaced(form, with_body=False)))

        def body(form: Form) -> Iterator[bytes]:
            without = replaced(form, with_headers=False)
            return content.pieces(ctx, message, addresses, transport, without)

        return head, body

    def expand(self, option: str) -> str:
        """The expanded value of an option of the transport. Raises `Failure` with the option's name."""
        text = str(self.transport[option] or "")
        try:
            return self.ctx.expand(text)
        except ForcedFail as problem:
            words = problem.message
        except ExpansionError as problem:
            words = problem.message
        message = f'Expansion of "{text}" ({option} for {self.transport.name} transport) failed: {words}'
        raise Failure(PANIC, EXPANSION_FAILED, message)

    def note(self, text: str) -> None:
        """Write down how far the delivery is; if it is broken off, the next one has that in ``before``."""
        if "\n" not in text:
            with self.ctx.world.storage.as_itself():
                self.delivery.agent.spool.note(self.message, self._key, text)

    def spool_file(self, suffix: str) -> str:
        """The path of a file of the message on the spool, "-H" or "-D"."""
        return self.delivery.agent.spool.path("input", self.message, suffix)

    def spool_data(self, suffix: str) -> Iterator[bytes]:
        """What is in it, piece by piece. Raises ``OSError``."""
        body = self.delivery.message.body
        if suffix == "-D" and isinstance(body, LargeBody):
            yield f"{self.message}-D\n".encode("latin-1")
            yield from body.chunks()
        else:
            yield self.delivery.agent.spool.contents(self.message, suffix)

    def submit(self, message: Submitted) -> str:
        """Hand in a message under the numbers of this delivery: its identification. Raises `Failure`."""
        with self.ctx.world.storage.as_itself():
            name = self.delivery.submit(message, self.uid)
        if not name:
            raise Failure(DEFER, 0, f"Failed to send message from {self.transport.name} transport (1)")
        return name

    def reply_is_known(self, path: str, key: str, now: int, again: int, limit: int) -> bool:
        """True if the file of replies says that one went to ``key``; else that is noted there."""
        from expander.delivery import reply_file

        return reply_file.is_known(self, path, key, now, again, limit)

    def has_transport(self, name: str) -> bool:
        """True if there is a transport of that name."""
        return self.delivery.agent.config.instance("transport", name) is not None

    def references(self) -> str:
        """The lines ``In-Reply-To:`` and ``References:`` of a reply."""
        from expander.delivery.references import references

        return references(self.ctx, replies=True)

    def stamp(self) -> str:
        """The time as log lines begin with it."""
        return self.delivery.agent.logs.stamp()

    def _return_path(self) -> str:
        """The sender that the message leaves with."""
        first = self.addresses[0]
        errors = first.inherited.errors_address
        sender = self.delivery.message.sender if errors is None else errors
        if not self.transport.options.is_set("return_path"):
            return sender
        text = str(self.transport["return_path"] or "")
        self.ctx.facts["return_path"] = sender
        try:
            return self.ctx.expand(text)
        except ForcedFail:
            return sender
        except ExpansionError as problem:
            words = (
                f'Failed to expand return path "{text}" in {self.transport.name} transport: {problem.message}'
            )
            raise Failure(PANIC, EXPANSION_FAILED, words) from None

    def _ids(self) -> tuple[int, int]:
        """The user and the group that the delivery runs under. Raises `Failure`."""
        first, name = self.addresses[0], self.transport.name
        users, options = self.delivery.agent.world.users, self.delivery.agent.config.options
        gid = self._number("group")
        uid = self._number("user")
        as_creator = (
            bool(self.transport["pipe_as_creator"]) if "pipe_as_creator" in self.transport.options else False
        )
        if gid is None and not as_creator:
            if uid is not None:
                account = users.user(str(uid))
                gid = account.gid if account else None
            if gid is None and first.gid is not None:
                gid = first.gid
        if uid is None and as_creator:
            uid = self.delivery.message.uid
            gid = self.delivery.message.gid if gid is None else gid
        elif uid is None and first.uid is not None:
            uid = first.uid
        if uid is None:
            own = self.delivery.agent.own_account()
            uid, gid = own.uid, own.gid if gid is None else gid
        if gid is None:
            raise Failure(PANIC, NO_GROUP, f"User set without group for {name} transport")
        never = options.get("never_users") or ()
        if uid in never:
            words = f"User {uid} set for {name} transport is on the never_users list"
            raise Failure(PANIC, NO_USER, words)
        if uid == ROOT and self.delivery.agent.own_account().uid != ROOT:
            words = f"User {uid} set for {name} transport is on the fixed_never_users list"
            raise Failure(PANIC, NO_USER, words)
        return uid, gid

    def _number(self, option: str) -> int | None:
        value = self.transport[option]
        if not isinstance(value, str):
            return None if value is None else int(value)
        if not value:
            return None
        users, name = self.ctx.world.users, self.transport.name
        number = NO_GROUP if option == "group" else NO_USER
        try:
            text = self.ctx.expand(value)
        except ExpansionError as problem:
            words = f'Failed to expand {option} string "{value}" for the {name} transport: {problem.message}'
            raise Failure(PANIC, number, words) from None
        try:
            return find_user(text, KnownUsers(self.ctx))[0] if option == "user" else find_group(text, users)
        except ConfigError:
            words = (
                f'Failed to find {option} "{text}" from expanded string "{value}" for the {name} transport'
            )
            raise Failure(PANIC, number, words) from None

    def _home(self) -> str:
        first, name = self.addresses[0], self.transport.name
        text, is_expanded = str(self.transport["home_directory"] or ""), False
        if not text:
            text, is_expanded = first.home, first.is_home_expanded
        if not text or is_expanded:
            return text
        return self._folder(text, "home", name)

    def _directory(self) -> str:
        text = str(self.transport["current_directory"] or "") or self.addresses[0].directory
        if not text:
            return self.home or "/"
        return self._folder(text, "current", self.transport.name)

    def _folder(self, text: str, what: str, name: str) -> str:
        try:
            value = self.ctx.expand(text)
        except ExpansionError as problem:
            words = f'{what} directory "{text}" failed to expand for {name} transport: {problem.message}'
            raise Failure(DEFER, EXPANSION_FAILED, words) from None
        if not value.startswith("/"):
            raise Failure(DEFER, -21, f'{what} directory path "{value}" is not absolute for {name} transport')
        return os.path.normpath(value) if value == "//" else value

    def prepare(self) -> None:
        """See that the message may be delivered, and that all is there for it. Raises `Failure`."""
        self._check_options()
        self.check_size()
        command = str(self.transport["transport_filter"] or "")
        if command:
            from expander.delivery.filtering import words_of

            self.filter_words = words_of(self, command)
        self._check_directory()

    def _check_options(self) -> None:
        """Refuse those that have no effect yet; nothing is delivered in another way than they say."""
        chosen = self.transport
        undone = [name for name in UNDONE if name in chosen.options and chosen[name]]
        if undone:
            words = (
                f"the option {undone[0]} of the {chosen.driver} transport is not supported by eximulate yet"
            )
            raise Failure(DEFER, BAD_TRANSPORT, words)
        if chosen["debug_print"] and self.tells_at_once:
            self.print_debug()

    def print_debug(self) -> None:
        """Tell what the option ``debug_print`` says, if that is wanted."""
        if self.transport["debug_print"]:
            print_debug(self.ctx, str(self.transport["debug_print"]))

    def _check_directory(self) -> None:
        """See that the user can get to the directory that the delivery works in."""
        storage = self.ctx.world.storage
        world = self.ctx.world
        if self.directory in world.users.made_up_homes() and not world.files.exists(self.directory):
            self.directory = "/"
        try:
            with storage.acting_as(self.uid, self.gid, with_groups=self.with_groups):
                self.ctx.world.files.stat(f"{self.directory.rstrip('/')}/.")
        except OSError as problem:
            words = f"failed to chdir to {self.directory}"
            raise Failure(DEFER, problem.errno or 0, words) from None

    @property
    def with_groups(self) -> bool:
        """True if the delivery has all groups of its user: who says the user says that too."""
        first = self.addresses[0]
        is_routers = self.transport["user"] in {None, ""} and first.uid is not None
        driver = first.router if is_routers else self.transport
        return bool(driver is not None and driver["initgroups"])

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers that commands run under: those of the user, of the group, and of further groups."""
        further = self.ctx.world.users.groups_of(self.uid, self.gid) if self.with_groups else ()
        return self.uid, self.gid, *further

    def check_size(self) -> None:
        """See that the message is not too large for the transport. Raises `Failure`."""
        size_limit.check(self.ctx, self.transport, self.size)
