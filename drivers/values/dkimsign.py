"""Signing messages (RFC 6376), with header lines laid out as Exim lays them out."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import dkimcanon, dkimkeys
from drivers.values.dkimcanon import RELAXED
from drivers.values.dkimtags import without_value
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.values.dkimcanon import Body

WIDTH = 78
NEW_LINE = "\r\n\t"

SIGN_HEADERS = (
    "From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:"
    "Content-Transfer-Encoding:Content-ID:Content-Description:Resent-Date:Resent-From:Resent-Sender:Resent-To:"
    "Resent-Cc:Resent-Message-ID:In-Reply-To:References:List-Id:List-Help:List-Unsubscribe:List-Subscribe:"
    "List-Post:List-Owner:List-Archive"
)
"""The names that are signed if nothing else is said: those of RFC 4871."""


class Signing(Record):
    """How a message is to be signed.

    ``names`` are as the option ``dkim_sign_headers`` takes them; ``created`` and ``expires`` are in seconds
    since 1970, None to say nothing of them.
    """

    domain: str
    selector: str
    key: dkimkeys.PrivateKey
    hash_type: str = "sha256"
    form: str = RELAXED
    names: str = SIGN_HEADERS
    identity: str = ""
    created: int | None = None
    expires: int | None = None


class Layout:
    """A header line that grows by elements, and is folded where they end, or within one that is long."""

    def __init__(self, start: str) -> None:
        self.text = start
        self.column = len(start)

    def add(self, text: str) -> None:
        """An element behind a blank, with the semicolon at its end; a long one may be cut anywhere."""
        if self.column + 1 + len(text) <= WIDTH:
            self._put(f" {text}")
        elif len(text) < WIDTH:
            self._new_line()
            self._put(text)
        else:
            self._put_long(text)

    def add_list(self, head: str, names: Sequence[str], end: str) -> None:
        """An element that is a list of names, with colons between them; each name stays in one piece."""
        for at, name in enumerate(names):
            text = name + (end if at == len(names) - 1 else "")
            if not at:
                self.add(head + text)
                continue
            if self.column < WIDTH:
                self._put(":")
            else:
                self._new_line()
                self._put(":")
            if self.column + len(text) > WIDTH:
                self._new_line()
            self._put(text)

    def _put_long(self, text: str) -> None:
        head, equals, value = text.partition("=")
        if self.column < WIDTH:
            self._put(" ")
        if self.column + len(head + equals) > WIDTH:
            self._new_line()
        self._put(head + equals)
        while value:
            room = WIDTH - self.column
            if not room:
                self._new_line()
                continue
            self._put(value[:room])
            value = value[room:]

    def _put(self, text: str) -> None:
        self.text += text
        self.column += len(text)

    def _new_line(self) -> None:
        self.text += NEW_LINE
        self.column = 1


def signed_names(lines: Sequence[bytes], names: str) -> tuple[list[str], list[bytes]]:
    """The names for ``h=``, and the header lines that are signed, in the same order.

    Lines come from the last to the first. A name stands for one line, or for the lack of one; with ``=``
    before it for all lines, with ``+`` for all lines and one more. See "Signing outgoing messages".
    """
    wanted = [name for name in (part.strip() for part in names.split(":")) if name]
    waiting = [lower(name) for name in wanted]
    found, chosen = [], []
    for line in reversed(lines):
        name = line.partition(b":")[0].decode("latin-1")
        low = lower(name)
        if low in waiting:
            waiting[waiting.index(low)] = ""
        elif f"={low}" not in waiting and f"+{low}" not in waiting:
            continue
        found.append(name)
        chosen.append(line)
    left = [name for name, low in zip(wanted, waiting, strict=True) if low and not low.startswith("=")]
    return found + [name.removeprefix("+") for name in left], chosen


def sign(lines: Sequence[bytes], body: Body, how: Signing, *, name: str = "DKIM-Signature") -> bytes:
    """The header line with a signature; it has CR and LF at the ends of lines, as the message has."""
    kind = dkimkeys.kind_of(how.key)
    names, chosen = signed_names(lines, how.names)
    canonical = dkimcanon.body_pieces(dkimcanon.pieces_of(body), how.form)
    body_hash = b64encode(dkimkeys.digest_of(how.hash_type, canonical)).decode("ascii")

    def line(value: str) -> bytes:
        layout = Layout(f"{name}: v=1;")
        layout.add(f"a={kind}-{how.hash_type};")
        layout.add("q=dns/txt;")
        layout.add(f"c={how.form}/{how.form};")
        layout.add(f"d={how.domain};")
        layout.add(f"s={how.selector};")
        layout.add_list("h=", names, ";")
        layout.add(f"bh={body_hash};")
        if how.identity:
            layout.add(f"i={how.identity};")
        if how.created is not None:
            layout.add(f"t={how.created};")
        if how.expires is not None:
            layout.add(f"x={how.expires};")
        layout.add(f"b={value};")
        return layout.text.encode("latin-1")

    signed = b"".join(dkimcanon.header_line(one, how.form) for one in chosen)
    # Where lines are folded depends on the length of the value, which is known beforehand.
    length = len(b64encode(dkimkeys.sign(how.key, how.hash_type, b"")))
    unsigned = without_value(line("A" * length).decode("latin-1")).encode("latin-1")
    signed += dkimcanon.header_line(unsigned + b"\r\n", how.form)[:-2]
    value = b64encode(dkimkeys.sign(how.key, how.hash_type, signed)).decode("ascii")
    return line(value) + b"\r\n"
