"""Two whole configurations beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.compare.acls import acls
from expander.compare.difference import ADDED, CHANGED, REMOVED, Difference, Side
from expander.compare.drivers import drivers
from expander.compare.options import named_lists, options
from expander.compare.rules import retry_rules, rewrite_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Config
    from grammar.macros import Definition


def differences(old: Config, new: Config, *, macros: bool = False) -> list[Difference]:
    """All in which two configurations differ after loading.

    Formatting, remarks, and how macros put a value together make no difference, nor do separators of
    lists, nor an option that is set to its default. ``macros`` compares those too, by name.
    """
    found = [*options(old.options, new.options, "main option")]
    if macros:
        found += _macros(old.macros.defined, new.macros.defined)
    found += named_lists(old.lists, new.lists)
    found += acls(old.acls, new.acls)
    for family in ("router", "transport", "authenticator"):
        found += drivers(old.instances(family), new.instances(family))
    return [*found, *retry_rules(old.retry, new.retry), *rewrite_rules(old.rewrite, new.rewrite)]


def _macros(old: dict[str, Definition], new: dict[str, Definition]) -> Iterator[Difference]:
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if before is not None and after is not None and before.value == after.value:
            continue
        kind = CHANGED if before and after else ADDED if before is None else REMOVED
        sides = [None if one is None else Side(one.value, one.where) for one in (before, after)]
        yield Difference(kind, "macro", name, sides[0], sides[1])
