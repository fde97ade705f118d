"""The item certextract."""

from __future__ import annotations

import re
from datetime import timedelta, timezone
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.unit import item
from drivers.values import certificate, moment
from drivers.values.fields import unescape
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from datetime import tzinfo

    from drivers.api.protocols import Context


_PART = re.compile(
    r"\\N(?P<protected>[\s\S]*?)(?:\\N|\Z)"
    r"|(?P<escape>\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|[\s\S]))|(?P<end>\})|[^\\}]+|\\"
)


def _named(text: str) -> None:
    if not text.startswith("$"):
        raise Failed('second argument of "certextract" must be a certificate variable')


def _name(text: str) -> str:
    """The text up to its closing brace: backslashes mean what they always do, dollars nothing."""
    parts: list[str] = []
    for part in _PART.finditer(text):
        if part["end"]:
            break
        parts.append(unescape(part[0]) if part["escape"] else part["protected"] or part[0])
    return "".join(parts).partition("\0")[0]


def _zone(ctx: Context) -> tzinfo:
    """The zone of times; with the value UTC of ``timezone`` they are in GMT."""
    name = ctx.options.get("timezone") or ""
    return timezone(timedelta(), "GMT") if name == "UTC" else moment.zone(name, ctx.world.files)


@item(
    "certextract",
    syntax="${certextract{<field>}{<certificate>}{<yes>}{<no>}}",
    since="4.83",
    feature="tls",
    section="Expansion items",
    shape=ItemShape(
        least=2,
        most=2,
        branches=True,
        complaints={
            "few0": "missing '{' for field arg of certextract",
            "few1": "missing '{' for cert variable arg of certextract",
        },
    ),
    sources=(1,),
    unexpanded=True,
    taint="adds",
    when_skipped=lambda _field, variable: _named(variable),
    examples={
        "${certextract{subject}{$tls_in_peercert}{y}{n}}": "n",
        "[${certextract{notafter,int}{$tls_out_ourcert}}]": "[]",
    },
)
def certextract(ctx: Context, field: str, variable: str) -> str | None:
    """One field of a certificate: version, subject, issuer, notbefore, subj_altname...

    The second argument is the name of a variable that holds a certificate; nothing is found where
    it holds none. The forms are those of an Exim with GnuTLS. Raises `Failed` for other variables,
    unknown names and unknown fields, `Unsupported` without the package that reads certificates.
    """
    _named(variable)
    name = _name(variable[1:])
    unit = None if "*" in name else registry.find("variable", name)
    if unit is None or not ctx.profile.knows(unit):
        raise Failed(f'no variable named "{name}"')
    if unit.facts.get("kind") != "certificate":
        raise Failed(f'"{name}" is not a certificate')
    pem = ctx.facts.get(name)
    if not pem:
        return None
    zone = _zone(ctx)
    gnutls = ctx.profile.built_with("gnutls") and not ctx.profile.built_with("openssl")
    return certificate.field(pem, field, zone, gnutls=gnutls)
