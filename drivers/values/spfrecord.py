"""SPF records as text: what publishers of RFC 7208 say, taken apart into its terms."""

from __future__ import annotations

import re
from math import inf
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import ip
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = "v=spf1"
NEUTRAL = "neutral"
QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": NEUTRAL}
MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
WITH_TARGET = frozenset({"include", "exists"})
"""Mechanisms that need the name of a domain."""

WITH_MASKS = frozenset({"a", "mx"})
"""Mechanisms that may have one, and masks behind it."""

MOST_BITS = {ip.IPV4: 32, ip.IPV6: 128}

_DIRECTIVE = re.compile(r"([-+?~]?)([A-Za-z][A-Za-z0-9_.-]*)([:/].*)?", re.DOTALL)
_REDIRECT = re.compile(r"redirect=|[-+?~]?redirect:", re.IGNORECASE)
_EXPANSION = r"%\{[slodiphv][0-9]*r?[-.+,/_=]*\}"
_EXPANSION_EXPLAINED = r"%\{[slodiphvcrt][0-9]*r?[-.+,/_=]*\}"
_STRING = re.compile(rf"(?:%[%_-]|{_EXPANSION}|[!-$&-~])*", re.IGNORECASE)
_EXPLANATION = re.compile(rf"(?:%[%_-]|{_EXPANSION_EXPLAINED}|[ !-$&-~])*", re.IGNORECASE)
_LABEL = r"(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])"
_END = re.compile(rf".*(?:\.{_LABEL}\.?|%[%_-]|{_EXPANSION})", re.IGNORECASE)
_PARTS = re.compile(r"%\{[a-z]([0-9]+)", re.IGNORECASE)
_MASK = {4: r"/(0|[1-9][0-9]?)", 6: r"/(0|[1-9][0-9]{0,2})"}


class Grammar(Record):
    """How strictly records are read: what one author takes for right, as patterns.

    ``modifier`` has the name and the value in groups; ``masks`` the domain and the two masks;
    ``domain`` and ``value`` are what the domain of a term and the value of a modifier may be; a mask of
    an address may have ``mask`` digits and be no less than ``least``. ``redirects`` is true if
    ``redirect`` counts where it stands, ``twice`` if a modifier may be repeated; ``parts`` is the
    largest number of parts that a macro may ask for; ``bare`` is true if a colon alone names the domain
    at hand.
    """

    modifier: re.Pattern[str]
    masks: re.Pattern[str]
    domain: re.Pattern[str]
    value: re.Pattern[str]
    mask: re.Pattern[str]
    least: int
    redirects: bool
    twice: bool
    parts: float
    bare: bool


STANDARD = Grammar(
    modifier=re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL),
    masks=re.compile(rf"(.*?)(?:{_MASK[4]})?(?:/{_MASK[6]})?", re.DOTALL),
    domain=re.compile(rf"(?={_STRING.pattern}\Z){_END.pattern}", re.IGNORECASE),
    value=_STRING,
    mask=re.compile(r"0|[1-9][0-9]{0,2}"),
    least=0,
    redirects=False,
    twice=False,
    parts=inf,
    bare=False,
)
"""RFC 7208 to the letter."""

LIBRARY = Grammar(
    modifier=re.compile(r"([A-Za-z][A-Za-z0-9_-]*)=(.*)", re.DOTALL),
    masks=re.compile(r"(.*?)(?:/([0-9]{1,3}))?(?://([0-9]{1,3}))?", re.DOTALL),
    domain=re.compile(rf"(?:{_EXPANSION}|%(?!\{{)|[^%])*", re.IGNORECASE | re.DOTALL),
    value=re.compile(rf"(?:{_EXPANSION_EXPLAINED}|%(?!\{{)|[^%])*", re.IGNORECASE | re.DOTALL),
    mask=re.compile(r"[0-9]{1,3}"),
    least=1,
    redirects=True,
    twice=True,
    parts=128,
    bare=True,
)
"""As libspf2 reads records, which Exim is built with: any name of a domain will do, no mask may be 0, and
``redirect`` is followed where it stands."""


class SpfSyntaxError(ValueError):
    """A record is not written as the standard wants it; the text says what is wrong with which term."""


class Directive(Record):
    """A mechanism and what its match means.

    ``result`` is the result of a match; ``target`` the name of a domain with its macros, None for the
    domain at hand; ``network`` the address of ``ip4`` and ``ip6``; ``bits4`` and ``bits6`` how many bits
    of an address count; ``text`` the term as it is written.
    """

    result: str
    name: str
    text: str
    target: str | None = None
    network: ip.Address | None = None
    bits4: int = 32
    bits6: int = 128


class SpfRecord(Record):
    """A record: its directives in order, and the targets of ``redirect`` and ``exp``, None without."""

    directives: tuple[Directive, ...]
    redirect: str | None = None
    explanation: str | None = None


def chosen(texts: Iterable[str]) -> list[str]:
    """Those of a domain's texts that are SPF records."""
    return [text for text in texts if lower(text) == VERSION or lower(text).startswith(f"{VERSION} ")]


def read(text: str, grammar: Grammar = STANDARD) -> SpfRecord:
    """Take a record apart. Raises `SpfSyntaxError` for the first term that is wrong."""
    directives: list[Directive] = []
    modifiers: dict[str, str] = {}
    for term in text[len(VERSION) :].split(" "):
        if grammar.redirects and (redirect := _REDIRECT.match(term)):
            target = _checked(term[redirect.end() :], term, grammar, grammar.domain)
            directives.append(Directive(NEUTRAL, "redirect", term, target))
        elif modifier := grammar.modifier.fullmatch(term):
            _add_modifier(modifiers, lower(modifier[1]), modifier[2], grammar)
        elif term:
            directives.append(_directive(term, grammar))
    return SpfRecord(tuple(directives), modifiers.get("redirect"), modifiers.get("exp"))


def is_explanation(text: str) -> bool:
    """True if the text of an explanation is written as the standard wants it."""
    return _EXPLANATION.fullmatch(text) is not None


def _add_modifier(modifiers: dict[str, str], name: str, value: str, grammar: Grammar) -> None:
    known = name in {"redirect", "exp"}
    if known and name in modifiers and not grammar.twice:
        raise SpfSyntaxError(f"{name} twice")
    strict = known and not grammar.twice
    _checked(value, f"{name}={value}", grammar, grammar.domain if strict else grammar.value)
    modifiers.setdefault(name, value)


def _checked(text: str, term: str, grammar: Grammar, form: re.Pattern[str]) -> str:
    """The text of a domain or a value, if it has the form. Raises `SpfSyntaxError`."""
    counts = map(int, _PARTS.findall(text))
    if not form.fullmatch(text) or not all(1 <= count <= grammar.parts for count in counts):
        raise SpfSyntaxError(f"invalid text in {term}")
    return text


def _directive(term: str, grammar: Grammar) -> Directive:
    found = _DIRECTIVE.fullmatch(term)
    name = lower(found[2]) if found else ""
    if found is None or name not in MECHANISMS:
        raise SpfSyntaxError(f"unknown mechanism {term}")
    result, rest = QUALIFIERS[found[1] or "+"], found[3] or ""
    if name in {"ip4", "ip6"}:
        return _address(result, name, rest, term, grammar)
    if name in WITH_MASKS:
        return _masked(result, name, rest, term, grammar)
    if name in WITH_TARGET and not rest:
        raise SpfSyntaxError(f"missing argument in {term}")
    if rest and (name == "all" or not rest.startswith(":")):
        raise SpfSyntaxError(f"unexpected argument in {term}")
    if not rest or (grammar.bare and rest == ":" and name == "ptr"):
        return Directive(result, name, term)
    return Directive(result, name, term, _checked(rest[1:], term, grammar, grammar.domain))


def _masked(result: str, name: str, rest: str, term: str, grammar: Grammar) -> Directive:
    """One that has a domain and masks, or one of both, or neither."""
    found = grammar.masks.fullmatch(rest)
    target = found[1] if found else rest
    if found is None or (target and not target.startswith(":")):
        raise SpfSyntaxError(f"invalid mask in {term}")
    bits4, bits6 = _bits(found[2], ip.IPV4, term, grammar), _bits(found[3], ip.IPV6, term, grammar)
    named = target and not (grammar.bare and target == ":")
    domain = _checked(target[1:], term, grammar, grammar.domain) if named else None
    return Directive(result, name, term, domain, None, bits4, bits6)


def _bits(mask: str | None, version: int, term: str, grammar: Grammar) -> int:
    """The number of bits that a mask names, all of them where there is none."""
    bits = MOST_BITS[version] if mask is None else int(mask)
    if not grammar.least <= bits <= MOST_BITS[version]:
        raise SpfSyntaxError(f"invalid mask in {term}")
    return bits


def _address(result: str, name: str, rest: str, term: str, grammar: Grammar) -> Directive:
    text, slash, mask = rest[1:].partition("/")
    version = ip.IPV4 if name == "ip4" else ip.IPV6
    network = None if "%" in text or not rest.startswith(":") else ip.parse(text)
    if network is None or network.version != version:
        raise SpfSyntaxError(f"invalid address in {term}")
    if slash and not grammar.mask.fullmatch(mask):
        raise SpfSyntaxError(f"invalid mask in {term}")
    bits = _bits(mask if slash else None, version, term, grammar)
    return Directive(result, name, term, None, network, bits, bits)


def addresses(texts: Iterable[str]) -> list[ip.Address]:
    """The addresses that the texts are."""
    return [address for text in texts if (address := ip.parse(text)) is not None]
