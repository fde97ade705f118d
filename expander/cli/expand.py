"""``eximulate expand``: strings in, values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_argument, from_bytes, to_display
from expander.cli.arguments import CLEAN, ERRORS, VerbParser, add_expander, expander_from
from expander.cli.output import complain, input_lines, say
from expander.excerpt import error_lines

if TYPE_CHECKING:
    from collections.abc import Iterator


def run(argv: list[str]) -> int:
    """Expand each text and print its value; status 3 if one came to no value."""
    from expander.expand.mode import TRACE
    from expander.trace.steps import explain

    parser = VerbParser("expand", "Expand strings and print their values, one to a line.")
    parser.add_argument(
        "text", nargs="+", metavar="TEXT", help="what to expand; - stands for the lines of standard input"
    )
    add_expander(parser)
    args = parser.parse_intermixed_args(argv)
    expander = expander_from(args, TRACE)
    status = CLEAN
    for text in _texts(args.text):
        explanation = explain(expander, text)
        if explanation.error is None:
            say(to_display(explanation.value))
        else:
            complain(*error_lines(explanation.error))
            status = ERRORS
    return status


def _texts(given: list[str]) -> Iterator[str]:
    for text in given:
        if text == "-":
            yield from (from_bytes(line) for line in input_lines())
        else:
            yield from_argument(text)
