"""Whether the author's domain stands behind a message, and what it wants done if not (DMARC, RFC 7489).

What libopendmarc does, which Exim uses: the tag ``pct`` is told but nothing is left to chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from drivers.values.publicsuffix import PublicSuffixes

VERSION = "DMARC1"
REJECT, QUARANTINE, NONE = "reject", "quarantine", "none"
POLICIES = (NONE, QUARANTINE, REJECT)
ACCEPT, NO_RECORD, OFF = "accept", "norecord", "off"
SKIPPED = "skipped"
TEXTS = {
    NO_RECORD: "No DMARC record",
    NONE: "None, Accept",
    ACCEPT: "Accept",
    REJECT: "Reject",
    QUARANTINE: "Quarantine",
}
"""What each status is called for people."""

RESULTS = {ACCEPT: "pass", REJECT: "fail", QUARANTINE: "fail", NONE: "none", NO_RECORD: "none"}
"""What headers of authentication results call them."""

STRICT = "s"
CHECKED = "dmarc checked"
"""Under this name a context's state has the `Checked` of a message that was looked at."""

MAILBOX = "mailto:"


class Checked(Record):
    """What headers of authentication results say of a check: its result, and the author's domain if known."""

    result: str
    author: str | None = None


class FailureReport(Record):
    """A report to those who want to know of each failure ("forensic"): to whom, and what it says.

    ``domain`` is the one whose record was used, ``peer`` the client's address, ``fields`` are pairs of a
    name and a text.
    """

    recipient: str
    domain: str
    peer: str
    fields: Sequence[tuple[str, str]]


class DmarcRecord(Record):
    """A record and the domain that it was found for; ``of_organisation`` if that is above the author's."""

    domain: str
    tags: Mapping[str, str]
    of_organisation: bool = False

    @property
    def published(self) -> str:
        """The policy ``p``."""
        return lower(self.tags["p"])

    @property
    def policy(self) -> str:
        """The policy for the author's domain: ``sp`` for one below the organisation's, if there is one."""
        below = lower(self.tags.get("sp", ""))
        return below if self.of_organisation and below in POLICIES else self.published

    def wants(self, tag: str) -> bool:
        """True if ``adkim`` or ``aspf`` wants the very same domain."""
        return lower(self.tags.get(tag, "")) == STRICT

    def addresses(self, tag: str) -> list[str]:
        """The addresses that reports go to, as URIs: ``rua`` or ``ruf``."""
        return [uri for uri in (part.strip() for part in self.tags.get(tag, "").split(",")) if uri]

    def mailboxes(self, tag: str) -> list[str]:
        """Those of the addresses that are of mail, in lower case."""
        found = map(lower, self.addresses(tag))
        return [uri.removeprefix(MAILBOX) for uri in found if uri.startswith(MAILBOX)]


class DmarcOutcome(Record):
    """What DMARC says, and which of the two domains that were checked fit that of the author."""

    status: str
    record: DmarcRecord | None = None
    spf_aligned: bool = False
    dkim_aligned: bool = False

    @property
    def text(self) -> str:
        """The status for people."""
        return TEXTS[self.status]


def parse(text: str) -> Mapping[str, str] | None:
    """The tags of a record, None for a text that is none."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = (piece.strip(" \t") for piece in part.partition("="))
        if equals:
            tags.setdefault(lower(name), value)
        if not tags or next(iter(tags.items())) != ("v", VERSION):
            return None
    return tags if lower(tags.get("p", "")) in POLICIES else None


def organisational(domain: str, suffixes: PublicSuffixes) -> str:
    """The domain that was registered, itself where the list knows nothing of it."""
    return suffixes.registered(domain) or lower(domain)


def find(domain: str, suffixes: PublicSuffixes, ask: Callable[[str], Sequence[str]]) -> DmarcRecord | None:
    """The record for an author's domain: its own, or that of its organisation.

    ``ask`` gives the texts of a name.
    """
    above = organisational(domain, suffixes)
    for name in dict.fromkeys((lower(domain), above)):
        found = [tags for text in ask(f"_dmarc.{name}") if (tags := parse(text)) is not None]
        if len(found) == 1:
            return DmarcRecord(name, found[0], of_organisation=name != lower(domain))
    return None


def evaluate(
    domain: str,
    record: DmarcRecord | None,
    suffixes: PublicSuffixes,
    spf_domain: str,
    dkim_domains: Iterable[str],
) -> DmarcOutcome:
    """What the author's domain makes of the domains that have passed SPF ("" for none) and DKIM."""
    if record is None:
        return DmarcOutcome(NO_RECORD)

    def fits(checked: str, tag: str) -> bool:
        if record.wants(tag):
            return lower(checked) == lower(domain)
        return organisational(checked, suffixes) == organisational(domain, suffixes)

    spf = bool(spf_domain) and fits(spf_domain, "aspf")
    dkim = any(fits(one, "adkim") for one in dkim_domains)
    return DmarcOutcome(ACCEPT if spf or dkim else record.policy, record, spf, dkim)
