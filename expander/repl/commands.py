"""The commands of a session: lines that start with a colon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import to_display
from expander.repl import looking

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.api import Expander
    from expander.config.model import Config
    from expander.repl.session import Session


class EndSession(Exception):
    """The person wants to leave."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what follows its name, one line of help, and what it does."""

    argument: str
    help: str
    run: Callable[[Session, str], list[str]]


def rebuilt(session: Session, *, config: Config | None = None, profile: Profile | None = None) -> Expander:
    """A new expander with the session's sandbox; the message and the values set by hand stay."""
    from expander.api import Expander
    from expander.expand.mode import TRACE
    from expander.world.real import RealWorld
    from expander.world.sandbox import SandboxWorld

    old = session.expander
    world = SandboxWorld(RealWorld(), session.allowed)
    new = Expander(
        config=config, profile=profile or old.profile, world=world, mode=TRACE, limits=old.context.limits
    )
    new.context.facts.update(old.context.facts)
    new.context.acl_c.update(old.context.acl_c)
    new.context.acl_m.update(old.context.acl_m)
    new.context.headers, new.context.body = old.context.headers, old.context.body
    new.context.captures = old.context.captures
    new.context.value, new.context.item = old.context.value, old.context.item
    return new


def set_value(session: Session, rest: str) -> list[str]:
    """``:set name=value``."""
    from expander.setting import assign

    name, equals, value = rest.partition("=")
    if not equals or not name.strip():
        return ["usage: :set name=value"]
    assign(session.expander.context, name.strip(), value.strip())
    return []


def unset_value(session: Session, rest: str) -> list[str]:
    """``:unset name``."""
    from expander.setting import unassign

    if not rest:
        return ["usage: :unset name"]
    unassign(session.expander.context, rest)
    return []


def take_message(session: Session, rest: str) -> list[str]:
    """``:message FILE``."""
    from expander.setting import take_message as take

    if not rest:
        return ["usage: :message FILE"]
    context = session.expander.context
    try:
        data = context.world.files.read(rest)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        return [f"error: cannot read {to_display(rest)}: {reason}"]
    count = take(context, data)
    return [f"{count} header line{'' if count == 1 else 's'}, {len(context.body)} bytes of body"]


def _load(session: Session, path: str, profile: Profile) -> Config:
    from expander.config.load import load

    world = session.expander.context.world
    return load(path, profile=profile, world=world, macros=session.macros)


def load_file(session: Session, rest: str) -> list[str]:
    """``:config FILE``."""
    if not rest:
        return [f"configuration: {to_display(session.config) or 'none'} (:config FILE loads one)"]
    config = _load(session, rest, session.expander.profile)
    session.expander = rebuilt(session, config=config)
    session.config = rest
    return [f"loaded {to_display(rest)}"]


def _switched(name: str, rest: str, *, now: bool) -> tuple[bool, list[str]]:
    """What a switch is from now on, and what is said of it."""
    if rest in {"on", "off"}:
        return rest == "on", []
    return now, [f"{name} is {'on' if now else 'off'} (:{name} on or :{name} off)"]


def switch_trace(session: Session, rest: str) -> list[str]:
    """``:trace on`` and ``:trace off``."""
    session.trace, said = _switched("trace", rest, now=session.trace)
    return said


def switch_time(session: Session, rest: str) -> list[str]:
    """``:time on`` and ``:time off``."""
    session.time, said = _switched("time", rest, now=session.time)
    return said


def choose_profile(session: Session, rest: str) -> list[str]:
    """``:profile NAME``."""
    from expander.config.profile import PROFILES, UnknownProfileError, chosen

    if not rest:
        return [f"profile is {session.expander.profile.name} (known: {', '.join(PROFILES)})"]
    try:
        profile = chosen(rest)
    except UnknownProfileError as unknown:
        return [f"error: {to_display(str(unknown))}"]
    config = _load(session, session.config, profile) if session.config else None
    session.expander = rebuilt(session, config=config, profile=profile)
    return []


def allow(session: Session, rest: str) -> list[str]:
    """``:allow run``, ``net`` or another of these words, or several with commas; ``none`` takes all back."""
    from expander.world.sandbox import EFFECTS

    words = rest.replace(",", " ").split()
    unknown = [word for word in words if word not in EFFECTS and word != "none"]
    if unknown or not words:
        allowed = ", ".join(sorted(session.allowed)) or "nothing"
        known = f"allowed: {allowed} (known: {', '.join(EFFECTS)}, none)"
        return [known] if not unknown else [f'error: unknown word "{to_display(unknown[0])}"; {known}']
    for word in words:
        session.allowed = set() if word == "none" else session.allowed | {word}
    session.expander = rebuilt(session, config=session.expander.config)
    return []


def show_help(_session: Session, _rest: str) -> list[str]:
    """``:help``."""
    heads = [f":{name} {command.argument}".rstrip() for name, command in COMMANDS.items()]
    width = max(map(len, heads))
    helps = [command.help for command in COMMANDS.values()]
    return [
        "Every other line is expanded and its value printed; it goes on while braces are open.",
        *(f"  {head:<{width}}  {text}" for head, text in zip(heads, helps, strict=True)),
    ]


def leave(_session: Session, _rest: str) -> list[str]:
    """``:quit``."""
    raise EndSession


def run(session: Session, line: str) -> list[str]:
    """Run the command in a line that starts with a colon; the lines to be shown.

    Raises `EndSession` if the person wants to leave, and nothing for a command that goes wrong.
    """
    from expander.excerpt import error_lines

    name, _, rest = line[1:].strip().partition(" ")
    command = COMMANDS.get(ALIASES.get(name, name))
    if command is None:
        near = get_close_matches(name, [*COMMANDS, *ALIASES], n=1)
        meant = f"; did you mean :{near[0]}?" if near else "; :help lists the commands"
        return [f"error: unknown command :{to_display(name)}{meant}"]
    try:
        return command.run(session, rest.strip())
    except EximError as error:
        return error_lines(error)


COMMANDS: dict[str, Command] = {
    "set": Command("name=value", "give a variable or a header line (h_subject) a value", set_value),
    "unset": Command("name", "take the value back; of a header line, all of that name", unset_value),
    "message": Command("FILE", "take header lines and body from a message", take_message),
    "config": Command("FILE", "expand with this configuration from now on", load_file),
    "profile": Command("NAME", "imitate another Exim", choose_profile),
    "trace": Command("on|off", "show the value of every part", switch_trace),
    "time": Command("on|off", "show how long each expansion took", switch_time),
    "explain": Command("[text]", "show the parts of a text, or of the last one", looking.show_steps),
    "vars": Command(
        "[pattern]", "list variables that have a value, or all that match", looking.show_variables
    ),
    "doc": Command("NAME", "describe a variable, operator, item, condition or option", looking.show_unit),
    "allow": Command("run|net|write", "let commands, sockets or writing through the sandbox", allow),
    "help": Command("", "list the commands", show_help),
    "quit": Command("", "leave (so does the end of the input)", leave),
}
ALIASES = {"load": "config", "exit": "quit", "q": "quit", "?": "help", "h": "help"}
