"""The condition about DMARC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from drivers.api.errors import Failed, Unsupported
from drivers.api.text import SPACE, Tainted, from_bytes, lower, to_bytes
from drivers.values import dmarc, dnslookup, mailbox
from drivers.values.dkimresults import SIGNATURES
from drivers.values.dnsdata import AGAIN, FOUND
from drivers.values.publicsuffix import PublicSuffixes

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from drivers.api.acl import Acl
    from drivers.api.protocols import Context
    from drivers.values.dmarc import DmarcOutcome

SPF_CODES = {
    "pass": 0,
    "softfail": 2,
    "neutral": 3,
    "temperror": 4,
    "permerror": 5,
    "none": 6,
    "fail": 7,
}
"""Results as the tools of OpenDMARC number them; those of DKIM are 0 for a good signature, else 7."""

POLICY_CODES = {dmarc.NO_RECORD: 14, dmarc.ACCEPT: 15, dmarc.REJECT: 16, dmarc.QUARANTINE: 17, dmarc.NONE: 18}
ACTION_CODES = {dmarc.REJECT: 0, dmarc.QUARANTINE: 4}
ACCEPTED, ALIGNED, NOT_ALIGNED = 2, 4, 5


def dmarc_status(acl: Acl, text: str) -> str:
    """True if what DMARC says of the message is in the list; it is worked out when it is first asked for.

    Sets ``$dmarc_status`` and its relatives. See "DMARC".
    """
    facts = acl.ctx.facts
    if "dmarc_status" not in facts:
        facts["dmarc_status"] = _checked(acl)
    return FAIL if acl.ctx.match_list("string", facts["dmarc_status"], text) is None else OK


def _checked(acl: Acl) -> str:
    ctx, session = acl.ctx, acl.transaction
    controls: Container[str] = getattr(session, "controls", ())
    suffixes = None if "dmarc_disable_verify" in controls else _suffixes(ctx)
    if suffixes is None or ctx.facts.get("sender_host_authenticated"):
        return dmarc.OFF
    author = _author(ctx)
    if not author:
        ctx.facts["dmarc_status_text"] = dmarc.TEXTS[dmarc.NO_FROM]
        return dmarc.NO_FROM
    try:
        record = dmarc.find(author, suffixes, lambda name: _texts(ctx, name))
        outcome = dmarc.evaluate(author, record, suffixes, _by_spf(ctx), _by_dkim(ctx))
    except dmarc.DmarcProblem:
        outcome = dmarc.DmarcOutcome(dmarc.TEMPERROR)
    _tell(acl, author, outcome)
    if "dmarc_enable_forensic" in controls and outcome.status in {dmarc.REJECT, dmarc.QUARANTINE}:
        record = outcome.record
        if record is not None and record.addresses("ruf"):
            words = "sending the forensic report that DMARC wants is not supported by eximulate yet"
            raise Unsupported(words)
    return outcome.status


def _tell(acl: Acl, author: str, outcome: DmarcOutcome) -> None:
    ctx, record = acl.ctx, outcome.record
    used = record.domain if record else lower(author)
    spf, dkim = ("yes" if fits else "no" for fits in (outcome.spf_aligned, outcome.dkim_aligned))
    ctx.facts.update(
        dmarc_status_text=outcome.text,
        dmarc_used_domain=Tainted(used),
        dmarc_domain_policy=record.published if record else "",
        dmarc_alignment_spf=spf,
        dmarc_alignment_dkim=dkim,
    )
    ctx.log(
        f"DMARC results: spf_domain={_sender_domain(ctx)} dmarc_domain={used} "
        f"spf_align={spf} dkim_align={dkim} enforcement='{outcome.text}'"
    )
    path = ctx.expand(str(ctx.options.get("dmarc_history_file") or ""))
    if path:
        try:
            ctx.world.files.write(path, to_bytes(_history(ctx, author, used, outcome)), append=True)
        except OSError as problem:
            ctx.log(f"failure to create DMARC history file: {path}: {problem.strerror}", panic=True)


def _history(ctx: Context, author: str, used: str, outcome: DmarcOutcome) -> str:
    """What the tools of OpenDMARC want to know of a message."""
    tags: Mapping[str, str] = outcome.record.tags if outcome.record else {}
    facts = ctx.facts
    lines = [
        f"job {facts.get('message_exim_id', '')}",
        f"reporter {ctx.expand('$primary_hostname')}",
        f"received {int(ctx.world.clock.now())}",
        f"ipaddr {facts.get('sender_host_address', '')}",
        f"from {author}",
        f"mfrom {_sender_domain(ctx)}",
    ]
    if facts.get("spf_result"):
        lines.append(f"spf {SPF_CODES.get(facts['spf_result'], 11)}")
    lines += [
        f"dkim {known.get('domain', '')} {0 if known.get('verify_status') == 'pass' else 7}"
        for known in ctx.state.get(SIGNATURES, ())
    ]
    reports = outcome.record.addresses("rua") if outcome.record else []
    lines += [f"rua {uri}" for uri in reports or ["-"]]
    lines += [f"pdomain {used}", f"policy {POLICY_CODES.get(outcome.status, 14)}"]
    lines += [f"{tag} {ord((tags.get(tag) or 'r')[0].lower())}" for tag in ("adkim", "aspf")]
    lines += [f"pct {tags.get('pct', '100')}"]
    lines += [f"{tag} {ord(tags[tag][0].lower()) if tags.get(tag) else 0}" for tag in ("p", "sp")]
    lines += [f"align_dkim {ALIGNED if outcome.dkim_aligned else NOT_ALIGNED}"]
    lines += [f"align_spf {ALIGNED if outcome.spf_aligned else NOT_ALIGNED}"]
    lines += [f"action {ACTION_CODES.get(outcome.status, ACCEPTED)}"]
    return "".join(f"{line}\n" for line in lines)


def _suffixes(ctx: Context) -> PublicSuffixes | None:
    """The public suffixes of ``dmarc_tld_file``; None turns DMARC off."""
    path = ctx.expand(str(ctx.options.get("dmarc_tld_file") or ""))
    if not path:
        return None
    try:
        return PublicSuffixes(from_bytes(ctx.world.files.read(path)).splitlines())
    except OSError as problem:
        ctx.log(f"DMARC failure to load tld list {path}: {problem.strerror}", panic=True)
        return None


def _author(ctx: Context) -> str:
    """The domain of the author, "" where the header line does not name exactly one address."""
    lines = [text for name, text in ctx.headers or () if lower(name.rstrip()) == "from"]
    if len(lines) != 1:
        return ""
    try:
        return mailbox.parse(lines[0].partition(":")[2].strip(SPACE)).domain
    except Failed:
        return ""


def _texts(ctx: Context, name: str) -> Sequence[str]:
    answer = dnslookup.ask(ctx, name, "TXT")
    if answer.status == AGAIN:
        raise dmarc.DmarcProblem
    return ["".join(record.data) for record in answer.of("TXT")] if answer.status == FOUND else []


def _sender_domain(ctx: Context) -> str:
    """The domain that SPF was asked about: of the sender, or of the client's greeting without one."""
    return ctx.facts.get("sender_address", "").rpartition("@")[2] or ctx.facts.get("sender_helo_name", "")


def _by_spf(ctx: Context) -> str:
    return _sender_domain(ctx) if ctx.facts.get("spf_result") == "pass" else ""


def _by_dkim(ctx: Context) -> list[str]:
    return [
        known["domain"] for known in ctx.state.get(SIGNATURES, ()) if known.get("verify_status") == "pass"
    ]
