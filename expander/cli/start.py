"""What every mode of Exim's own command line begins with: the host, the caller, the configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.text import Tainted
from expander.cli import errors, source
from expander.cli.errors import CommandLineError
from expander.world.real import RealWorld

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from drivers.api.protocols import Account
    from expander.api import Expander
    from expander.cli.options import Options
    from expander.config.model import Config
    from expander.expand.context import Context

ROOT = 0
_FACTS = {
    "oMs": "sender_host_name",
    "oMr": "received_protocol",
    "oMt": "sender_ident",
    "oMai": "authenticated_id",
    "oMas": "authenticated_sender",
    "oMaa": "sender_host_authenticated",
}


@dataclass
class Run:
    """A command line at work: what was asked for, of which Exim, by whom, with which configuration."""

    options: Options
    profile: Profile
    config: Config
    world: RealWorld
    caller: Account
    _expander: Expander | None = field(default=None, repr=False)

    @property
    def is_admin(self) -> bool:
        """True if the caller may see what the configuration hides: "Trusted and admin users"."""
        if self.caller.uid == ROOT or self.caller.uid == self.config.options["exim_user"]:
            return True
        groups = {self.caller.gid}
        if self.world.virtual.caller is None:
            groups.update(os.getgroups())
        allowed = {*(self.config.options["admin_groups"] or ()), self.config.options["exim_group"]}
        return not groups.isdisjoint(allowed)

    def last_line(self) -> tuple[str, int]:
        """The file and the number of the line of the configuration that was read last."""
        text = self.config.main_text
        return self.config.path, text.count("\n") + (not text.endswith("\n") and text != "")

    def expander(self) -> Expander:
        """An expander in the state that the options describe.

        Raises `CommandLineError` for a value that Exim does not take.
        """
        if self._expander is None:
            from expander.api import Expander

            self._expander = Expander(config=self.config, profile=self.profile, world=self.world)
            self._tell(self._expander.context)
        return self._expander

    def _tell(self, context: Context) -> None:
        """Set the variables that follow from the caller, ``-f`` and ``-oM...``."""
        facts, login = context.facts, self.caller.login
        domain = str(self.config.options["qualify_domain"] or "")
        own_address = f"{login}@{domain}"
        facts.update(
            originator_uid=str(self.caller.uid),
            originator_gid=str(self.caller.gid),
            caller_uid=str(self.caller.uid),
            caller_gid=str(self.caller.gid),
            sender_ident=login,
        )
        sender = self.sender(domain)
        if sender is None:
            facts.update(sender_address=own_address, authenticated_id=login, authenticated_sender=own_address)
        else:
            facts.update(sender_address=Tainted(sender), authenticated_id="", authenticated_sender="")
        for option, name in _FACTS.items():
            if option in self.options.told:
                facts[name] = Tainted(self.options.told[option])
        self._tell_address(facts, "oMa", "sender_host_address", "sender_host_port")
        self._tell_address(facts, "oMi", "received_ip_address", "received_port")

    def sender(self, domain: str) -> str | None:
        """The address of ``-f``, with a domain; None without ``-f``."""
        sender = self.options.sender
        if not sender:
            return sender
        if sender.endswith("]") and not self.config.options["allow_domain_literals"]:
            bad = f'exim: bad -f address "{sender}": domain literals not allowed\n'
            raise CommandLineError(bad)
        has_domain = "@" in sender.rpartition('"')[2]
        return sender if has_domain else f"{sender}@{domain}"

    def _tell_address(self, facts: dict[str, str], option: str, address_name: str, port_name: str) -> None:
        text = self.options.told.get(option)
        if text is None:
            return
        from expander.cli.hostport import host_and_port

        address, port = host_and_port(text)
        facts[address_name], facts[port_name] = Tainted(address), str(port)


def start(options: Options, profile: Profile) -> Run:
    """Find and load the configuration.

    Raises `CommandLineError` with all that is to be written to standard error.
    """
    world = RealWorld()
    caller = world.users.caller()
    verbose = options.verbose or ("bP" in options.modes and options.arguments[:1] != ["config"])
    checking = "bV" in options.modes
    try:
        path = source.choose(options.config_files, privileged=caller.uid == ROOT and os.geteuid() == ROOT)
        from expander.config.load import load

        config = load(path, profile=profile, world=world, macros=options.macros)
    except ConfigError as problem:
        before = _warnings(getattr(problem, "warnings", ()), verbose=options.verbose) if checking else ""
        log = getattr(problem, "log", "")
        raise CommandLineError(before + errors.fatal(problem.message, verbose=verbose, log=log)) from None
    if checking:
        from expander.cli.console import complain

        complain(_warnings(config.warnings, verbose=options.verbose))
    return Run(options, profile, config, world, caller)


def _warnings(texts: tuple[str, ...] | list[str], *, verbose: bool) -> str:
    return "".join(errors.warning(text, verbose=verbose) for text in texts)
