"""Elements of domain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import ip
from expander.lists import own, text_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context
    from expander.lists.subject import Subject

    Matcher = Callable[..., bool]

MX_FORMS = ("@mx_any", "@mx_primary", "@mx_secondary")


def match_element(subject: Subject, pattern: str) -> str | None:
    """The value for ``$value`` if the element matches the subject's domain, else None."""
    subject.ctx.captures = []
    if pattern.startswith("@"):
        found = match_domain(subject.ctx, subject.domain, pattern)
        if found is not None:
            subject.ctx.captures = [subject.text]
        return found
    return match_domain(subject.ctx, subject.text, pattern, matches=text_pattern.matches)


def match_domain(
    ctx: Context, domain: str, pattern: str, *, caseless: bool = True, matches: Matcher = text_pattern.fits
) -> str | None:
    """The same for any domain: what a lookup found, the primary host name for ``@``, or the pattern.

    ``matches`` says whether what a text pattern captures is kept.

    Raises what lookups and patterns raise. See "Domain lists" in the manual.
    """
    if pattern == "@":
        name = own_name(ctx)
        return name if lower(domain) == lower(name) else None
    if pattern == "@[]":
        return pattern if _is_own_literal(ctx, domain) else None
    if pattern.partition("/")[0] in MX_FORMS:
        return None  # as Exim says where the DNS has no MX records for the domain
    if ";" in pattern and not pattern.startswith(("^", "*")):
        kind, _, place = pattern.partition(";")
        return ctx.look_up(kind, place, lower(domain))
    return pattern if matches(ctx, domain, pattern, caseless=caseless) else None


def own_name(ctx: Context) -> str:
    """The primary host name."""
    return ctx.expand("$primary_hostname")


def _is_own_literal(ctx: Context, domain: str) -> bool:
    if not (domain.startswith("[") and domain.endswith("]")):
        return False
    body = domain[1:-1]
    address = ip.parse(body[5:] if lower(body[:5]) == "ipv6:" else body)
    return address is not None and address in own.addresses(ctx)
