"""Exim's own command line, from its options to its exit status."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_argument
from expander.cli import errors
from expander.cli.console import STDOUT, complain
from expander.cli.errors import CommandLineError, NotImitatedError
from expander.world.this_host import of_this_run
from expander.world.virtual_host import HostFileError
from grammar.record import replaced

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.cli.options import Options
    from expander.cli.start import Run
    from expander.world.virtual_host import VirtualHost

IMITATED = {
    "bi": "expander.cli.aliases",
    "bP": "expander.cli.bp",
    "brt": "expander.cli.brt",
    "bmalware": "expander.cli.bmalware",
    "bp": "expander.cli.queue_list",
    "M": "expander.cli.queue_commands",
    "q": "expander.cli.queue_runs",
    "R": "expander.cli.queue_runs",
    "S": "expander.cli.queue_runs",
    "bt": "expander.cli.bt",
    "bv": "expander.cli.bt",
    "bvs": "expander.cli.bt",
    "bem": "expander.cli.be",
    "be": "expander.cli.be",
    "bV": "expander.cli.bv",
    "bI": "expander.cli.information",
    "brw": "expander.cli.brw",
    "bh": "expander.cli.bh",
    "bhc": "expander.cli.bh",
    "bF": "expander.cli.bf",
    "bf": "expander.cli.bf",
    "bs": "expander.cli.bs",
    "bS": "expander.cli.bs",
}
"""The module that does the work of a mode; where several modes are asked for, the first here is done."""

NOT_IN_TESTS = frozenset({"translate_ip_address"})
"""Features that the Exim lacks that goes through Exim's own test suite."""

COLLECT_AFTER = 20_000
"""How many new objects there are before the first search for garbage."""

YIELDING = frozenset({"bh", "bhc", "bs", "bS", "bf", "bF", "bI", "Mset"})
"""Modes that are passed over, or only say what there is, where ``-be`` is asked for as well."""

BEHIND_SETTINGS = frozenset({"q", "R", "S"})
"""The same for ``-bP``."""

BEFORE = frozenset({"bP", "bi", "brt", "bp", "M", "q", "R", "S"})
"""Modes that are done with before Exim asks who its caller is."""

CHECKING = frozenset({"be", "bem", "bf", "bF", "bt", "bv", "bvs", "bh", "bhc", "brw", "brt"})
"""Modes that ``commandline_checks_require_admin`` keeps from others."""

DAEMONS = frozenset({"bd", "bdf"})
NO_DAEMON = "Daemon cannot be run when mua_wrapper is set"

GIVING_UP_RIGHTS = frozenset({"bV", "bv", "bvs", "bh", "bhc"})
"""Modes before which Exim becomes its own user, with the groups that this user is in."""


def run(argv: list[str]) -> int:
    """Run a command line that begins with an option; the exit status."""
    from expander.config import profile as profiles

    try:
        profile = profiles.chosen(_take(argv, "--profile"))
        for option, variable in (("--host", "EXIMULATE_HOST"), ("--dns-zones", "EXIMULATE_DNS_ZONES")):
            value = _take(argv, option)
            if value is not None:
                os.environ[variable] = os.fsdecode(value.encode("latin-1"))
    except profiles.UnknownProfileError as unknown:
        complain(f"eximulate: {unknown}\n")
        return errors.FAILURE
    try:
        virtual = of_this_run(os.environ)
    except HostFileError as problem:
        complain(f"eximulate: {from_argument(str(problem))}\n")
        return errors.FAILURE
    if virtual.version:
        profile = replaced(profile, version=virtual.version)
    if virtual.harness:
        profile = replaced(profile, features=profile.features - NOT_IN_TESTS)
    try:
        return _run(argv, profile, virtual)
    except CommandLineError as problem:
        STDOUT.flush()
        complain(problem.text)
        return problem.status
    except EximError as problem:  # what a sandbox refuses, met where Exim has no words for it
        STDOUT.flush()
        complain("".join(f"{line}\n" for line in (f"eximulate: {problem.message}", *problem.notes)))
        return errors.FAILURE
    except RecursionError:
        STDOUT.flush()
        complain("eximulate: the input is nested too deeply\n")
        return errors.INTERNAL_ERROR
    except MemoryError:
        complain("eximulate: not enough memory\n")
        return errors.INTERNAL_ERROR
    finally:
        STDOUT.flush()


def _run(argv: list[str], profile: Profile, virtual: VirtualHost) -> int:
    from expander.cli.options import USAGE, parse
    from expander.cli.start import start

    def print_version() -> None:
        from expander.cli import bv

        bv.print_version(profile)

    options = parse(argv, profile, print_version)
    begun = start(options, profile, virtual)
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()
    if options.selectors:
        if not begun.is_admin:
            raise CommandLineError("exim: debugging permission denied\n")
        caller, bits = begun.caller, options.selectors
        ids = f"uid={caller.uid} gid={caller.gid} pid={begun.world.pid}"
        complain(f"Exim version {profile.version} {ids} D={bits:x}\n")
    if begun.config.options.get("mua_wrapper") and (
        options.queue_interval or not DAEMONS.isdisjoint(options.modes)
    ):
        return _refuse_daemon(begun)
    mode = _mode(options)
    if options.log_text is not None and mode != "bV":
        from expander.cli import log_text

        return log_text.run(begun)
    if mode not in BEFORE and begun.world.users.user(str(begun.caller.uid)) is None:
        from expander.cli.caller import make_known

        make_known(begun)
    if mode in CHECKING and begun.config.options["commandline_checks_require_admin"] and not begun.is_admin:
        raise CommandLineError("exim: those command-line flags are set to require admin\n")
    if mode is not None:
        if mode in GIVING_UP_RIGHTS:
            _become_exim(begun, in_session=mode in {"bh", "bhc"})
        status: int = import_module(IMITATED[mode]).run(begun)
        if options.selectors:
            rule, ended = ">" * 16, f"(fresh-exec) terminating with rc={status}"
            complain(f"{rule} Exim pid={begun.world.pid} {ended} {rule}\n")
        return status
    if options.arguments or options.recipients_from_headers:
        from expander.cli import receive

        return receive.run(begun)
    raise CommandLineError(USAGE)


def _refuse_daemon(begun: Run) -> int:
    from expander.cli.receive import agent_of

    agent = agent_of(begun)
    agent.logs.panic_with = None
    agent.logs.both(NO_DAEMON)
    if agent.tell is None:
        complain(f"{NO_DAEMON}\n")
    return errors.FAILURE


def _become_exim(begun: Run, *, in_session: bool) -> None:
    """Raises `CommandLineError` if ``exim_user`` is a number without an account: nobody knows its groups."""
    uid = begun.config.options["exim_user"]
    if isinstance(uid, int) and uid != begun.caller.uid and begun.world.users.user(str(uid)) is None:
        message = f"cannot run initgroups(): no passwd entry for uid={uid}"
        verbose, stamp = begun.options.verbose, begun.config.stamp
        text = (
            f"LOG: {message}\n"
            if in_session
            else errors.logged(message, "MAIN PANIC DIE", verbose=verbose, stamp=stamp)
        )
        raise CommandLineError(text)


def _take(argv: list[str], name: str) -> str | None:
    """Remove an option of ours with its value from Exim's options; the value, None without one."""
    for at, argument in enumerate(argv):
        if argument in {"--", "-be", "-bP"}:
            return None
        if argument == name:
            value = "".join(argv[at + 1 : at + 2])
            del argv[at : at + 2]
            return value
        if argument.startswith(f"{name}="):
            del argv[at]
            return argument.partition("=")[2]
    return None


def _mode(options: Options) -> str | None:
    """The mode whose work is done. Raises `NotImitatedError` for one that we lack."""
    modes = options.modes.keys()
    expands = not modes.isdisjoint({"be", "bem"})
    yielding = YIELDING if expands else BEHIND_SETTINGS if "bP" in modes else frozenset()
    yielding |= {"bm"}  # what it asks for is done where nothing else is
    if not modes.isdisjoint({"M", "q", "R", "S"}):
        yielding |= {"bI"}
    for mode in modes:
        if mode not in IMITATED and mode not in yielding:
            raise NotImitatedError(f"the option -{options.modes[mode] if mode == 'M' else mode}")
    wanted = [mode for mode in IMITATED if mode in modes and mode not in yielding]
    if wanted[:1] in (["bV"], ["bI"]) and options.arguments:
        raise NotImitatedError("receiving a message")
    return wanted[0] if wanted else None
