"""``eximulate diff``: what differs between two configurations after loading."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.cli.arguments import (
    CLEAN,
    WARNINGS,
    VerbParser,
    add_allow,
    add_host,
    add_macros,
    add_profile,
    load_by,
    macros_from,
    profile_from,
    world_from,
)
from expander.cli.output import as_json_text, complain, say

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config


def run(argv: list[str]) -> int:
    """Load both and print the differences; status 2 if there are any."""
    parser = VerbParser(
        "diff",
        "Load two configurations and tell in what they differ. Formatting, remarks and macros as such "
        "make no difference. Users, groups and files that this machine lacks do not hinder it.",
    )
    parser.add_argument("old", metavar="OLD", help="a configuration file")
    parser.add_argument("new", metavar="NEW", help="the one to compare it with")
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")
    parser.add_argument("--macros", dest="named", action="store_true", help="compare the macros too")
    add_macros(parser)
    add_profile(parser)
    for side in ("old", "new"):
        parser.add_argument(
            f"--profile-{side}",
            metavar="NAME",
            help=f"the Exim that reads {side.upper()} (default: --profile)",
        )
    add_host(parser)
    add_allow(parser)
    args = parser.parse_args(argv)

    from expander.compare.config import differences
    from expander.compare.report import as_data, text_lines

    world, macros = world_from(args.allow, args.host), macros_from(args.macros)
    old, new = (
        _loaded(path, profile_from(profile or args.profile), world, macros)
        for path, profile in ((args.old, args.profile_old), (args.new, args.profile_new))
    )
    found = differences(old, new, macros=args.named)
    if args.json:
        say(as_json_text(as_data(found)))
    else:
        say(*text_lines(found))
    return WARNINGS if found else CLEAN


def _loaded(path: str, profile: Profile, world: World, macros: dict[str, str]) -> Config:
    """A configuration, which may be of another machine; what is missing here is told."""
    from expander.config.elsewhere import load_elsewhere
    from expander.excerpt import place
    from expander.lint.places import in_file

    found = load_by(load_elsewhere, path, profile, world, macros)
    for lack in found.missing:
        where = f" [{place(in_file(lack.span))}]" if lack.span is not None else ""
        message = lack.message.rpartition("\n")[2].strip()
        complain(f"note: {to_display(message)}{where}")
    return found.config
