"""``-bt``, ``-bv`` and ``-bvs``: where addresses lead, and whether they can be verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import LOGS, Failed, Fatal, Unsupported
from drivers.api.routing import DEFER, FAIL, KEEPS_RIGHTS, NOT_LOGGED, RECIPIENT, SENDER, SILENT, TESTING
from drivers.api.text import SPACE, Tainted
from drivers.values import mailbox
from expander.cli import errors
from expander.cli.console import STDOUT, Input, complain
from expander.cli.errors import too_long
from expander.routing.telling import TELL
from expander.routing.tree import Shown
from expander.routing.verify import Verification, VerifyOptions
from expander.routing.work import CHILD_FAILED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.cli.start import Run
    from expander.expand.context import Context

LONGEST = 1024
LONGEST_LINE = 1023
FAILED, DEFERRED = 2, 1
"""Exit statuses where an address failed, or could not be resolved at this time and none failed."""


def run(run: Run) -> int:
    """Test the addresses of the arguments, or else of the lines of standard input; the exit status."""
    is_test = "bt" in run.options.modes
    context = run.expander().context
    if is_test or run.options.verbose:
        context.debug_with = None  # the steps of routing are not told
        context.state[TELL] = complain
        context.log_with = lambda text, panic: _log(text, panic=panic)
    elif not run.options.verbose:
        _log_less(context)
    context.state[NOT_LOGGED] = True
    context.state[KEEPS_RIGHTS] = is_test
    context.state[CHILD_FAILED] = STDOUT.repeat
    tester = Tester(
        context,
        is_test=is_test,
        is_recipient="bvs" not in run.options.modes,
        full=is_test or run.options.verbose,
        harness=run.world.virtual.harness,
        is_admin=run.is_admin,
    )
    try:
        for text in _texts(run):
            tester.test(text)
    except Unsupported as problem:
        STDOUT.flush()
        complain(f"eximulate: {problem.message}\n")
        return errors.FAILURE
    except Fatal as problem:
        STDOUT.flush()
        complain(errors.fatal(problem.message, verbose=is_test or run.options.verbose))
        return errors.FAILURE
    return tester.status


def _log(text: str, *, panic: int) -> None:
    complain(errors.logged(text, LOGS[panic], verbose=True))


def _log_less(ctx: Context) -> None:
    """Keep what routers write that are not to log; where log lines are shown as debugging, all are."""
    write = ctx.log_with

    def log(text: str, panic: int) -> None:
        if write is not None and not ctx.state.get(SILENT):
            write(text, panic)

    ctx.log_with = log


def _texts(run: Run) -> Iterator[str]:
    """The addresses to test: those of the arguments, or else one in each line."""
    if run.options.arguments:
        for text in run.options.arguments:
            yield from _addresses(too_long(text, LONGEST, "address verification"))
        return
    from expander.cli.be import logical_line

    lines = Input(before_waiting=STDOUT).each(LONGEST_LINE)
    STDOUT.write("> ")
    for raw in lines:
        yield too_long(logical_line(raw, lines), LONGEST, "address verification (stdin)")
        STDOUT.write("> ")
    STDOUT.write("\n")


def _addresses(text: str) -> list[str]:
    """The addresses of an argument, which commas separate; a leading comma stands behind an empty one."""
    left = text.partition("\0")[0]
    found = [left] if "," not in left else list(mailbox.split(left))
    first, *others = found
    return [first] * bool(left) + [text for piece in others if (text := piece.lstrip(SPACE))]


class Tester:
    """Tests addresses one after the other; duplicates are known from one to the next."""

    def __init__(
        self, ctx: Context, *, is_test: bool, is_recipient: bool, full: bool, harness: bool, is_admin: bool
    ) -> None:
        self._ctx = ctx
        self._is_test = is_test
        self._is_recipient = is_recipient
        self._full = full
        self._is_admin = is_admin
        self._shown = Shown(STDOUT.write, harness=harness)
        self.status = 0

    def test(self, text: str) -> None:
        """Test one address and write what comes of it."""
        try:
            parsed = mailbox.parse(text, mailbox.permitted(self._ctx.options, literals=True)).address
        except Failed as problem:
            STDOUT.write(f"syntax error: {problem.message}\n")
            self.status = FAILED
            return
        purpose = TESTING if self._is_test else RECIPIENT if self._is_recipient else SENDER
        verification = Verification(
            self._ctx,
            is_recipient=self._is_recipient,
            options=VerifyOptions(qualifies=True),
            say=STDOUT.write,
            full=self._full,
            purpose=purpose,
            is_test=self._is_test,
        )
        verification.tells_reasons = self._is_admin
        outcome = verification.verify(Tainted(parsed)).outcome
        if self._full and outcome is not None:
            self._shown.show(verification)
        if outcome == FAIL:
            self.status = FAILED
        elif outcome == DEFER and self.status == 0:
            self.status = DEFERRED
