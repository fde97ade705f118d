"""How fatal errors are told: Exim's wording on standard error, and the exit status."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from expander.config.model import Stamp

FAILURE = 1
NOT_IMITATED = 69
"""Our own exit status (EX_UNAVAILABLE of sysexits.h) for what Exim has and we do not imitate yet."""

INTERNAL_ERROR = 70
INTERRUPTED = 130

UP_TO_SECONDS = len("2026-01-02 03:04:05.")

_IN_CONFIGURATION = "Exim configuration error"


class CommandLineError(Exception):
    """Something is wrong with the command line; ``text`` is all that is written, newline included."""

    def __init__(self, text: str, status: int = FAILURE) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class NotImitatedError(CommandLineError):
    """A mode of Exim that is known by name but not imitated yet."""

    def __init__(self, what: str) -> None:
        super().__init__(f"eximulate: {what} is not imitated yet\n", NOT_IMITATED)


LONGEST_LOGGED = 8190
OVERFLOWED = "**** log string overflowed log buffer ****\n"
"""So long may a line of the log be for Exim, with its end, and what stands in the place of a longer one."""


def too_long(text: str, limit: int, what: str) -> str:
    """The text itself. Raises `CommandLineError` if it is longer than Exim takes it."""
    if len(text) > limit:
        raise CommandLineError(f"exim: length limit exceeded ({len(text)} > {limit}) for: {what}\n")
    return text


def log_line(text: str, stamp: Stamp | None = None) -> str:
    """A line as Exim logs it: with a time stamp in local time before it and a newline at its end."""
    begin = time.strftime("%Y-%m-%d %H:%M:%S")
    if stamp is not None:
        begin += f".{time.time_ns() // 1_000_000 % 1000:03}" if stamp.millisec else ""
        begin += time.strftime(" %z") if stamp.zone else ""
        begin += f" [{os.getpid()}]" if stamp.pid else ""
    line = f"{begin} {text.removesuffix(chr(10))}\n"
    return line if len(line) <= LONGEST_LOGGED else f"{begin} {OVERFLOWED}\n"


def in_session(text: str, stamp: Stamp | None = None) -> str:
    """A line of the log as a session that is a test shows it: without the date and the time up to seconds."""
    return f"LOG: {log_line(text, stamp)[UP_TO_SECONDS:]}"


def fatal(message: str, *, verbose: bool, log: str = "", stamp: Stamp | None = None) -> str:
    """The text for standard error of an error that ends the run.

    ``log`` names the logs that it goes to, where the message does not show that. ``verbose`` is
    true where Exim tells its log lines to the person too: under ``-v`` and ``-d``, and for ``-bP``
    but ``-bP config``.
    """
    if not verbose:
        return log_line(f"{message}\n", stamp)
    log = log or ("PANIC DIE" if message.startswith(_IN_CONFIGURATION) else "MAIN PANIC DIE")
    return f"LOG: {log}\n  {message}\n"


def complaint(message: str, *, verbose: bool) -> str:
    """The same for an error that does not end the run."""
    return f"LOG: PANIC\n  {message}\n" if verbose else log_line(message)


def logged(message: str, logs: str, *, verbose: bool, stamp: Stamp | None = None) -> str:
    """The text for standard error of a line for some logs.

    With a `Selected` line the word of ``log_selector`` stands before them.
    """
    if word := getattr(message, "word", ""):
        logs = f"{word} {logs}"
    return f"LOG: {logs}\n  {message}\n" if verbose else log_line(message, stamp)


def in_configuration(message: str, file: str, number: int, *, framed: bool = True) -> str:
    """A complaint in the frame of configuration errors, with the line that was read last."""
    where = f" in line {number} of {file}" if framed else ""
    return f"{_IN_CONFIGURATION}{where}:\n  {message}"
