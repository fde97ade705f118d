"""``eximulate test --coverage``: what of the configuration the scenarios have come to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from expander.cli.arguments import CannotRunError
from expander.cli.output import complain, say
from expander.cli.test_output import to_file

if TYPE_CHECKING:
    import argparse

    from expander.testing.schedule import Done

FILES = {"text": "", "html": "coverage.html", "lcov": "coverage.info", "cobertura": "coverage.xml"}
"""The forms, and where they go if nothing else is said."""


def is_wanted(args: argparse.Namespace) -> bool:
    """True if coverage is asked for in any way."""
    return bool(args.coverage) or args.fail_under is not None


def check(args: argparse.Namespace) -> None:
    """Look at what was asked for before anything is run. Raises `CannotRunError`."""
    for given in args.coverage:
        form, _, path = given.partition("=")
        if form not in FILES:
            raise CannotRunError(f"--coverage {given}: no such form (known: {', '.join(FILES)})")
        if not path and not FILES[form] and args.format != "text" and not args.output:
            raise CannotRunError(f"--coverage {form} wants a file beside --format {args.format}")


def write(args: argparse.Namespace, done: Done) -> bool:
    """Print or write what was asked for; false if less is covered than was asked for."""
    if not is_wanted(args):
        return True
    from expander.coverage import page, text
    from expander.coverage.place import share

    places = done.places
    for given in args.coverage:
        form, _, path = given.partition("=")
        path = path or FILES[form]
        if form == "html":
            to_file(path, page.page(places, done.texts))
        elif form == "lcov":
            to_file(path, text.lcov(places))
        elif form == "cobertura":
            to_file(path, text.cobertura(places, time.time()))
        elif path:
            to_file(path, "".join(f"{line}\n" for line in text.lines(places)))
        else:
            say(*text.lines(places))
    found = share(places)
    if args.fail_under is None or found.percent >= args.fail_under:
        return True
    wanted = f"{args.fail_under:g} % are wanted"
    complain(f"eximulate test: {found.percent:.1f} % of the configuration is covered, {wanted}")
    return False
