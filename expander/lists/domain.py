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
    value = match_domain(subject.ctx, subject.domain, pattern, whole=subject.text)
    if value is not None and not subject.ctx.captures:
        subject.ctx.captures = [subject.domain]
    return value


def match_domain(
    ctx: Context, domain: str, pattern: str, *, caseless: bool = True, whole: str | None = None
) -> str | None:
    """The same for any domain: what a lookup found, the primary host name for ``@``, or the pattern.

    ``whole`` is the domain with its own case, or None where nothing is to be captured.
    Raises what lookups and patterns raise. See "Domain lists" in the manual.
    """
    ctx.captures = []
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
    captures = whole is not None
    found = text_pattern.matches(
        ctx, domain, pattern, caseless=caseless, captures=captures, whole=whole or ""
    )
    return pattern if found else None


def own_name(ctx: Context) -> str:
    """The primary host name."""
    return ctx.expand("$primary_hostname")


def _is_own_literal(ctx: Context, domain: str) -> bool:
    if not (domain.startswith("[") and domain.endswith("]")):
        return False
    body = domain[1:-1]
    address = ip.parse(body[5:] if lower(body[:5]) == "ipv6:" else body)
    return address is not None and address in own.addresses(ctx)
