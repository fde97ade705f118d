"""Working out at compile time what does not depend on anything: constants are folded.

Units reach the outside only through the context or the world that they ask for. So a piece of an
expansion in which no variable, header or world stands gives the same value whenever it runs. It is run
once in a context that has nothing: whoever asks it for more than the scopes of the language, or
for a capture, ``$value`` or ``$item`` that the piece has not set itself, learns that it is not constant.
Pieces that fail are left for the run, so that the error comes in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from drivers.api.errors import EximError, ExpansionError, Fatal, LimitReached
from drivers.api.limits import NOTABLE
from expander.expand import regex
from expander.expand.compiled import Compiled, constant

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.profile import Profile
    from drivers.api.protocols import Pattern

LONGEST_PIECE = 1024
DEEPEST_PIECE = 80
"""Texts made by a piece that are longer, or have more opening braces, wait for the run."""

STEPS = 1000
"""What all constants of a text together may take: work that nobody may ask for is not done in advance."""

STEPS_OF_A_TEXT = 20
"""A text made by a piece is compiled each time."""

MATCH_STEPS = 20_000
"""What one match may take, in PCRE2's measure."""


class NotConstantError(Exception):
    """The piece depends on something that only a run has."""


class _Unset(str):
    """A ``$value`` or ``$item`` that the piece has not set: not even its truth can be asked for."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise NotConstantError


class _NoCaptures(list[str]):
    """The captures of a piece that has matched nothing yet."""

    __slots__ = ()

    def __len__(self) -> NoReturn:
        raise NotConstantError


UNSET = _Unset()
NO_CAPTURES = _NoCaptures()


class Budget:
    """The steps that are left for the constants of a text."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = STEPS


class Nowhere:
    """The context of a constant: scopes, patterns and literal lists, and nothing else."""

    __slots__ = ("_budget", "_compiled", "captures", "item", "list_value", "profile", "value")

    narrator = None
    """Nothing is told of what is worked out beforehand."""

    tell_checks = None
    trace = None

    def __init__(self, profile: Profile, budget: Budget, compiled: Callable[[str], Compiled]) -> None:
        self.profile = profile
        self._budget = budget
        self._compiled = compiled
        self.captures: list[str] = NO_CAPTURES
        self.list_value: str | None = None
        self.value: str | None = UNSET
        self.item: str | None = UNSET

    def __getattr__(self, name: str) -> NoReturn:
        raise NotConstantError(name)

    def pattern(self, text: str, *, caseless: bool = False) -> Pattern:
        """A compiled pattern, from the cache."""
        self.step()
        return regex.pattern(text, caseless, MATCH_STEPS)

    def step(self, weight: int = 1) -> None:
        """Count work; when the budget is spent the rest waits for the run."""
        if self._budget.steps < weight:
            raise NotConstantError
        self._budget.steps -= weight

    def grown(self, size: int) -> None:
        """Refuse a value that is too long to be kept in the compiled expansion."""
        raise NotConstantError(size)

    def match_list(
        self, kind: str, subject: str, list_text: str, *, option: str = "", scope: str = "", given: str = ""
    ) -> str | None:
        """Match against a list; one that names another list or a lookup is not constant."""
        from expander.lists.match import match_list

        return match_list(self, kind, subject, list_text, option=option, scope=scope, given=given)  # type: ignore[arg-type]

    def expand(self, text: str) -> str:
        """Expand a text that was made by the piece, as ``sg`` does, as far as that is constant."""
        if len(text) > LONGEST_PIECE or text.count("{") > DEEPEST_PIECE:
            raise NotConstantError
        self.step(STEPS_OF_A_TEXT)
        piece = self._compiled(text)
        if not piece.fixed and piece.complaint is None:
            raise NotConstantError
        return piece.run(self)  # type: ignore[arg-type]

    @property
    def untouched(self) -> bool:
        """True if the scopes are as they were."""
        return self.captures is NO_CAPTURES and self.value is UNSET and self.item is UNSET


def error_of(
    test: Callable[[Any], object], profile: Profile, budget: Budget, compiled: Callable[[str], Compiled]
) -> ExpansionError | None:
    """What a piece raises when it is run, None if it raises nothing or is not constant."""
    try:
        test(Nowhere(profile, budget, compiled))
    except LimitReached:
        return None
    except ExpansionError as error:
        return error
    except (Fatal, NotConstantError, AttributeError, RecursionError):
        return None
    return None


def folded(
    piece: Compiled, profile: Profile, budget: Budget, compiled: Callable[[str], Compiled]
) -> Compiled:
    """The constant that a piece comes to, or the piece itself; ``compiled`` is for texts that it makes."""
    if piece.constant is not None or piece.complaint is not None or piece.ends_text or not piece.fixed:
        return piece
    nowhere: Any = Nowhere(profile, budget, compiled)
    try:
        value = piece.run(nowhere)
    except (EximError, NotConstantError, AttributeError, RecursionError):
        return piece
    if type(value) is not str or len(value) > NOTABLE or "\0" in value or not nowhere.untouched:
        return piece
    return constant(value)
