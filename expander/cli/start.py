"""What every mode of Exim's own command line begins with: the host, the caller, the configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError, Failed
from drivers.api.text import Tainted
from expander.cli import errors, source
from expander.cli.console import complain
from expander.cli.errors import CommandLineError
from expander.world.real import RealWorld

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from drivers.api.protocols import Account
    from expander.api import Expander
    from expander.cli.options import Options
    from expander.config.model import Config

ROOT = 0
_FACTS = {
    "oMs": "sender_host_name",
    "oMr": "received_protocol",
    "oMt": "sender_ident",
    "oMai": "authenticated_id",
    "oMas": "authenticated_sender",
    "oMaa": "sender_host_authenticated",
}
_ADDRESSES = {
    "oMa": ("sender_host_address", "sender_host_port"),
    "oMi": ("received_ip_address", "received_port"),
}


@dataclass
class Run:
    """A command line at work: what was asked for, of which Exim, by whom, with which configuration."""

    options: Options
    profile: Profile
    config: Config
    world: RealWorld
    caller: Account
    facts: dict[str, str]
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
        """An expander in the state that the options describe."""
        if self._expander is None:
            from drivers.api.limits import EXIM
            from expander.api import Expander
            from expander.config.environment import pruned

            settings = self.config.options
            keep, add = settings["keep_environment"], settings["add_environment"]
            self.world.environment = pruned(self.world.environment, keep, add)
            self._expander = Expander(config=self.config, profile=self.profile, world=self.world, limits=EXIM)
            context = self._expander.context
            context.facts.update(self.facts)
            context.log_with = self._log
            context.debug_with = complain if self._wants_debugging() else None
        return self._expander

    def _wants_debugging(self) -> bool:
        return self.options.verbose or self.options.selectors is not None

    def _log(self, text: str) -> None:
        """Without a running daemon Exim's log lines go to standard error."""
        complain(errors.warning(text, verbose=self.options.verbose))

    def start_perl(self) -> None:
        """Start Perl at once, if that is wanted: "Setting up so Perl can be used".

        Raises `CommandLineError` for code that cannot be compiled.
        """
        at_start, settings = self.options.perl_at_start, self.config.options
        if at_start is None:
            at_start = settings.get("perl_at_start", False)
        if not at_start or not settings.get("perl_startup"):
            return
        from drivers.items import interpreter

        try:
            interpreter.start(self.expander().context)
        except Failed as problem:
            raise CommandLineError(f"exim: {problem.message.removesuffix(chr(10))}\n") from None


def _facts(options: Options, config: Config, caller: Account) -> dict[str, str]:
    """The variables that follow from the caller, ``-f`` and ``-oM...``.

    Raises `CommandLineError` for a value that Exim does not take.
    """
    domain = str(config.options["qualify_domain"] or "")
    own_address = f"{caller.login}@{domain}"
    facts = {
        "originator_uid": str(caller.uid),
        "originator_gid": str(caller.gid),
        "caller_uid": str(caller.uid),
        "caller_gid": str(caller.gid),
        "sender_ident": caller.login,
        "config_file": config.path,
        "initial_cwd": _directory(),
    }
    sender = _sender(options, config, domain)
    if sender is None:
        facts |= {
            "sender_address": own_address,
            "authenticated_id": caller.login,
            "authenticated_sender": own_address,
        }
    else:
        facts |= {"sender_address": Tainted(sender), "authenticated_id": "", "authenticated_sender": ""}
    for option, value in options.told.items():
        if option in _FACTS:
            facts[_FACTS[option]] = Tainted(value)
        elif option in _ADDRESSES:
            address_name, port_name = _ADDRESSES[option]
            from expander.cli.hostport import host_and_port

            address, port = host_and_port(value)
            facts |= {address_name: Tainted(address), port_name: str(port)}
    return facts


def _sender(options: Options, config: Config, domain: str) -> str | None:
    """The address of ``-f``, with a domain; None without ``-f``."""
    sender = options.sender
    if not sender:
        return sender
    if sender.endswith("]") and not config.options["allow_domain_literals"]:
        raise CommandLineError(f'exim: bad -f address "{sender}": domain literals not allowed\n')
    has_domain = "@" in sender.rpartition('"')[2]
    return sender if has_domain else f"{sender}@{domain}"


def _directory() -> str:
    try:
        return os.fsencode(Path.cwd()).decode("latin-1")
    except OSError:
        return ""


def start(options: Options, profile: Profile) -> Run:
    """Find and load the configuration, and work out what the options say of the message.

    Raises `CommandLineError` with all that is to be written to standard error.
    """
    world = RealWorld()
    caller = world.users.caller()
    verbose = options.verbose or ("bP" in options.modes and options.arguments[:1] != ["config"])
    checking = "bV" in options.modes
    try:
        path = source.choose(options.config_files, privileged=caller.uid == ROOT and os.geteuid() == ROOT)
        from drivers.api.limits import EXIM
        from expander.config.load import load

        config = load(path, profile=profile, world=world, macros=options.macros, limits=EXIM)
    except ConfigError as problem:
        before = _warnings(getattr(problem, "warnings", ()), verbose=options.verbose) if checking else ""
        log = getattr(problem, "log", "")
        raise CommandLineError(before + errors.fatal(problem.message, verbose=verbose, log=log)) from None
    if checking:
        complain(_warnings(config.warnings, verbose=options.verbose))
    begun = Run(options, profile, config, world, caller, _facts(options, config, caller))
    begun.start_perl()
    return begun


def _warnings(texts: tuple[str, ...] | list[str], *, verbose: bool) -> str:
    return "".join(errors.warning(text, verbose=verbose) for text in texts)
