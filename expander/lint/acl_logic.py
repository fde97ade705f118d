"""What is certain of ACL statements: conditions that always or never hold, and verbs that always decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from expander.lint.acl_arguments import truth
from expander.lint.acl_spots import is_condition, unit_of
from expander.lint.possible import outcomes
from grammar.ast.config import Clause
from grammar.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.acl_spots import Spot
    from expander.lint.survey import Survey
    from grammar.ast.config import Statement

DECIDING = ("accept", "deny", "discard", "drop", "defer")
"""The verbs that end an ACL where all conditions hold."""

_FOR_ALL = ("hosts", "domains")


def conditions(statement: Statement) -> Iterator[Clause]:
    """The conditions of a statement."""
    return (clause for clause in statement.clauses if isinstance(clause, Clause) and is_condition(clause))


def modifiers(statement: Statement, *names: str) -> Iterator[Clause]:
    """The modifiers of a statement, all or those of the names given."""
    for clause in statement.clauses:
        if not isinstance(clause, Clause) or is_condition(clause):
            continue
        if not names or clause.name.text in names:
            yield clause


def value_of(clause: Clause) -> str:
    """The value of a clause as it stands, without white space around it."""
    return clause.value.text.strip(SPACE) if clause.value is not None else ""


def certain(survey: Survey, clause: Clause) -> bool | None:
    """True for a condition that always holds, False for one that never does, None for others."""
    text = value_of(clause)
    holds: bool | None = None
    if clause.name.text == "condition":
        found = outcomes(survey.tree(Source("", text)))
        values = {truth(one.text) if one.whole else None for one in found}
        holds = values.pop() if len(values) == 1 else None
    elif clause.name.text in _FOR_ALL and text == "*":
        holds = True
    return holds if holds is None else holds != clause.negated


def always_decides(survey: Survey, statement: Statement) -> bool:
    """True for a statement behind which the ACL never goes on."""
    known = [certain(survey, clause) for clause in conditions(statement)]
    known += [None for clause in statement.clauses if not isinstance(clause, Clause) or not unit_of(clause)]
    if statement.verb.text == "require":
        return any(holds is False for holds in known)
    return statement.verb.text in DECIDING and all(known)


def final(survey: Survey, statements: tuple[Statement, ...]) -> bool:
    """True if some statement always decides, so that the end of the ACL is never reached."""
    return any(always_decides(survey, statement) for statement in statements)


def wording(statement: Statement) -> tuple[str, ...]:
    """A statement in a form in which two that mean the same are the same."""
    return (
        statement.verb.text,
        *(
            " ".join(
                (
                    "!" if clause.negated else "",
                    clause.name.text,
                    clause.argument.text if clause.argument else "",
                    "=",
                    value_of(clause),
                )
            )
            for clause in statement.clauses
            if isinstance(clause, Clause)
        ),
    )


def conditions_before(spot: Spot) -> Iterator[Clause]:
    """The conditions of the statement that stand before one."""
    return (clause for clause in spot.before() if is_condition(clause))
