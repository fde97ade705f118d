"""Files of aliases and forwards that a configuration names, as far as they can be read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.constant import constant
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.rule import rule
from grammar.ast.expansion import Item
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey

MOST_READ = 1 << 20
_ENTRY = re.compile(r'^[^#\s:][^:\n]*:[ \t]*(?P<quote>"?)(?P<item>[|/][^,\n]*)', re.ASCII | re.MULTILINE)


@rule(
    "EXR019",
    "alias-without-transport",
    severity=WARNING,
    section="The redirect router",
    bad="# /etc/aliases has the line  tickets: |/usr/local/bin/ticket\n"
    "begin routers\naliases:\n  driver = redirect\n"
    "  data = ${lookup{$local_part}lsearch{/etc/aliases}}\n",
    good="begin routers\naliases:\n  driver = redirect\n"
    "  data = ${lookup{$local_part}lsearch{/etc/aliases}}\n  pipe_transport = pipe\n"
    "begin transports\npipe:\n  driver = pipe\n",
)
def alias_without_transport(survey: Survey) -> Iterator[Finding]:
    """A file of aliases has a command or a file in it, and the router has no transport for such.

    Mail for the alias is deferred with "pipe_transport unset" or "file_transport unset".
    """
    for router in survey.config.routers:
        text = survey.by_option.get(("router", router.name, "data"))
        if router.driver != "redirect" or text is None:
            continue
        for node in survey.nodes(text):
            path = _alias_file(node)
            if path is None:
                continue
            for missing, example in _missing(router, _contents(survey, path)):
                span = Span(text.source, node.start, node.end)
                notes = (Note(f"{path} has {example}"),)
                message = f"{missing} unset in {router.name} router"
                yield Finding("EXR019", message, span, severity=WARNING, notes=notes)


def _alias_file(node: object) -> str | None:
    """The file that a linear search in a lookup goes through, None for all else."""
    if not isinstance(node, Item) or node.name != "lookup" or len(node.groups) < 2:
        return None
    kind = node.words[-1].value if node.words else ""
    path = constant(node.groups[1])
    return path if "lsearch" in kind and path is not None and path.startswith("/") else None


def _contents(survey: Survey, path: str) -> str:
    try:
        return survey.world.files.read(path, MOST_READ).decode("latin-1")
    except (OSError, ValueError):
        return ""


def _missing(router: Instance, contents: str) -> Iterator[tuple[str, str]]:
    """The options that entries of a file need and that are not set, with an entry for each."""
    needs = {"|": "pipe_transport", "/": "file_transport"}
    for sign, option in needs.items():
        forbidden = router[f"forbid_{option.partition('_')[0]}"] is True
        if router.options.is_set(option) or forbidden:
            continue
        found = (one["item"] for one in _ENTRY.finditer(contents) if one["item"].startswith(sign))
        entry = next((one for one in found if not one.startswith(("/dev/null", "//"))), None)
        if entry is not None and not (sign == "/" and entry.rstrip('" \t').endswith("/")):
            yield option, entry.strip('" \t')
