"""The item run."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import SPACE, is_tainted
from drivers.api.unit import item
from drivers.values import contents
from drivers.values.commandline import cut
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

TIME_LIMIT = 60.0
NOT_RUN = 127
NO_COMMAND = "missing '{' for command arg of run"
PREEXPAND = "preexpand"
_BAD_OPTION = re.compile(r"[\s\S][A-Za-z]*")


def arguments(ctx: Context, command: str, *, preexpanded: bool) -> list[str]:
    """The arguments of the command, expanded. Raises `Failed`, which tells of the argument."""
    if preexpanded:
        return list(cut(command))
    expanded: list[str] = []
    for number, word in enumerate(cut(command)):
        if ctx.narrator is not None:
            ctx.narrator.say(f"arg {number}")
        try:
            expanded.append(ctx.expand(word))
        except ExpansionError as error:
            where = f'Expansion of "{word}" from command "{command}" in ${{run}} expansion failed'
            error.message = f"{where}: {error.message}"
            raise
    return expanded


EXPANDED_FIRST = "args string for ${run} expand before split"


def wrong_options(text: str) -> str | None:
    """What Exim says of bad options; ``text`` goes from their first comma to where the command begins."""
    at = 0
    while text[at : at + 1] == ",":
        at += 1
        if not text.startswith(PREEXPAND, at):
            word = _BAD_OPTION.match(text, at)
            return f"bad option '{word[0] if word else ''}' for run"
        at += len(PREEXPAND)
    return None if text[at:].lstrip(SPACE).startswith("{") else NO_COMMAND


@item(
    "run",
    syntax="${run[,<option>]{<command> <args>}{<yes>}{<no>}}",
    section="Expansion items",
    shape=ItemShape(
        least=1,
        most=1,
        groups=("command",),
        branches=True,
        words="option",
        expanding_option=PREEXPAND,
        complaints={"few0": NO_COMMAND},
    ),
    options=wrong_options,
    told_first=lambda words: (
        "args string for ${run} expand before split" if PREEXPAND in "".join(words) else ""
    ),
    taint="removes",
    keeps_value=True,
    yields_when_skipped="yes",
    keeps_captures=True,
    value_in_no=True,
    forbid="forbid_filter_run",
    examples={
        "${run{/bin/echo hello}{[$value]}{failed}}": "[hello\n]",
        "${run{/bin/false}{yes}{rc=$runrc}}": "rc=1",
    },
)
def run(ctx: Context, command: str, words: tuple[str, ...] = ()) -> str | None:
    """Run a command without a shell and yield its output.

    The command line is cut into arguments which are then expanded one by one; with the option
    ``preexpand`` it is expanded first. ``$runrc`` becomes the exit status; a status that is not zero
    selects the no string, while ``$value`` is the output in either case. Raises `Failed` if an
    argument cannot be expanded, for a tainted command and for one that takes too long.
    """
    argv = arguments(ctx, command, preexpanded=any(PREEXPAND in word for word in words))
    if is_tainted(command) or (argv and is_tainted(argv[0])):
        ctx.log(f"Attempt to exec tainted path: '{argv[0] if argv else ''}'")
        raise Failed(f"couldn't create child process: {os.strerror(1)}")
    ctx.runrc, output = _finished(ctx, argv)
    ctx.value = output
    if ctx.runrc < 0:
        raise Failed(f"command killed by signal {-ctx.runrc}")
    return output if ctx.runrc == 0 else None


def _finished(ctx: Context, argv: list[str]) -> tuple[int, str]:
    """The exit status, or minus the number of the signal, and the output."""
    if not argv or "/" not in argv[0]:  # there is no search along PATH
        return NOT_RUN, ""
    try:
        done = ctx.world.programs.run(
            argv, timeout=TIME_LIMIT, environment=ctx.world.environment, merge_stderr=True
        )
    except TimeoutError as error:
        raise Failed("command timed out") from error
    except (OSError, ValueError):
        return NOT_RUN, ""
    return done.status, contents.held(done.output)
