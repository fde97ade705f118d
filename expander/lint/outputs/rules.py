"""What is known of the rules, for programs and for pages."""

from __future__ import annotations

import re
from os import environ
from typing import TYPE_CHECKING, Any

from expander.lint.finding import ERROR, REMARK, WARNING
from expander.lint.rule import rules

if TYPE_CHECKING:
    from drivers.api.unit import Unit

_LEVELS = {ERROR: "error", WARNING: "warning", REMARK: "note"}
_MARKS = re.compile(r"``?")


SITE = "EXIMULATE_SITE"
"""The variable with the address below which the documentation is published."""


def page_of(code: str) -> str:
    """The page of a rule, as a path in the project."""
    return f"docs/rules/{code}.md"


def descriptor(unit: Unit) -> dict[str, Any]:
    """A rule as SARIF describes it; its page is an address only where the site of the pages is known."""
    text = _MARKS.sub("", unit.doc)
    site = environ.get(SITE, "").rstrip("/")
    return {
        **({"helpUri": f"{site}/{page_of(unit.name)}"} if site else {}),
        "id": unit.name,
        "name": "".join(word.capitalize() for word in unit.syntax.split("-")),
        "shortDescription": {"text": _MARKS.sub("", unit.summary)},
        "fullDescription": {"text": text},
        "help": {"text": help_text(unit, text), "markdown": markdown(unit)},
        "defaultConfiguration": {"level": _LEVELS[str(unit.facts["severity"])]},
        "properties": {"tags": [str(unit.facts["group"])], "page": page_of(unit.name)},
    }


def help_text(unit: Unit, text: str) -> str:
    """The page as plain text."""
    parts = [text]
    parts += [f"Bad:\n\n{unit.facts['bad']}"] if unit.facts["bad"] else []
    parts += [f"Good:\n\n{unit.facts['good']}"] if unit.facts["good"] else []
    return "\n\n".join(part.rstrip() for part in parts)


def markdown(unit: Unit) -> str:
    """The text and the examples of a rule in Markdown."""
    lines = [unit.doc, ""]
    for title, fact in (("Bad", "bad"), ("Good", "good")):
        if unit.facts[fact]:
            lines += [f"{title}:", "", "```", unit.facts[fact].rstrip("\n"), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def listed() -> list[dict[str, str]]:
    """All rules as plain data, by code."""
    return [
        {
            "code": unit.name,
            "name": unit.syntax,
            "group": str(unit.facts["group"]),
            "severity": str(unit.facts["severity"]),
            "summary": _MARKS.sub("", unit.summary),
        }
        for unit in rules()
    ]
