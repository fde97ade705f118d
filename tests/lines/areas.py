"""All areas: the name of each and the function that makes a line of it."""

from __future__ import annotations

from collections.abc import Callable

from lines.admin import administrator
from lines.conditions import CONDITIONS
from lines.items import ITEMS
from lines.maker import Maker
from lines.operators import OPERATORS


def literal(m: Maker) -> str:
    """Text with escapes, dollars and braces, hardly anything else."""
    return "".join(m.pick(m.odd, m.odd, m.word)() for _ in m.several(1, 6))


def variable(m: Maker) -> str:
    name = m.pick(
        *"primary_hostname qualify_domain value item 0 1 9 10 99 acl_m0 acl_c0 acl_m_x acl_mx acl_m acl_ acl_arg1 acl_narg".split(),
        *"h_subject: h_subject rh_a: bh_b: lh_c: header_x: bheader_x: rheader_x: lheader_x: h_ h_: h_x-y_z: h_\xe9: hx".split(),
        *"sender_address sender_host_address local_part domain auth1 auth0 auth4 regex1 r_x sn0 n0 tls_cipher tls_in_cipher".split(),
        *"version_number exim_version message_size local_part_data runrc pid nosuch A Value 1a a1 tod_epoch_ spam_bar".split(),
    )
    return m.pick(
        "[$%s]",
        "[${%s}]",
        "$%sx",
        "${%s",
        "${ %s}",
        "${%s }",
        "${%s:}",
        "$%s$%s",
        "${$%s}",
        "$ %s",
        "$%s-x",
        "$%s.x",
        "${%s}x",
        "\\$%s",
        "${uc:$%s}",
        "${%s{a}}",
    ).replace("%s", name)


def damaged(m: Maker) -> str:
    """A line of another area cut short, or with a character too much or too little."""
    whole = m.pick(*WHOLE.values())(m)
    at = m.random.randint(0, len(whole))
    return m.pick(
        whole[:at],
        whole[:at] + m.pick("{", "}", "$", " ", "x", "\\", ":", "\\N", "\xe9", "${", "}}") + whole[at:],
        whole[:at] + whole[at + 1 :],
    )


def nested(m: Maker) -> str:
    """The line of one area inside of another's."""
    inner, outer = m.pick(*WHOLE.values())(m), m.pick(*WHOLE.values())(m)
    places = [at for at, c in enumerate(outer) if c in "{:" and at > 2]
    if not places:
        return outer + inner
    at = m.pick(*places) + 1
    return outer[:at] + inner + outer[at:]


WHOLE: dict[str, Callable[[Maker], str]] = (
    OPERATORS
    | CONDITIONS
    | ITEMS
    | {"literal": literal, "variable": variable, "administrator": administrator}
)
AREAS: dict[str, Callable[[Maker], str]] = WHOLE | {"damaged": damaged, "nested": nested}


def lines(area: str, count: int, seed: str = "1") -> list[str]:
    """Different lines of an area, the same for the same seed."""
    maker = Maker(f"{area} {seed}")
    found: dict[str, None] = {}
    for _ in range(count * 4):
        found[AREAS[area](maker)] = None
        if len(found) >= count:
            break
    return list(found)
