"""How a command and a condition of filter files are declared."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from drivers.api.filters import Filtering
from drivers.api.unit import define
from grammar.ast.filter import Command

Obeys = Callable[[Filtering, Command], None]
Tests = TypeVar("Tests", bound=Callable[..., bool])

filter_command: Callable[..., Callable[[Obeys], Obeys]] = partial(define, "filter-command")
"""Facts: ``form`` is the terminal of ``grammar/filter.lark`` for what follows the word; ``disabled``
tells that users' filters lack it unless the router allows it. The function gets the run and the node."""


def filter_condition(name: str, **described: Any) -> Callable[[Tests], Tests]:
    """Declare a condition.

    Facts: ``form`` is "comparison" (the function gets the run and two values, expanded), "word" (the
    run), "personal" (the run and the aliases) or "syntax" for what the evaluator does itself;
    ``spellings`` are all names of a comparison, ``caseful`` those of them that tell upper from lower
    case; ``negative`` is how it is told of where it is negated.
    """
    return define("filter-condition", name, **described)


def done_by_evaluator(*_arguments: object) -> Any:
    """What joins or opens conditions and commands has no work of its own."""
