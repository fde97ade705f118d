"""``eximulate parse``: the tree of a configuration or of an expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.text import from_argument, printing, to_display
from expander.cli.arguments import (
    CLEAN,
    ERRORS,
    CannotRunError,
    VerbParser,
    add_configuration,
    macros_from,
    profile_from,
    require_file,
    world_from,
)
from expander.cli.output import as_json_text, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from drivers.api.profile import Profile
    from expander.config.model import Config, Options


def run(argv: list[str]) -> int:
    """Print a tree; status 3 where something in it is broken."""
    parser = VerbParser("parse", "Print the tree of a configuration file, or of an expansion.")
    parser.add_argument("file", nargs="?", metavar="FILE", help="a configuration file")
    parser.add_argument("--expansion", metavar="TEXT", help="parse this expansion instead of a file")
    parser.add_argument("--json", action="store_true", help="print JSON with positions and origins")
    parser.add_argument(
        "--show",
        choices=("lines", "tree", "model"),
        default="tree",
        help="logical lines after macros, the tree (default), or the values of what is set",
    )
    add_configuration(parser)
    args = parser.parse_args(argv)
    if (args.file is None) == (args.expansion is None):
        parser.error("a FILE or --expansion TEXT is needed")
    profile = profile_from(args.profile)
    if args.expansion is not None:
        return _expansion(from_argument(args.expansion), profile, as_json=args.json)
    return _configuration(args, profile)


def _expansion(text: str, profile: Profile, *, as_json: bool) -> int:
    from drivers.api.registry import shapes
    from expander.trace.trees import expansion_data, expansion_lines
    from grammar.ast.expansion import Broken
    from grammar.expansion import parse
    from grammar.unparse_expansion import walk

    tree = parse(text, shapes(profile))
    if as_json:
        say(as_json_text(expansion_data(tree, text)))
    else:
        say(*expansion_lines(tree, text))
    return ERRORS if any(isinstance(node, Broken) for node in walk(tree)) else CLEAN


def _configuration(args: argparse.Namespace, profile: Profile) -> int:
    from expander.config.load import load
    from expander.lint.engine import of_error
    from expander.lint.report import text_lines
    from expander.trace.trees import config_data, config_lines

    path, macros, world = (
        from_argument(args.file),
        macros_from(args.macros),
        world_from(args.allow, args.host),
    )
    require_file(args.file, world)
    try:
        config = load(path, profile=profile, world=world, macros=macros, collect=True)
    except ConfigError as error:
        raise CannotRunError(*text_lines(path, [of_error(error)])) from None
    if args.show == "lines":
        say(*_logical_lines(config))
    elif args.show == "model":
        say(*_model_lines(config))
    elif args.json:
        say(as_json_text(config_data(config.tree)))
    else:
        say(*config_lines(config.tree))
    return ERRORS if config.errors else CLEAN


def _logical_lines(config: Config) -> Iterator[str]:
    """The lines as they are acted on: continued ones joined, macros replaced."""
    from expander.lint.places import in_file
    from grammar.ast.config import Acl, Driver

    def line(node: object) -> str:
        span = node.span  # type: ignore[attr-defined]
        where = in_file(span)
        shown = printing(span.source.text, top_bit_prints=True)
        return f"{to_display(where.source.name)}:{where.position()[0]}: {to_display(shown)}"

    for node in config.tree.main:
        yield line(node)
    for section in config.tree.sections:
        yield line(section)
        for node in section.body:
            if isinstance(node, Driver):
                yield from map(line, (node.heading, *node.settings))
            elif isinstance(node, Acl):
                yield line(node.heading)
                for statement in node.statements:
                    yield line(statement)
                    clauses = getattr(statement, "clauses", ())
                    yield from (
                        line(clause) for clause in clauses if clause.span.source is not statement.span.source
                    )
            else:
                yield line(node)


def _model_lines(config: Config) -> Iterator[str]:
    """What is set, by section, each value as Exim reads it."""
    yield from _settings(config.options, "")
    for (kind, name), found in config.lists.items():
        yield f"{kind}list {name} = {to_display(printing(found.text, top_bit_prints=True))}"
    for name, acl in config.acls.items():
        yield f"acl {name}: {len(acl.statements)} statements"
    for family in ("router", "transport", "authenticator"):
        for instance in config.instances(family):
            yield f"{family} {instance.name}:"
            yield from _settings(instance.options, "    ")
    for retry in config.retry:
        yield f"retry {to_display(retry.pattern)} {to_display(retry.error)}"
    for rewrite in config.rewrite:
        rule = f"rewrite {rewrite.pattern} {rewrite.replacement} {rewrite.flags}"
        yield to_display(rule).rstrip()


def _settings(options: Options, indent: str) -> Iterator[str]:
    for name, setting in options.settings.items():
        value = (
            setting.value
            if not isinstance(setting.value, str)
            else printing(setting.value, top_bit_prints=True)
        )
        yield f"{indent}{name} = {to_display(value) if isinstance(value, str) else value}"
