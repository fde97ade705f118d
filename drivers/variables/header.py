"""Variables that read the header lines of the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.api.unit import Example, variable
from drivers.variables.plain import OUTSIDE, SECTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.protocols import Context

RESENT = ("bcc", "cc", "from", "sender", "to")
ADDRESS_HEADERS = frozenset(RESENT) | {"reply-to"} | {f"resent-{name}" for name in RESENT}
"""Header lines that hold lists of addresses: several are joined with commas."""

MOST_BYTES = 65536
"""How much of all header lines of one name is seen."""

MESSAGE = (
    "From: Alice <alice@example.org>\nTo: bob@example.net\nTo: carol@example.net\n"
    "Subject: =?iso-8859-1?Q?caf=E9?=\nX-Note:  one: two \n\nBody.\n"
)
"""The message of the examples."""

NEWLINES_TO_SPACES = str.maketrans("\n", " ")


def texts(ctx: Context, name: str) -> list[str]:
    """What follows the colon in all header lines of a name (lower case), without the last newline."""
    start = len(name) + 1
    return [text[start:].removesuffix("\n") for found, text in ctx.headers or () if lower(found) == name]


def _joined(ctx: Context, name: str) -> str:
    """The header lines that are not empty, without white space around them."""
    parts = [part for text in texts(ctx, name) if (part := text.strip(SPACE))]
    return (",\n" if name in ADDRESS_HEADERS else "\n").join(parts)[:MOST_BYTES]


def _decoded(ctx: Context, text: str, charset: str | None) -> str:
    """The text with its MIME words decoded; bytes outside of them stay as they are."""
    if "=?" not in text:
        return text
    from drivers.values.charset import codec, decoded_words

    check = bool(ctx.options.get("check_rfc2047_length", True))
    known = charset if charset and codec(charset) else None
    return decoded_words(text, known, check_length=check, lenient=True)


@variable(
    "h_*",
    syntax="$h_<name>: or $header_<name>:",
    section=SECTION,
    kind="header",
    taint=OUTSIDE,
    examples=(
        Example("${address:$h_from:}", "alice@example.org", message=MESSAGE),
        Example("[${escape8bit:$h_subject:}]", r"[caf\303\251]", message=MESSAGE),
        Example("${sg{$header_to:}{\\n}{}}", "bob@example.net,carol@example.net", message=MESSAGE),
    ),
)
def h_(ctx: Context, name: str) -> str:
    """The contents of the header lines of that name, for people.

    White space around them is removed, MIME words are decoded and brought into the character set
    of ``headers_charset``. Several lines are joined by newlines, lists of addresses by a comma
    and a newline. Empty where there is no such line; the colon ends the name.
    """
    return _decoded(ctx, _joined(ctx, lower(name)), ctx.options.get("headers_charset") or "UTF-8")


@variable(
    "bh_*",
    syntax="$bh_<name>: or $bheader_<name>:",
    section=SECTION,
    kind="header",
    taint=OUTSIDE,
    examples=(Example("${escape8bit:$bh_subject:}", r"caf\351", message=MESSAGE),),
)
def bh_(ctx: Context, name: str) -> str:
    """The contents of the header lines of that name with MIME words decoded to bytes.

    As ``$h_<name>:``, but the bytes are not brought into another character set.
    """
    return _decoded(ctx, _joined(ctx, lower(name)), None)


@variable(
    "rh_*",
    syntax="$rh_<name>: or $rheader_<name>:",
    section=SECTION,
    kind="header",
    taint=OUTSIDE,
    examples=(Example("[${escape:$rh_x-note:}]", r"[  one: two \n]", message=MESSAGE),),
)
def rh_(ctx: Context, name: str) -> str:
    """The contents of the header lines of that name as they are, each with its newline."""
    return "".join(text + "\n" for text in texts(ctx, lower(name)))[:MOST_BYTES]


@variable(
    "lh_*",
    syntax="$lh_<name>: or $lheader_<name>:",
    since="4.92",
    section=SECTION,
    kind="header",
    taint=OUTSIDE,
    examples=(
        Example("${listcount:$lh_to:}", "2", message=MESSAGE),
        Example("[$lh_x-note:]", "[  one:: two ]", message=MESSAGE),
    ),
)
def lh_(ctx: Context, name: str) -> str:
    """The contents of the header lines of that name as a list, one item for each line.

    The separator is a colon; colons inside an item are doubled. Items are as they are in the
    message but for the newline at the end.
    """
    found = ""
    for text in texts(ctx, lower(name)):
        doubled = text.replace(":", "::")
        # Empty lines before all others leave no trace, later ones are empty items.
        found = f"{found}:{doubled}" if found else doubled
    return found[:MOST_BYTES]


@variable(
    "message_headers",
    syntax="$message_headers",
    section=SECTION,
    kind="message_headers",
    taint=OUTSIDE,
    examples=(
        Example(
            r"${if match{$message_headers}{\N(?m)^Subject: (.*)$\N}{${escape8bit:$1}}}",
            r"caf\351",
            message=MESSAGE,
        ),
    ),
)
def message_headers(ctx: Context) -> str:
    """All header lines of the message, with MIME words decoded to bytes.

    White space at the end of each is removed, and so is the last newline. Of the lines as they are, the
    first 65,537 bytes are seen.
    """
    return "\n".join(_decoded(ctx, text.rstrip(SPACE), None) for text in _all(ctx, MOST_BYTES + 1))


@variable(
    "message_headers_raw",
    syntax="$message_headers_raw",
    since="4.64",
    section=SECTION,
    kind="message_headers",
    taint=OUTSIDE,
    examples=(
        Example(
            r"${if match{$message_headers_raw}{\N(?m)^Subject: (.*)$\N}{$1}}",
            "=?iso-8859-1?Q?caf=E9?=",
            message=MESSAGE,
        ),
    ),
)
def message_headers_raw(ctx: Context) -> str:
    """All header lines of the message as they are, cut off after 65,536 bytes."""
    return "".join(_all(ctx, MOST_BYTES))


def _all(ctx: Context, room: int) -> Iterator[str]:
    """All header lines, as far as so many bytes of them are seen."""
    for _, text in ctx.headers or ():
        if room <= 0:
            return
        yield text[:room]
        room -= len(text)


@variable(
    "reply_address",
    syntax="$reply_address",
    section=SECTION,
    kind="header",
    taint=OUTSIDE,
    examples=(
        Example("$reply_address", "Alice <alice@example.org>", message=MESSAGE),
        Example("$reply_address", "list@example.org", message="Reply-To: list@example.org\n" + MESSAGE),
    ),
)
def reply_address(ctx: Context) -> str:
    """What a reply is to be addressed to: ``Reply-To:`` if it is not empty, otherwise ``From:``.

    Nothing is decoded; newlines become spaces.
    """
    for name in ("reply-to", "from"):
        value = "\n".join(texts(ctx, name)).strip(SPACE)
        if value:
            return value.translate(NEWLINES_TO_SPACES)
    return ""
