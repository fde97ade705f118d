r"""A loaded configuration for programs: the public face of what can be done with one.

>>> load(b"primary_hostname = a.example\n").expand("$primary_hostname")
'a.example'
"""

from __future__ import annotations

import os
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, from_bytes
from expander.api import Expander, sandboxed
from expander.config import load as loading
from expander.config.profile import chosen
from expander.expand.mode import TAINT
from expander.world.of_session import SessionWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.limits import Limits
    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config
    from expander.delivery.delivered import Delivered
    from expander.delivery.delivering import Sandbox
    from expander.expand.context import Context
    from expander.expand.mode import Mode
    from expander.filters.filtered import Filtered
    from expander.lint.finding import Finding
    from expander.routing.routes import Route
    from expander.routing.verified import VerifiedAddress
    from expander.session.talk import SmtpSession
    from expander.world.recorded import Peer

TEXT_NAME = "configuration"
"""What a configuration is called that has no file."""

_numbers = count(1)
"""Sessions are what processes are for Exim; the numbers of theirs differ, for the names of messages."""

MOST_PROCESSES = 1 << 22


def load(
    source: str | bytes | os.PathLike[str],
    *,
    profile: str | Profile | None = None,
    world: World | None = None,
    macros: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Configuration:
    """Load a configuration from a file, or from its text: ``bytes``, or a ``str`` with a newline in it.

    ``profile`` is the Exim to imitate, by its name (``debian-12``, ``4.97,+dmarc``; default:
    ``EXIMULATE_PROFILE``, else the newest). ``world`` is what the configuration can reach (default: this
    machine behind the sandbox). ``macros`` are set as by ``-D``. Raises ``LoadError`` with the text that
    Exim prints, ``UnknownProfileError``, and ``OSError`` for a file that cannot be read.
    """
    world = world or sandboxed()
    wanted = chosen(profile) if profile is None or isinstance(profile, str) else profile
    name, text = TEXT_NAME, None
    if isinstance(source, bytes):
        text = from_bytes(source)
    elif isinstance(source, str) and "\n" in source:
        text = from_argument(source)
    else:
        name = from_argument(os.fspath(source))
        world.files.read(name, 1)
    model = loading.load(name, profile=wanted, world=world, macros=macros, limits=limits, text=text)
    model.options.settle()
    return Configuration(model, world, limits)


@cache
def _sessions() -> type[SmtpSession]:
    """The class of sessions, imported when the first one begins: asking for it again costs something."""
    from expander.session.talk import SmtpSession

    return SmtpSession


class Configuration:
    """A loaded configuration and the world that it is for.

    ``model`` has all that was read: options, ACLs, routers... Threads may share it: nothing in it changes,
    and what is compiled is compiled once for all.
    """

    def __init__(self, model: Config, world: World, limits: Limits | None = None, mode: Mode = TAINT) -> None:
        self.model = model
        self.world = world
        self.limits = limits
        self.mode = mode

    @property
    def profile(self) -> Profile:
        """The Exim that it was loaded for."""
        return self.model.profile

    def expander(self, *, world: World | None = None, mode: Mode | None = None) -> Expander:
        """What expands strings with this configuration; one for each thread."""
        made = Expander(
            config=self.model, world=world or self._seen(), mode=mode or self.mode, limits=self.limits
        )
        self._ready(made.context)
        if self.model.path != TEXT_NAME:
            made.context.facts["config_file"] = self.model.path
        return made

    def _seen(self) -> World:
        """What is there to be reached now."""
        return self.world

    def _ready(self, context: Context) -> None:
        """Let a new context know what else is given."""

    def expand(self, text: str) -> str:
        """The value of one string, both held as latin-1. Raises ``ExpansionError``; see `Expander.expand`."""
        return self.expander().expand(text)

    def session(
        self,
        peer: str = "127.0.0.1",
        *,
        ident: str = "",
        name: str = "",
        world: World | None = None,
        facts: Mapping[str, str] | None = None,
        log_with: Callable[[str], None] | None = None,
        prepare: Callable[[Context], None] | None = None,
    ) -> SmtpSession:
        """An SMTP session with a client, after the banner.

        ``peer`` is the client's IP address, also with a port (``[192.0.2.7]:25``), ``ident`` what RFC 1413
        tells of it, ``name`` its host name where that is not to be looked up. ``world`` is what the session
        can reach, if that is not what the configuration was loaded with; ``facts`` are variables that are
        set from the beginning, such as ``tls_in_cipher`` where TLS begins at once; ``log_with`` gets the
        lines of the log as they come; ``prepare`` changes what the session begins with. Raises ``Failed``
        for what is no address, and ``Unsupported``.
        """
        number = 1 + (self.world.pid + next(_numbers)) % MOST_PROCESSES
        own = SessionWorld(world or self._seen(), number)
        context = self.expander(world=own).context
        if prepare is not None:
            prepare(context)
        return _sessions()(context, peer, ident=ident, name=name, facts=facts, log_with=log_with)

    def route(
        self, address: str, *, sender: str = "", verifies: str = "", facts: Mapping[str, str] | None = None
    ) -> Route:
        """The way of a recipient's address through the routers, with all that comes of it.

        ``sender`` is the sender of the message, ``facts`` are further variables by name. ``verifies``: as
        while a "recipient" or a "sender" is verified, else as with ``-bt``. Raises ``Failed`` for what is no
        address, and ``Unsupported``.
        """
        from expander.routing.routes import route

        return route(self.expander().context, address, sender=sender, verifies=verifies, facts=facts)

    def verify(
        self, address: str, *, is_sender: bool = False, facts: Mapping[str, str] | None = None
    ) -> VerifiedAddress:
        """How an address verifies, as a recipient or as a sender: by routing, without a callout.

        An address without a domain gets the default one. Raises ``Unsupported``.
        """
        from drivers.api.text import Tainted
        from expander.routing.verified import VerifiedAddress
        from expander.routing.verify import VerifyOptions, verify_address
        from expander.setting import assign

        context = self.expander().context
        for name, value in (facts or {}).items():
            assign(context, name, value)
        options = VerifyOptions(qualifies=True)
        found = verify_address(context, Tainted(address), is_recipient=not is_sender, options=options)
        return VerifiedAddress.of(found)

    def filter(
        self, text: str, message: bytes, *, sender: str = "", recipient: str = "", is_system: bool = False
    ) -> Filtered:
        """What an Exim filter or a Sieve script would do with a message; its first line tells which it is.

        ``recipient`` is the address of the user, ``is_system`` tells that it is the system filter. Nothing is
        delivered. Raises ``Fatal`` where Exim ends, and ``Unsupported``.
        """
        from expander.filters.filtered import filtered

        context = self.expander().context
        return filtered(context, text, message, sender=sender, recipient=recipient, is_system=is_system)

    def deliver(
        self,
        message: bytes,
        recipients: str | Sequence[str] = (),
        *,
        sender: str = "",
        facts: Mapping[str, str] | None = None,
        sandbox: Sandbox | None = None,
    ) -> Delivered:
        """What becomes of a message: taken in as from a trusted local user, routed and delivered once.

        Without ``recipients`` those that its header names get it. Nothing leaves the sandbox: files are
        written to memory, commands and talks with other hosts are recorded (see `sandbox`). ``facts`` are
        variables such as ``sender_host_address``. Raises ``Unsupported``.
        """
        chosen = (recipients,) if isinstance(recipients, str) else tuple(recipients)
        made = sandbox or self.sandbox()
        return made.deliver(message, chosen, sender=sender, facts=facts)

    def sandbox(
        self,
        folder: str = "",
        *,
        world: World | None = None,
        peers: Mapping[str, Peer] | None = None,
        runs: bool = False,
        connects: bool = False,
    ) -> Sandbox:
        """Where messages can be delivered one after the other, each in what those before have left behind.

        Files are written to ``folder``, which stands for the root of the host, or to memory. ``peers`` tells
        what hosts answer, by address or ``address:port``: replies by command (``CONNECT``, ``EHLO``,
        ``MAIL``, ``RCPT``, ``RCPT someone@example.org``, ``DATA``, ``MESSAGE``...). Other hosts take
        everything, or are reached where ``connects``. ``runs`` has the commands of transports run.
        """
        from expander.delivery.delivering import Sandbox
        from expander.world.of_delivery import DeliveryWorld

        made = DeliveryWorld(world or self.world, folder, peers=peers, runs=runs, connects=connects)
        return Sandbox(self, made)

    def check(self, *, macros: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
        """What the checker finds in the configuration, in the order of the places; see ``eximulate check``.

        ``macros`` are those that it was loaded with. A configuration that has no file is checked as it was
        loaded: comments in it that leave findings out are not looked at.
        """
        from expander.lint.engine import check_config, check_file

        if self.model.path == TEXT_NAME:
            return tuple(check_config(self.model, self.world))
        found = check_file(self.model.path, profile=self.profile, world=self.world, macros=dict(macros or {}))
        return tuple(found)


class PreparedConfiguration(Configuration):
    """The same configuration for tests that give more than a world: ``prepare`` changes each new context."""

    def __init__(self, loaded: Configuration, prepare: Callable[[Context], None]) -> None:
        super().__init__(loaded.model, loaded.world, loaded.limits, loaded.mode)
        self._prepare = prepare

    def _ready(self, context: Context) -> None:
        self._prepare(context)
