"""The options of the command line that are about the queue: ``-q``, ``-R``, ``-S``, ``-M``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli import optiontable as table
from expander.cli.errors import CommandLineError, too_long
from grammar.record import replaced

if TYPE_CHECKING:
    from expander.cli.options import Options


class QueueOptions:
    """Reads these options, from where the reader stands in the arguments."""

    def __init__(self, argv: list[str], options: Options) -> None:
        self.argv = argv
        self.at = 0
        self.options = options

    @staticmethod
    def _incomplete(option: str) -> str:
        return f"exim abandoned: unknown, malformed, or incomplete option {option}\n"

    def _next(self, otherwise: str) -> str:
        """The next argument, whatever it looks like; ``otherwise`` is said if there is none."""
        if self.at >= len(self.argv):
            raise CommandLineError(otherwise)
        self.at += 1
        return self.argv[self.at - 1]

    @staticmethod
    def _check_time(text: str, shown: str) -> None:
        """Raises `CommandLineError` for what is no time, with the argument that it stands in."""
        from drivers.api.options import seconds

        if seconds(text) < 0:
            raise CommandLineError(f"exim: bad time value {shown}: abandoned\n")

    def _queue_run(self, option: str, rest: str) -> None:
        """``-q`` with its flags, and a time, a queue, a selection or messages behind it."""
        if rest[:1] in {"R", "S"} and rest:
            self._selected_queue_run(f"-{rest}", rest[1:])
            return
        if "q" in self.options.modes:
            raise CommandLineError("exim: -q specified more than once\n")
        match = table.QUEUE_FLAGS.match(rest)
        assert match is not None
        flags, rest = match[0], rest[match.end() :]
        self.options.modes["q"] = flags
        if flags:
            self._queue_flags(flags)
        if rest.startswith("G"):
            self.options.queue_name, _, rest = rest[1:].partition("/")
        if rest:
            self._interval(rest, option)
        elif self.at < len(self.argv) and not self.argv[self.at].startswith("-"):
            self._after_queue_run()

    def _after_queue_run(self) -> None:
        """A time, or the first and the last message of a run."""
        given = self._next("")
        if not table.MESSAGE_ID.fullmatch(given):
            self._interval(given, given)
            return
        last = ""
        if self.at < len(self.argv) and table.MESSAGE_ID.fullmatch(self.argv[self.at]):
            last = self._next("")
        self.options.queue_run = replaced(self.options.queue_run, first=given, last=last)

    def _interval(self, text: str, shown: str) -> None:
        self._check_time(text, shown)
        self.options.queue_interval = text

    def _queue_flags(self, flags: str) -> None:
        """Add flags to those that are there, in the order in which they are told of."""
        before = self.options.queue_run.flags
        both = before + flags
        forced = "ff" if "ff" in before or "ff" in flags else "f" if "f" in both else ""
        ordered = "".join(("q" * ("q" in both), "i" * ("i" in both), forced, "l" * ("l" in both)))
        self.options.queue_run = replaced(self.options.queue_run, flags=ordered)

    def _selected_queue_run(self, option: str, rest: str) -> None:
        letter = option[1]
        match = table.QUEUE_SELECTION.fullmatch(rest)
        is_pattern = match is not None and bool(match[1])
        if match is not None:
            if match[2]:
                self._queue_flags(match[2])
            rest = self._next(f"exim: string expected after {option[:2]}\n")
            too_long(rest, 256, option[:2])
        self.options.modes[letter] = rest
        name = {"R": "recipient", "S": "sender"}[letter]
        changes = {name: rest, f"{name}_is_pattern": is_pattern}
        self.options.queue_run = replaced(self.options.queue_run, **changes)

    def _messages(self, option: str, rest: str) -> None:
        if rest.startswith("C"):
            if rest != "C" and rest not in table.CONTINUATIONS:
                raise CommandLineError(self._incomplete(option))
            if rest == "CG":
                self.options.queue_name = self._next(self._incomplete(option))
                return
            if rest == "C":
                raise CommandLineError("exim: too many or too few arguments after -MC\n")
            self.options.modes["MC"] = rest
            return
        if rest not in table.MESSAGE_ACTIONS:
            raise CommandLineError(self._incomplete(option))
        if rest == "G":
            self.options.from_queue = self.options.queue_name
            self.options.queue_name = self._next("exim: queue name expected after -MG\n")
        if self.at >= len(self.argv):
            raise CommandLineError(f"exim: no message ids given after {option} option\n")
        last = self.at + 1 if rest in table.OF_ONE_MESSAGE else len(self.argv)
        for message in self.argv[self.at : last]:
            if not table.MESSAGE_ID.fullmatch(message):
                raise CommandLineError(f"exim: malformed message id {message} after {option} option\n")
        for mode in ("M", "Mset"):  # of several actions the last one counts
            self.options.modes.pop(mode, None)
        if rest == "set":
            self.options.modes["Mset"] = self.argv[self.at]
        else:
            self.options.modes["M"] = f"M{rest}"
            self.options.messages = self.argv[self.at : last]
        self.at = last
