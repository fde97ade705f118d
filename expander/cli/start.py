"""What every mode of Exim's own command line begins with: the host, the caller, the configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.errors import LOGS, ConfigError, Failed
from drivers.api.text import Tainted
from expander.cli import errors, source
from expander.cli.console import STDOUT, complain
from expander.cli.errors import CommandLineError
from expander.world.real import RealWorld
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.outside import Account
    from drivers.api.profile import Profile
    from expander.api import Expander
    from expander.cli.options import Options
    from expander.config.model import Config, Notice
    from expander.expand.context import Context
    from expander.trace.narrator import Narrator
    from expander.world.virtual_host import VirtualHost
    from grammar.macros import Definition

ROOT = 0
_TELLS_MACROS = "4.97"
"""Since this release ``-be`` with ``-d`` tells of each macro that it replaces, on standard output."""
_TESTS = frozenset({"be", "bem", "bf", "bF", "bh", "bhc", "bt", "bv", "bvs", "bV"})
"""Modes that write nothing to the log where the configuration is wrong."""

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


class Run(State):
    """A command line at work: what was asked for, of which Exim, by whom, with which configuration.

    ``filters`` are the descriptors of the filter files to be tested, by mode.
    """

    options: Options
    profile: Profile
    config: Config
    world: RealWorld
    caller: Account
    facts: dict[str, str]
    is_trusted: bool = True
    filters: dict[str, int] = made_by(default_factory=dict)
    _expander: Expander | None = None

    @property
    def is_admin(self) -> bool:
        """True if the caller may see what the configuration hides: "Trusted and admin users"."""
        options, users = self.config.options, self.world.users
        exim_user, exim_group = options["exim_user"], options["exim_group"]
        if isinstance(exim_user, str):
            account = users.user(exim_user)
            exim_user = account.uid if account else None
        if isinstance(exim_group, str):
            exim_group = users.group(exim_group)
        if self.caller.uid in {ROOT, exim_user}:
            return True
        return not users.caller_groups().isdisjoint({*(options["admin_groups"] or ()), exim_group})

    def last_line(self) -> tuple[str, int]:
        """The file and the number of the line of the configuration that was read last."""
        text = self.config.main_text
        return self.config.path, text.count("\n") + (not text.endswith("\n") and text != "")

    def expander(self) -> Expander:
        """An expander in the state that the options describe."""
        if self._expander is None:
            from drivers.api.limits import EXIM
            from expander.api import Expander
            from expander.config.environment import with_zone
            from expander.expand.mode import NARRATE, TAINT

            settings = self.config.options
            left = self.config.environment
            self.world.environment = with_zone(left, str(settings["timezone"] or ""))
            _enter(str(settings.expanded["spool_directory"]))
            narrator = self._narrator()
            mode = TAINT if narrator is None else NARRATE
            self._expander = Expander(
                config=self.config, profile=self.profile, world=self.world, mode=mode, limits=EXIM
            )
            context = self._expander.context
            context.narrator = narrator
            context.facts.update(self.facts)
            context.log_with = self._log
            context.debug_with = complain if self._wants_debugging() else None
        return self._expander

    def _narrator(self) -> Narrator | None:
        """Who tells what expansions do, if debugging them is asked for."""
        if not self.options.selectors:
            return None
        from expander.cli import debugging

        return debugging.narrator(self.options.selectors, complain, self.world.clock.now, self.world.pid)

    def _wants_debugging(self) -> bool:
        return self.options.verbose or self.options.selectors != 0

    def _log(self, text: str, panic: int) -> None:
        """Without a running daemon Exim's log lines go to standard error."""
        complain(errors.logged(text, LOGS[panic], verbose=self.options.verbose, stamp=self.config.stamp))

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


def _is_trusted(config: Config, caller: Account, world: RealWorld) -> bool:
    """True if the caller may give senders of others: "Trusted and admin users"."""
    options = config.options
    if caller.uid in {ROOT, options["exim_user"], *(options["trusted_users"] or ())}:
        return True
    return not world.users.caller_groups().isdisjoint(options["trusted_groups"] or ())


def facts_of(
    options: Options, config: Config, caller: Account, folder: str, *, trusted: bool
) -> dict[str, str]:
    """The variables that follow from the caller, ``-f`` and ``-oM...``; ``folder`` is where we began.

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
        "initial_cwd": folder,
    }
    sender = sender_of(options, config, domain)
    facts["sender_address"] = own_address if sender is None else Tainted(sender)
    # Whoever is trusted to give another sender is that sender; others stay who they are.
    is_other = sender is not None and trusted
    facts["authenticated_id"] = "" if is_other else caller.login
    facts["authenticated_sender"] = "" if is_other else own_address
    for option, value in options.told.items():
        if option in _FACTS:
            facts[_FACTS[option]] = Tainted(value)
        elif option in _ADDRESSES:
            address_name, port_name = _ADDRESSES[option]
            from drivers.values import hostport

            found = hostport.parse(value)
            if found is None:
                raise CommandLineError(f'exim abandoned: "{value}" is not an IP address\n')
            address, port = found
            facts |= {address_name: Tainted(address), port_name: str(port)}
    return facts


def sender_of(options: Options, config: Config, domain: str) -> str | None:
    """The address of ``-f``, with a domain; None without ``-f``."""
    sender = options.sender
    if not sender:
        return sender
    if sender.endswith("]") and not config.options["allow_domain_literals"]:
        raise CommandLineError(f'exim: bad -f address "{sender}": domain literals not allowed\n')
    from drivers.values import mailbox

    return sender if mailbox.has_domain(sender) else f"{sender}@{domain}"


def without_sender(run: Run) -> Context:
    """The context of a run as it is for tests that come before Exim has made out who the sender is.

    What ``-f`` gives is the sender then, with or without a domain.
    """
    context, told = run.expander().context, run.options.told
    context.facts["sender_address"] = Tainted(run.options.sender or "")
    for option, name in (("oMai", "authenticated_id"), ("oMas", "authenticated_sender")):
        if option not in told:
            context.facts[name] = ""
    return context


def _enter(spool: str) -> None:
    """Names of files count from the spool directory, as in Exim, or from the root where there is none."""
    try:
        os.chdir(spool.encode("latin-1"))
    except (OSError, ValueError):
        os.chdir("/")


def _directory() -> str:
    try:
        return os.getcwdb().decode("latin-1")  # noqa: PTH109 - pathlib costs more than the rest of it
    except OSError:
        return ""


def start(options: Options, profile: Profile, virtual: VirtualHost) -> Run:
    """Find and load the configuration, and work out what the options say of the message.

    Raises `CommandLineError` with all that is to be written to standard error.
    """
    world = _world(virtual)
    caller = world.users.caller()
    verbose = options.verbose or ("bP" in options.modes and options.arguments[:1] != ["config"])
    warns = _tells_warnings(options, caller)
    folder = _directory()
    filters = _filters(options)
    try:
        # An Exim that is built for its own test suite trusts the files of who runs that.
        privileged = caller.uid == ROOT and os.geteuid() == ROOT and not virtual.harness
        path = source.choose(options.config_files, privileged=privileged)
        from drivers.api.limits import EXIM
        from expander.config.load import load

        if path.startswith("/"):
            os.chdir("/")  # what options name with a relative path counts from there
        tells = options.selectors != 0 and "be" in options.modes and profile.at_least(_TELLS_MACROS)
        config = load(
            path,
            profile=profile,
            world=world,
            macros=options.macros,
            on_macro=_tell_macro if tells else None,
            limits=EXIM,
        )
    except ConfigError as problem:
        before = _notices(getattr(problem, "warnings", ()), checking=warns, verbose=verbose)
        log, stamp = getattr(problem, "log", ""), getattr(problem, "stamp", None)
        last = errors.fatal(problem.message, verbose=verbose, log=log, stamp=stamp)
        if not verbose and not options.modes.keys().isdisjoint({"bh", "bhc"}):
            last = errors.in_session(problem.message, stamp)
        _log_panic(problem, options, world)
        raise CommandLineError(before + last) from None
    complain(_notices(config.warnings, checking=warns, verbose=verbose))
    if world.hide is not None:
        world.hide(str(config.options.expanded.get("spool_directory") or config.options["spool_directory"]))
    trusted = _is_trusted(config, caller, world)
    facts = facts_of(options, config, caller, folder, trusted=trusted)
    if options.suppress_local_fixups and not trusted:
        raise CommandLineError("exim: permission denied (-G requires a trusted user)\n")
    begun = Run(options, profile, config, world, caller, facts, is_trusted=trusted, filters=filters)
    begun.start_perl()
    return begun


def _log_panic(problem: ConfigError, options: Options, world: RealWorld) -> None:
    """Write what is wrong with the configuration to the panic log, but where it is only being tested."""
    known = getattr(problem, "options", None)
    if known is None or not options.modes.keys().isdisjoint(_TESTS):
        return
    from expander.queue.logs import panicked

    line = errors.log_line(problem.message, getattr(problem, "stamp", None))
    panicked(world, known, line, problem.message)


def _world(virtual: VirtualHost) -> RealWorld:
    """The machine, or the folder that stands for it. Raises `CommandLineError`."""
    folder = os.environ.get("EXIMULATE_SANDBOX", "")
    if not folder:
        return RealWorld(virtual, own_streams=True)
    from expander.world.sandboxed_host import SandboxedHost

    words = os.environ.get("EXIMULATE_ALLOW", "").replace(",", " ").split()
    try:
        return SandboxedHost(virtual, folder, words)
    except ValueError as problem:
        raise CommandLineError(f"eximulate: {problem}\n") from None
    except OSError as problem:
        raise CommandLineError(f"eximulate: {folder}: {problem.strerror}\n") from None


def _filters(options: Options) -> dict[str, int]:
    if options.modes.keys().isdisjoint({"bf", "bF"}):
        return {}
    from expander.cli import bf

    return bf.opened(options.modes)


def _tells_warnings(options: Options, caller: Account) -> bool:
    """True if warnings about the configuration are shown.

    ``-bV`` does; expansions and single settings keep quiet. Others log them, which can be seen where
    all log lines are shown, or where the caller has not the right to write the log.
    """
    modes = options.modes
    if "bV" in modes:
        return True
    single = "bP" in modes and options.arguments[:1] != ["config"]
    quiet = single or not modes.keys().isdisjoint({"be", "bem"})
    return not quiet and (options.verbose or caller.uid != ROOT)


def _tell_macro(macro: Definition) -> None:
    STDOUT.write(f"macro '{macro.name}' -> '{macro.value}'\n")


def _notices(notices: Sequence[Notice], *, checking: bool, verbose: bool) -> str:
    """What was logged while loading, as far as it is shown: for the main log alone only in a check."""
    return "".join(
        errors.logged(notice.text, notice.logs, verbose=verbose, stamp=notice.stamp)
        for notice in notices
        if checking or notice.logs != "MAIN"
    )
