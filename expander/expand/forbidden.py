"""What a redirect router does not let filters expand: the options ``forbid_filter_...``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.expand.compiled import Complaint

if TYPE_CHECKING:
    from drivers.api.unit import Unit
    from expander.expand.compiled import Compiling
    from grammar.ast.expansion import Node

WORDS = {
    "forbid_filter_dlfunc": "dynamically-loaded functions are not permitted",
    "forbid_filter_existstest": "File existence tests are not permitted",
    "forbid_filter_lookup": "lookup expansions are not permitted",
    "forbid_filter_perl": "Perl calls are not permitted",
    "forbid_filter_readfile": "file insertions are not permitted",
    "forbid_filter_readsocket": "socket insertions are not permitted",
    "forbid_filter_run": "running a command is not permitted",
}


def complaint(compiler: Compiling, unit: Unit, node: Node) -> Complaint | None:
    """What is said of a unit that may not be used, None for any other."""
    forbids = compiler.mode.forbids
    option = unit.facts.get("forbid") if forbids else None
    return Complaint(WORDS[option], compiler.span(node)) if option in forbids else None
