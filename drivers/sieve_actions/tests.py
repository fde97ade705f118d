"""Tests of header lines, of the size, and of other tests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, LimitReached
from drivers.sieve_actions import comparison
from drivers.sieve_actions.declare import test
from drivers.values import charset

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve

FIELD_NAME = re.compile(r"[!-9;-~\x80-\xff]+")
NO_FIELD = "invalid header field"
NO_HEADERS = "header string list expected"
NO_EXPANSION = "header string expansion failed"
NO_KEYS = "key string list expected"

_SPECIAL = re.compile(r"[\\${}]")
_FOLD = re.compile(r"\n(?=[ \t])")


@test("true", syntax="true", since="4.24")
def true(_sieve: Sieve) -> bool:
    """Be true."""
    return True


@test("false", syntax="false", since="4.24")
def false(_sieve: Sieve) -> bool:
    """Be false."""
    return False


@test("not", syntax="not <test>", since="4.24")
def not_(sieve: Sieve) -> bool:
    """Be true if the test is false."""
    return not sieve.test()


@test("allof", syntax="allof (<test>, ...)", since="4.24")
def allof(sieve: Sieve) -> bool:
    """Be true if all tests are; Exim carries out all of them, whatever they come to."""
    return all(sieve.tests())


@test("anyof", syntax="anyof (<test>, ...)", since="4.24")
def anyof(sieve: Sieve) -> bool:
    """Be true if one of the tests is; Exim carries out all of them, whatever they come to."""
    return any(sieve.tests())


@test("exists", syntax="exists <header names>", since="4.24")
def exists(sieve: Sieve) -> bool:
    """Be true if the message has header lines of all these names."""
    names = sieve.texts(NO_HEADERS)
    if not sieve.executing:
        return sieve.last_test
    return all(is_there(sieve, name) for name in names)


@test("size", syntax="size :over <number>", since="4.24")
def size(sieve: Sieve) -> bool:
    """Be true if the message has more bytes than the number (``:over``) or fewer (``:under``)."""
    tag = sieve.tag(":over", ":under")
    if not tag:
        sieve.expected("missing :over or :under")
    limit = sieve.number()
    size_now = int(sieve.ctx.facts.get("message_size", "0"))
    return size_now > limit if tag == ":over" else size_now < limit


@test("header", syntax="header [:comparator <name>] [:is] <header names> <keys>", since="4.24")
def header(sieve: Sieve) -> bool:
    """Be true if a header line of one of these names is as one of the keys says.

    Encoded words are decoded to UTF-8; several lines of one name are one text.
    """
    how = comparison.read(sieve)
    names = sieve.texts(NO_HEADERS)
    keys = sieve.texts(NO_KEYS)
    result = False
    for name in names:
        if not FIELD_NAME.fullmatch(name):
            sieve.fail(NO_FIELD)
        if sieve.executing and is_there(sieve, name):
            text = one_line(sieve, name)
            result = any(comparison.compare(sieve, how, key, text) for key in keys)
        if result:
            break
    return result


def is_there(sieve: Sieve, name: str) -> bool:
    """True if the message has a header line of this name, which Exim looks up by an expansion."""
    found = expanded(sieve, f"${{if def:header_{_quoted(name)} {{true}}{{false}}}}")
    if found not in {"true", "false"}:
        sieve.fail(NO_EXPANSION)
    return found == "true"


def _quoted(name: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", name).replace("\0", "\\0")


def expanded(sieve: Sieve, text: str, words: str = NO_EXPANSION) -> str:
    """An expansion. Raises `SieveError` with the words if it fails."""
    try:
        return sieve.ctx.expand(text)
    except (Fatal, LimitReached):
        raise
    except ExpansionError:
        sieve.fail(words)


def one_line(sieve: Sieve, name: str) -> str:
    """What the header lines of a name say, in one line and in UTF-8."""
    raw = expanded(sieve, f"$rheader_{_quoted(name)}").lstrip(" \t").rstrip(" \t\n")
    line = _FOLD.sub("", raw).replace("\n", " ")
    check = bool(sieve.ctx.options["check_rfc2047_length"])
    return charset.decoded_words(line, "utf-8", check_length=check, zero="\0", lenient=True)
