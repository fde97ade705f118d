"""The forms of list items: which mean something, which mean only themselves, and which nothing can match."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from drivers.api import registry
from drivers.api.text import SPACE
from drivers.values import ip, lookup_type
from expander.lint.finding import WARNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile

AT_FORMS = {
    "domain": ("@", "@[]", "@mx_any", "@mx_primary", "@mx_secondary"),
    "host": ("@", "@[]"),
}
IGNORE = "ignore="

FILES = frozenset(
    "lsearch iplsearch wildlsearch nwildlsearch cdb dbm dbmjz dbmnz dsearch json lmdb psl regdom".split()
)
"""The lookups in files and directories, which are named by absolute paths."""

_FILLED_IN = re.compile(
    r"(?:DEBCONF\w*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|@@?\w+@@?|%\w+%|\[%.*%\]|<%.*%>|.*\{\{.*\}\}.*|__\w+__)",
    re.ASCII | re.DOTALL,
)
_LOOKUP = re.compile(r"(?P<net>net(?P<bits>[0-9]*)-)?(?P<kind>[^;@/\s]*(?:\*@)?(?:,[^;]*)?[ \t]*);", re.ASCII)
_PLACEHOLDER = re.compile(r"[A-Z]{2}|[^A-Za-z0-9.]", re.ASCII)
_NETMASK = re.compile(r"(?:[0-9]+\.){3}[0-9]+", re.ASCII)
_MASK = re.compile(r"/[0-9]+\Z", re.ASCII)


def is_filled_in_later(text: str) -> bool:
    """True for what a template has in the place of an item."""
    return _FILLED_IN.fullmatch(text) is not None


def is_relative(path: str) -> bool:
    """True for a path that does not begin with a slash, nor with what a template or a macro is for."""
    path = path.strip(SPACE)
    return not path.startswith("/") and not _PLACEHOLDER.match(path)


def bits_of_netmask(text: str) -> int | None:
    """The number of bits that a mask like 255.255.255.0 stands for, None for what is none."""
    if not _NETMASK.fullmatch(text):
        return None
    address = ip.parse(text)
    if address is None:
        return None
    bits = f"{address.number:032b}"
    ones = bits.rstrip("0")
    return None if "0" in ones else len(ones)


def has_literal_asterisk(list_kind: str, text: str) -> bool:
    """True if an asterisk of the item stands where it means itself."""
    if text.startswith(("^", "/", "+", "@@")) or ";" in text:
        return False
    if list_kind != "address":
        return "*" in text[1:]
    local, at, domain = text.rpartition("@")
    return "*" in domain[1:] or (bool(at) and "*" in local[1:])


def wrong_at_form(list_kind: str, text: str) -> str | None:
    """What is wrong with an item that begins with an at sign; None if nothing is."""
    if ";" in text:
        return None
    form, slash, option = text.partition("/")
    if form not in AT_FORMS[list_kind]:
        return f'"{form}" is none of the special items that begin with @: it matches nothing'
    if slash and not (form.startswith("@mx_") and option.startswith(IGNORE)):
        return f'"/{option}" does not belong behind "{form}"'
    return None


def nearest_at_form(list_kind: str, text: str) -> str | None:
    """The special item that may have been meant."""
    form = text.partition("/")[0]
    near = get_close_matches(form, AT_FORMS[list_kind], n=1, cutoff=0.7)
    return near[0] if near and near[0] != form else None


def matches_nothing(list_kind: str, text: str) -> tuple[str, str] | None:
    """Why an item can never match, and the remedy ("" if there is no telling); None if it can."""
    if not text or text.startswith(("^", "/", "+", "@")) or ";" in text or "," in text or " " in text:
        return _address_item(text) if list_kind == "address" and text.startswith("@") else None
    if list_kind == "domain":
        return _domain_item(text)
    if list_kind == "host":
        return _host_item(text)
    if list_kind == "address":
        return _address_item(text)
    if "@" in text:
        local = text.partition("@")[0]
        return "an address in a list of local parts matches nothing", f'the local part is "{local}"'
    return None


def _domain_item(text: str) -> tuple[str, str] | None:
    bare = text.removeprefix("*")
    if "@" in text:
        return "an address in a domain list matches nothing", f'the domain is "{text.rpartition("@")[2]}"'
    if text.startswith("."):
        return "a domain never begins with a dot", f'"*{text}" matches all domains below it'
    if bare.endswith(".") and bare != ".":
        return "a domain never ends in a dot", f'write "{text[:-1]}"'
    if ip.parse(text) is not None:
        return "an IP address is no domain: it matches nothing", f'a domain literal is written "[{text}]"'
    if ":" in text and not text.startswith("["):
        return "no domain has a colon: a doubled colon does not separate items", ""
    if "/" in text and not _PLACEHOLDER.match(text):
        return "no domain has a slash", ""
    return None


def _host_item(text: str) -> tuple[str, str] | None:
    if ":" in text:
        return None  # an IPv6 address or what is left of one
    if "@" in text:
        return "no host has an at sign in its name", ""
    if text.startswith("[") and ip.parse(text.strip("[]")) is not None:
        return "brackets do not belong around the address of a host", f'write "{text.strip("[]")}"'
    if text.startswith("."):
        return "the name of a host never begins with a dot", f'"*{text}" matches all hosts below it'
    if _MASK.search(text) and ip.parse_network(text) is None and not re.fullmatch(r"[0-9.]+/.*", text):
        return None if _PLACEHOLDER.match(text) else ("a mask stands only behind an IP address", "")
    if re.fullmatch(r"(?:\d+\.){3}\d+-[\d.]+", text, re.ASCII):
        return "a range of addresses is taken for the name of a host", "write networks with masks"
    return None


def is_host_name(text: str) -> bool:
    """True for the name of a host, or a pattern for such names."""
    return (
        re.fullmatch(r"\*?\.?[A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[A-Za-z][A-Za-z0-9-]*", text, re.ASCII)
        is not None
    )


def _address_item(text: str) -> tuple[str, str] | None:
    if text.startswith("@@") or text == "@":
        return None
    local, at, domain = text.rpartition("@")
    if at and not local:
        return "no address begins with an at sign", f'any address of the domain is matched by "{domain}"'
    if at and not domain and not local.endswith("@"):
        return "no domain stands behind the at sign", f'write "{local}@*" for any domain'
    if text.startswith("<") and text.endswith(">"):
        return "angle brackets do not belong around an address in a list", f'write "{text[1:-1]}"'
    if domain.startswith("."):
        return "a domain never begins with a dot", f'write "{local}{at}*{domain}"'
    return None


class Lookup(NamedTuple):
    """A lookup in a list: its type as it is written, what is searched, and the mask of ``net24-``."""

    kind: str
    place: str
    bits: int | None = None


def lookup_in(list_kind: str, text: str) -> Lookup | None:
    """The lookup that an item is, None for any other item."""
    if list_kind == "address":
        if text.startswith("@@"):
            text = text[2:]
        elif "@" in text.partition(";")[0].replace("*@", ""):
            text = text.partition(";")[0].rpartition("@")[2] + text[text.find(";") :]
    if ";" not in text or text.startswith(("^", "*")) or '"' in text.partition(";")[0]:
        return None
    found = _LOOKUP.match(text)
    if found is None:
        return None
    place = text[found.end() :]
    if list_kind == "host" and found["net"]:
        return Lookup(found["kind"], place, int(found["bits"][:3]) if found["bits"] else None)
    return Lookup(f"{found['net'] or ''}{found['kind']}", place)


def parse_lookup(profile: Profile, text: str) -> lookup_type.LookupType:
    """The type of a lookup in a list. Raises ``Failed`` with Exim's words."""

    def style(name: str) -> str | None:
        unit = registry.find("lookup", name)
        return None if unit is None or not profile.has(unit) else str(unit.facts["style"])

    return lookup_type.parse(text, style)


def doubts(list_kind: str, lookup: Lookup, parsed: lookup_type.LookupType) -> Iterator[tuple[str, str, str]]:
    """Codes, severities and messages of what is doubtful in a lookup that Exim takes."""
    place = lookup.place.strip()
    if parsed.name in FILES and is_relative(place):
        message = f'the path "{place}" is not absolute' if place else "no file is named"
        yield "EXL018", WARNING, message
    if list_kind == "address" and parsed.least is not None:
        yield "EXL018", WARNING, "partial matching is not applicable to whole-address lookups: it is ignored"
    if lookup.bits is not None and lookup.bits > 128:
        yield "EXL018", WARNING, f"the mask {lookup.bits} is longer than any address"
