"""Operators for character sets: encoded words, UTF-8, internationalised names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import printing
from drivers.api.unit import operator
from drivers.values import charset, idn, idna2003, unicode

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.protocols import Context

SECTION = "Expansion operators"


@operator(
    "rfc2047",
    syntax="${rfc2047:<string>}",
    section=SECTION,
    grows=True,
    examples={"${rfc2047:a=b}": "=?UTF-8?Q?a=3Db?=", "${rfc2047:with space}": "with space"},
)
def rfc2047(ctx: Context, text: str) -> str:
    """Encode a string for a header line if it has bytes that need it; it is in ``headers_charset``."""
    short_first = ctx.profile.at_least("4.97")
    return charset.encoded_words(text, ctx.options["headers_charset"], short_first=short_first)


@operator(
    "rfc2047d",
    syntax="${rfc2047d:<string>}",
    since="4.67",
    section=SECTION,
    examples={"${rfc2047d:=?iso-8859-1?Q?a=20b?= =?utf-8?B?Yw==?=}": "a bc"},
)
def rfc2047d(ctx: Context, text: str) -> str:
    """Decode the encoded words of a header line to ``headers_charset``."""
    options = ctx.options
    return charset.decoded_words(
        text, options["headers_charset"], check_length=bool(options["check_rfc2047_length"])
    )


@operator(
    "from_utf8",
    syntax="${from_utf8:<string>}",
    section=SECTION,
    pure=True,
    ends_text=True,
    examples={r"${escape8bit:${from_utf8:caf\xc3\xa9}}": r"caf\351"},
)
def from_utf8(text: str) -> str:
    """Convert UTF-8 to ISO-8859-1, with ``_`` for what that cannot express.

    Where the result would hold a NUL, whatever follows in the same text is lost.
    """
    before, nul, _ = unicode.to_latin1(text).partition("\0")
    return before + nul


@operator(
    "utf8clean",
    syntax="${utf8clean:<string>}",
    since="4.83",
    section=SECTION,
    pure=True,
    examples={r"${utf8clean:a\xffb}": "a?b"},
)
def utf8clean(text: str) -> str:
    """Put a question mark in place of everything that is not valid UTF-8."""
    return unicode.cleaned(text)


def _shown(text: str) -> str:
    """The printing form in which tabs stay."""
    return "\t".join(map(printing, text.split("\t")))


def _converted(text: str, convert: Callable[[str], str], what: str) -> str:
    try:
        return convert(text)
    except idn.Unconvertible as error:
        old, new = what.split(" to ")
        message = f"error converting {old} ({_shown(text)}) to {new}: {error}"
        raise Failed(message) from None


@operator(
    "utf8_domain_to_alabel",
    syntax="${utf8_domain_to_alabel:<string>}",
    since="4.86",
    feature="i18n",
    section=SECTION,
    taint="removes",
    examples={r"${utf8_domain_to_alabel:b\xc3\xbccher.test}": "xn--bcher-kva.test"},
)
def utf8_domain_to_alabel(ctx: Context, text: str) -> str:
    """Convert a domain in UTF-8 to its ASCII form.

    It is done by IDNA2008, or in a build without ``i18n_2008`` by IDNA2003, which makes two s of a
    sharp one.
    """
    by_2008 = ctx.profile.built_with("i18n_2008")
    return _converted(text, idn.domain_to_ascii if by_2008 else idna2003.domain_to_ascii, "utf8 to alabel")


@operator(
    "utf8_domain_from_alabel",
    syntax="${utf8_domain_from_alabel:<string>}",
    since="4.86",
    feature="i18n",
    section=SECTION,
    taint="removes",
    examples={"${escape8bit:${utf8_domain_from_alabel:xn--bcher-kva.test}}": r"b\303\274cher.test"},
)
def utf8_domain_from_alabel(ctx: Context, text: str) -> str:
    """Convert a domain from its ASCII form to UTF-8, by IDNA2008 or IDNA2003 as `utf8_domain_to_alabel`."""
    by_2008 = ctx.profile.built_with("i18n_2008")
    return _converted(
        text, idn.domain_from_ascii if by_2008 else idna2003.domain_from_ascii, "alabel to utf8"
    )


@operator(
    "utf8_localpart_to_alabel",
    syntax="${utf8_localpart_to_alabel:<string>}",
    since="4.86",
    feature="i18n",
    section=SECTION,
    pure=True,
    examples={r"${utf8_localpart_to_alabel:ren\xc3\xa9}": "xn--ren-dma"},
)
def utf8_localpart_to_alabel(text: str) -> str:
    """Convert a local part in UTF-8 to an ASCII form."""
    return _converted(text, idn.local_part_to_ascii, "utf8 to alabel")


@operator(
    "utf8_localpart_from_alabel",
    syntax="${utf8_localpart_from_alabel:<string>}",
    since="4.86",
    feature="i18n",
    section=SECTION,
    taint="removes",
    pure=True,
    examples={"${escape8bit:${utf8_localpart_from_alabel:xn--ren-dma}}": r"ren\303\251"},
)
def utf8_localpart_from_alabel(text: str) -> str:
    """Convert a local part from its ASCII form to UTF-8."""
    return _converted(text, idn.local_part_from_ascii, "alabel to utf8")
