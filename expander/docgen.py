"""Writes the reference and the pages of the rules: ``python -m expander.docgen [--check] docs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import printing, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from drivers.api.unit import Unit

PAGES = {
    "item": ("items", "Expansion items"),
    "operator": ("operators", "Expansion operators"),
    "condition": ("conditions", "Expansion conditions"),
    "variable": ("variables", "Expansion variables"),
    "lookup": ("lookups", "Lookup types"),
    "main-option": ("main-options", "Main options"),
    "router-option": ("router-options", "Router options"),
    "transport-option": ("transport-options", "Transport options"),
    "authenticator-option": ("authenticator-options", "Authenticator options"),
    "acl-verb": ("acl-verbs", "ACL verbs"),
    "acl-condition": ("acl-conditions", "ACL conditions"),
    "acl-modifier": ("acl-modifiers", "ACL modifiers"),
    "acl-control": ("acl-controls", "ACL controls"),
    "sieve-command": ("sieve-commands", "Sieve commands"),
    "sieve-test": ("sieve-tests", "Sieve tests"),
    "sieve-comparator": ("sieve-comparators", "Sieve comparators"),
    "sieve-extension": ("sieve-extensions", "Sieve extensions"),
    "filter-command": ("filter-commands", "Commands of Exim filters"),
    "filter-condition": ("filter-conditions", "Conditions of Exim filters"),
    "log-selector": ("log-selectors", "Log selectors"),
}


def page(family: str, title: str) -> str:
    """The page of one family, in Markdown."""
    lines = [f"# {title}", "", "Made from the units; do not edit.", ""]
    for unit in registry.units(family):
        lines.extend(_entry(unit))
    return "\n".join(lines).rstrip() + "\n"


def _entry(unit: Unit) -> Iterator[str]:
    yield f"## `{unit.name}`"
    yield ""
    yield f"`{unit.syntax}`"
    yield ""
    yield unit.doc
    yield ""
    if unit.examples:
        yield "```"
        for example in unit.examples:
            yield from map(_shown, example.state())
            yield _shown(example.text)
            yield f"-> {_shown(example.output)}"
        yield "```"
        yield ""
    yield _remarks(unit)
    yield ""


def _shown(text: str) -> str:
    """Held text on a page of UTF-8; other bytes as escapes."""
    try:
        shown = to_bytes(text).decode("utf-8")
    except UnicodeError:
        return printing(text)
    return shown if shown.isprintable() else printing(text)


def _remarks(unit: Unit) -> str:
    remarks = [] if unit.since == "4.00" else [f"since {unit.since}"]
    if unit.until:
        remarks.append(f"gone in {unit.until}")
    if unit.feature:
        remarks.append(f"needs the build feature `{unit.feature}`")
    if unit.facts.get("default"):
        remarks.append(f"default `{unit.facts['default']}`")
    if unit.facts.get("expanded"):
        remarks.append("expanded")
    if unit.section:
        remarks.append(f'see "{unit.section}" in Exim\'s manual')
    return f"*{'; '.join(remarks)}*" if remarks else ""


def pages() -> Iterator[tuple[str, str]]:
    """File name and contents of each page, and of the page that lists them."""
    listed = ["# Reference", "", "Made from the units; do not edit.", ""]
    for family, (name, title) in PAGES.items():
        if not registry.names(family):
            continue
        listed.append(f"- [{title}]({name}.md): {len(registry.names(family))}")
        yield f"{name}.md", page(family, title)
    yield "index.md", "\n".join(listed) + "\n"


def write(
    folder: Path, made: Iterable[tuple[str, str]], *, check: bool = False, pattern: str = "*.md"
) -> int:
    """Write pages and remove those of the pattern that are not among them; the number of files that change.

    With ``check`` nothing is written.
    """
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
    wanted = dict(made)
    changed = 0
    for path in sorted(folder.glob(pattern)):
        if path.name not in wanted:
            changed += 1
            if not check:
                path.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed += 1
            if not check:
                path.write_text(text, encoding="utf-8")
    return changed


def main() -> int:
    """The command: ``[--check] FOLDER``; with ``--check`` it fails if a page is not up to date."""
    from expander import manpage
    from expander.lint.page import pages as rule_pages

    check = "--check" in sys.argv[1:]
    folder = Path(sys.argv[-1])
    changed = write(folder / "reference", pages(), check=check)
    changed += write(folder / "rules", rule_pages(), check=check)
    changed += write(folder, [(manpage.NAME, manpage.page())], check=check, pattern=manpage.NAME)
    print(f"{changed} pages {'are out of date' if check else 'written'} in {folder}")  # noqa: T201 - its report
    return int(check and changed > 0)


if __name__ == "__main__":
    sys.exit(main())
