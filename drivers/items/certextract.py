"""The item certextract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Unsupported
from drivers.api.unit import item
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

CERTIFICATES = frozenset(("tls_in_ourcert", "tls_in_peercert", "tls_out_ourcert", "tls_out_peercert"))
OBSOLETE = {"tls_ourcert": "tls_in_ourcert", "tls_peercert": "tls_in_peercert"}


def _named(text: str) -> None:
    if not text.startswith("$"):
        raise Failed('second argument of "certextract" must be a certificate variable')


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
    when_skipped=lambda _field, variable: _named(variable),
    examples={"${certextract{subject}{$tls_in_peercert}{y}{n}}": "n"},
)
def certextract(ctx: Context, field: str, variable: str) -> str | None:
    """One field of a certificate: version, subject, issuer, notbefore, subj_altname...

    The second argument is the name of a variable that holds a certificate. Nothing is found where
    there is none. Raises `Failed` for other variables.
    """
    _named(variable)
    name = OBSOLETE.get(variable[1:], variable[1:])
    if name not in CERTIFICATES:
        ctx.expand(f"${{{name}}}")
        raise Failed(f'"{name}" is not a certificate')
    if not ctx.facts.get(name):
        return None
    raise Unsupported(f'field "{field}" of a certificate is not supported by eximulate')
