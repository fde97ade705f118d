"""Elements of domain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import interfaces, ip
from expander.lists import mx, text_pattern

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from expander.lists.subject import Subject

OWN = "@"
"""How the elements begin that stand for this host, or for domains that lead to it."""


def match_element(subject: Subject, pattern: str) -> bool:
    """True if the element matches the subject's domain.

    The value is what a lookup found, the primary host name for ``@``, or the pattern. The domain is
    ``$0`` then, and what the pattern captured follows. Behind ``+caseful`` in an address list the case of
    letters counts here as well, and the domain is in lower case. See "Domain lists" in the manual.
    Raises what lookups and patterns raise.
    """
    caseless = not subject.caseful
    known = match_domain if pattern[:1] == OWN else text_pattern.check
    found = known(subject, subject.domain, pattern, caseless=caseless, captures=True, whole=subject.text)
    if found and not subject.ctx.captures:
        subject.ctx.captures = [subject.domain]
    return found


def match_domain(
    subject: Subject,
    domain: str,
    pattern: str,
    *,
    caseless: bool = True,
    captures: bool = False,
    whole: str = "",
) -> bool:
    """The same for any domain; ``whole`` is the domain with its own case, for regular expressions."""
    ctx = subject.ctx
    ctx.captures = []
    subject.value = None
    if pattern == "@":
        name = own_name(ctx)
        found = lower(domain) == (lower(name) if caseless else name)
        subject.value = name if found else None
        return found
    if pattern == "@[]":
        found = _is_own_literal(ctx, domain)
        subject.value = pattern if found else None
        return found
    form, slash, options = pattern.partition("/")
    if form in mx.FORMS:
        found = mx.matches(ctx, lower(domain), form, options if slash else None)
        subject.value = pattern if found else None
        return found
    return text_pattern.check(subject, domain, pattern, caseless=caseless, captures=captures, whole=whole)


def own_name(ctx: Context) -> str:
    """The primary host name."""
    if ctx.narrator is not None:
        return ctx.expand("$primary_hostname")  # which is told of
    return str(ctx.options.get("primary_hostname") or ctx.world.host.name())


def _is_own_literal(ctx: Context, domain: str) -> bool:
    """True for an address of this host in brackets, as Exim writes it; ``IPv6:`` before it is not known."""
    if not (domain.startswith("[") and domain.endswith("]")):
        return False
    address = ip.parse(domain[1:-1])
    if address is None or address not in interfaces.addresses(ctx):
        return False
    return address.version == ip.IPV4 or lower(domain[1:-1]) == address.normal()
