"""What routers and transports put on a message: header lines and errors addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE
from drivers.values import mailbox
from expander.lint.beginnings import outcomes
from expander.lint.constant import constant
from expander.lint.finding import WARNING, Finding
from expander.lint.places import part_of, whole
from expander.lint.rule import rule
from grammar.ast.expansion import Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

_ROUTER = "begin routers\nall:\n  driver = accept\n  verify_only\n"
_HEADER = re.compile(r"[!-9;-~]+[ \t]*:")
_UNKNOWN = "\1"


@rule(
    "EXR016",
    "bad-errors-address",
    severity=WARNING,
    section="Generic options for routers",
    bad=_ROUTER + "  errors_to = list owner@example.org\n",
    good=_ROUTER + "  errors_to = list-owner@example.org\n",
)
def bad_errors_address(survey: Survey) -> Iterator[Finding]:
    """The option `errors_to` comes to a text that is no address.

    It does not verify, so errors go to the sender of the message as if the option were not there.
    """
    for text in survey.texts:
        if text.section != "router" or text.name != "errors_to":
            continue
        for found in outcomes(survey, text.source):
            known = found.text.strip(SPACE)
            if not found.whole or known in {"", "<>"}:
                continue
            try:
                mailbox.parse(known)
            except Failed as problem:
                message = f'"{known}" is no errors address: {problem.message.rstrip()}'
                yield Finding("EXR016", message, found.span, severity=WARNING)


@rule(
    "EXR018",
    "header-without-name",
    severity=WARNING,
    section="Generic options for routers",
    bad=_ROUTER + "  headers_add = X-Routed by the hub\n",
    good=_ROUTER + "  headers_add = X-Routed: by the hub\n",
)
def header_without_name(survey: Survey) -> Iterator[Finding]:
    """A line that `headers_add` adds has no name with a colon behind it.

    Exim adds it as it is, and other hosts take what follows for the body of the message.
    """
    for text in survey.texts:
        if text.section not in {"router", "transport"} or text.name != "headers_add":
            continue
        tree = survey.tree(text.source)
        parts = tree.parts if isinstance(tree, Sequence) else ()
        pieces = [constant(part) for part in parts]
        value = "".join(_UNKNOWN if piece is None else piece for piece in pieces)
        for line in value.split("\n"):
            if line and not line.startswith((_UNKNOWN, " ", "\t")) and not _begins_rightly(line):
                shown = line.partition(_UNKNOWN)[0]
                span = part_of(whole(text.source), shown)
                yield Finding("EXR018", f'"{shown}" is no header line', span, severity=WARNING)


def _begins_rightly(line: str) -> bool:
    """True if a name and a colon stand there, or may come of what is not known."""
    head, unknown, _ = line.partition(_UNKNOWN)
    if _HEADER.match(head):
        return True
    return bool(unknown) and " " not in head
