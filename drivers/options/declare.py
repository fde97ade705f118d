"""The way in which the tables of options state one option in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from drivers.api.options import TYPES
from drivers.api.unit import NO_FACTS, Unit, register
from grammar.record import Record

_SECTIONS = {
    "main-option": "Main configuration",
    "router-option": "Generic options for routers",
    "transport-option": "Generic options for transports",
    "authenticator-option": "Generic options for authenticators",
}


class Build(Record):
    """A default that is fixed when Exim is built, or that the host gives: known by name only."""

    name: str


def option(  # noqa: PLR0913 - each is a column of the tables
    family: str,
    name: str,
    type_: str,
    default: str | Build,
    doc: str,
    *,
    kind: str = "",
    expanded: bool = False,
    hidden: bool = False,
    obsolete: bool = False,
    settable: bool = True,
    repeats: str = "",
    older: Mapping[str, str] = NO_FACTS,
    older_type: Mapping[str, str] = NO_FACTS,
    since: str = "4.00",
    until: str | None = None,
    feature: str | None = None,
) -> None:
    """Declare an option.

    ``default`` is written as Exim prints it, "" where nothing is set. ``kind`` says what the text
    is ("host list", "domain list"...). ``repeats`` is what joins the values where an option may be
    set several times ("and" for conditions). ``older`` has the defaults before
    the releases that changed them, ``older_type`` the same for the type.
    """
    option_type = TYPES[type_]
    driver, _, plain = name.rpartition(".")
    section = _SECTIONS[family] if driver in {"", "*"} else _driver_section(family, driver)
    what = kind or type_.removeprefix("late_").replace("_", " ")
    syntax = plain if type_ == "bool" else f"{plain} = <{what}>"
    facts = {
        "type": type_,
        "default": default,
        "kind": kind,
        "expanded": expanded,
        "hidden": hidden,
        "obsolete": obsolete,
        "settable": settable,
        "repeats": repeats,
        "older": older,
        "older_type": older_type,
    }
    register(Unit(family, name, syntax, option_type, doc, since, until, feature, section, (), facts))


def _driver_section(family: str, driver: str) -> str:
    """The section on a driver's own options: one of its own, or the chapter where there is none."""
    if driver == "redirect":
        return "Private options for the redirect router"
    if driver in {"dnslookup", "manualroute", "appendfile", "autoreply", "pipe", "smtp"}:
        return f"Private options for {driver}"
    return f"The {driver} {family.removesuffix('-option')}"


main_option: Callable[..., None] = partial(option, "main-option")
router_option: Callable[..., None] = partial(option, "router-option")
transport_option: Callable[..., None] = partial(option, "transport-option")
authenticator_option: Callable[..., None] = partial(option, "authenticator-option")
