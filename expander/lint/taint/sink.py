"""What Exim does not let text from outside into, and since which release."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from expander.lint.taint.trail import Trails
    from expander.lint.texts import ExpandedText
    from grammar.source import Span

FILE = "EXT001"
COMMAND = "EXT002"
SEARCH = "EXT003"
QUERY = "EXT004"
ACL_NAME = "EXT005"
EXPANSION = "EXT006"
NAME = "EXT007"
LISTED_FILE = "EXT008"
DIRECTORY = "EXT009"


class Sink(NamedTuple):
    """A place that must not get text from outside.

    ``code`` is that of the rule, ``message`` what Exim says of it with the text as it is written,
    ``since`` the release that began to refuse it, "" where Exim only warns or does it. ``quoter`` is the
    lookup type whose operator makes a text fit.
    """

    code: str
    message: str
    span: Span
    since: str
    quoter: str = ""


class Flow(NamedTuple):
    """Text from outside that comes to a sink, with the text of the configuration that has the sink."""

    sink: Sink
    trails: Trails
    text: ExpandedText
