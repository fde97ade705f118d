"""Quoting of text for the queries of lookups, by the type of lookup."""

from __future__ import annotations

import re

from drivers.api.errors import Failed

SQL = str.maketrans(
    {"'": "\\'", '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b"}
)
PGSQL = SQL | {ord("'"): "''"}

_WHITE_OR_BACKSLASH = re.compile(r"[ \t\n\v\f\r\\]", re.ASCII)
_LDAP_FILTER = re.compile(r"[()*\\]")
_LDAP_DN = re.compile(r'[,+"\\<>;]')
_LDAP_START = re.compile(r"[ #]*")
_LDAP_START_CHAR = re.compile(r"[ #]")
_NOT_IN_URL = re.compile(r"[^A-Za-z0-9!$'()*+._-]", re.ASCII)
_LDAP_PLAIN = re.compile(r"[A-Za-z0-9!$'+._-]*", re.ASCII)
_NOT_WORD = re.compile(r"\W", re.ASCII)


def sql(text: str) -> str:
    """Put backslashes before quotes and backslashes, and name control characters, for MySQL."""
    return text.translate(SQL)


def pgsql(text: str) -> str:
    """Double single quotes, and put backslashes before double quotes and backslashes."""
    return text.translate(PGSQL)


def doubled_single(text: str) -> str:
    """Double single quotes."""
    return text.replace("'", "''")


def doubled_double(text: str) -> str:
    """Double double quotes."""
    return text.replace('"', '""')


def redis(text: str) -> str:
    """Put a backslash before white space and backslashes."""
    return _WHITE_OR_BACKSLASH.sub(r"\\\g<0>", text)


def octal(text: str) -> str:
    """Write all but letters, digits and underscores as a backslash and three octal digits."""
    return _NOT_WORD.sub(lambda char: f"\\{ord(char[0]):03o}", text)


def _url(char: re.Match[str]) -> str:
    return f"%{ord(char[0]):02X}"


def ldap(text: str) -> str:
    """Quote for a filter inside an LDAP URL."""
    if _LDAP_PLAIN.fullmatch(text):
        return text
    escaped = _LDAP_FILTER.sub(lambda char: f"\\{ord(char[0]):02X}", text)
    return _NOT_IN_URL.sub(_url, escaped)


def ldap_dn(text: str) -> str:
    """Quote for a distinguished name inside an LDAP URL."""
    inner = text.rstrip(" ")
    start = _LDAP_START.match(inner)
    begin = start.end() if start else 0
    escaped = _LDAP_START_CHAR.sub(r"\\\g<0>", inner[:begin]) + _LDAP_DN.sub(r"\\\g<0>", inner[begin:])
    return _NOT_IN_URL.sub(_url, escaped + "\\ " * (len(text) - len(inner)))


def unrecognized(kind: str, suffix: str) -> Failed:
    """What Exim says to an option of a quoting operator that the lookup does not have."""
    return Failed(f'"{suffix}" unrecognized after "${{quote_{kind}"')
