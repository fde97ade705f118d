"""The file in which DMARC gathers what the tools of OpenDMARC make reports of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import to_bytes
from drivers.values import dmarc
from drivers.values.dkimresults import SIGNATURES
from drivers.values.dkimverify import BAD_KEY, BAD_RECORD, TOO_LONG, UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drivers.api.protocols import Context
    from drivers.values.dmarc import DmarcOutcome, DmarcRecord

CODES = {
    "pass": 0,
    "softfail": 2,
    "neutral": 3,
    "temperror": 4,
    "permerror": 5,
    "none": 6,
    "fail": 7,
}
"""Results of SPF and DKIM as the tools of OpenDMARC number them."""

UNKNOWN = 11
UNUSABLE = frozenset({UNAVAILABLE, TOO_LONG, BAD_RECORD, BAD_KEY})
"""Why a key cannot be used: an error that stays."""

POLICY_CODES = {dmarc.ACCEPT: 15, dmarc.REJECT: 16, dmarc.QUARANTINE: 17, dmarc.NONE: 18}
ACTION_CODES = {dmarc.REJECT: 0, dmarc.QUARANTINE: 4}
ACCEPTED, ALIGNED, NOT_ALIGNED = 2, 4, 5


def keep(ctx: Context, author: str, outcome: DmarcOutcome, record: DmarcRecord, sender: str) -> None:
    """Add a message to the file of ``dmarc_history_file``, if there is one.

    ``author`` and ``sender`` are the domains of the header and of the envelope.
    """
    path = ctx.expand(str(ctx.options.get("dmarc_history_file") or ""))
    if not path:
        return
    text = "".join(f"{line}\n" for line in _lines(ctx, author, outcome, record, sender))
    try:
        ctx.world.files.write(path, to_bytes(text), append=True)
    except OSError as problem:
        ctx.log(f"failure to create DMARC history file: {path}: {problem.strerror}", panic=True)


def _lines(
    ctx: Context, author: str, outcome: DmarcOutcome, record: DmarcRecord, sender: str
) -> Iterator[str]:
    tags, facts = record.tags, ctx.facts
    yield f"job {facts.get('message_exim_id', '')}"
    yield f"reporter {ctx.expand('$primary_hostname')}"
    yield f"received {int(ctx.world.clock.now())}"
    yield f"ipaddr {facts.get('sender_host_address', '')}"
    yield f"from {author}"
    yield f"mfrom {sender}"
    if facts.get("spf_result"):
        yield f"spf {CODES.get(facts['spf_result'], UNKNOWN)}"
    for known in ctx.state.get(SIGNATURES, ()):
        yield f"dkim {known.get('domain', '')} {_of_signature(known)}"
    yield f"pdomain {record.domain}"
    yield f"policy {POLICY_CODES[outcome.status]}"
    for uri in record.addresses("rua") or ["-"]:
        yield f"rua {uri}"
    yield f"pct {tags.get('pct', '100')}"
    for tag in ("adkim", "aspf"):
        yield f"{tag} {ord((tags.get(tag) or 'r')[0].lower())}"
    for tag in ("p", "sp"):
        yield f"{tag} {ord(tags[tag][0].lower()) if tags.get(tag) else 0}"
    yield f"align_dkim {ALIGNED if outcome.dkim_aligned else NOT_ALIGNED}"
    yield f"align_spf {ALIGNED if outcome.spf_aligned else NOT_ALIGNED}"
    yield f"action {ACTION_CODES.get(outcome.status, ACCEPTED)}"


def _of_signature(known: Mapping[str, str]) -> int:
    status = known.get("verify_status", "none")
    if status == "invalid":
        return CODES["permerror"] if known.get("verify_reason") in UNUSABLE else UNKNOWN
    return CODES.get(status, UNKNOWN)
