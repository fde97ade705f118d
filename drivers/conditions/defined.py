"""The condition def."""

from __future__ import annotations

from drivers.api.unit import condition
from grammar.shapes import ConditionShape


@condition(
    "def",
    syntax="def:<variable name>",
    section="Expansion conditions",
    shape=ConditionShape(form="def", least=0, most=0),
    examples={"${if def:primary_hostname{y}{n}}": "y", "${if def:value{y}{n}}": "n"},
)
def def_(value: str | None) -> bool:
    """True if a variable has a value that is not empty, or if a header line is there at all.

    An unknown name makes the expansion fail, and so does a name in braces.
    """
    return bool(value)
