"""Compiles ``${operator:argument}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api import registry
from drivers.api.errors import Failed
from expander.expand import calls
from expander.expand.compiled import Compiled, Complaint, constant, first_complaint
from grammar.ast.expansion import Sequence, Variable
from grammar.patterns import late_pattern
from grammar.shapes import OperatorShape

NO_SUFFIX = OperatorShape()
LARGEST, LONGEST = (1 << 31) - 1, 10
_NUMBER = late_pattern(r"0*([0-9]+)", re.ASCII)

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling
    from grammar.ast.expansion import Operator


def compile_operator(compiler: Compiling, node: Operator) -> Compiled:
    """An unknown operator is noticed after its argument, even where it is skipped."""
    argument = compiler.compile(node.argument)
    unit = compiler.unit("operator", node.name)
    if unit is None or not compiler.profile.has(unit):
        message = unit.facts.get("absent") if unit is not None else None
        if message is None:
            return _unknown(compiler, node, argument)
        failing = _failing(compiler, node, argument, message)
        return failing._replace(complaint=argument.complaint)  # not noticed where it is skipped
    takes = unit.facts.get("shape", NO_SUFFIX).suffix
    if takes == "no" and node.suffix is not None and compiler.profile.at_least("4.98"):
        return _no_suffix(compiler, node, argument)
    if "bounded_since" in unit.facts and compiler.profile.at_least(unit.facts["bounded_since"]):
        large = _too_large(node)
        if large is not None:
            return _failing(compiler, node, argument, large)
    name = _certificate(node) if "of_certificate" in unit.facts else None
    if name is not None:
        return _on_certificate(unit, name)
    bare = takes == "no" and "undeclared_suffix" not in unit.facts
    extra: tuple[Any, ...] = () if bare else (node.suffix,)
    ends_text = bool(unit.facts.get("ends_text"))
    value = calls.folded(unit, [argument], extra)
    if value is not None:
        return constant(value)._replace(ends_text=ends_text)
    fixed = argument.fixed and calls.is_fixed(unit)
    if not fixed:
        (argument,) = compiler.settle([argument])
    run = calls.call(unit, [argument.run], extra, taint=compiler.mode.taint)
    return Compiled(run, argument.complaint, ends_text=ends_text, fixed=fixed, skip=argument.skip)


def _too_large(node: Operator) -> str | None:
    """The complaint about a number after the underscore that fits no C integer."""
    numbers = _NUMBER.findall(node.suffix or "")
    if all(len(number) <= LONGEST and int(number) <= LARGEST for number in numbers):
        return None
    return f'value too large in "{node.name}_{node.suffix}"'


def _certificate(node: Operator) -> str | None:
    """The name of the certificate variable that is the whole argument."""
    argument = node.argument
    if isinstance(argument, Sequence) and len(argument.parts) == 1:
        argument = argument.parts[0]
    if not isinstance(argument, Variable) or argument.braced:
        return None
    unit = registry.find("variable", argument.name)
    return argument.name if unit is not None and unit.facts.get("kind") == "certificate" else None


def _on_certificate(unit: Unit, name: str) -> Compiled:
    """Work on the certificate itself; where there is none Exim takes the variable's name for the text."""
    on_certificate, on_text = unit.facts["of_certificate"], unit.impl

    def run(ctx: Context) -> str:
        pem = ctx.facts.get(name)
        text: str = on_certificate(pem) if pem else on_text(name)
        return text

    return Compiled(run, None)


def _unknown(compiler: Compiling, node: Operator, argument: Compiled) -> Compiled:
    whole = node.name if node.suffix is None else f"{node.name}_{node.suffix}"
    return _failing(compiler, node, argument, f'unknown expansion operator "{whole}"')


def _no_suffix(compiler: Compiling, node: Operator, argument: Compiled) -> Compiled:
    whole = f"{node.name}_{node.suffix}"
    message = f'unknown expansion operator "{whole}" ("{node.name}" does not take an _arg)'
    return _failing(compiler, node, argument, message)


def _failing(compiler: Compiling, node: Operator, argument: Compiled, message: str) -> Compiled:
    complaint = Complaint(message, compiler.span(node))

    def run(ctx: Context) -> str:
        argument.run(ctx)
        raise Failed(message, complaint.span)

    return Compiled(run, first_complaint(argument.complaint, complaint))
