"""``eximulate check``: faults in configuration files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from expander.cli.arguments import (
    CANNOT_RUN,
    CLEAN,
    ERRORS,
    WARNINGS,
    CannotRunError,
    VerbParser,
    add_allow,
    add_host,
    add_macros,
    add_profile,
)
from expander.cli.output import as_json_text, complain, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from expander.cli.check_plan import Plan
    from expander.lint.finding import Finding
    from expander.lint.outcome import Outcome

FORMATS = ("text", "json", "sarif", "junit", "github")
MOST_ROUNDS = 10
"""Fixes can make others possible; after so many rounds something goes in circles."""


def run(argv: list[str]) -> int:
    """Check each file and print what is wrong with it, with a summary at the end."""
    args = _parser().parse_intermixed_args(argv)
    if args.list_rules:
        return _list_rules(args)
    if not (args.file or args.filter):
        raise CannotRunError("a configuration file is needed (try 'eximulate check --help')")
    from expander.cli.check_plan import examine, plan_from

    began = time.perf_counter()
    plan = plan_from(args)
    if args.make_host is not None:
        return _make_host(plan, args.make_host)
    if args.fix or args.diff:
        from expander.cli.check_fix import fix

        outcomes = fix(plan, show=args.diff, unsafe=args.unsafe_fixes, rounds=MOST_ROUNDS)
        if args.diff:
            return _status(outcomes)
    else:
        outcomes = examine(plan)
    if args.write_baseline is not None:
        return _write_baseline(args.write_baseline, outcomes)
    _print(args, plan, outcomes, time.perf_counter() - began)
    return _status(outcomes)


def _parser() -> VerbParser:
    parser = VerbParser(
        "check", "Load configuration files, read every expansion in them, and tell what is wrong."
    )
    parser.add_argument("file", nargs="*", metavar="FILE", help="a configuration file; - is standard input")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how findings are printed")
    parser.add_argument("--output", metavar="FILE", help="where to print them (default: standard output)")
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing if nothing is wrong")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="FILE",
        help="a filter, whatever its first line says; other files are filters if they begin so",
    )
    words = "a code, a name or a group of rules, commas between several"
    parser.add_argument(
        "--level",
        choices=("remark", "warning", "error"),
        help="the mildest findings that are shown and counted (default: warning)",
    )
    parser.add_argument("--ignore", action="append", default=[], metavar="WORDS", help=f"leave out: {words}")
    parser.add_argument("--only", action="append", default=[], metavar="WORDS", help=f"nothing but: {words}")
    parser.add_argument(
        "--severity",
        action="append",
        default=[],
        metavar="WORD=SEVERITY",
        help="remark, warning, error or off for rules",
    )
    parser.add_argument(
        "--settings", metavar="FILE", help="settings (default: eximulate.toml or pyproject.toml)"
    )
    parser.add_argument("--baseline", metavar="FILE", help="leave out the findings that FILE lists")
    parser.add_argument("--write-baseline", metavar="FILE", help="list all findings in FILE")
    parser.add_argument("--fix", action="store_true", help="make the fixes that are safe")
    parser.add_argument("--diff", action="store_true", help="show them as a diff instead")
    parser.add_argument("--unsafe-fixes", action="store_true", help="with these: make all fixes")
    parser.add_argument("--make-host", metavar="FILE", help="write a description of the host that is needed")
    parser.add_argument("--list-rules", action="store_true", help="list all rules")
    add_macros(parser)
    add_profile(parser)
    add_host(parser)
    add_allow(parser)
    return parser


def _print(args: argparse.Namespace, plan: Plan, outcomes: Sequence[Outcome], seconds: float) -> None:
    from expander.lint.outcome import every_finding

    if args.quiet and args.format == "text" and not every_finding(outcomes):
        return
    lines = _report(args, plan, outcomes, seconds)
    if args.output is None:
        say(*lines)
        return
    text = "".join(f"{line}\n" for line in lines)
    try:
        with open(args.output, "wb") as file:  # noqa: PTH123 - bytes that are no UTF-8 stay as they are
            file.write(text.encode("utf-8", "surrogateescape"))
    except OSError as problem:
        raise CannotRunError(f"cannot write {args.output}: {problem.strerror}") from None


def _report(args: argparse.Namespace, plan: Plan, outcomes: Sequence[Outcome], seconds: float) -> list[str]:
    """The report in the format that is asked for, as lines."""
    if args.format == "json":
        from expander.lint.outputs.plain import as_data

        return [as_json_text(as_data(outcomes))]
    if args.format == "sarif":
        from expander.lint.outputs.sarif import sarif_data

        return [as_json_text(sarif_data(outcomes, baseline=plan.baseline is not None))]
    if args.format == "junit":
        from expander.lint.outputs.junit import junit_text

        return [junit_text(outcomes, seconds).rstrip("\n")]
    if args.format == "github":
        from expander.lint.outputs.github import github_lines

        return list(github_lines(outcomes))
    return _text(outcomes)


def _text(outcomes: Sequence[Outcome]) -> list[str]:
    from expander.lint.outcome import every_finding
    from expander.lint.report import summary, text_lines

    lines = [line for outcome in outcomes for line in text_lines(outcome.path, outcome.findings)]
    return [*lines, summary(len(outcomes), every_finding(outcomes))]


def _status(outcomes: Sequence[Outcome]) -> int:
    from expander.lint.engine import UNREADABLE
    from expander.lint.finding import ERROR
    from expander.lint.outcome import every_finding

    findings: list[Finding] = every_finding(outcomes)
    if any(finding.code == UNREADABLE for finding in findings):
        return CANNOT_RUN
    if any(finding.severity == ERROR for finding in findings):
        return ERRORS
    return WARNINGS if findings else CLEAN


def _write_baseline(path: str, outcomes: Sequence[Outcome]) -> int:
    from expander.lint.baseline import BaselineError, write_baseline

    found = [(outcome.path, finding) for outcome in outcomes for finding in outcome.findings]
    try:
        count = write_baseline(path, found)
    except BaselineError as problem:
        raise CannotRunError(str(problem)) from None
    complain(f"{count} finding{'' if count == 1 else 's'} written to {path}")
    return CLEAN


def _list_rules(args: argparse.Namespace) -> int:
    """All rules, one a line: code, name, group, severity and what is wrong."""
    from expander.lint.outputs.rules import listed

    if args.format == "json":
        say(as_json_text(listed()))
        return CLEAN
    width = max(len(row["name"]) for row in listed())
    for row in listed():
        facts = f"{row['name']:<{width}}  {row['group']:<10}  {row['severity']:<7}"
        say(f"{row['code']}  {facts}  {row['summary']}")
    return CLEAN


def _make_host(plan: Plan, path: str) -> int:
    from expander.lint.needs import host_text

    text, missing = host_text(plan.paths, profile=plan.profile, world=plan.world, macros=plan.macros)
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - held text is written as the bytes that it is
            file.write(text.encode("utf-8", "surrogateescape"))
    except OSError as problem:
        raise CannotRunError(f"cannot write {path}: {problem.strerror}") from None
    complain(f"{missing} missing here, written to {path}")
    return CLEAN
