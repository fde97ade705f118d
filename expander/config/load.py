"""Loading a configuration: read, parse, check. The only place that knows all steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drivers.api.errors import ConfigError
from drivers.api.registry import names_in
from drivers.api.text import SPACE
from drivers.values.accounts import ShortNames
from expander.config import settings
from expander.config.early import EarlyExpander
from expander.config.main_checks import check_main
from expander.config.model import FAMILY, LIST_WORDS, Config, LoadError, NamedList, empty_options
from expander.config.reporting import Reporter
from grammar.ast.config import Broken, Option, Section
from grammar.ast.config import NamedList as ListNode
from grammar.config import parse
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from drivers.api.limits import Limits
    from drivers.api.outside import Users, World
    from drivers.api.profile import Profile
    from grammar.ast.config import Node
    from grammar.macros import Definition
    from grammar.source import Span

MOST_LISTS = 32
NO_LOCAL_SCAN = "local_scan() options not supported: (LOCAL_SCAN_HAS_OPTIONS not defined in Local/Makefile)"


def _reader(world: World) -> Callable[[str], str | None]:
    """Reads files as held text; a directory can be opened but has nothing in it."""

    def read(path: str) -> str | None:
        try:
            return world.files.read(path).decode("latin-1")
        except IsADirectoryError:
            return ""
        except OSError:
            return None

    return read


def _predefined(profile: Profile) -> Mapping[str, str]:
    from expander.config.macros import predefined

    return predefined(profile)


def _with_text(name: str, text: str, read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Reads files, but for one of them, whose text is known."""
    return lambda path: text if path == name else read(path)


def find_file(paths: str, world: World) -> str:
    """The first file of a list of paths that exists.

    Raises `LoadError` with Exim's words if there is none.
    """
    for path in (p.strip(SPACE) for p in paths.split(":")):
        try:
            if path:
                world.files.stat(path)
                return path
        except OSError:
            continue
    raise LoadError(f"non-existent configuration file(s): {paths}", log="MAIN PANIC DIE")


def load(
    path: str,
    *,
    profile: Profile,
    world: World,
    macros: Mapping[str, str] | None = None,
    on_macro: Callable[[Definition], None] | None = None,
    collect: bool = False,
    limits: Limits | None = None,
    text: str | None = None,
) -> Config:
    """The configuration in a file, or in the first that exists of several with colons between them.

    ``macros`` are those of the command line; ``on_macro`` is told of each use of one that is not the
    build's. With ``collect`` all errors are gathered in
    ``errors`` of the result and reading goes on behind each; otherwise the first one is raised as
    `LoadError`, whose message is the text that Exim prints. ``limits`` are for the options that are
    expanded while loading. With ``text`` that is what the file has, which need not be there. See "The
    Exim run time configuration file" in the manual.
    """
    file = find_file(path, world) if text is None else path
    table = MacroTable.of(lambda: _predefined(profile), macros or {})
    table.on_use = on_macro
    read = _reader(world)
    if text is not None:
        read = _with_text(file, text, read)
    preprocessor = Preprocessor(file, read, table, tolerant=collect)
    tree = parse(preprocessor, names_in(profile, "acl-verb"))
    config = Config(file, profile, empty_options(profile), tree, table)
    report = Reporter(collect, "bad-value", config.options)
    early = EarlyExpander(config, world, limits, report)
    _read_main(tree.main, config, world, early, report)
    report.kind = "conflicting-options"
    check_main(config.options, world, early, report, profile)
    seen: set[str] = set()
    for section in tree.sections:
        if not section.name:
            broken = section.body[0]
            assert isinstance(broken, Broken)
            report.broken(broken)
            continue
        if section.name in seen:
            written = section.span.text[len("begin ") :].strip(SPACE)
            message = f'"{written}" section is repeated in the configuration file'
            report.in_line(section, message, cause="duplicate-name")
        seen.add(section.name)
        _read_section(section, config, early, report)
    config.warnings, config.errors = report.warnings, report.errors
    config.stamp = report.stamp
    return config


_KINDS = {
    "acl": "bad-acl-line",
    "retry": "bad-retry-rule",
    "rewrite": "bad-rewrite-rule",
    "local_scan": "unknown-option",
}
"""The kind of most faults of a section; those of drivers have bad values."""


def _read_section(section: Section, config: Config, early: EarlyExpander, report: Reporter) -> None:
    report.kind = _KINDS.get(section.name, "bad-value")
    if section.name in FAMILY:
        from expander.config.driver_sections import read_drivers

        users = cast("Users", ShortNames(early.world.users, config.options))
        read_drivers(section, config, users, early.expand, report)
    elif section.name == "acl":
        from expander.config.acl_section import read_acls

        read_acls(section, config, report)
    elif section.name == "retry":
        from expander.config.rules import read_retry

        read_retry(section, config, report)
    elif section.name == "rewrite":
        from expander.config.rules import read_rewrite

        read_rewrite(section, config, report)
    else:
        report.in_line(section, NO_LOCAL_SCAN)


def _read_main(
    lines: Iterable[Node], config: Config, world: World, early: EarlyExpander, report: Reporter
) -> None:
    """The main section: options and named lists."""
    users = cast("Users", ShortNames(world.users, config.options))
    for line in lines:
        try:
            if isinstance(line, Broken):
                if line.list_kind:
                    _check_name(config, line.list_kind, line.list_name, line.span)
                report.broken(line)
            elif isinstance(line, ListNode):
                _read_list(line, config)
            elif isinstance(line, Option):
                settings.apply(config.options, line, users, _unknown, early.expand)
        except LoadError:
            raise
        except ConfigError as error:
            assert isinstance(line, ListNode | Option | Broken)
            report.wrong(line, error)


def _unknown(name: str) -> str:
    return f'main option "{name}" unknown'


def _check_name(config: Config, kind: str, name: str, span: Span) -> None:
    """Raises `ConfigError` in Exim's words where there can be no list of that name."""
    if sum(1 for other, _ in config.lists if other == kind) >= MOST_LISTS:
        message = f"too many named {LIST_WORDS[kind]} lists (max is {MOST_LISTS})\n"
        raise ConfigError(message, span, cause="bad-named-list")
    if (kind, name) in config.lists:
        message = f'duplicate name "{name}" for a named {LIST_WORDS[kind]} list'
        raise ConfigError(message, span, cause="duplicate-name")


def _read_list(line: ListNode, config: Config) -> None:
    """A named list. Raises `ConfigError` in Exim's words."""
    from drivers.api.options import read_string

    kind, name = line.list_kind, line.name.text
    _check_name(config, kind, name, line.name.span)
    value = read_string(line.value.text.rstrip(SPACE), name)
    config.lists[kind, name] = NamedList(
        kind, name, value, line.value.span, hidden=line.hide, cached=line.cached
    )
