"""Configurations with one option line in which something is out of the ordinary."""

from __future__ import annotations

from collections.abc import Iterator

from expander.config.option_tables import FAMILIES, GENERIC, driver_names, driver_options, main_options
from expander.config.profile import PROFILES
from loading.values import BY_TYPE, FORMS, GOOD, LISTS

PROFILE = PROFILES["debian-12"]
HEAD = "keep_environment =\n"
SECTIONS = {"router": "routers", "transport": "transports", "authenticator": "authenticators"}
NEEDED = {
    ("router", "accept"): "  transport = t\n",
    ("router", "dnslookup"): "  transport = t\n",
    ("router", "ipliteral"): "  transport = t\n",
    ("router", "iplookup"): "  hosts = 127.0.0.1\n  port = 3333\n",
    ("router", "manualroute"): "  route_data = a\n",
    ("router", "queryprogram"): "  command = /bin/true\n  command_user = mail\n",
    ("router", "redirect"): "  data = a\n",
    ("transport", "appendfile"): "  file = /x\n",
    ("transport", "lmtp"): "  socket = /x\n",
    ("transport", "pipe"): "  command = /bin/true\n",
    ("authenticator", "cram_md5"): "  public_name = CRAM-MD5\n",
    ("authenticator", "dovecot"): "  public_name = PLAIN\n",
    ("authenticator", "plaintext"): "  public_name = PLAIN\n",
    ("authenticator", "cyrus_sasl"): "  public_name = PLAIN\n",
}
"""What drivers need beside ``driver`` itself to be complete."""

Case = tuple[str, str]


def driver_config(family: str, driver: str, lines: str, *, needed: bool = True, first: bool = False) -> str:
    """A configuration with one driver in it; ``first`` puts the lines before ``driver``."""
    given = {line.partition("=")[0].strip() for line in lines.splitlines()}
    rest = "".join(
        line
        for line in NEEDED.get((family, driver), "").splitlines(keepends=True)
        if needed and line.partition("=")[0].strip() not in given
    )
    own = f"  driver = {driver}\n"
    body = lines + own + rest if first else own + lines + rest
    return f"{HEAD}begin {SECTIONS[family]}\nx:\n{body}"


def every_option() -> Iterator[tuple[str, str, str, str]]:
    """Family, driver, name and type of every option; the family of main options is ""."""
    for name, unit in main_options(PROFILE).items():
        yield "", "", name, str(unit.facts["type"])
    for family in FAMILIES:
        for driver in driver_names(PROFILE, family):
            for name, unit in driver_options(PROFILE, family, driver).items():
                yield family, driver, name, str(unit.facts["type"])
        for name, unit in driver_options(PROFILE, family, GENERIC).items():
            yield family, driver_names(PROFILE, family)[0], name, str(unit.facts["type"])


def config_of(family: str, driver: str, line: str) -> str:
    """A configuration with one option line."""
    if not family:
        return f"{'' if 'keep_environment' in line else HEAD}{line}\n"
    return driver_config(family, driver, f"  {line}\n")


def option_values() -> Iterator[Case]:
    """Each option with values of all kinds."""
    for family, driver, name, type_ in every_option():
        for value in BY_TYPE[type_] + (LISTS if type_ == "string" else ()):
            line = f"{name} = {value}"
            yield f"{family} {driver} {line!r}", config_of(family, driver, line)


def option_forms() -> Iterator[Case]:
    """Each option with its line written in all ways."""
    for family, driver, name, type_ in every_option():
        for form in FORMS:
            line = form.format(name=name, value=GOOD[type_], upper=name.upper(), capital=name.capitalize())
            yield f"{family} {driver} {line!r}", config_of(family, driver, line)


def option_order() -> Iterator[Case]:
    """Options of a driver before the driver is named, and of another driver."""
    for family, driver, name, type_ in every_option():
        if not family:
            continue
        line = f"  {name} = {GOOD[type_]}\n"
        yield f"{family} {driver} {name} first", driver_config(family, driver, line, first=True)
        for other in driver_names(PROFILE, family):
            yield f"{family} {driver} {name} in {other}", driver_config(family, other, line)
