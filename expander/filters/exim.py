"""Obeys an Exim filter: commands in order, conditions from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.filters import FilterError
from drivers.api.text import tainted_like
from drivers.values import mailbox
from expander.filters.shown import condition_text
from expander.filters.words import COMMAND, CONDITION, spellings
from grammar.ast.filter import Command, ForAny, If, Item, Logic, Named, Test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.unit import Unit
    from expander.filters.state import Run
    from grammar.ast.filter import Condition

_ADDRESS = "thisaddress"


def obey(run: Run, commands: Sequence[Command | If]) -> None:
    """Obey commands. Raises `FilterError`, and `Stopped` where the filter ends itself."""
    for command in commands:
        if isinstance(command, If):
            _if(run, command)
            continue
        unit = _unit(COMMAND, command.name.text)
        if command.seen:
            run.delivered = True
        unit.impl(run, command)


def _unit(family: str, name: str) -> Unit:
    unit = registry.find(family, name)
    assert unit is not None, name
    return unit


def _if(run: Run, command: If) -> None:
    """``$thisaddress`` keeps to the end of the command what the condition left in it."""
    facts = run.ctx.facts
    before = facts.get(_ADDRESS)
    try:
        for arm in command.arms:
            if arm.condition is None or holds(run, arm.condition, top=True):
                run.level += 1
                obey(run, arm.commands)
                run.level -= 1
                return
    finally:
        if before is None:
            facts.pop(_ADDRESS, None)
        else:
            facts[_ADDRESS] = before


def holds(run: Run, condition: Condition, *, top: bool = False) -> bool:
    """What a condition comes to. Raises `FilterError`."""
    if isinstance(condition, Logic):
        found = _joined(run, condition, top=top)
    elif isinstance(condition, ForAny):
        found = _for_any(run, condition)
    elif isinstance(condition, Named):
        found = _named(run, condition)
    else:
        found = _compared(run, condition)
    found = found is not condition.negated
    _tell(run, condition, top=top, found=found)
    return found


def _tell(run: Run, condition: Condition, *, top: bool, found: bool) -> None:
    if run.wants_debugging:
        kind = "Condition" if top else "Sub-condition"
        run.debug(f"{kind} is {'true' if found else 'false'}: {condition_text(condition)} ")


def _joined(run: Run, condition: Logic, *, top: bool) -> bool:
    try:
        found = holds(run, condition.left)
        return holds(run, condition.right) if found is (condition.word == "and") else found
    except FilterError:
        # What an error is in counts as false before the error is told.
        _tell(run, condition, top=top, found=False)
        raise


def _named(run: Run, condition: Named) -> bool:
    unit = _unit(CONDITION, condition.word)
    if unit.facts["form"] == "personal":
        return bool(unit.impl(run, [run.expand_tested(alias.text) for alias in condition.aliases]))
    return bool(unit.impl(run))


def _compared(run: Run, condition: Test) -> bool:
    unit = _unit(CONDITION, spellings()[condition.word])
    left, right = run.expand_tested(condition.left.text), run.expand_tested(condition.right.text)
    return bool(unit.impl(run, left, right, caseful=condition.word in unit.facts["caseful"]))


def _for_any(run: Run, condition: ForAny) -> bool:
    text = _expanded(run, condition.addresses)
    for found in mailbox.parse_each(text, mailbox.permitted(run.ctx.options, null=True, literals=True)):
        if not isinstance(found, mailbox.Mailbox) or not found.address:
            continue
        run.ctx.facts[_ADDRESS] = tainted_like(found.address, text)
        if run.wants_debugging:
            run.debug(f"Extracted address {found.address}")
        if holds(run, condition.condition):
            return True
    return False


def _expanded(run: Run, item: Item) -> str:
    return run.expand_tested(item.text)
