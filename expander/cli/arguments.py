"""The arguments that eximulate's own verbs share, and the expander that they ask for."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from drivers.api.errors import EximError
from drivers.api.limits import VERBS
from drivers.api.text import from_argument, to_display
from expander.config.profile import PROFILES, UnknownProfileError, chosen
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.limits import Limits
    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.api import Expander
    from expander.config.model import Config
    from expander.configuration import Configuration
    from expander.expand.context import Context
    from expander.expand.mode import Mode

T = TypeVar("T")

CLEAN, CANNOT_RUN, WARNINGS, ERRORS = 0, 1, 2, 3
"""The exit statuses of all verbs."""


class CannotRunError(Exception):
    """What was asked for cannot be done; the text says why, for display."""

    def __init__(self, text: str, *lines: str) -> None:
        super().__init__(text)
        self.text = text
        self.lines = lines


class ParserShownError(Exception):
    """Raised in the place of reading arguments, with the parser."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__()
        self.parser = parser


class VerbParser(argparse.ArgumentParser):
    """Reads the arguments of a verb; a fault in them is one line and the status of "could not run"."""

    is_shown = False
    """True while somebody wants to see parsers, who gets `ParserShownError`."""

    def __init__(self, verb: str, description: str) -> None:
        super().__init__(prog=f"eximulate {verb}", description=description, allow_abbrev=False)

    def parse_known_args(self, *given: Any, **named: Any) -> Any:
        """Read arguments, as all ways to read them come to do."""
        if VerbParser.is_shown:
            raise ParserShownError(self)
        return super().parse_known_args(*given, **named)

    def parse_known_intermixed_args(self, *given: Any, **named: Any) -> Any:
        """The same for options among other arguments."""
        if VerbParser.is_shown:
            raise ParserShownError(self)
        return super().parse_known_intermixed_args(*given, **named)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments."""
        raise CannotRunError(f"{message} (try '{self.prog} --help')")


def add_profile(parser: argparse.ArgumentParser) -> None:
    """``--profile``: which Exim is imitated."""
    parser.add_argument(
        "--profile",
        metavar="NAME[,+FEATURE][,-FEATURE]",
        help=f"the Exim to imitate: {', '.join(PROFILES)} or a release such as 4.97, with features, lookups "
        "and drivers put in or left out (default: EXIMULATE_PROFILE, else the newest)",
    )


def add_host(parser: argparse.ArgumentParser) -> None:
    """``--host``: the host that is to be taken for this one."""
    parser.add_argument(
        "--host", metavar="FILE", help="describes the host to be taken for this one (default: EXIMULATE_HOST)"
    )
    parser.add_argument(
        "--dns-zones",
        metavar="DIR",
        action=_SetZones,
        default=argparse.SUPPRESS,
        help="zone files that answer all questions to the DNS (default: EXIMULATE_DNS_ZONES)",
    )


class _SetZones(argparse.Action):
    """Hands the folder to the virtual host of this run, which the environment describes."""

    def __call__(self, _parser: Any, _namespace: Any, values: Any, _option: Any = None) -> None:
        os.environ["EXIMULATE_DNS_ZONES"] = str(values)


def add_macros(parser: argparse.ArgumentParser) -> None:
    """``-D``: macros, as Exim's own option defines them."""
    parser.add_argument(
        "-D", dest="macros", action="append", default=[], metavar="NAME[=VALUE]", help="define a macro"
    )


def add_allow(parser: argparse.ArgumentParser) -> None:
    """``--allow``: what the sandbox lets through."""
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="WORDS",
        help="effects to permit, commas between them: run (commands), net (sockets), write (files)",
    )


def add_limit(parser: argparse.ArgumentParser) -> None:
    """``--limit``: how much work one expansion may be."""
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=NUMBER",
        help=f"what one expansion may take: {', '.join(VERBS.record_fields)}",
    )


def limits_from(given: Sequence[str]) -> Limits:
    """The limits of ``--limit``. Raises `CannotRunError` for what is none."""
    changes: dict[str, float] = {}
    for text in given:
        name, _, value = text.partition("=")
        if name not in VERBS.record_fields or not (value.isascii() and value.isdigit()):
            known = ", ".join(VERBS.record_fields)
            raise CannotRunError(f"--limit {text}: NAME=NUMBER expected (known: {known})")
        changes[name] = int(value)
    return replaced(VERBS, **changes)


def add_expander(parser: argparse.ArgumentParser) -> None:
    """All arguments that `expander_from` looks at."""
    parser.add_argument("-C", "--config", metavar="FILE", help="the configuration to expand with")
    add_macros(parser)
    parser.add_argument("--message", metavar="FILE", help="a message for $h_..., $message_body and the like")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="give a variable or a header line a value",
    )
    add_profile(parser)
    add_host(parser)
    add_allow(parser)
    add_limit(parser)


def profile_from(name: str | None) -> Profile:
    """The profile that the text describes. Raises `CannotRunError` if there is none."""
    try:
        return chosen(name)
    except UnknownProfileError as problem:
        raise CannotRunError(str(problem)) from None


def world_from(allow: Sequence[str], host: str | None = None) -> World:
    """The machine behind the sandbox, with the host of a file laid over it.

    Raises `CannotRunError` for an unknown word and for a file that describes no host.
    """
    from expander.world.real import RealWorld
    from expander.world.sandbox import SandboxWorld
    from expander.world.this_host import of_this_run
    from expander.world.virtual_host import HostFileError

    environment = os.environ if host is None else {**os.environ, "EXIMULATE_HOST": host}
    words = [word.strip() for part in allow for word in part.split(",") if word.strip()]
    try:
        return SandboxWorld(RealWorld(of_this_run(environment)), words)
    except (ValueError, HostFileError) as problem:
        raise CannotRunError(str(problem)) from None


def macros_from(given: Sequence[str]) -> dict[str, str]:
    """The macros of ``-D``, as held text. Raises `CannotRunError` for what is no macro name."""
    macros: dict[str, str] = {}
    for text in map(from_argument, given):
        name, _, value = text.partition("=")
        name = name.strip()
        if not name.isascii() or not name[:1].isupper() or not name.replace("_", "a").isalnum():
            raise CannotRunError(f"-D{to_display(text)}: a macro name starts with an upper case letter")
        macros[name] = value.strip()
    return macros


def require_file(path: str, world: World) -> None:
    """See that a file can be read. Raises `CannotRunError` if not: Exim takes a folder for an empty file."""
    try:
        world.files.read(from_argument(path), 1)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        raise CannotRunError(f"cannot read {path}: {reason}") from None


def load_config(path: str, profile: Profile, world: World, macros: dict[str, str]) -> Config:
    """The configuration in a file. Raises `CannotRunError` if it cannot be loaded."""
    from expander.config.load import load

    return load_by(load, path, profile, world, macros)


def load_by(load: Callable[..., T], path: str, profile: Profile, world: World, macros: dict[str, str]) -> T:
    """What a function loads from a file. Raises `CannotRunError` for a configuration that is refused."""
    from expander.excerpt import error_lines

    require_file(path, world)
    try:
        return load(from_argument(path), profile=profile, world=world, macros=macros)
    except EximError as error:
        first, *rest = error_lines(error)
        raise CannotRunError(first.removeprefix("error: "), *rest) from None


def expander_from(args: argparse.Namespace, mode: Mode | None = None) -> Expander:
    """The expander that the arguments describe. Raises `CannotRunError`."""
    from expander.api import Expander
    from expander.expand.mode import TAINT
    from expander.setting import take_message

    profile = profile_from(args.profile)
    world = world_from(args.allow, args.host)
    macros = macros_from(args.macros)
    if macros and not args.config:
        raise CannotRunError("-D defines a macro of a configuration: -C FILE is missing")
    config = load_config(args.config, profile, world, macros) if args.config else None
    limits = limits_from(args.limit)
    expander = Expander(config=config, profile=profile, world=world, mode=mode or TAINT, limits=limits)
    if args.message:
        require_file(args.message, world)
        take_message(expander.context, world.files.read(from_argument(args.message)))
    assign_settings(expander.context, args.set)
    return expander


def assign_settings(context: Context, given: Sequence[str]) -> None:
    """Give variables the values of ``NAME=VALUE`` arguments. Raises `CannotRunError`."""
    from expander.excerpt import error_lines
    from expander.setting import assign

    for text in map(from_argument, given):
        name, equals, value = text.partition("=")
        if not equals:
            raise CannotRunError(f"--set {to_display(text)}: NAME=VALUE expected")
        try:
            assign(context, name.strip(), value)
        except EximError as error:
            first, *rest = error_lines(error)
            message = first.removeprefix("error: ")
            raise CannotRunError(f"--set {to_display(text)}: {message}", *rest) from None


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """The options that say how the configuration of a verb is loaded; see `configuration_from`."""
    add_macros(parser)
    add_profile(parser)
    add_host(parser)
    add_allow(parser)


def configuration_from(args: argparse.Namespace) -> Configuration:
    """The configuration that the arguments describe. Raises `CannotRunError`."""
    from expander.configuration import Configuration

    world = world_from(args.allow, args.host)
    profile = profile_from(args.profile)
    return Configuration(load_config(args.config, profile, world, macros_from(args.macros)), world)
