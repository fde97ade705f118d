"""A configuration as plain data: all that loading makes of a text, without places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from drivers.api.errors import ConfigError
from expander.config.load import load
from expander.config.model import Config, Options
from expander.config.printout import Printer
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld

PLACE = re.compile(r"in line \d+ of ")
WHITE = re.compile(r"[ \t\v\f\r]+")


def loaded(
    text: str, macros: Mapping[str, str], profile: str = "debian-12", files: Mapping[str, bytes] = {}
) -> Any:
    """What a text comes to, with the errors where it has some."""
    world = MemoryWorld(files={"/x": text.encode("latin-1"), **files})
    try:
        config = load("/x", profile=PROFILES[profile], world=world, macros=macros, collect=True)
    except ConfigError as error:
        return PLACE.sub("", error.message)
    return as_data(config), printed(config, world)


def as_data(config: Config) -> dict[str, Any]:
    """The model: values byte for byte."""
    return {
        "options": settings(config.options),
        "lists": {key: (found.text, found.hidden) for key, found in config.lists.items()},
        "acls": {
            name: [
                (s.verb.text, [clause_data(c) for c in s.clauses if hasattr(c, "negated")])
                for s in acl.statements
            ]
            for name, acl in config.acls.items()
        },
        "drivers": [
            (i.family, i.name, i.driver, settings(i.options))
            for family in ("router", "transport", "authenticator")
            for i in config.instances(family)
        ],
        "retry": [(r.pattern, r.error, r.senders, r.steps) for r in config.retry],
        "rewrite": [(r.pattern, r.replacement, r.flags) for r in config.rewrite],
        "macros": [(m.name, m.value, m.command_line) for m in config.macros.defined.values()],
        "warnings": [PLACE.sub("", warning.text) for warning in config.warnings],
        "errors": [WHITE.sub("", PLACE.sub("", error.message)) for error in config.errors],
    }


def settings(options: Options) -> dict[str, Any]:
    return {name: (s.value, s.text, s.hidden) for name, s in options.settings.items()}


def clause_data(clause: Any) -> tuple[Any, ...]:
    return (
        clause.negated,
        clause.name.text,
        clause.argument.text if clause.argument else None,
        clause.value.text if clause.value else None,
    )


def printed(config: Config, world: MemoryWorld) -> tuple[str, list[str]]:
    """What ``-bP`` prints, and ``-bP config`` without its white space and where its lines come from."""
    printer = Printer(config, world)
    lines = [WHITE.sub("", line) for line in printer.whole().split("\n") if line and line[:2] != "# "]
    return printer.everything(), lines
