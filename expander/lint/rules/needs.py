"""Items and lookups that need something which the configuration does not give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from expander.lint import itemforms
from expander.lint.beginnings import outcomes
from expander.lint.constant import constant
from expander.lint.finding import ERROR, WARNING, Finding, Note
from expander.lint.rule import rule
from grammar.ast.expansion import Condition, Item, Node, Operator
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

SERVERS = {
    "mysql": "MySQL",
    "pgsql": "PostgreSQL",
    "oracle": "ORACLE",
    "ibase": "Interbase",
    "redis": "Redis",
}
"""The lookups that need an option with their servers, and what Exim calls them."""

_OF_REPLIES = ("file", "log", "once")
"""The options of automatic replies that name files."""


@rule(
    "EXE029",
    "option-needed",
    section="File and database lookups",
    bad="smtp_banner = ${lookup mysql{SELECT banner FROM texts}}\n",
    good="mysql_servers = localhost/db/user/pw\nsmtp_banner = ${lookup mysql{SELECT banner FROM texts}}\n",
)
def option_needed(survey: Survey) -> Iterator[Finding]:
    """A lookup asks servers that no option names, or Perl is called and not started.

    The lookup defers and the item fails each time. Set ``mysql_servers`` or the option of the other database,
    ``perl_startup`` for Perl.
    """
    if survey.incomplete:
        return
    for text in survey.texts:
        for node in survey.nodes(text):
            message = _lacking(survey, node)
            if message is not None:
                yield Finding("EXE029", message, Span(text.source, node.start, node.end), ERROR)
    for view in survey.lists:
        for item in view.items:
            found = itemforms.lookup_in(view.kind, item.text) if view.kind != "string" else None
            message = _servers(survey, found.kind, found.place) if found is not None else None
            if message is not None:
                yield Finding("EXE029", message, view.place(item), ERROR)


def _lacking(survey: Survey, node: Node) -> str | None:
    if not isinstance(node, Item):
        return None
    if node.name == "perl" and not survey.config.options.is_set("perl_startup"):
        return "A setting of perl_startup is needed when using the Perl interpreter"
    if node.name != "lookup" or not node.words or not node.groups:
        return None
    query = node.groups[-1]
    source = "" if constant(query) is None else str(constant(query))
    return _servers(survey, node.words[-1].value, source)


def _servers(survey: Survey, kind: str, query: str) -> str | None:
    name, _, options = kind.strip(SPACE).partition(",")
    unset = name in SERVERS and not survey.config.options.is_set(f"{name}_servers")
    if not unset or "servers=" in options or query.lstrip(SPACE).startswith("servers="):
        return None
    return f"no {SERVERS[name]} servers defined ({name}_servers option)"


@rule(
    "EXE030",
    "relative-path-read",
    severity=WARNING,
    section="File and database lookups",
    bad="smtp_banner = ${lookup{banner}lsearch{texts}}\n",
    good="smtp_banner = ${lookup{banner}lsearch{/etc/exim/texts}}\n",
)
def relative_path(survey: Survey) -> Iterator[Finding]:
    """A file is named by a path that does not begin with a slash.

    It is looked for in the directory that Exim happens to be in, mostly that of the spool.
    """
    note = Note("paths begin with a slash")
    for text in survey.texts:
        for node in survey.nodes(text):
            group = _path(node)
            path = constant(group)
            if group is None or path is None or not itemforms.is_relative(path):
                continue
            span = Span(text.source, group.start, group.end)
            yield Finding("EXE030", f'the path "{path.strip(SPACE)}" is not absolute', span, WARNING, (note,))
        if text.instance is not None and text.instance.driver == "autoreply" and text.name in _OF_REPLIES:
            for found in outcomes(survey, text.source):
                path = found.text.strip(SPACE)
                if path and itemforms.is_relative(path):
                    yield Finding(
                        "EXE030", f'the path "{path}" is not absolute', found.span, WARNING, (note,)
                    )


def _path(node: Node) -> Node | None:
    """The group of a node that is the path of a file."""
    if isinstance(node, Condition):
        return node.arguments[0] if node.name == "exists" and node.arguments else None
    if isinstance(node, Operator):
        return node.argument if node.name == "stat" else None
    if not isinstance(node, Item) or not node.groups:
        return None
    if node.name in {"readfile", "dlfunc"}:
        return node.groups[0]
    if node.name == "lookup" and node.words and len(node.groups) > 1:
        kind = node.words[-1].value.partition(",")[0].partition("*")[0].rpartition("-")[2].rpartition(")")[2]
        return node.groups[1] if kind in itemforms.FILES else None
    return None
