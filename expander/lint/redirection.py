"""How the address that a redirect router makes differs from the one that it got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values.listtext import split
from expander.lint.constant import constant
from expander.lint.routing import text_of
from grammar.ast.expansion import Operator, Sequence, Variable
from grammar.record import Record

if TYPE_CHECKING:
    from expander.config.model import Instance
    from grammar.ast.expansion import Node

_LOCAL_PART, _DOMAIN = "\1", "\2"
_VARIABLES = {
    "local_part": _LOCAL_PART,
    "local_part_data": _LOCAL_PART,
    "domain": _DOMAIN,
    "domain_data": _DOMAIN,
}
_KEEPS = ("quote_local_part", "lc", "local_part")


class Shape(Record):
    r"""A new address: what stands before and behind the old local part, and its domain.

    ``domain`` is "" where there is none, and has \\2 in the place of the old domain.
    """

    before: str
    behind: str
    domain: str


def shape_of(tree: Node | None) -> Shape | None:
    """The shape of the one address that data come to, None for any other data."""
    if not isinstance(tree, Sequence):
        return None
    text = ""
    for part in tree.parts:
        piece = constant(part)
        if piece is None:
            inner = part.argument if isinstance(part, Operator) and part.name in _KEEPS else part
            piece = _variable(inner)
        if piece is None:
            return None
        text += piece
    local, _, domain = text.strip(SPACE).partition("@")
    if local.count(_LOCAL_PART) != 1 or set(text) & set(",\n|/:"):
        return None
    before, _, behind = local.partition(_LOCAL_PART)
    return None if _DOMAIN in local or _LOCAL_PART in domain else Shape(before, behind, domain)


def _variable(node: Node) -> str | None:
    if isinstance(node, Sequence) and len(node.parts) == 1:
        node = node.parts[0]
    return _VARIABLES.get(node.name) if isinstance(node, Variable) else None


def grows(shape: Shape) -> bool:
    """True if the new address is longer than the old one each time."""
    return bool(shape.before or shape.behind) or (_DOMAIN in shape.domain and shape.domain != _DOMAIN)


def filled(shape: Shape, old: tuple[str, str]) -> tuple[str, str]:
    """The new address for an old one; both are a local part and a domain."""
    local_part, domain = old
    return f"{shape.before}{local_part}{shape.behind}", shape.domain.replace(_DOMAIN, domain)


def stays_in(shape: Shape, router: Instance) -> bool:
    """True if the domain of the new address is surely one that the router runs for."""
    domains = text_of(router, "domains")
    if domains is None or domains.strip(SPACE) == "*" or shape.domain == _DOMAIN:
        return True
    if not shape.domain:
        return router["qualify_preserve_domain"] is True
    return "$" not in domains and lower(shape.domain) in map(lower, split(domains))
