"""``eximulate serve``: answer SMTP clients on a socket as a configuration says."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.cli.arguments import (
    CLEAN,
    CannotRunError,
    VerbParser,
    add_configuration,
    configuration_from,
)
from expander.cli.errors import LONGEST_LOGGED, OVERFLOWED
from expander.cli.output import complain, say
from expander.excerpt import error_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.errors import EximError
    from expander.configuration import Configuration
    from expander.server.keeping import Keeper
    from expander.server.smtp import Watch

LOOPBACK = "127.0.0.1"


def run(argv: list[str]) -> int:
    """Serve until the program is told to stop."""
    parser = VerbParser("serve", "Answer SMTP clients as a configuration says; messages stay in a directory.")
    parser.add_argument("config", metavar="FILE", help="the configuration")
    parser.add_argument(
        "--smtp",
        required=True,
        metavar="[ADDRESS:]PORT",
        help=f"where to listen; {LOOPBACK} without an address, port 0 for any that is free",
    )
    parser.add_argument(
        "--sandbox", default="sandbox", metavar="DIR", help="where messages are kept (default: %(default)s)"
    )
    add_configuration(parser)
    args = parser.parse_intermixed_args(argv)
    place = place_of(args.smtp)
    config = configuration_from(args)
    keeper = keeper_in(args.sandbox)
    return asyncio.run(serve(config, keeper, *place))


def keeper_in(folder: str) -> Keeper:
    """What keeps messages in a folder. Raises `CannotRunError`."""
    from expander.server.keeping import Keeper

    try:
        return Keeper(Path(folder) / "messages")
    except OSError as problem:
        raise CannotRunError(f"cannot use {folder}: {problem.strerror}") from None


def place_of(text: str) -> tuple[str, int]:
    """The address and the port. Raises `CannotRunError` for what is none."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or LOOPBACK
    if not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise CannotRunError(f"--smtp {text}: [ADDRESS:]PORT expected")
    return host, int(port)


async def serve(
    config: Configuration,
    keeper: Keeper,
    host: str,
    port: int,
    watch_with: Callable[[str], Watch] | None = None,
) -> int:
    """Listen and answer until the program is told to stop; ``watch_with`` as with `SmtpServer`."""
    from expander.server.smtp import SmtpServer

    server = SmtpServer(config, keeper, log_with=_log, complain_with=_complain)
    server.watch_with = watch_with
    try:
        address, number = await server.start(host, port)
    except OSError as problem:
        raise CannotRunError(f"cannot listen on {host}:{port}: {problem.strerror or problem}") from None
    shown = f"[{address}]" if ":" in address else address
    say(f"listening on {shown}:{number}, messages go to {keeper.folder}")
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    await server.stop()
    return CLEAN


def _log(text: str) -> None:
    begin = f"{datetime.now(UTC).astimezone():%Y-%m-%d %H:%M:%S} "
    if len(begin) + len(text) >= LONGEST_LOGGED:
        text = OVERFLOWED.rstrip("\n")
    say(f"{begin}{to_display(text)}")
    sys.stdout.flush()


def _complain(problem: EximError) -> None:
    complain(*error_lines(problem))
