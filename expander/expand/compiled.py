"""What compiling a node gives: a closure, and what Exim would say of it without running it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, NoReturn, Protocol

from drivers.api.errors import EximError, ExpansionError, Failed, Fatal

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from drivers.api.protocols import Context, Run, Test
    from drivers.api.unit import Unit
    from expander.expand.mode import Mode
    from grammar.ast.expansion import Broken, Fail, Node
    from grammar.source import Source, Span


Skip = Callable[["Context"], object]
"""What is done where a piece is skipped: raises what Exim notices even there."""

Mark = Callable[["Context", bool], None]
"""What is told which way a decision went."""


class Complaint(NamedTuple):
    """An error that Exim notices even in a branch that is not taken; ``ends``: Exim ends there."""

    message: str
    span: Span
    ends: bool = False

    def error(self) -> EximError:
        """The error to raise."""
        return Fatal(self.message, self.span) if self.ends else Failed(self.message, self.span)

    def fail(self, _ctx: Context) -> NoReturn:
        """What skipping the piece comes to."""
        raise self.error()

    def inside(self, suffix: str) -> Complaint:
        """The same with a suffix that tells what it is inside of."""
        return self if self.ends else Complaint(self.message + suffix, self.span)


class Compiled(NamedTuple):
    """A compiled text; ``constant`` is its value if that never changes.

    ``ends_text``: the value can hold a NUL, at which the text that it stands in ends. ``fixed``: it
    depends on nothing but captures, ``$value`` and ``$item``. ``skip``: what is done where it is
    skipped, if that is more than to raise the complaint. ``empty_unless``: a test that changes nothing,
    without which the value is empty; ``fails_unless``: one without which a failure is forced.
    """

    run: Run
    complaint: Complaint | None = None
    constant: str | None = None
    ends_text: bool = False
    fixed: bool = False
    skip: Skip | None = None
    empty_unless: Test | None = None
    fails_unless: Test | None = None


class CompiledTest(NamedTuple):
    """A compiled condition; ``fixed`` and ``skip`` as with a text.

    ``looks``: it changes nothing and raises nothing.
    """

    test: Test
    complaint: Complaint | None = None
    fixed: bool = False
    skip: Skip | None = None
    looks: bool = False


class Compiling(Protocol):
    """The compiler as those see it who compile one kind of node: they come back to it for what is inside."""

    profile: Profile
    mode: Mode
    source: Source

    def unit(self, family: str, name: str) -> Unit | None:
        """The unit behind a name; None if the index does not have it."""

    def compile(self, node: Node) -> Compiled:
        """The closure for a node that gives text."""

    def compile_test(self, node: Node) -> CompiledTest:
        """The closure for a condition."""

    def compile_part(self, group: Node) -> Compiled:
        """The closure for the text of a group that was kept as it stands, read as an expansion."""

    def settle(self, pieces: list[Compiled]) -> list[Compiled]:
        """The pieces of something that is not constant, the constant ones worked out."""

    def compile_source(self, group: Node) -> Compiled:
        """The closure for a text that is not expanded at all: nothing but that it does not end is wrong."""

    def error_of(self, test: Callable[[Context], object]) -> ExpansionError | None:
        """What a piece that depends on nothing raises when it is run."""

    def branches(
        self, name: str, yes: Node | None, no: Node | None, after: Complaint | None
    ) -> tuple[Compiled, Compiled]:
        """The closures of the yes and no strings; ``after`` is what is wrong behind them."""

    def forced(self, name: str, node: Fail) -> Compiled:
        """The word ``fail`` in the place of an item's no string."""

    def marker(self, node: Node) -> Mark | None:
        """What counts the two ways of a decision, None where nobody wants to know."""

    def span(self, node: Node) -> Span:
        """The place of a node in the text."""

    def complaint(self, node: Node) -> Complaint:
        """What a broken node says."""

    def complaint_of(self, node: Broken | None) -> Complaint | None:
        """The same where there may be nothing broken."""


def constant(value: str) -> Compiled:
    """A text that is always the same."""
    return Compiled(lambda _ctx: value, None, value, False, True)  # noqa: FBT003 - quicker than by name


def broken(complaint: Complaint) -> Compiled:
    """A text that always fails."""

    def run(_ctx: Context) -> str:
        raise complaint.error()

    return Compiled(run, complaint)


def broken_test(complaint: Complaint) -> CompiledTest:
    """A condition that always fails."""

    def test(_ctx: Context) -> bool:
        raise complaint.error()

    return CompiledTest(test, complaint)


def skipping(piece: Compiled | CompiledTest) -> Skip | None:
    """What is done where a piece is skipped; None for nothing."""
    if piece.skip is not None:
        return piece.skip
    return None if piece.complaint is None else piece.complaint.fail


def skipping_all(*pieces: Compiled | CompiledTest, after: Complaint | None = None) -> Skip | None:
    """What is done where pieces are skipped that are read one after the other.

    ``after`` is what is wrong behind them. None if no more than complaints can come of it, the first of
    which counts for all of them.
    """
    if all(piece.skip is None for piece in pieces):
        return None
    skips = [skip for skip in map(skipping, pieces) if skip is not None]
    if after is not None:
        skips.append(after.fail)

    def skip_all(ctx: Context) -> None:
        for skip in skips:
            skip(ctx)

    return skip_all


def first_complaint(*candidates: Complaint | None) -> Complaint | None:
    """The first that is one."""
    return next((candidate for candidate in candidates if candidate is not None), None)


def marked_test(test: Test, mark: Mark) -> Test:
    """A condition that tells what it came to."""

    def watched(ctx: Context) -> bool:
        truth = test(ctx)
        mark(ctx, truth)
        return truth

    return watched


def marked_find(find: Callable[[Context], str | None], mark: Mark) -> Callable[[Context], str | None]:
    """A search that tells whether it found something."""

    def watched(ctx: Context) -> str | None:
        found = find(ctx)
        mark(ctx, found is not None)
        return found

    return watched
