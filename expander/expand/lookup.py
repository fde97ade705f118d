"""Compiles ``${lookup...}``: the type is judged before anything runs, even where it is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Deferred, Failed
from drivers.api.text import SPACE, Tainted
from drivers.items.lookup import deferral
from drivers.values import lookup_type
from expander.expand.compiled import Complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from drivers.api.profile import Profile
    from expander.expand.compiled import Compiling
    from expander.expand.context import Context
    from grammar.ast.expansion import Item

_OF_TYPES = ("unknown lookup type ", "format error in lookup type ")


def style_of(profile: Profile, name: str) -> str | None:
    """The style of a lookup type that the profile has, else None."""
    unit = registry.find("lookup", name)
    return unit.facts["style"] if unit is not None and profile.has(unit) else None


def is_keyed(node: Item) -> bool:
    """True if a key stands before the type."""
    return bool(node.groups) and bool(node.words) and node.groups[0].start < node.words[0].start


def type_complaint(compiler: Compiling, node: Item) -> Complaint | None:
    """What is wrong with the type, or with having a key or none."""
    if not node.words:
        return None
    written = node.words[0].value
    span = compiler.span(node.words[0])
    try:
        kind = lookup_type.parse(written, lambda name: style_of(compiler.profile, name))
    except Failed as error:
        return Complaint(error.message, span)
    if is_keyed(node) and kind.style == lookup_type.QUERY:
        message = f'a single key was given for lookup type "{written}", which is not a single-key lookup type'
        return Complaint(message, span)
    if not is_keyed(node) and kind.style == lookup_type.SINGLE_KEY:
        return Complaint(f'missing {{key}} for single-key "{written}" lookup', span)
    return None


def leaving_words(run: Callable[[Any], str]) -> Callable[[Any], str]:
    """A lookup whose type is wrong: what is said of an unknown one is what lookups have said last."""

    def leave(ctx: Context) -> str:
        try:
            return run(ctx)
        except Failed as problem:
            if problem.message.startswith(_OF_TYPES):
                ctx.state[SEARCH_MESSAGE] = problem.message
            raise

    return leave


def search(
    work: Callable[..., str | None], kind: str, plan: Sequence[Callable[[Context], str]], *, keyed: bool
) -> Callable[[Context], Any]:
    """The item's work; what is open and stays as it is, is asked without more ado."""
    words = (kind,)
    if len(plan) != 1 + keyed:
        return lambda ctx: work(ctx, *[argument(ctx) for argument in plan], words=words, keyed=keyed)
    if not keyed:
        return _query(work, kind, plan[0])
    key_of, place_of = plan

    def run(ctx: Context) -> str | None:
        key, place = key_of(ctx), place_of(ctx)
        find = ctx.finds.get((kind, place))
        if find is None or not key or type(place) is Tainted:
            return work(ctx, key, place, words=words, keyed=True)
        return _ask(ctx, find, key, keyed=True)

    return run


def _ask(ctx: Context, find: Callable[[str], str | None], sought: str, *, keyed: bool) -> str | None:
    """What is found in something open."""
    try:
        return ctx.ask(find, sought, keyed=keyed)
    except Deferred as error:
        raise deferral(ctx, sought, error) from error


def _query(
    work: Callable[..., str | None], kind: str, query_of: Callable[[Context], str]
) -> Callable[[Context], Any]:
    words = (kind,)

    def run(ctx: Context) -> str | None:
        query = query_of(ctx)
        find = ctx.finds.get((kind, ""))
        if find is None or not query or query[0] in SPACE:
            return work(ctx, query, words=words, keyed=False)
        return _ask(ctx, find, query, keyed=False)

    return run
