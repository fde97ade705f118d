"""What ``-bP`` prints: options, drivers, named lists, macros, the configuration itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from expander.config.model import LIST_WORDS
from expander.config.option_tables import GENERIC, driver_options, main_options
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from drivers.api.options import OptionType
    from drivers.api.outside import World
    from drivers.api.unit import Unit
    from expander.config.model import Config, Instance, NamedList, Options
    from grammar.ast.config import Node
    from grammar.macros import Definition

HIDDEN = "<value not displayable>"
WHOLE = "config"
"""The argument that asks for the whole configuration; it counts only as the first."""

MACRO = "macro"
ENVIRONMENT = "environment"
MACROS = ("macros", "macro_list")
_FAMILIES = {"router": "routers", "transport": "transports", "authenticator": "authenticators"}
_RUNS = late_pattern(r"[ \t\n\v\f\r]+")
_CAREFUL = ('"', "'", "$")
SECTION, DRIVER = 2, 4
"""How far lines are indented in a section, and below the name of a driver or an ACL."""

_SECRET = late_pattern(r"[A-Z]|hide[ \t]")
_BARE_WHEN_EMPTY = ("fixed", "user_list", "group_list")


def items(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The arguments of ``-bP`` as kinds and names: "router" takes along what follows it.

    So does "environment", although there is nothing of that kind to be found by name.
    """
    rest = iter(arguments)
    for argument in rest:
        name = next(rest, None) if argument in {*_FAMILIES, MACRO, ENVIRONMENT} else None
        yield ("", argument) if name is None else (argument, name)


class Printer:
    """Prints a configuration as Exim does.

    ``names`` is false after ``-n``: values alone. ``admin`` is whether the caller may see macros and
    options that are set with ``hide``. ``version`` is what the heading of a whole configuration says.
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
        return "".join(self._main(table, name) for name in sorted(table) if _visible(table[name]))

    def requested(self, name: str, kind: str = "") -> tuple[str, bool]:
        """What one argument of ``-bP`` asks for, and whether there is such a thing.

        With ``kind`` the name is that of a router, transport, authenticator or macro, or of nothing.
        """
        found = self._named(kind, name) if kind else self._one(name)
        return (found, True) if isinstance(found, str) else (found[0], False)

    def _named(self, kind: str, name: str) -> str | tuple[str]:
        """One router, transport, authenticator or macro; a tuple holds a complaint."""
        if kind == MACRO:
            macros = self.config.macros
            macro = macros.defined.get(name) or macros.predefined.get(name)
            if macro is None:
                return (f"macro {name} not found\n",)
            return self._macro(macro)
        instance = None if kind == ENVIRONMENT else self.config.instance(kind, name)
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
        if name == WHOLE:
            return ""  # the lines are kept only where the first argument asks for them
        if name == ENVIRONMENT:
            left = sorted(config.environment.items())
            return "".join(f"{name}={value}\n" if self.names else f"{name}\n" for name, value in left)
        if name == "local_scan":
            return ("local_scan() options are not supported\n",)
        for family, plural in _FAMILIES.items():
            if name == plural:
                found = config.instances(family)
                return "".join(f"\n{i.name} {family}:\n{self.instance(i)}" for i in found)
            if name == f"{family}_list":
                return "".join(f"{i.name}\n" for i in config.instances(family))
        if name in MACROS:
            every = [*config.macros.predefined.values(), *config.macros.defined.values()]
            return "".join(f"{m.name}\n" if name == "macro_list" else self._macro(m) for m in every)
        table = main_options(config.profile)
        if name not in table:
            return (f"{name} is not a known option\n",)
        return self._main(table, name)

    def _main(self, table: Mapping[str, Unit], name: str) -> str:
        options = self.config.options
        return self._option(options, table, name, hidden=name in options.hidden)

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
        hidden = self._hidden_of(instance)
        return "".join(
            self._option(instance.options, table, name, hidden=name in hidden)
            for table in (generic, private)
            for name in sorted(table)
            if _visible(table[name])
        )

    def _hidden_of(self, instance: Instance) -> set[str]:
        """The options that ``hide`` hides: a generic one in all drivers, a private one in all of the kind."""
        generic = driver_options(self.config.profile, instance.family, GENERIC)
        return {
            name
            for other in self.config.instances(instance.family)
            for name in other.options.hidden
            if name in generic or other.driver == instance.driver
        }

    def _option(self, options: Options, table: Mapping[str, Unit], name: str, *, hidden: bool) -> str:
        unit: Unit = table[name]
        option_type: OptionType = unit.impl
        value = options[name]
        if hidden and not self.admin:
            text = HIDDEN
        elif option_type.name in {"bool", "late_bool"} and isinstance(value, bool):
            return f"{name if value else f'no_{name}'}\n"
        elif value is None or value == ():
            if option_type.name in _BARE_WHEN_EMPTY:
                return f"{name} =\n" if self.names or option_type.name == "fixed" else "\n"
            text = ""
        else:
            text = option_type.show(value, self.world.users)
        return f"{name} = {text}\n" if self.names else f"{text}\n"

    def whole(self) -> str:
        """The configuration as it was read: macros replaced, comments gone, laid out evenly."""
        lines = [f"# Exim Configuration ({self.version})", *_layout(self.config, admin=self.admin)]
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
    """A line with one space for each run of white space, up to what may be laid out with care.

    That begins with a quote or a dollar behind a space. Exim looks for it before it has moved up what
    follows a longer run: the character that counts is not the next one, but one as much further on.
    """
    parts: list[str] = []
    done = 0
    for run in _RUNS.finditer(text):
        parts += text[done : run.start()], " "
        done = run.end()
        ahead = len(run[0]) - 1
        looked_at = done if done + ahead > len(text) else done + ahead
        if text.startswith(_CAREFUL, looked_at):
            break
    return "".join((*parts, text[done:]))


def _layout(config: Config, *, admin: bool) -> Iterator[str]:
    """The lines indented by what they look like, with a note where another file begins or goes on.

    Only "begin" in lower case counts, and any line without an equals sign that ends in a colon passes for
    the name of a driver or an ACL. Without ``admin`` there are no values in lines that begin with a capital
    letter, as those of macros do, or with ``hide``.
    """
    indent = 0
    switches = list(config.tree.switches)
    for index, text in enumerate((*_logical(config), "")):
        while switches and switches[0].before <= index:
            switch = switches.pop(0)
            yield f'# {switch.number} "{switch.file}"'
        shown = _squeezed(text)
        if shown.startswith("begin "):
            yield from ("", shown)
            indent = SECTION
        elif shown.endswith(":") and "=" not in shown:
            yield from ("", f"{' ' * SECTION}{shown}")
            indent = DRIVER
        elif not admin and _SECRET.match(shown):
            start, equals, _ = shown.partition("=")
            yield f"{' ' * indent}{start}= {HIDDEN}" if equals else HIDDEN
        elif shown:
            yield f"{' ' * indent}{shown}"
