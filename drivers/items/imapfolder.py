"""The item imapfolder: names of folders in the encoding that IMAP and Maildir++ use."""

from __future__ import annotations

import base64
import codecs
import re
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import to_bytes
from drivers.api.unit import item
from drivers.items.counted import counted
from drivers.values.charset import codec

if TYPE_CHECKING:
    from drivers.api.protocols import Context

_INVALID = "Invalid or incomplete multibyte or wide character"
_CUT_OFF = "Invalid argument"
_NEEDS_MARK = ("utf-16", "utf-32")


def decoded(text: str, charset: str) -> str:
    """The text as Unicode. Raises `Failed` in the words of iconv()."""
    known = codec(charset)
    if known is None:
        reason = "Invalid argument (maybe unsupported conversion)"
        raise Failed(f'imapfolder: iconv_open("UTF-16BE", "{charset}") failed: {reason}')
    if known in _NEEDS_MARK and not to_bytes(text).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        known = f"{known}-le"  # without a mark the order of bytes is the machine's
    reader = codecs.getincrementaldecoder(known)()
    try:
        whole = reader.decode(to_bytes(text))
    except UnicodeDecodeError:
        raise Failed(f"imapfolder: iconv() failed to convert from {charset}: {_INVALID}") from None
    try:
        return whole + reader.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Failed(f"imapfolder: iconv() failed to convert from {charset}: {_CUT_OFF}") from None


def _encoded(run: str) -> str:
    coded = base64.b64encode(run.encode("utf-16-be")).decode("ascii").rstrip("=")
    return f"&{coded.replace('/', ',')}-"


def modified_utf7(name: str, specials: str) -> str:
    """Printable ASCII as it is, ``&`` doubled to ``&-``, the rest and the specials in base 64."""
    out: list[str] = []
    for run in _runs(name, specials):
        if run == "&":
            out.append("&-")
        elif " " <= run[0] <= "~" and run[0] not in specials:
            out.append(run)
        else:
            out.append(_encoded(run))
    return "".join(out)


def _runs(name: str, specials: str) -> list[str]:
    """Single characters that stay as they are, and runs of those that are encoded together."""
    runs: list[str] = []
    coding = False
    for c in name:
        code = not " " <= c <= "~" or (c in specials and c != "&")
        if code and coding:
            runs[-1] += c
        else:
            runs.append(c)
        coding = code
    return runs


def _check_separator(_folder: str, separator: str = "/", *_specials: str) -> None:
    if len(separator) != 1:
        raise Failed(f'IMAP folder separator must be one character, found "{separator}"')


@item(
    "imapfolder",
    grows=True,
    syntax="${imapfolder{<foldername>}{<sep>}{<specials>}}",
    since="4.86",
    feature="i18n",
    section="Expansion items",
    shape=counted("imapfolder", 1, 3),
    when_skipped=_check_separator,
    examples={
        "${imapfolder{Foo/Bar}}": "Foo.Bar",
        r"${imapfolder{R\xc3\xa4ksm\xc3\xb6rg\xc3\xa5s}}": "R&AOQ-ksm&APY-rg&AOU-s",
    },
)
def imapfolder(ctx: Context, folder: str, separator: str = "/", specials: str = "") -> str:
    """The name of a folder in modified UTF-7 (RFC 2060), its levels separated by dots.

    ``separator`` is what separates the levels in the argument, ``specials`` are further characters
    to be encoded. Raises `Failed` for a separator that is not one character, for a dot or slash that
    is neither, and for text that is not in the character set ``headers_charset``.
    """
    _check_separator(folder, separator)
    if all(" " <= c <= "~" and c not in "&./" and c not in separator + specials for c in folder):
        return folder  # nothing in it is converted, so no character set counts
    name = decoded(folder, str(ctx.options.get("headers_charset") or "UTF-8"))
    if separator.isascii():  # any other byte is no character of the decoded name
        levels = re.split(f"{re.escape(separator)}+", name.removeprefix(separator).rstrip(separator))
    else:
        levels = [name]
    for c in "".join(levels):
        if c in "./" and c not in specials:
            raise Failed(f"imapfolder: illegal character '{c}'")
    return ".".join([modified_utf7(level, specials) for level in levels])
