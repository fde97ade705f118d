"""Declaring variables that are just looked up among the facts of a context."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from drivers.api.unit import Example, variable

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion variables"

OUTSIDE = "adds"
"""The taint rule of a variable that always holds what somebody outside has sent."""

CARRIED = "carries"
"""The taint rule of a variable whose value is tainted or not by where it came from.

Whoever puts such a value among the facts marks it: an envelope sender from an SMTP command is
tainted, the same made up from the caller's login is not.
"""


def fact_reader(name: str, default: str = "") -> Callable[[Context], str]:
    """A reader of one fact, with the value that it has where nobody has set it."""

    def read(ctx: Context) -> str:
        return ctx.facts.get(name, default)

    return read


def old_reader(name: str, fact: str, default: str) -> Callable[[Context], str]:
    """A reader for an old name, which has a value of its own in some places."""

    def read(ctx: Context) -> str:
        own = ctx.facts.get(name)
        return ctx.facts.get(fact, default) if own is None else own

    return read


def plain(
    name: str,
    doc: str,
    *,
    example: tuple[str, str, str] | None = None,
    default: str = "",
    fact: str | None = None,
    **columns: Any,
) -> None:
    """Declare a variable that reads the fact of its own name, or another for an old name.

    ``example`` is a value, a text that uses it, and what the text comes to. ``columns`` are those of the
    unit: ``kind`` ("string" if not given), ``taint``, ``since``, ``until``, ``feature``, ``deprecated``.
    """
    columns = {"kind": "string", "taint": "none", "section": SECTION} | columns
    if example is not None:
        value, text, output = example
        columns["examples"] = (Example(text, output, {fact or name: value}),)
    reader = fact_reader(name, default) if fact is None else old_reader(name, fact, default)
    variable(name, syntax=f"${name}", doc=doc, **columns)(reader)


def number(name: str, doc: str, *, default: str = "0", **columns: Any) -> None:
    """Declare a variable that holds a decimal number, 0 where nobody has set it."""
    plain(name, doc, default=default, **({"kind": "int"} | columns))


def flag(name: str, doc: str, **columns: Any) -> None:
    """Declare a variable that is ``yes`` or ``no``, ``no`` where nobody has set it."""
    plain(name, doc, default="no", **({"kind": "bool"} | columns))
