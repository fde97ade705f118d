"""The signatures of a message that has come: their verification, and the ACL that is asked about each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import OK
from drivers.api.errors import ExpansionError, Unsupported
from drivers.api.text import Tainted, lower
from drivers.values import dnslookup, listtext
from drivers.values.dkimresults import OF_SIGNATURE, SIGNATURES, log_line, variables
from drivers.values.dkimverify import (
    LONG_LINE,
    MOST_SIGNATURES,
    NONE,
    PASS,
    Demands,
    long_material,
    material,
    signatures_of,
    verify_all,
)
from drivers.values.dmarc import CHECKED
from drivers.values.dnsdata import FOUND
from drivers.values.log_selector import selects
from expander.acl.clauses import SET_ON_SIGNATURE
from expander.session.judging import AclResult, check_acl
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.values.dkimtags import Signature
    from drivers.values.dkimverify import Material
    from expander.expand.context import Context
    from expander.session.machine import Session
    from expander.session.store import Store

MESSAGE = "dkim message"
"""Under this name the state has the message as signatures see it, if there was no trouble with it."""

PASSED = "dkim domain"
"""Under this name the state has the domain of the last signature that passed."""

DEMANDS = "demands on signatures"
"""Under this name a configuration has what its options want of them."""

_OURS = ("dkim_", "arc_", "dmarc_")
"""How the variables about signatures begin."""

_VERDICT = {"verify_status": NONE, "verify_reason": ""}
"""What the variables say of a signature on which an ACL has set a verdict, when the next one looks at it."""

_SIZE = late_pattern(r"([a-z0-9]+)=([0-9]+)")


SIGNATURE = b"dkim-signature"


def forget(ctx: Context) -> None:
    """A message is done: nothing is known of signatures any more."""
    for key in (SIGNATURES, PASSED, MESSAGE, CHECKED):
        ctx.state.pop(key, None)
    shown = f" {' '.join(ctx.facts)}"
    if " dkim_" in shown or " arc_" in shown or " dmarc_" in shown:  # else there is none, seen at a glance
        for name in [name for name in ctx.facts if name.startswith(_OURS)]:
            del ctx.facts[name]


def announce(session: Session, data: bytes) -> None:
    """Log that a message has too many signatures, which Exim notices while it reads the header."""
    header = data.partition(b"\n\n")[0]
    if header.lower().count(SIGNATURE) < MOST_SIGNATURES or not _are_wanted(session):
        return
    try:
        signatures_of(material(data, with_body=False).lines, demands_of(session.ctx))
    except OverflowError as problem:
        session.ctx.log(f"DKIM: validation error: {problem}")


def _material(data: bytes, store: Store) -> Material:
    """The message as signatures see it: all of one that may have some. Raises ``OverflowError``."""
    if store.is_long:
        header = material(data, with_body=False).lines
        if any(line[:4].lower() in {b"dkim", b"arc-"} for line in header):
            return long_material(data, lambda: iter(store))
    return material(data)


def _are_wanted(session: Session) -> bool:
    return session.ctx.profile.built_with("dkim") and "dkim_disable_verify" not in session.controls


def judge(session: Session, data: bytes, store: Store) -> AclResult:
    """Verify the signatures of a message, and run the ACL for each signer: what that decides.

    ``store`` has the message as it came, with newlines at the ends of lines; ``data`` is what is in memory
    of it. See "Verifying DKIM signatures in incoming mail".
    """
    ctx = session.ctx
    forget(ctx)
    if not _are_wanted(session):
        return AclResult(OK)
    found = _verified(ctx, data, store)
    if found is None:
        return AclResult(OK)
    if not ctx.options.get("acl_smtp_dkim") or not ctx.options.get("dkim_verify_signers"):
        for known in found:
            _log(ctx, known)
        return AclResult(OK)
    return _asked(session, found)


def key_text(ctx: Context, name: str) -> str | None:
    """The text of the first record of a public key in the DNS, None for none."""
    answer = dnslookup.ask(ctx, name, "TXT")
    records = answer.of("TXT") if answer.status == FOUND else ()
    return ("".join(records[0].data) or None) if records else None


def demands_of(ctx: Context) -> Demands:
    """What the main options want of signatures; a configuration keeps it."""
    if ctx.config is None or ctx.options is not ctx.config.options:
        return _demands(ctx)
    found: Demands | None = ctx.config.ready.get(DEMANDS)
    if found is None:
        found = ctx.config.ready[DEMANDS] = _demands(ctx)
    return found


def _demands(ctx: Context) -> Demands:
    def names(option: str) -> Sequence[str]:
        return listtext.split(str(ctx.options.get(option) or ""))

    sizes = _SIZE.findall(str(ctx.options.get("dkim_verify_min_keysizes") or ""))
    return Demands(
        names("dkim_verify_hashes"),
        names("dkim_verify_keytypes"),
        {kind: int(size) for kind, size in sizes},
        bool(ctx.options.get("dkim_verify_minimal")),
    )


def _verified(ctx: Context, data: bytes, store: Store) -> list[Signature] | None:
    """The signatures with their verdicts, None where there was trouble that the log tells of."""
    demands = demands_of(ctx)
    try:
        message = _material(data, store)
        found = signatures_of(message.lines, demands)
    except OverflowError as problem:
        if str(problem) == LONG_LINE:
            ctx.log(f"DKIM: validation error: {problem}")
        ctx.log(f"DKIM: Error during validation, disabling signature verification: {problem}")
        return None
    verify_all(found, message, lambda name: key_text(ctx, name), demands, ctx.log)
    ctx.state[MESSAGE] = message
    ctx.state[SIGNATURES] = [variables(known) for known in found]
    signers = [text for known in found for text in (known.domain, known.identity) if text]
    ctx.facts["dkim_signers"] = Tainted(listtext.join(signers, ":"))
    return found


def _asked(session: Session, found: list[Signature]) -> AclResult:
    """What the ACL decides, run for each signer that ``dkim_verify_signers`` names."""
    ctx = session.ctx
    verdict = AclResult(OK)
    text = str(ctx.options["dkim_verify_signers"])
    try:
        signers = ctx.expand(text)
    except Unsupported:
        raise
    except ExpansionError as problem:
        words = f"expansion of dkim_verify_signers option failed: {problem.message}"
        ctx.log(words, panic=True)
        signers = ""
    statuses: list[str] = []
    for signer in dict.fromkeys(listtext.elements(signers)):
        if signer:
            verdict = _asked_about(session, signer, found, statuses)
            if verdict.word != OK:
                break
    ctx.facts["dkim_verify_status"] = ":".join(statuses)
    return verdict


def _asked_about(session: Session, signer: str, found: list[Signature], statuses: list[str]) -> AclResult:
    """What the ACL decides about one signer: it is run for each of its signatures, or once for none."""
    ctx = session.ctx
    ctx.facts.update(dkim_cur_signer=Tainted(signer), dkim_verify_status=NONE, dkim_verify_reason="")
    own = [at for at, known in enumerate(found) if _is_of(known, signer)]
    if not own:
        _show(ctx, {})
        return _run(session, statuses)
    for at in own:
        _show(ctx, ctx.state[SIGNATURES][at])
        verdict = _run(session, statuses)
        _log(ctx, found[at], at)
        if verdict.word != OK:
            break
    return verdict


def _is_of(known: Signature, signer: str) -> bool:
    return lower(known.identity if "@" in signer else known.domain) == lower(signer)


def _show(ctx: Context, values: Mapping[str, str]) -> None:
    """Let the variables be those of a signature; without one some keep what they had."""
    for name in OF_SIGNATURE:
        ctx.facts.pop(f"dkim_{name}", None)
    ctx.facts.update({f"dkim_{name}": text for name, text in values.items()})


def _run(session: Session, statuses: list[str]) -> AclResult:
    ctx = session.ctx
    ctx.state.pop(SET_ON_SIGNATURE, None)
    verdict = check_acl(ctx, "dkim", str(ctx.options["acl_smtp_dkim"]), session)
    statuses.append(ctx.facts["dkim_verify_status"])
    return verdict


def _log(ctx: Context, known: Signature, at: int | None = None) -> None:
    """Log a signature and its verdict, or that of the ACL, which others see from now on."""
    if not known.domain:
        return
    overridden = None
    if at is not None and (
        ctx.state.pop(SET_ON_SIGNATURE, None) or ctx.state[SIGNATURES][at].get("overridden")
    ):
        overridden = {name: ctx.facts[f"dkim_{name}"] for name in _VERDICT}
        ctx.state[SIGNATURES][at] = {**ctx.state[SIGNATURES][at], **_VERDICT, "overridden": "1"}
    if (overridden["verify_status"] if overridden else known.status) == PASS:
        ctx.state[PASSED] = known.domain
    if selects(ctx, "dkim_verbose"):
        ctx.log(log_line(known, overridden))
