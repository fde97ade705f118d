"""``eximulate upgrade``: what another release of Exim changes for a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.text import from_argument, to_display
from expander.cli.arguments import (
    CLEAN,
    ERRORS,
    WARNINGS,
    CannotRunError,
    VerbParser,
    add_allow,
    add_host,
    add_macros,
    macros_from,
    profile_from,
    require_file,
    world_from,
)
from expander.cli.output import as_json_text, complain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.upgrade.remark import Remark


def run(argv: list[str]) -> int:
    """Print what changes; status 3 where something breaks, 2 for anything else that changes."""
    parser = VerbParser(
        "upgrade",
        "Tell what an upgrade of Exim changes for a configuration: what breaks, what will be different, "
        "and which defaults change that the file leaves alone.",
    )
    parser.add_argument("file", metavar="FILE", help="a configuration file")
    for side, what in (("from", "now"), ("to", "then")):
        parser.add_argument(
            f"--{side}",
            dest=f"profile_{side}",
            required=True,
            metavar="RELEASE",
            help=f"the Exim that reads it {what}: a release, or a profile as --profile takes it",
        )
    parser.add_argument(
        "--write", action="store_true", help="make the rewrites that provably keep the meaning"
    )
    parser.add_argument("--json", action="store_true", help="print the remarks as JSON")
    add_macros(parser)
    add_host(parser)
    add_allow(parser)
    args = parser.parse_args(argv)

    from expander.lint.engine import of_error
    from expander.lint.report import text_lines as finding_lines
    from expander.upgrade.plan import plan
    from expander.upgrade.report import as_data, diff_lines, text_lines

    old, new = profile_from(args.profile_from), profile_from(args.profile_to)
    if new.key < old.key:
        raise CannotRunError(f"--to {args.profile_to} is older than --from {args.profile_from}")
    world, macros = world_from(args.allow, args.host), macros_from(args.macros)
    require_file(args.file, world)
    path = from_argument(args.file)
    try:
        found = plan(path, old, new, world=world, macros=macros)
    except ConfigError as error:
        raise CannotRunError(*finding_lines(path, [of_error(error)])) from None
    if args.write and _write(found.remarks):
        found = plan(path, old, new, world=world, macros=macros)
    remarks = found.remarks
    if args.json:
        say(as_json_text(as_data(remarks)))
    else:
        say(*text_lines(path, remarks), *diff_lines(remarks))
    if found.before:
        number = len(found.before)
        errors = "one error" if number == 1 else f"{number} errors"
        complain(f"{to_display(path)}: {errors} with {old.name} already: see eximulate check")
    if any(remark.severity == "break" for remark in remarks):
        return ERRORS
    return WARNINGS if remarks else CLEAN


def _write(remarks: Sequence[Remark]) -> bool:
    """Make the rewrites that are proven; true if there were any. Raises `CannotRunError`."""
    from expander.cli.rewriting import rewrite
    from expander.upgrade.rewrite import edited

    texts = edited(remarks, proven=True)
    for name, (_, text) in texts.items():
        rewrite(to_display(name), text)
        complain(f"{to_display(name)}: rewritten")
    return bool(texts)
