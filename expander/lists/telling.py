"""How a list is matched, told to whoever follows a session that is a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import listtext
from drivers.values.telling import STEPS_SINCE, tell_flat
from expander.lists.subject import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context
    from expander.lists.subject import Subject

VISIBLE_BLANK = "░".encode().decode("latin-1")


def told_of(subject: Subject, list_text: str, option: str) -> Told | None:
    """What tells of a match, None where nobody listens.

    ``option`` is the option that holds the list; without it the list is shown itself.
    """
    ctx = subject.ctx
    if ctx.tell_checks is None:
        return None
    plain = list_text.removeprefix(WHOLE)
    shown = subject.shown if subject.shown is not None else subject.text
    if ctx.profile.at_least(STEPS_SINCE):
        _, body = (":", plain) if plain is not list_text else listtext.separator(plain)
        title = option or f'"{body}"'
        return Steps(ctx, ctx.tell_checks, f"{shown} in {title}")
    title = option or f'"{plain}"'
    return Told(ctx, ctx.tell_checks, f"{shown} in {title}")


class Told:
    """Tells of answers alone; ``in_file`` while the lines of a file are gone through."""

    in_file = False

    def __init__(self, ctx: Context, tell: Callable[[str], None], head: str) -> None:
        self.ctx = ctx
        self.tell = tell
        self.head = head

    def element(self, text: str) -> None:
        """An element is looked at."""

    def begins(self, name: str) -> None:
        """The element is a named list, which is looked at next."""

    def ends(self, name: str) -> None:
        """The named list was gone through."""

    def known(self, name: str, value: str | None, *, yes: bool) -> None:
        """It need not be, as its answer is remembered."""

    def kept(self, name: str, key: str, value: str) -> None:
        """The value that it has for a key is remembered."""

    def answer(self, why: str, *, yes: bool, last: bool = False) -> None:
        """The match ends with an answer; ``last`` tells that it did so behind the last element."""
        self.tell(f"{self.head}? {'yes' if yes else 'no'} ({why})")

    def forced(self, why: str, *, yes: bool) -> None:
        """The match ends because something cannot be found out."""
        self.answer(why, yes=yes)

    def deferred(self, element: str) -> None:
        """The match ends undecided."""
        tell_flat(self.ctx, self.tell, f"{self.head}? list match deferred for {element}")

    def ignored(self, why: str, setting: str) -> None:
        """Something cannot be found out, which is no matter."""
        self.tell(f"{why}: item ignored by +ignore_{setting}")

    def closes(self) -> None:
        """The match has ended in one way or the other."""


class Steps(Told):
    """Tells of each element as well."""

    def __init__(self, ctx: Context, tell: Callable[[str], None], head: str) -> None:
        super().__init__(ctx, tell, head)
        tell(f"{head}?")
        self.is_open = True
        ctx.depth += 1

    def element(self, text: str) -> None:
        """An element is looked at."""
        self.tell(f"list element: {text.replace(' ', VISIBLE_BLANK)}")

    def begins(self, name: str) -> None:
        """The element is a named list, which is looked at next."""
        self.tell(f" start sublist {name}")
        self.ctx.depth += 2

    def ends(self, name: str) -> None:
        """The named list was gone through."""
        self.ctx.depth -= 2
        self.tell(f" end sublist {name}")

    def known(self, name: str, value: str | None, *, yes: bool) -> None:
        """It need not be, as its answer is remembered."""
        self.ctx.depth -= 2
        self.tell(f"cached {'yes' if yes else 'no'} match for +{name}")
        self.tell(f"cached lookup data = {'NULL' if value is None else value}")

    def kept(self, name: str, key: str, value: str) -> None:
        """The value that it has for a key is remembered."""
        self.tell(f"data from lookup saved for cache for +{name}: key '{key}' value '{value}'")

    def answer(self, why: str, *, yes: bool, last: bool = False) -> None:
        """The match ends with an answer; ``last`` tells that it did so behind the last element."""
        if last:
            self.closes()
        super().answer(why, yes=yes)

    def forced(self, why: str, *, yes: bool) -> None:
        """The match ends because something cannot be found out: Exim forgets to go back to the left."""
        super().forced(why, yes=yes)
        self.is_open = self.in_file

    def deferred(self, element: str) -> None:
        """The match ends undecided."""
        self.closes()
        super().deferred(element)

    def closes(self) -> None:
        """The match has ended in one way or the other."""
        if self.is_open:
            self.ctx.depth -= 1
        self.is_open = False
