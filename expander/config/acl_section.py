"""The acl section: names, verbs, conditions and modifiers, as far as they are checked when loading."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.registry import units
from expander.config.model import Acl
from grammar.ast.config import Acl as AclNode
from grammar.ast.config import Broken, Clause, Statement
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit
    from expander.config.model import Config
    from expander.config.reporting import Reporter
    from grammar.ast.config import Section

_VARIABLE_CHARACTER = late_pattern(r"[^A-Za-z0-9_]")
_DKIM = ("dkim_verify_status", "dkim_verify_reason")
_WITH_ENDPASS = ("accept", "discard")


@lru_cache(maxsize=16)
def words(profile: Profile) -> Mapping[str, Unit]:
    """The conditions and modifiers that a profile has."""
    families = ("acl-condition", "acl-modifier")
    return {unit.name: unit for family in families for unit in units(family) if profile.has(unit)}


def read_acls(section: Section, config: Config, report: Reporter) -> None:
    """Check the ACLs of the section and put them into the configuration."""
    known = words(config.profile)
    for node in section.body:
        if isinstance(node, AclNode):
            _read_acl(node, config, report, known)
        elif isinstance(node, Broken) and not node.message.startswith("error in ACL:"):
            report.broken(node)
        elif isinstance(node, Broken | Statement | Clause):
            report.in_line(node, "missing or malformed ACL name")


def _read_acl(node: AclNode, config: Config, report: Reporter, known: Mapping[str, Unit]) -> None:
    name = node.heading.name.text
    if name in config.acls:
        report.in_line(node.heading, f'there are two ACLs called "{name}"', cause="duplicate-name")
        return
    for statement in node.statements:
        if isinstance(statement, Broken):
            report.broken(statement)
            continue
        for clause in statement.clauses:
            if isinstance(clause, Broken):
                report.broken(clause)
                continue
            problem = _problem(clause, statement, known)
            if problem:
                report.in_line(clause, f"error in ACL: {problem}")
    good = tuple(s for s in node.statements if isinstance(s, Statement))
    config.acls[name] = Acl(name, good, node.heading.span, node)


def _problem(clause: Clause, statement: Statement, known: Mapping[str, Unit]) -> str:
    """Exim's complaint about a condition or modifier, "" if there is none."""
    name = clause.name.text
    unit = known.get(name)
    if unit is None:
        return f'unknown ACL condition/modifier in "{clause.span.source.text}"'
    if clause.negated and not unit.facts["negatable"]:
        return f'ACL error: negation is not allowed with "{name}"'
    if name == "endpass":
        if statement.verb.text not in _WITH_ENDPASS:
            return f'ACL error: "endpass" is not allowed with "{statement.verb.text}"'
        return ""
    if name == "set":
        problem = _set_problem(clause)
        if problem:
            return problem
    elif clause.argument is not None:
        return _no_equals(unit)
    return _no_equals(unit) if clause.value is None else ""


def _no_equals(unit: Unit) -> str:
    return f'"=" missing after ACL "{unit.name}" {unit.family.removeprefix("acl-")}'


def _set_problem(clause: Clause) -> str:
    """What is wrong with the variable of ``set``."""
    text = clause.span.source.text
    rest = text[clause.name.span.end :].lstrip(" \t\v\f\r")
    where = f'ACL modifier "set {rest}"'
    variable = clause.argument.text if clause.argument else ""
    if variable in _DKIM:
        return ""
    if not variable.startswith(("acl_c", "acl_m")):
        return f'invalid variable name after "set" in {where} (must start "acl_c" or "acl_m")'
    if not re.match(r"[0-9_]", variable[5:]):
        return (
            f'invalid variable name after "set" in {where} (digit or underscore must follow acl_c or acl_m)'
        )
    odd = _VARIABLE_CHARACTER.search(variable)
    if odd:
        return f'invalid character "{odd[0]}" in variable name in {where}'
    return ""
