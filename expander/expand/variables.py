"""Compiles ``$name``, ``$h_name:`` and the condition ``def:``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.text import Tainted, lower
from expander.expand.compiled import Compiled, CompiledTest, Complaint, broken, broken_test
from grammar.ast.expansion import Header, Variable
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context, Run
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling
    from grammar.ast.expansion import Condition

ACL_VARIABLE = late_pattern(r"acl_([cm])(?:[0-9_][A-Za-z0-9_]*)?", re.ASCII)
SCOPED = frozenset(("value", "item"))
"""Variables that belong to an item or a condition around them, like captures."""

MAY_BE_UNKNOWN = late_pattern(r"acl_.*|s?n[0-9]", re.ASCII | re.DOTALL)
NOT_A_NAME = " (user-defined ACL variables must start acl_c or acl_m)"
BAD_NAME = " (6th character of a user-defined ACL variable must be a digit or underscore)"


def compile_variable(compiler: Compiling, node: Variable) -> Compiled:
    """An unknown name is noticed even where it is skipped."""
    run = reader(compiler, node.name)
    if run is not None:
        fixed = node.name in SCOPED
        return Compiled(
            _worded(run, node.name, f'in "${{{node.name}}}"') if node.braced else run, fixed=fixed
        )
    if node.braced:
        message = f'unknown variable in "${{{node.name}}}"'
    else:
        message = f'unknown variable name "{node.name}"'
    return broken(Complaint(message + _acl_remark(node.name), compiler.span(node)))


def _acl_remark(name: str) -> str:
    if not name.startswith("acl_"):
        return ""
    return BAD_NAME if name[4:5] in ("c", "m") and len(name) > 5 else NOT_A_NAME


def reader(compiler: Compiling, name: str) -> Run | None:
    """The closure that reads a variable; None for a name that the profile does not have."""
    unit = registry.find("variable", name)
    if unit is not None and compiler.profile.has(unit):
        return _reading(unit.impl, unit, taint=compiler.mode.taint)
    family = _family(name)
    if family is None:
        return None
    unit = registry.find("variable", family)
    if unit is None or not compiler.profile.has(unit):
        return None
    named = unit.impl
    return _reading(lambda ctx: named(ctx, name), unit, taint=compiler.mode.taint)


def _family(name: str) -> str | None:
    acl = ACL_VARIABLE.fullmatch(name)
    if acl:
        return f"acl_{acl[1]}*"
    return "r_*" if name.startswith("r_") else None


def _reading(read: Callable[[Context], str], unit: Unit, *, taint: bool) -> Run:
    if not taint or unit.facts.get("taint") != "adds":
        return read

    def run(ctx: Context) -> str:
        text = read(ctx)
        return Tainted(text) if text else text  # what is empty came from nowhere

    return run


def compile_header(compiler: Compiling, node: Header) -> Compiled:
    """Header lines come from outside, so they are tainted."""
    unit = registry.find("variable", header_family(node))
    if unit is None:
        message = f"the index has no variable {header_family(node)}"
        raise LookupError(message)
    function, name = unit.impl, lower(node.name)
    return Compiled(_reading(lambda ctx: function(ctx, name), unit, taint=compiler.mode.taint))


def header_family(node: Header) -> str:
    """The unit that reads a form of header reference."""
    return "h_*" if node.form == "h" else f"{node.form}h_*"


def compile_defined(compiler: Compiling, node: Condition) -> CompiledTest:
    """``def:name`` is true for a value that is not empty, ``def:h_name:`` for a header that is there."""
    wrong = compiler.complaint_of(node.broken)
    if wrong is not None:
        return broken_test(wrong)
    named = node.arguments[0]
    if isinstance(named, Header):
        return CompiledTest(_header_test(lower(named.name)))
    if not isinstance(named, Variable):
        return broken_test(Complaint('variable name omitted after "def:"', compiler.span(named)))
    run = reader(compiler, named.name)
    if run is None:
        message = f'unknown variable "{named.name}" after "def:"{_acl_remark(named.name)}'
        return broken_test(Complaint(message, compiler.span(named)))
    worded = _worded(run, named.name, f'"{named.name}" after "def:"')
    return CompiledTest(lambda ctx: worded(ctx) != "", None, named.name in SCOPED)


def _worded(run: Run, name: str, place: str) -> Run:
    """The reader of a variable that may turn out to be unknown, in the words for this place."""
    if not MAY_BE_UNKNOWN.fullmatch(name):
        return run
    usual = f'unknown variable name "{name}"'

    def read(ctx: Context) -> str:
        try:
            return run(ctx)
        except Failed as error:
            error.message = error.message.replace(usual, f"unknown variable {place}", 1)
            raise

    return read


def _header_test(name: str) -> Callable[[Context], bool]:
    def test(ctx: Context) -> bool:
        return any(lower(found) == name for found, _ in ctx.headers or ())

    return test
