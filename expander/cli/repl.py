"""``eximulate repl``: expand strings interactively."""

from __future__ import annotations

import os

from drivers.api.text import from_argument
from expander.cli.arguments import CLEAN, VerbParser, add_expander, expander_from, macros_from


def run(argv: list[str]) -> int:
    """Hold a session until its input ends; always status 0 once it has begun."""
    parser = VerbParser("repl", "Expand strings interactively; :help lists the commands.")
    parser.add_argument("--trace", action="store_true", help="show the value of every part from the start")
    add_expander(parser)
    args = parser.parse_args(argv)

    from expander.expand.mode import TRACE
    from expander.repl.session import Session
    from expander.repl.terminal import converse

    if args.host:  # later configurations of the session are loaded on that host as well
        os.environ["EXIMULATE_HOST"] = args.host
    words = {word.strip() for part in args.allow for word in part.split(",") if word.strip()}
    config = from_argument(args.config) if args.config else ""
    expander, macros = expander_from(args, TRACE), macros_from(args.macros)
    converse(Session(expander, trace=args.trace, allowed=words, config=config, macros=macros))
    return CLEAN
