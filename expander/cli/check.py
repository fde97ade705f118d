"""``eximulate check``: faults in configuration files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_argument
from expander.cli.arguments import (
    CANNOT_RUN,
    CLEAN,
    ERRORS,
    WARNINGS,
    VerbParser,
    add_allow,
    add_host,
    add_macros,
    add_profile,
    macros_from,
    profile_from,
    world_from,
)
from expander.cli.output import as_json_text, say

if TYPE_CHECKING:
    from expander.lint.finding import Finding


def run(argv: list[str]) -> int:
    """Check each file and print what is wrong with it, with a summary at the end."""
    parser = VerbParser(
        "check", "Load configuration files, read every expansion in them, and tell what is wrong."
    )
    parser.add_argument("file", nargs="+", metavar="FILE", help="a configuration file")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how findings are printed")
    add_macros(parser)
    add_profile(parser)
    add_host(parser)
    add_allow(parser)
    args = parser.parse_intermixed_args(argv)

    from expander.lint.engine import check_file
    from expander.lint.report import as_data, summary, text_lines

    profile, world, macros = (
        profile_from(args.profile),
        world_from(args.allow, args.host),
        macros_from(args.macros),
    )
    paths = [from_argument(path) for path in args.file]
    found = [(path, check_file(path, profile=profile, world=world, macros=macros)) for path in paths]
    everything = [finding for _, findings in found for finding in findings]
    if args.format == "json":
        say(as_json_text([as_data(path, findings) for path, findings in found]))
    else:
        for path, findings in found:
            say(*text_lines(path, findings))
        say(summary(len(paths), everything))
    return _status(everything)


def _status(findings: list[Finding]) -> int:
    if any(finding.code == "EXM001" for finding in findings):
        return CANNOT_RUN
    if any(finding.severity == "error" for finding in findings):
        return ERRORS
    return WARNINGS if findings else CLEAN
