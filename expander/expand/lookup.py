"""Compiles ``${lookup...}``: the type is judged before anything runs, even where it is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Deferred, Failed
from drivers.api.text import Tainted
from drivers.values import lookup_type
from expander.expand.compiled import Complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from drivers.api.profile import Profile
    from expander.expand.compiled import Compiling
    from expander.expand.context import Context
    from grammar.ast.expansion import Item


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
    span = compiler.span(node.words[0])
    try:
        kind = lookup_type.parse(node.words[0].value, lambda name: style_of(compiler.profile, name))
    except Failed as error:
        return Complaint(error.message, span)
    if is_keyed(node) and kind.style == lookup_type.QUERY:
        message = (
            f'a single key was given for lookup type "{kind.name}", which is not a single-key lookup type'
        )
        return Complaint(message, span)
    if not is_keyed(node) and kind.style == lookup_type.SINGLE_KEY:
        return Complaint(f'missing {{key}} for single-key "{kind.name}" lookup', span)
    return None


def keyed_search(
    work: Callable[..., str | None], kind: str, plan: Sequence[Callable[[Context], str]]
) -> Callable[[Context], Any]:
    """The item's work with a key and a place; what is open and stays as it is, is asked without more ado."""
    words = (kind,)
    if len(plan) != 2:
        return lambda ctx: work(ctx, *[argument(ctx) for argument in plan], words=words, keyed=True)
    key_of, place_of = plan

    def run(ctx: Context) -> str | None:
        key, place = key_of(ctx), place_of(ctx)
        find = ctx.finds.get((kind, place))
        if find is not None and key and type(place) is not Tainted:
            try:
                return find(key)
            except Deferred:
                pass  # the item has words for it
        return work(ctx, key, place, words=words, keyed=True)

    return run
