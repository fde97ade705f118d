"""The generators of configurations by name; each gives titles and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from loading import drivers, lines, main, options, rules

AREAS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "values": options.option_values,
    "forms": options.option_forms,
    "order": options.option_order,
    "main": main.single,
    "mains": main.several,
    "selectors": main.selectors,
    "drivers": drivers.random_drivers,
    "pairs": drivers.pairs,
    "retry": rules.random_retry,
    "rewrite": rules.random_rewrite,
    "words": rules.every_word,
    "acl": rules.random_acl,
    "macros": lines.macros,
    "lines": lines.random_lines,
    "conditionals": lines.conditionals,
    "includes": lines.includes,
    "lists": lines.named_lists,
    "sections": lines.section_order,
    "damaged": lines.damaged,
}
