"""``eximulate explain``: the steps of an expansion, or the meaning of a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import from_argument, to_display
from expander.cli.arguments import CLEAN, ERRORS, VerbParser, add_expander, expander_from, profile_from
from expander.cli.output import as_json_text, complain, say
from expander.excerpt import error_lines

if TYPE_CHECKING:
    import argparse

    from drivers.api.unit import Unit

_CODE = re.compile(r"[Ee][Xx][A-Za-z][0-9]{3}")
"""The codes of the checker's rules; no expansion is worth explaining that looks like one."""


def run(argv: list[str]) -> int:
    """Explain texts, names or rules; status 3 for a text without a value and for an unknown name."""
    parser = VerbParser(
        "explain", "Show what each part of an expansion gives, or what a name or a rule of the checker means."
    )
    parser.add_argument(
        "text", nargs="*", metavar="TEXT", help="an expansion to take apart, or the code of a rule (EXE001)"
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="a variable, operator, item, condition, option or rule to describe",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_expander(parser)
    args = parser.parse_intermixed_args(argv)
    if not args.text and not args.name:
        parser.error("a text or --name is needed")
    codes = [text for text in args.text if _CODE.fullmatch(text)]
    args.text = [text for text in args.text if text not in codes]
    args.name += codes
    statuses = [_explain_names(args)] if args.name else []
    if args.text:
        statuses.append(_explain_texts(args))
    return max(statuses)


def _explain_texts(args: argparse.Namespace) -> int:
    from expander.expand.mode import TRACE
    from expander.trace.steps import as_data, explain, lines

    expander = expander_from(args, TRACE)
    status = CLEAN
    for text in map(from_argument, args.text):
        explanation = explain(expander, text)
        if args.json:
            say(as_json_text(as_data(explanation)))
        else:
            say(*lines(explanation))
        if explanation.error is not None:
            status = ERRORS
            if not args.json:
                complain(*error_lines(explanation.error))
    return status


def _explain_names(args: argparse.Namespace) -> int:
    from expander.explain import as_data, described, matching

    profile = profile_from(args.profile)
    status = CLEAN
    for name in map(from_argument, args.name):
        rule = _rule(name)
        if rule is not None:
            _explain_rule(rule, args)
            continue
        units = matching(name)
        if not units:
            status = ERRORS
            complain(*_unknown(name))
        elif args.json:
            say(as_json_text([as_data(unit, profile) for unit in units]))
        else:
            for number, unit in enumerate(units):
                say(*([""] if number else []), *described(unit, profile))
    return status


def _rule(name: str) -> Unit | None:
    """The checker's rule of that code or name; names with a hyphen are of nothing else."""
    if not _CODE.fullmatch(name) and "-" not in name:
        return None
    from expander.lint.page import find_rule

    return find_rule(name)


def _explain_rule(rule: Unit, args: argparse.Namespace) -> None:
    from expander.lint import page

    if args.json:
        say(as_json_text(page.as_data(rule)))
    else:
        say(*page.lines_of(rule))


def _unknown(name: str) -> list[str]:
    from drivers.api.registry import families
    from expander.explain import nearest, shown_name

    if _CODE.fullmatch(name):
        return [
            f"error: there is no rule {to_display(name)}",
            "    note: eximulate check --list-rules lists them",
        ]
    near = dict.fromkeys(f"{shown_name(found)} ({family})" for family, found in nearest(name, families()))
    lines = [f'error: nothing is called "{to_display(name)}"']
    return [*lines, f"    note: did you mean {', '.join(near)}?"] if near else lines
