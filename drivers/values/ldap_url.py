"""LDAP URLs as the client library of OpenLDAP reads them, down to the numbers of its errors."""

from __future__ import annotations

import re

from drivers.api.text import lower
from grammar.record import Record

BAD_URL = 5
BAD_SCOPE = 8
BAD_FILTER = 9
BAD_EXTENSIONS = 10
PORTS = {"ldap": 389, "ldaps": 636, "ldapi": 0}
BASE, ONE, SUBTREE, CHILDREN = range(4)
SCOPES = {
    "base": BASE,
    "one": ONE,
    "onelevel": ONE,
    "sub": SUBTREE,
    "subtree": SUBTREE,
    "subordinate": CHILDREN,
    "children": CHILDREN,
}
_SCHEME = re.compile(r"(ldap[si]?)://", re.IGNORECASE | re.ASCII)
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
_INTEGER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)", re.ASCII)
_LONGEST = (1 << 63) - 1


class UrlError(Exception):
    """A text is no LDAP URL; ``code`` is the library's number for the reason."""

    def __init__(self, code: int) -> None:
        super().__init__(f"LDAP URL error {code}")
        self.code = code


class LdapUrl(Record):
    """What a URL says: the scheme in lower case, the host (or path), the port (0 if not given), the search.

    ``attributes`` is empty for all of them; ``scope`` is None and ``filter`` "" where nothing is given.
    """

    scheme: str
    host: str
    port: int
    base: str = ""
    attributes: tuple[str, ...] = ()
    scope: int | None = None
    filter: str = ""


def unescape(text: str) -> str:
    """The text with ``%XX`` resolved, up to a NUL; nothing where an escape is incomplete."""
    if "%" not in text:
        return text
    if re.search(r"%(?![0-9A-Fa-f]{2})", text, re.ASCII):
        return ""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).partition("\0")[0]


def integer(text: str) -> tuple[int, str]:
    """The number that a text begins with as C's strtol() in an int has it, and what follows it."""
    found = _INTEGER.match(text)
    if found is None:
        return 0, text
    number = max(-_LONGEST - 1, min(int(found[1]), _LONGEST))
    number &= 0xFFFFFFFF
    return number - (1 << 32) if number >> 31 else number, text[found.end() :]


def parse(url: str) -> LdapUrl:
    """Read a URL of the schemes ldap, ldaps and ldapi. Raises `UrlError`."""
    found = _SCHEME.match(url)
    if found is None:
        raise UrlError(BAD_URL)
    scheme, rest = lower(found[1]), url[found.end() :]
    place, slash, query = rest.partition("/")
    if not slash:
        place, _, rest = rest.partition("?")
        host, port = _place(scheme, place)
        # The library has a name after two question marks here, but for sockets only.
        return LdapUrl(
            scheme, host, port, unescape(rest[1:]) if scheme == "ldapi" and rest.startswith("?") else ""
        )
    host, port = _place(scheme, place)
    return LdapUrl(scheme, host, port, *_search(query.split("?")))


def _place(scheme: str, text: str) -> tuple[str, int]:
    """The host and the port."""
    if scheme == "ldapi":
        return unescape(text), 0
    if text.startswith("["):
        host, closed, after = text[1:].partition("]")
        if not closed:
            raise UrlError(BAD_URL)
        before, colon, port = after.partition(":")
        if colon and before:
            raise UrlError(BAD_URL)
    else:
        host, colon, port = text.partition(":")
    if not colon:
        return unescape(host), 0
    port = unescape(port)
    number, after = integer(port)
    if after or not port:
        raise UrlError(BAD_URL)
    return unescape(host), number


def _search(parts: list[str]) -> tuple[str, tuple[str, ...], int | None, str]:
    """What stands after the host. Raises `UrlError` for its faults."""
    base, attributes, scope, pattern, extensions, *more = (*parts, "", "", "", "")[: max(len(parts), 5)]
    if scope and lower(unescape(scope)) not in SCOPES:
        raise UrlError(BAD_SCOPE)
    if pattern and not unescape(pattern):
        raise UrlError(BAD_FILTER)
    if more:
        raise UrlError(BAD_URL)
    if len(parts) > 4 and not extensions.strip(","):
        raise UrlError(BAD_EXTENSIONS)
    return (
        unescape(base),
        tuple(one for one in unescape(attributes).split(",") if one),
        SCOPES[lower(unescape(scope))] if scope else None,
        unescape(pattern),
    )
