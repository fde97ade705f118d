"""``eximulate record``: a file of scenarios made of a live dialogue, a transcript or a main log."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_display
from expander.cli.arguments import (
    CLEAN,
    CannotRunError,
    VerbParser,
    add_configuration,
    configuration_from,
    macros_from,
    profile_from,
)
from expander.cli.output import complain, say
from expander.cli.test_output import to_file

if TYPE_CHECKING:
    import argparse

STDIN = "-"
LIVE = "recorded.exim-test"


def run(argv: list[str]) -> int:
    """Write a file of scenarios in which what was seen is done again, and expected to come out the same."""
    args = _parser().parse_intermixed_args(argv)
    given = [args.listen, args.transcript, args.log]
    if sum(one is not None for one in given) != 1:
        raise CannotRunError("one of --listen, --transcript and --log is needed")
    if args.listen is not None:
        return _live(args)
    lines = _of_transcript(args) if args.transcript is not None else _of_log(args)
    _write(args, args.output and Path(args.output), lines)
    return CLEAN


def _parser() -> VerbParser:
    parser = VerbParser("record", "Make a file of scenarios of a dialogue or a log.")
    parser.add_argument("config", metavar="FILE", help="the configuration that the scenarios are for")
    parser.add_argument(
        "--listen", metavar="[ADDRESS:]PORT", help="answer clients as serve does, and record it"
    )
    parser.add_argument(
        "--transcript",
        metavar="TEXT",
        help="a dialogue as session (also --json) or swaks print it; - is standard input",
    )
    parser.add_argument("--log", metavar="LOG", help="a main log, or a part of one; - is standard input")
    parser.add_argument(
        "--peer", default="", metavar="ADDRESS", help="the client's address in the transcript"
    )
    parser.add_argument(
        "--name", default="a recorded session", metavar="TEXT", help="what its scenario is called"
    )
    parser.add_argument(
        "--output", metavar="FILE", help=f"what to write (default: standard output; with --listen {LIVE})"
    )
    parser.add_argument(
        "--sandbox", default="sandbox", metavar="DIR", help="where messages are kept (default: %(default)s)"
    )
    add_configuration(parser)
    return parser


def _of_transcript(args: argparse.Namespace) -> list[str]:
    from expander.testing.recording.dialogue import scenario
    from expander.testing.recording.transcript import NoTranscriptError, read

    try:
        return list(scenario(read(_text(args.transcript), args.peer), args.name))
    except NoTranscriptError as problem:
        raise CannotRunError(f"{args.transcript}: {problem}") from None


def _of_log(args: argparse.Namespace) -> list[str]:
    from expander.testing.recording import mainlog, writing

    story = mainlog.read(_text(args.log).splitlines())
    if not story.lines:
        raise CannotRunError(f"{args.log}: there is no line in it of which a scenario could be made")
    return [*story.lines, *writing.left_out(story.left)]


def _text(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == STDIN else Path(path).read_bytes()
    except OSError as problem:
        raise CannotRunError(f"cannot read {path}: {problem.strerror}") from None
    return to_display(from_bytes(data))


def _live(args: argparse.Namespace) -> int:
    from expander.cli.serve import keeper_in, place_of, serve
    from expander.configuration import Configuration
    from expander.testing.recording.live import Recording

    output = Path(args.output or LIVE)
    recording = Recording(lambda lines: _write(args, output, lines))
    loaded = configuration_from(args)
    config = Configuration(loaded.model, recording.dns.world(loaded.world))
    host, port = place_of(args.listen)
    complain(f"eximulate record: scenarios go to {output} when sessions end")
    return asyncio.run(serve(config, keeper_in(args.sandbox), host, port, recording.watch))


def _write(args: argparse.Namespace, output: Path | None, lines: list[str]) -> None:
    from expander.testing.recording import writing

    source = "a dialogue" if args.log is None else "a log"
    macros = macros_from(args.macros)
    head = writing.head(args.config, output, profile_from(args.profile).name, macros, source)
    text = "".join(f"{line}\n" for line in (*head, *lines))
    if output is None:
        say(*text.splitlines())
    else:
        to_file(str(output), text)
