"""``eximulate route``: the way of addresses through the routers, with what stopped each of them."""

from __future__ import annotations

from drivers.api.errors import EximError
from drivers.api.text import from_argument, to_display
from expander.cli.arguments import (
    CLEAN,
    ERRORS,
    WARNINGS,
    CannotRunError,
    VerbParser,
    add_expander,
    expander_from,
)
from expander.cli.output import as_json_text, say
from expander.cli.pictures import FORMATS, write


def run(argv: list[str]) -> int:
    """Route each address; status 3 if one fails, 2 if one cannot be resolved now."""
    from expander.routing.report import lines, plain, routed
    from expander.routing.routes import tree_of

    parser = VerbParser("route", "Show the way of addresses through the routers of a configuration.")
    parser.add_argument("address", nargs="+", metavar="ADDRESS", help="the address of a recipient")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print the routes as JSON")
    for form in FORMATS:
        words = f"draw the routes: {form.upper() if form != 'mermaid' else 'Mermaid'}"
        shown.add_argument(f"--{form}", dest="form", action="store_const", const=form, help=words)
    parser.add_argument("--verify", action="store_true", help="do as routers do while an address is verified")
    parser.add_argument("--sender", action="store_true", help="with --verify: as the address of a sender")
    add_expander(parser)
    args = parser.parse_intermixed_args(argv)
    if not args.config:
        raise CannotRunError("there are no routers without a configuration: -C FILE is missing")
    context = expander_from(args).context
    status, found, trees = CLEAN, [], []
    for text in args.address:
        try:
            reports = routed(context, from_argument(text), is_recipient=not args.sender, verifies=args.verify)
        except EximError as problem:
            raise CannotRunError(f"{text}: {to_display(problem.message)}") from None
        trees.append(tree_of(reports, from_argument(text)))
        for report in reports:
            status = max(status, {"FAIL": ERRORS, "DEFER": WARNINGS}.get(report.outcome, CLEAN))
            found.append(plain(report))
            if not (args.json or args.form):
                say(*lines(report))
    if args.form:
        from expander.pictures.of_route import route_picture

        write(route_picture(trees), args.form)
    if args.json:
        say(as_json_text(found))
    return status
