"""What ``-bP`` prints: options, drivers, named lists, macros, the configuration itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api.text import SPACE
from expander.config.environment import pruned
from expander.config.model import LIST_WORDS
from expander.config.option_tables import GENERIC, driver_options, main_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drivers.api.options import OptionType
    from drivers.api.outside import World
    from drivers.api.unit import Unit
    from expander.config.model import Config, Instance, NamedList, Options
    from grammar.ast.config import Node
    from grammar.macros import Definition

HIDDEN = "<value not displayable>"
_FAMILIES = {"router": "routers", "transport": "transports", "authenticator": "authenticators"}
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*"?)')
_SECTIONS = re.compile(r"begin +", re.IGNORECASE)
_HEADING = re.compile(r"[A-Za-z][A-Za-z0-9_]*:")
_BARE_WHEN_EMPTY = ("fixed", "user_list", "group_list")


class Printer:
    """Prints a configuration as Exim does.

    ``names`` is false after ``-n``: values alone. ``admin`` is whether the caller may see options
    that are set with ``hide``. ``version`` is what the heading of a whole configuration says.
    """

    def __init__(self, config: Config, world: World, *, names: bool = True, admin: bool = True) -> None:
        self.config = config
        self.world = world
        self.names = names
        self.admin = admin
        self.version = config.profile.version

    def everything(self) -> str:
        """All main options, as ``-bP`` without arguments prints them."""
        table = main_options(self.config.profile)
        return "".join(
            self._option(self.config.options, table, name) for name in sorted(table) if _visible(table[name])
        )

    def requested(self, arguments: Sequence[str]) -> tuple[str, int]:
        """What the arguments of ``-bP`` ask for, and the exit status: that of the last one."""
        if not arguments:
            return self.everything(), 0
        output, status = [], 0
        rest = list(arguments)
        while rest:
            name = rest.pop(0)
            kind = name if name in {*_FAMILIES, "macro"} and rest else ""
            found = self._named(kind, rest.pop(0)) if kind else self._one(name)
            status = 0 if isinstance(found, str) else 1
            output.append(found if isinstance(found, str) else found[0])
        return "".join(output), status

    def _named(self, kind: str, name: str) -> str | tuple[str]:
        """One router, transport, authenticator or macro; a tuple holds a complaint."""
        if kind == "macro":
            macros = self.config.macros
            macro = macros.defined.get(name) or macros.predefined.get(name)
            if macro is None:
                return (f"macro {name} not found\n",)
            return self._macro(macro)
        instance = self.config.instance(kind, name)
        if instance is None:
            return (f"{kind} {name} not found\n",)
        return self.instance(instance)

    def _macro(self, macro: Definition) -> str:
        return f"{macro.name}={macro.value}\n" if self.names else f"{macro.value}\n"

    def _one(self, name: str) -> str | tuple[str]:
        config = self.config
        if name.startswith("+"):
            return self._list(name[1:])
        if name in {"config_file", "configure_file"}:
            return f"{config.path}\n"
        if name == "all":
            return self.everything()
        if name == "config":
            return self.whole()
        if name == "environment":
            options = config.options
            kept = pruned(self.world.environment, options["keep_environment"], options["add_environment"])
            return "".join(
                f"{name}={value}\n" if self.names else f"{name}\n" for name, value in sorted(kept.items())
            )
        if name == "local_scan":
            return ("local_scan() options are not supported\n",)
        for family, plural in _FAMILIES.items():
            if name == plural:
                found = config.instances(family)
                return "".join(f"\n{i.name} {family}:\n{self.instance(i)}" for i in found)
            if name == f"{family}_list":
                return "".join(f"{i.name}\n" for i in config.instances(family))
        if name in {"macros", "macro_list"}:
            every = [*config.macros.predefined.values(), *config.macros.defined.values()]
            return "".join(f"{m.name}\n" if name == "macro_list" else self._macro(m) for m in every)
        table = main_options(config.profile)
        if name not in table:
            return (f"{name} is not a known option\n",)
        return self._option(config.options, table, name)

    def _list(self, name: str) -> str | tuple[str]:
        found = [
            self.config.lists[key]
            for kind in sorted(LIST_WORDS)
            if (key := (kind, name)) in self.config.lists
        ]
        if found:
            return "".join(map(self._show_list, found))
        return (f'no address, domain, host, or local part list called "{name}" exists\n',)

    def _show_list(self, found: NamedList) -> str:
        head = f"{found.list_kind}list {found.name} = " if self.names else ""
        return f"{head}{HIDDEN if found.hidden else found.text}\n"

    def instance(self, instance: Instance) -> str:
        """All options of a driver: the generic ones, then the private ones."""
        profile = self.config.profile
        generic = driver_options(profile, instance.family, GENERIC)
        private = driver_options(profile, instance.family, instance.driver)
        return "".join(
            self._option(instance.options, table, name)
            for table in (generic, private)
            for name in sorted(table)
            if _visible(table[name])
        )

    def _option(self, options: Options, table: dict[str, Unit] | Any, name: str) -> str:
        unit: Unit = table[name]
        option_type: OptionType = unit.impl
        value = options[name]
        if option_type.name in {"bool", "late_bool"} and isinstance(value, bool):
            return f"{name if value else f'no_{name}'}\n"
        setting = options.settings.get(name)
        if setting is not None and setting.hidden and not self.admin:
            text = HIDDEN
        elif value is None or value == ():
            if option_type.name in _BARE_WHEN_EMPTY:
                return f"{name} =\n" if self.names or option_type.name == "fixed" else "\n"
            text = ""
        else:
            text = option_type.show(value, self.world.users)
        return f"{name} = {text}\n" if self.names else f"{text}\n"

    def whole(self) -> str:
        """The configuration as it was read: macros replaced, comments gone, laid out evenly."""
        config = self.config
        head = [f"# Exim Configuration ({self.version})", f'# 1 "{config.path}"']
        lines = [*head, *_layout(config)]
        if not self.names:
            lines = [line.lstrip(SPACE) for line in lines if line]
        return "\n".join(lines) + "\n"


def _visible(unit: Unit) -> bool:
    return not unit.facts["hidden"]


def _logical(config: Config) -> Iterator[str]:
    """The texts of the logical lines in order."""
    seen: set[int] = set()

    def walk(node: Node) -> Iterator[str]:
        source = node.span.source
        if source.pieces and id(source) not in seen:
            seen.add(id(source))
            yield source.text
        for name in ("heading", "settings", "statements", "clauses", "body"):
            below = getattr(node, name, ())
            for child in below if isinstance(below, tuple) else (below,):
                yield from walk(child)

    for node in (*config.tree.main, *config.tree.sections):
        yield from walk(node)


def _squeezed(text: str) -> str:
    """A line without surplus white space outside of quotes."""
    return "".join(
        part if part.startswith('"') else re.sub(r"[ \t]+", " ", part) for part in _QUOTED.split(text)
    ).strip(SPACE)


def _layout(config: Config) -> Iterator[str]:
    """The lines indented by what they are, with a note where another file begins or goes on."""
    section, below_heading = "", False
    switches = list(config.tree.switches)
    for index, text in enumerate((*_logical(config), "")):
        while switches and switches[0].before <= index:
            switch = switches.pop(0)
            yield f'# {switch.number} "{switch.file}"'
        if not text:
            return
        shown = _squeezed(text)
        begin = _SECTIONS.match(text)
        if begin:
            section, below_heading = text[begin.end() :].strip(SPACE), False
            yield ""
            yield shown
        elif section.startswith(("acl", "router", "transport", "authenticator")):
            heading = _HEADING.match(text) is not None
            below_heading = below_heading or heading
            if heading:
                yield ""
            yield f"    {shown}" if below_heading and not heading else f"  {shown}"
        else:
            yield f"  {shown}" if section else shown
