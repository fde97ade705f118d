"""What a name means, out of its unit, and which name may have been meant."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from drivers.api import registry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit

CLOSE = 0.7
"""How alike a name must be to be offered, from 0 to 1."""

FIRST = "4.00"
"""What has been there since this release is lacking in none."""

_UNKNOWN: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r'unknown variable (?:name |in )?"(?:\$\{)?([^"}]+)'), ("variable",)),
    (re.compile(r'unknown expansion operator "([^"]+)"'), ("operator",)),
    (re.compile(r'unknown condition "([^"]+)"'), ("condition",)),
    (re.compile(r'"\$\{([^"{]+)" is not a known operator'), ("item", "operator", "variable")),
    (re.compile(r'unknown lookup type "([^"]+)"'), ("lookup",)),
    (re.compile(r'option "([^"]+)" unknown'), ("main-option", "router-option", "transport-option")),
)


def nearest(name: str, families: Iterable[str], count: int = 3) -> list[tuple[str, str]]:
    """Family and name of the units whose names are most like ``name``, best first."""
    found: list[tuple[str, str]] = []
    for family in families:
        plain = {shown_name(full): full for full in registry.names(family)}
        found += [(family, plain[near]) for near in get_close_matches(name, plain, n=count, cutoff=CLOSE)]
    order = get_close_matches(name, {shown_name(full) for _, full in found}, n=count, cutoff=CLOSE)
    kept = [(family, full) for family, full in found if shown_name(full) in order]
    return sorted(kept, key=lambda pair: order.index(shown_name(pair[1])))[:count]


def shown_name(name: str) -> str:
    """A unit's name without the driver that it belongs to: ``redirect.data`` is ``data``."""
    driver, dot, plain = name.partition(".")
    return plain if dot and driver and plain else name


def hint(message: str) -> str | None:
    """What may have been meant where a message of Exim's complains of an unknown name; None for others."""
    for pattern, families in _UNKNOWN:
        found = pattern.search(message)
        if found:
            elsewhere = _lacking(found[1], families)
            if elsewhere:
                return elsewhere
            near = nearest(found[1], families, count=1)
            if near and shown_name(near[0][1]) == found[1]:
                return _elsewhere(*near[0])
            return f"did you mean {_as_written(*near[0])}?" if near else None
    return None


def _lacking(name: str, families: Iterable[str]) -> str | None:
    """What a name needs that exists, but not in the release or the build that is imitated."""
    for family in families:
        for full in (name, f"*.{name}"):
            entry = registry.entry(family, full)
            if entry is not None:
                if entry.since == FIRST and not entry.until and not entry.feature:
                    return _elsewhere(family, full)
                until = f" until {entry.until}" if entry.until else ""
                feature = f", with the feature {entry.feature}" if entry.feature else ""
                return f'"{name}" exists since {entry.since}{until}{feature}'
    return None


def _elsewhere(family: str, name: str) -> str | None:
    """Where an option belongs that is not one of the place where it stands."""
    kind, word, _ = family.partition("-option")
    if not word:
        return None
    driver, dot, plain = name.partition(".")
    if kind == "main":
        return f'"{name}" is an option of the main section'
    return f'"{plain or driver}" is an option of {kind}s' + (
        f" with the driver {driver}" if dot and driver != "*" else ""
    )


def _as_written(family: str, name: str) -> str:
    if family == "variable":
        return f"${name}"
    if family == "operator":
        return f"${{{name}:...}}"
    return f"${{{name}...}}" if family == "item" else f'"{shown_name(name)}"'


def matching(name: str) -> list[Unit]:
    """All units of that name, whatever their family; ``$`` and braces around it do not count."""
    bare = name.strip().lstrip("$").strip("{}:")
    found = []
    for family in registry.families():
        for full in registry.names(family):
            if bare in {full, shown_name(full)}:
                unit = registry.find(family, full)
                if unit is not None:
                    found.append(unit)
    return found or _in_families_of_names(bare)


def _in_families_of_names(name: str) -> list[Unit]:
    """The unit that stands for all names of a kind: ``acl_c*`` for ``acl_c_spf``."""
    found = []
    for full in registry.names("variable"):
        if full.endswith("*") and len(full) > 1 and name.startswith(full[:-1]):
            unit = registry.find("variable", full)
            if unit is not None:
                found.append(unit)
    return found


def described(unit: Unit, profile: Profile) -> list[str]:
    """A unit's documentation as lines: kind and name, syntax, text, release, feature, examples."""
    driver, dot, plain = unit.name.partition(".")
    title = f"{unit.family} {unit.name}"
    if dot and plain:
        title = f"{unit.family} {plain}" + ("" if driver == "*" else f" (of {driver})")
    lines = [title, f"    {unit.syntax}", ""]
    lines += [f"    {line}".rstrip() for line in unit.doc.splitlines()]
    lines.append("")
    facts = [_availability(unit, profile)]
    if unit.facts.get("type"):
        default = unit.facts.get("default")
        facts.append(f"default: {getattr(default, 'name', default) or '(unset)'}")
    if unit.section:
        facts.append(f'manual: "{unit.section}"')
    lines += [f"    {fact}" for fact in facts]
    if unit.examples:
        lines.append("    examples:")
        for example in unit.examples:
            lines += [f"        {line}" for line in example.state()]
            lines.append(f"        {example.text} -> {example.output}")
    return lines


def _availability(unit: Unit, profile: Profile) -> str:
    text = f"since {unit.since}"
    if unit.until:
        text += f", gone in {unit.until}"
    if unit.feature:
        text += f", needs the feature {unit.feature}"
    return text if profile.has(unit) else f"{text} (not in {profile.name})"


def as_data(unit: Unit, profile: Profile) -> dict[str, object]:
    """The same as plain data for JSON."""
    return {
        "family": unit.family,
        "name": unit.name,
        "syntax": unit.syntax,
        "doc": unit.doc,
        "since": unit.since,
        "until": unit.until,
        "feature": unit.feature,
        "section": unit.section,
        "examples": [
            {"text": example.text, "output": example.output, "state": example.state()}
            for example in unit.examples
        ],
        "available": profile.has(unit),
    }
