"""Lists of names and results in ACL conditions: authenticators, SPF, DKIM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import listtext
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.listview import UNKNOWN, flattened
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText


@rule(
    "EXL026",
    "unknown-authenticator",
    severity=WARNING,
    section="ACL conditions",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept authenticated = login_server\n"
    "begin authenticators\nlogin:\n  driver = plaintext\n  public_name = LOGIN\n  server_condition = no\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept authenticated = login\n"
    "begin authenticators\nlogin:\n  driver = plaintext\n  public_name = LOGIN\n  server_condition = no\n",
)
def unknown_authenticator(survey: Survey) -> Iterator[Finding]:
    """The condition ``authenticated`` has an item that is the name of no authenticator.

    It is compared with the names under which the configuration defines authenticators, not with the names of
    mechanisms that clients see. Such an item matches nothing.
    """
    names = [instance.name for instance in survey.config.authenticators]
    if survey.incomplete or not names:
        return
    known = {lower(name) for name in names}
    for text, item, span in _items(survey, "authenticated"):
        name = item.removeprefix("!").strip(SPACE)
        if not name or name.startswith(("*", "^", "+", "/")) or ";" in name or lower(name) in known:
            continue
        note = Note(f"there is {', '.join(names)}")
        yield Finding(
            "EXL026", f'no authenticator is called "{name}"', span or _whole(text), WARNING, (note,)
        )


def _items(survey: Survey, name: str) -> Iterator[tuple[ExpandedText, str, Span | None]]:
    """The constant items of the lists of a condition, with their places where they can be told."""
    for text in survey.texts:
        tree = survey.tree(text.source) if text.section == "acl" and text.name == name else None
        if tree is None:
            continue
        value, _ = flattened(text.source, tree)
        if value.lstrip(SPACE).startswith(UNKNOWN):
            continue
        for item in listtext.split(value):
            if UNKNOWN not in item and item:
                at = text.source.text.find(item)
                yield text, item, Span(text.source, at, at + len(item)) if at >= 0 else None


def _whole(text: ExpandedText) -> Span:
    return Span(text.source, 0, len(text.source.text))
