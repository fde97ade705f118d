"""The sections of routers, transports and authenticators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.options import read_string
from drivers.api.text import SPACE
from expander.config import settings
from expander.config.driver_checks import check_instance, check_section
from expander.config.driver_setup import set_up
from expander.config.model import FAMILY, Setting, new_instance
from expander.config.option_tables import driver_names, driver_options
from expander.config.rules import transport_rewrites
from grammar.ast.config import Broken, Driver, Option

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import Users
    from expander.config.model import Config, Instance
    from expander.config.reporting import Reporter
    from grammar.ast.config import Section


def read_drivers(
    section: Section, config: Config, users: Users, expand: Callable[[str], str], report: Reporter
) -> None:
    """Read all drivers of a section, set each up, and then check them together.

    ``expand`` is for the options that Exim expands when it starts.
    """
    family = FAMILY[section.name]
    for node in section.body:
        if isinstance(node, Driver):
            instance = _read_driver(node, family, config, users, expand, report)
            if instance is not None:
                set_up(instance, config)
                check_instance(instance, report, expand)
        elif isinstance(node, Broken) and not node.message.startswith("option setting expected"):
            report.broken(node)
        elif isinstance(node, Option | Broken):
            report.in_line(node, f"{family} name missing", cause="unreadable-line")
    check_section(family, config, report)


def _read_driver(
    node: Driver,
    family: str,
    config: Config,
    users: Users,
    expand: Callable[[str], str],
    report: Reporter,
) -> Instance | None:
    """Read one driver; None if it cannot be set up because it has no name or no kind."""
    name = node.heading.name.text
    if config.instance(family, name) is not None:
        message = f'there are two {family}s called "{name}"'
        report.plain(message, node.heading.span, cause="duplicate-name")
        return None
    if node.heading.rest is not None:
        text = node.heading.rest.text
        hint = " (# is comment only at line start)" if text.startswith("#") else ""
        message = f"extra characters follow driver name {name}{hint}"
        report.in_line(node.heading, message, cause="unreadable-line")
    instance = new_instance(family, name, node.heading.name.span, config.profile)
    config.instances(family).append(instance)
    before = len(report.errors)
    for line in node.settings:
        if isinstance(line, Broken):
            report.broken(line)
        else:
            _set(line, instance, config, users, expand, report)
    if not instance.driver:
        if len(report.errors) == before:
            message = f'no driver defined for {family} "{name}"'
            report.plain(message, node.heading.span, cause="missing-required-option")
        return None
    return instance


def _set(
    line: Option,
    instance: Instance,
    config: Config,
    users: Users,
    expand: Callable[[str], str],
    report: Reporter,
) -> None:
    def unknown(name: str) -> str:
        if instance.driver:
            return f'option "{name}" unknown'
        first = "hide" if line.hide else name
        return f'option "{first}" unknown ("driver" must be specified before any private options)'

    if line.name.text == "driver":
        _set_driver(line, instance, config, report)
        return
    own = instance.driver and driver_options(config.profile, instance.family, instance.driver)
    if line.name.text in settings.NEGATIONS and instance.driver and not own:
        # To Exim a driver without options of its own has one whose name is empty.
        report.in_line(line, "negation prefix applied to a non-boolean option", line.name.span)
        return
    try:
        name = settings.apply(instance.options, line, users, unknown, expand)
        unit = instance.options.unit(name)
        if unit is not None and unit.facts["type"] == "rewrite_rules":
            transport_rewrites(instance.options.settings[name].value)
    except ConfigError as error:
        report.wrong(line, error)


def _set_driver(line: Option, instance: Instance, config: Config, report: Reporter) -> None:
    family = instance.family
    if "driver" in instance.options.given:
        report.in_line(line, '"driver" option set for the second time', cause="option-set-twice")
        return
    if line.value is None:
        missing = "unexpected end of line (data missing) after driver"
        report.in_line(line, 'missing "=" after driver' if line.trailer else missing)
        return
    try:
        driver = read_string(line.value.text.rstrip(SPACE), "driver")
    except ConfigError as error:
        report.in_line(line, error.message)
        return
    instance.options.given.add("driver")
    if driver not in driver_names(config.profile, family):
        message = f'{family} {instance.name}: cannot find {family} driver "{driver}"'
        report.in_line(line, message, line.value.span, cause="unknown-driver")
        return
    instance.driver = driver
    instance.options.settings["driver"] = Setting(driver, driver, line.value.span, hidden=line.hide)
    instance.options.add_table(driver_options(config.profile, family, driver))
