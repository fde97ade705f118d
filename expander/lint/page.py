"""The page of a rule: what it finds, what comes of it, a bad and a good example, and how to leave it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.engine import check_file
from expander.lint.report import text_lines
from expander.lint.rule import by_code, by_name, rules
from expander.lint.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.unit import Unit

PATH = "/etc/exim.conf"
ALIASES = "/etc/aliases"
"""The one other file of the host on which examples are checked."""

PROFILE = "debian-12"
"""The profile with which the examples are checked."""


def find_rule(word: str) -> Unit | None:
    """The rule of a code (in either case) or a name."""
    return by_code().get(word.upper()) or by_name().get(word)


def findings_of(unit: Unit) -> list[str]:
    """What the checker prints for the bad example of a rule, ready for display."""
    from expander.config.profile import PROFILES
    from expander.world.memory import MemoryWorld

    if not unit.facts["bad"] and unit.name.startswith("EXM"):
        return []
    files = {PATH: unit.facts["bad"].encode("latin-1"), ALIASES: b"tickets: |/usr/local/bin/ticket\n"}
    world = MemoryWorld(files=files, environment={"HOME": "/root"})
    found = check_file(PATH, profile=PROFILES[PROFILE], world=world, macros={})
    return text_lines(PATH, [finding for finding in found if finding.code == unit.name])


def suppression(unit: Unit) -> str:
    """The comment that leaves a finding of the rule out."""
    return f"# eximulate: ignore {unit.name} -- why"


def lines_of(unit: Unit) -> list[str]:
    """The page for a terminal."""
    lines = [f"{unit.name} {unit.syntax} ({facts(unit)})", ""]
    lines += [f"    {line}".rstrip() for line in unit.doc.splitlines()]
    if unit.facts["bad"]:
        lines += ["", "bad:", *_indented(unit.facts["bad"])]
    found = findings_of(unit)
    lines += ["", "what is found:", *(f"    {line}" for line in found)] if found else []
    if unit.facts["good"]:
        lines += ["", "good:", *_indented(unit.facts["good"])]
    return [*lines, "", f'manual: "{unit.section}"', f"left out by: {suppression(unit)}"]


def facts(unit: Unit) -> str:
    """The severity and the group of a rule."""
    return f"{unit.facts['severity']}, group {unit.facts['group']}"


def _indented(text: str) -> Iterator[str]:
    return (f"    {shown(line)}".rstrip() for line in text.rstrip("\n").split("\n"))


def as_data(unit: Unit) -> dict[str, object]:
    """The page as plain data."""
    return {
        "code": unit.name,
        "name": unit.syntax,
        "group": unit.facts["group"],
        "severity": unit.facts["severity"],
        "doc": unit.doc,
        "section": unit.section,
        "bad": unit.facts["bad"],
        "good": unit.facts["good"],
    }


def pages() -> Iterator[tuple[str, str]]:
    """File name and contents of each rule's page in Markdown, and of the page that lists them."""
    for unit in rules():
        yield f"{unit.name}.md", "\n".join(_markdown(unit)).rstrip() + "\n"
    yield "index.md", "\n".join(_table()) + "\n"


def _markdown(unit: Unit) -> Iterator[str]:
    yield from (f"# {unit.name}: {unit.syntax}", "", f"*{facts(unit)}*", "", unit.doc, "")
    if unit.facts["bad"]:
        yield from ("## Bad", "", "```", shown(unit.facts["bad"].rstrip("\n")), "```", "")
    found = findings_of(unit)
    if found:
        yield from ("```text", *found, "```", "")
    if unit.facts["good"]:
        yield from ("## Good", "", "```", shown(unit.facts["good"].rstrip("\n")), "```", "")
    yield from ("## Leaving it out", "", f"`{suppression(unit)}` before the line, or", "")
    yield from ("```toml", "[check.severity]", f'{unit.name} = "off"', "```", "")
    yield f'See "{unit.section}" in Exim\'s manual. [All rules](index.md)'


def _table() -> Iterator[str]:
    yield from ("# Rules of the checker", "", "Made from the rules; do not edit.", "")
    yield from ("| code | name | group | severity | what is wrong |", "|---|---|---|---|---|")
    for unit in rules():
        name = f"[{unit.name}]({unit.name}.md) | {unit.syntax}"
        summary = unit.summary.replace("|", "\\|")
        yield f"| {name} | {unit.facts['group']} | {unit.facts['severity']} | {summary} |"
