"""The commands of a session: lines that start with a colon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError, ExpansionError
from drivers.api.text import printing, to_display

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
    """A new expander with the session's sandbox; the values that were set by hand stay."""
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
    new.context.headers, new.context.captures = old.context.headers, old.context.captures
    new.context.value, new.context.item = old.context.value, old.context.item
    return new


def set_value(session: Session, rest: str) -> list[str]:
    """``:set name=value``."""
    from expander.excerpt import error_lines
    from expander.setting import assign

    name, equals, value = rest.partition("=")
    if not equals or not name.strip():
        return ["usage: :set name=value"]
    try:
        assign(session.expander.context, name.strip(), value.strip())
    except EximError as error:
        return error_lines(error)
    return []


def load_file(session: Session, rest: str) -> list[str]:
    """``:load FILE``."""
    from expander.config.load import load
    from expander.excerpt import error_lines

    if not rest:
        return ["usage: :load FILE"]
    ctx = session.expander.context
    try:
        config = load(rest, profile=ctx.profile, world=ctx.world, macros={})
    except EximError as error:
        return error_lines(error)
    session.expander = rebuilt(session, config=config)
    session.config = rest
    return [f"loaded {to_display(rest)}"]


def switch_trace(session: Session, rest: str) -> list[str]:
    """``:trace on`` and ``:trace off``."""
    if rest not in {"on", "off"}:
        return [f"trace is {'on' if session.trace else 'off'} (:trace on or :trace off)"]
    session.trace = rest == "on"
    return []


def choose_profile(session: Session, rest: str) -> list[str]:
    """``:profile NAME``."""
    from expander.config.load import load
    from expander.config.profile import PROFILES
    from expander.excerpt import error_lines

    profile = PROFILES.get(rest)
    if profile is None:
        return [f"profile is {session.expander.profile.name} (known: {', '.join(PROFILES)})"]
    world = session.expander.context.world
    try:
        config = load(session.config, profile=profile, world=world, macros={}) if session.config else None
    except EximError as error:
        return error_lines(error)
    session.expander = rebuilt(session, config=config, profile=profile)
    return []


def show_variables(session: Session, rest: str) -> list[str]:
    """``:vars [pattern]``: with a pattern all that match, else those with a value."""
    ctx = session.expander.context
    shown = []
    for name in registry.names("variable"):
        entry = registry.entry("variable", name)
        if entry is None or name.endswith("*") or not ctx.profile.has(entry):
            continue
        if rest and not fnmatchcase(name, rest):
            continue
        value = _value(session, name)
        if value or rest:
            shown.append(f"${name} = {value}")
    acl = [(f"acl_c{name}", value) for name, value in ctx.acl_c.items()]
    acl += [(f"acl_m{name}", value) for name, value in ctx.acl_m.items()]
    shown += [f"${name} = {_one_line(value)}" for name, value in acl if fnmatchcase(name, rest or "*")]
    return shown or [f"no variable matches {to_display(rest)}"]


def _value(session: Session, name: str) -> str:
    try:
        return _one_line(session.expander.expand(f"${{{name}}}"))
    except ExpansionError as error:
        return f"!! {_one_line(error.message)}"


def _one_line(text: str) -> str:
    return to_display(printing(text, top_bit_prints=True))


def show_unit(session: Session, rest: str) -> list[str]:
    """``:doc NAME``."""
    from expander.explain import described, matching, nearest, shown_name

    if not rest:
        return ["usage: :doc NAME"]
    units = matching(rest)
    if not units:
        near = [shown_name(name) for _, name in nearest(rest, registry.families())]
        meant = f"; did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
        return [f'error: nothing is called "{to_display(rest)}"{meant}']
    lines: list[str] = []
    for unit in units:
        lines += [*([""] if lines else []), *described(unit, session.expander.profile)]
    return lines


def allow(session: Session, rest: str) -> list[str]:
    """``:allow run``, ``net`` or ``write``, or several with commas between them."""
    from expander.world.sandbox import EFFECTS

    words = [word.strip() for word in rest.replace(",", " ").split()]
    unknown = [word for word in words if word not in EFFECTS]
    if unknown or not words:
        allowed = ", ".join(sorted(session.allowed)) or "nothing"
        return [f"allowed: {allowed} (known: {', '.join(EFFECTS)})"]
    session.allowed.update(words)
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


COMMANDS: dict[str, Command] = {
    "set": Command("name=value", "give a variable or a header line (h_subject) a value", set_value),
    "load": Command("FILE", "expand with this configuration from now on", load_file),
    "trace": Command("on|off", "show the value of every part", switch_trace),
    "profile": Command("NAME", "imitate another Exim", choose_profile),
    "vars": Command("[pattern]", "list variables that have a value, or all that match", show_variables),
    "doc": Command("NAME", "describe a variable, operator, item, condition or option", show_unit),
    "allow": Command("run|net|write", "let commands, sockets or writing through the sandbox", allow),
    "help": Command("", "list the commands", show_help),
    "quit": Command("", "leave (so does the end of the input)", leave),
}
