"""``eximulate graph``: a picture of a configuration."""

from __future__ import annotations

from expander.cli.arguments import (
    CLEAN,
    VerbParser,
    add_configuration,
    load_config,
    macros_from,
    profile_from,
    world_from,
)
from expander.cli.pictures import FORMATS, write


def run(argv: list[str]) -> int:
    """Draw the routers, the transports and the calls of ACLs of a configuration."""
    from expander.pictures.of_config import PARTS, config_picture

    parser = VerbParser("graph", "Draw the routers, transports and ACLs of a configuration.")
    parser.add_argument("file", metavar="FILE", help="a configuration file")
    parser.add_argument("--format", choices=FORMATS, default="svg", help="default: SVG, by graphviz")
    parser.add_argument("--output", metavar="FILE", help="where to write it (default: standard output)")
    parser.add_argument("--only", choices=PARTS, help="draw this part alone")
    add_configuration(parser)
    args = parser.parse_intermixed_args(argv)
    profile, world = profile_from(args.profile), world_from(args.allow, args.host)
    config = load_config(args.file, profile, world, macros_from(args.macros))
    parts = (args.only,) if args.only else PARTS
    write(config_picture(config, world, parts), args.format, args.output)
    return CLEAN
