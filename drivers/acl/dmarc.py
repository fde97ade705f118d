"""The condition about DMARC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.dmarc_history import keep
from drivers.api.acl import FAIL, OK
from drivers.api.errors import Failed
from drivers.api.text import SPACE, Tainted, from_bytes, lower
from drivers.values import dmarc, dnslookup, mailbox
from drivers.values.dkimresults import SIGNATURES
from drivers.values.dnsdata import FOUND
from drivers.values.log_selector import selects
from drivers.values.publicsuffix import PublicSuffixes

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from drivers.api.acl import Acl
    from drivers.api.protocols import Context
    from drivers.values.dmarc import DmarcOutcome, DmarcRecord

BY_SELECTOR = "4.100-dev"
"""The release since which the log tells of the check only where ``log_selector`` wants it."""


def dmarc_status(acl: Acl, text: str) -> str:
    """True if what DMARC says of the message is in the list; it is worked out when it is first asked for.

    Sets ``$dmarc_status`` and its relatives. See "DMARC".
    """
    ctx, controls = acl.ctx, _controls(acl)
    if dmarc.CHECKED not in ctx.state:
        ctx.facts["dmarc_status"] = dmarc.NONE
        ctx.state[dmarc.CHECKED] = _checked(acl, controls)
    status = dmarc.OFF if "dmarc_disable_verify" in controls else ctx.facts["dmarc_status"]
    return FAIL if ctx.match_list("string", status, text) is None else OK


def _controls(acl: Acl) -> Container[str]:
    return getattr(acl.transaction, "controls", ())


def _checked(acl: Acl, controls: Container[str]) -> dmarc.Checked:
    """Look at the message: what headers say of that. Much makes Exim skip it, without a word."""
    ctx = acl.ctx
    if "dmarc_disable_verify" in controls or not ctx.facts.get("sender_host_address"):
        return dmarc.Checked(dmarc.SKIPPED)
    suffixes = _suffixes(ctx)
    if suffixes is None:
        return dmarc.Checked(dmarc.SKIPPED)
    author = _author(ctx)
    if not author or ctx.facts.get("sender_host_authenticated"):
        return dmarc.Checked(dmarc.SKIPPED, author)
    record = dmarc.find(author, suffixes, lambda name: _texts(ctx, name))
    outcome = dmarc.evaluate(author, record, suffixes, _by_spf(ctx), _by_dkim(ctx))
    _set(ctx, author, outcome)
    if outcome.record is not None:
        _tell(acl, author, outcome, outcome.record)
    return dmarc.Checked(dmarc.RESULTS[outcome.status], author)


def _set(ctx: Context, author: str, outcome: DmarcOutcome) -> None:
    record = outcome.record
    ctx.facts.update(
        dmarc_status=outcome.status,
        dmarc_status_text=outcome.text,
        dmarc_used_domain=Tainted(record.domain if record else lower(author)),
        dmarc_domain_policy=record.published if record else "",
        dmarc_alignment_spf=_yes(outcome.spf_aligned),
        dmarc_alignment_dkim=_yes(outcome.dkim_aligned),
    )


def _yes(fits: bool) -> str:  # noqa: FBT001 - there is nothing else to say
    return "yes" if fits else "no"


def _tell(acl: Acl, author: str, outcome: DmarcOutcome, record: DmarcRecord) -> None:
    """Tell of the check in the log, in the file for statistics, and to those who want to know."""
    ctx, session = acl.ctx, acl.transaction
    spf, dkim = _yes(outcome.spf_aligned), _yes(outcome.dkim_aligned)
    if not ctx.profile.at_least(BY_SELECTOR) or selects(ctx, "dmarc_verbose"):
        ctx.log(
            f"DMARC results: spf_domain={_sender_domain(ctx)} dmarc_domain={record.domain} "
            f"spf_align={spf} dkim_align={dkim} enforcement='{outcome.text}'"
        )
    if not getattr(session, "is_test", False):
        keep(ctx, author, outcome, record, _sender_domain(ctx))
    if "dmarc_enable_forensic" not in _controls(acl):
        return
    if outcome.status in {dmarc.REJECT, dmarc.QUARANTINE}:
        _report(acl, author, outcome, record)


def _report(acl: Acl, author: str, outcome: DmarcOutcome, record: DmarcRecord) -> None:
    """Report the failure to the mailboxes of the tag ``ruf``."""
    ctx = acl.ctx
    peer = ctx.facts["sender_host_address"]
    fields = (
        ("Sender Domain", author if ctx.profile.at_least("4.99") else record.domain),
        ("Sender IP Address", peer),
        ("Received Date", ctx.expand("$tod_full")),
        ("SPF Alignment", _yes(outcome.spf_aligned)),
        ("DKIM Alignment", _yes(outcome.dkim_aligned)),
        ("DMARC Results", outcome.text),
    )
    for recipient in record.mailboxes("ruf"):
        acl.transaction.report_failure(dmarc.FailureReport(recipient, record.domain, peer, fields))


def _suffixes(ctx: Context) -> PublicSuffixes | None:
    """The public suffixes of ``dmarc_tld_file``; None turns DMARC off."""
    path = ctx.expand(str(ctx.options.get("dmarc_tld_file") or ""))
    if not path:
        return None
    try:
        return PublicSuffixes(from_bytes(ctx.world.files.read(path)).splitlines())
    except OSError as problem:
        ctx.log(f"DMARC failure to load tld list '{path}': {problem.strerror}", panic=True)
        return None


def _author(ctx: Context) -> str | None:
    """The domain of the first address of the header line, "" for one without; None if nobody is named."""
    lines = [text for name, text in ctx.headers or () if lower(name.rstrip()) == "from"]
    if not lines:
        return None
    first = next(mailbox.parse_each(lines[-1].partition(":")[2].strip(SPACE)), None)
    return None if first is None or isinstance(first, Failed) else first.domain


def _texts(ctx: Context, name: str) -> Sequence[str]:
    """The texts of a name; none where the DNS has no answer, even if that is only for now."""
    answer = dnslookup.ask(ctx, name, "TXT")
    return ["".join(record.data) for record in answer.of("TXT")] if answer.status == FOUND else []


def _sender_domain(ctx: Context) -> str:
    """The domain that SPF was asked about: of the sender.

    Where nothing was asked and there is no sender, newer releases take the client's greeting.
    """
    domain = ctx.facts.get("sender_address", "").rpartition("@")[2]
    if domain or ctx.facts.get("spf_result") or not ctx.profile.at_least("4.99"):
        return domain
    return ctx.facts.get("sender_helo_name", "")


def _by_spf(ctx: Context) -> str:
    return _sender_domain(ctx) if ctx.facts.get("spf_result") == "pass" else ""


def _by_dkim(ctx: Context) -> list[str]:
    return [
        known["domain"] for known in ctx.state.get(SIGNATURES, ()) if known.get("verify_status") == "pass"
    ]
