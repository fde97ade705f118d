"""What Exim adds to the header of a message that is handed in on this machine, and what it takes away."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from grammar.record import Record

if TYPE_CHECKING:
    from expander.message.headers import Header

ENVELOPE = {
    "return_path_remove": "return-path",
    "envelope_to_remove": "envelope-to",
    "delivery_date_remove": "delivery-date",
}
"""Main options and the header line that each removes from incoming messages."""


class Submitter(Record):
    """Who hands a message in.

    ``sender`` is the envelope sender, empty for none; ``name`` the full name to stand with it as a
    phrase, empty where the sender was given by ``-f`` without a name. ``login`` is the caller's.
    """

    sender: str
    name: str = ""
    login: str = ""

    @property
    def mailbox(self) -> str:
        """The sender as it stands in ``From:``."""
        return f"{self.name} <{self.sender}>" if self.name else self.sender


NOT_OF_DOMAINS = "".join(
    chr(code) for code in range(128) if not (chr(code).isalnum() or chr(code) in ".-[]:")
)
NOT_OF_TEXT = ' ()<>@,;:\\".[]'
"""What may not stand in parts of a message's identification."""

LONGEST_KEPT = 64
"""Names up to this length are remembered."""


def spelled_out(
    headers: Iterable[Header], submitter: Submitter, domain: str, *, resent: bool
) -> list[Header]:
    """The header lines with those ``From:`` that hold nothing but the caller's login name written out.

    They get the full name and the address, and go to the end.
    """
    wanted = "resent-from" if resent else "from"
    kept, changed = [], []
    for header in headers:
        start, colon, text = header[1].partition(":")
        if plain_name(header) == wanted and lower(text.strip("\n").lstrip(SPACE)) == lower(submitter.login):
            line = f"{start}{colon} {submitter.name} <{submitter.login}@{domain}>\n"
            changed.append((header[0], line))
        else:
            kept.append(header)
    return kept + changed


def without_named(headers: Iterable[Header], removed: Iterable[str]) -> list[Header]:
    """The header lines but those with the names ``removed`` (lower case).

    They belong to deliveries, or their author is not trusted to write them.
    """
    unwanted = frozenset(removed)
    return [header for header in headers if plain_name(header) not in unwanted]


def plain_name(header: Header) -> str:
    """The name of a header line in lower case, without white space before the colon."""
    name = header[0]
    return _plain(name) if len(name) <= LONGEST_KEPT else lower(name.rstrip(" \t"))


@lru_cache(maxsize=512)
def _plain(name: str) -> str:
    return lower(str(name).rstrip(" \t"))


def identified(headers: Iterable[Header], message_id: str, *, resent: bool) -> list[Header]:
    """The header lines with an identification added if it is missing.

    ``message_id`` is its contents without the angle brackets. In a ``resent`` message the lines
    ``Resent-...`` are the required ones, here and below. See "The Message-ID: header line" in
    "Message processing".
    """
    return _added(list(headers), "Message-Id", f"<{message_id}>", resent=resent)


def authored(headers: Iterable[Header], submitter: Submitter, *, resent: bool) -> list[Header]:
    """The header lines with the sender as the author added at the end if there is none.

    See "The From: header line" in "Message processing".
    """
    lines = list(headers)
    if not submitter.sender:
        return lines
    return _added(lines, "From", submitter.mailbox, resent=resent, comes_last=True)


def dated(headers: Iterable[Header], date: str, *, resent: bool) -> list[Header]:
    """The header lines with a date in the form of RFC 5322 added if there is none."""
    return _added(list(headers), "Date", date, resent=resent)


def _added(
    headers: list[Header], name: str, text: str, *, resent: bool, comes_last: bool = False
) -> list[Header]:
    """The header lines and one more if there is none of its name.

    It comes last, but in resent messages first, unless it ``comes_last`` there as well.
    """
    name = f"Resent-{name}" if resent else name
    wanted = name.lower()
    for header in headers:
        if plain_name(header) == wanted:
            return headers
    line = (name, f"{name}: {text}\n")
    return [*headers, line] if comes_last or not resent else [line, *headers]
