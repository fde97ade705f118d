"""What the ACLs let in: relaying for everybody, and advice about checks that are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.listtext import split
from expander.lint import acl_logic, relay
from expander.lint.acl_names import NAMED, called
from expander.lint.acl_spots import values
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Acl, Instance
    from expander.lint.acl_names import Called
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.config import Statement

RCPT = "acl_smtp_rcpt"
_BEFORE = ("acl_smtp_connect", "acl_smtp_helo", "acl_smtp_mail")
_SENDING = ("dnslookup", "manualroute", "queryprogram", "iplookup")
_LOOPBACK = ("127.", "::1", "[::1]", "[127.", "localhost")
_ROUTERS = (
    "begin routers\nout:\n  driver = dnslookup\n  transport = t\nbegin transports\nt:\n  driver = smtp\n"
)
_SCAN = "acl_smtp_data = check\nbegin acl\ncheck:\n"
_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"


@rule(
    "EXA060",
    "open-relay",
    severity=WARNING,
    section="Access control lists",
    bad=f"{_START}  deny dnslists = list.example\n  accept\n{_ROUTERS}",
    good=f"{_START}  accept domains = a.example\n  accept hosts = 192.0.2.0/24\n{_ROUTERS}",
)
def open_relay(survey: Survey) -> Iterator[Finding]:
    """The ACL for RCPT accepts any recipient from a client of which nothing is known, and a router sends on.

    Such a server is found within hours and used for spam. An ``accept`` needs a condition that strangers do
    not meet: the recipient's domain is one of one's own, the client's address is in a list of
    known networks, or the client has authenticated.
    """
    if not _sends_anywhere(survey) or _only_here(survey) or _refuses_strangers(survey):
        return
    for _text, call in _option(survey, RCPT):
        if call.what not in (NAMED, "in place", "file"):
            continue
        yield from _postmaster_of_all(survey, call)
        decision = relay.decide(survey, call.name)
        if decision.verb == "accept" and decision.statement is not None:
            message = "a client from anywhere can have mail relayed to anywhere"
            notes = [Note(f"{RCPT} runs the ACL", call.span)]
            wide = next((c for c in acl_logic.conditions(decision.statement) if c.name.text == "hosts"), None)
            if wide is not None:
                notes.append(Note("this list has every host in it", wide.name.span))
            yield Finding("EXA060", message, decision.statement.verb.span, WARNING, tuple(notes))


def _option(survey: Survey, name: str) -> Iterator[tuple[ExpandedText, Called]]:
    """The ACLs that a main option names."""
    for text in survey.texts:
        if text.section == "main" and text.name == name:
            for call in called(survey, text):
                yield text, call


def _sends_anywhere(survey: Survey) -> bool:
    """True if some router takes addresses of any domain and sends them to other hosts."""
    return any(
        router.driver in _SENDING and _takes_any_domain(survey, router) for router in survey.config.routers
    )


def _takes_any_domain(survey: Survey, router: Instance) -> bool:
    if any(
        router.setting(name) is not None for name in ("local_parts", "senders", "condition", "address_test")
    ):
        return False
    domains = router.setting("domains")
    return domains is None or relay.in_list(survey, "domain", domains.text, ("*",)) is True


def _only_here(survey: Survey) -> bool:
    """True if Exim listens on the loopback interface alone."""
    given = survey.config.options.settings.get("local_interfaces")
    items = [item for item in split(given.text) if item] if given is not None else []
    return bool(items) and all(item.startswith(_LOOPBACK) for item in items)


def _refuses_strangers(survey: Survey) -> bool:
    """True if an ACL that runs before refuses clients that nothing is known of."""
    for option in _BEFORE:
        for _text, call in _option(survey, option):
            if relay.decide(survey, call.name).verb in ("deny", "drop", "defer"):
                return True
    return False


def _postmaster_of_all(survey: Survey, call: Called) -> Iterator[Finding]:
    """Statements that accept a local part whatever the domain, where no other domains were refused before."""
    acl = survey.acls.get(call.name)
    for statement in acl.statements if acl is not None else ():
        if relay.decide_one(survey, statement) is not None:
            return
        tested = [*acl_logic.conditions(statement)]
        names = {clause.name.text for clause in tested}
        plain = "local_parts" in names and names <= {"local_parts", "verify"}
        if statement.verb.text == "accept" and plain and not any(clause.negated for clause in tested):
            message = "these local parts are accepted at any domain, and relayed there"
            notes = (Note('a condition "domains" is missing'),)
            yield Finding("EXA071", message, statement.verb.span, WARNING, notes)
            return


kind(
    "EXA071",
    "local-part-at-any-domain",
    severity=WARNING,
    section="Access control lists",
    doc="Recipients are accepted for their local part alone, before recipients in other domains are refused. "
    "Everybody can have mail to postmaster of any domain relayed, for example.",
    bad=f"{_START}  accept local_parts = postmaster\n  accept hosts = 192.0.2.0/24\n{_ROUTERS}",
    good=f"{_START}  accept local_parts = postmaster\n    domains = a.example\n{_ROUTERS}",
)


@rule(
    "EXA072",
    "addresses-told-to-all",
    severity=REMARK,
    section="Unset ACL options",
    bad="acl_smtp_expn = accept\n",
    good="acl_smtp_expn = accept hosts = 192.0.2.1\n",
)
def told_to_all(survey: Survey) -> Iterator[Finding]:
    """Clients from anywhere may use VRFY, EXPN or ETRN.

    The first two tell which addresses exist and who is on a list; the third starts deliveries.
    """
    for name in ("acl_smtp_vrfy", "acl_smtp_expn", "acl_smtp_etrn"):
        for _text, call in _option(survey, name):
            if call.what != "unknown" and relay.decide(survey, call.name).verb == "accept":
                word = name.removeprefix("acl_smtp_").upper()
                yield Finding("EXA072", f"everybody may use {word}", call.span, REMARK)


@rule(
    "EXA073",
    "certificate-never-asked-for",
    severity=WARNING,
    section="Requesting and verifying client certificates",
    bad=f"{_START}  accept verify = certificate\n",
    good=f"tls_try_verify_hosts = *\n{_START}  accept verify = certificate\n",
)
def certificate_never_asked_for(survey: Survey) -> Iterator[Finding]:
    """The condition ``verify = certificate`` is used, but no client is asked for a certificate.

    Exim asks those for one that ``tls_verify_hosts`` or ``tls_try_verify_hosts`` names; for all others the
    condition is false.
    """
    settings = survey.config.options.settings
    if "tls_verify_hosts" in settings or "tls_try_verify_hosts" in settings:
        return
    for spot in survey.spots:
        if spot.name != "verify" or not survey.graph.may_run_in(spot.acl):
            continue
        for value in values(survey, spot):
            if value.text.lower() == "certificate":
                message = "no client is asked for a certificate: tls_try_verify_hosts is not set"
                yield Finding("EXA073", message, value.span, WARNING)


@rule(
    "EXA061",
    "no-rcpt-acl",
    severity=REMARK,
    section="Unset ACL options",
    bad="primary_hostname = mail.example\nacl_smtp_mail = check\nbegin acl\ncheck:\n  accept\n",
    good=f"{_START}  accept hosts = 192.0.2.1\n",
)
def no_rcpt_acl(survey: Survey) -> Iterator[Finding]:
    """There is no ACL for RCPT: Exim refuses every recipient of mail that comes over SMTP.

    That is as it should be where mail is only sent; a configuration with other ACLs for SMTP hardly means it.
    """
    set_here = survey.config.options.settings
    other = next((s for name, s in set_here.items() if name.startswith("acl_smtp_") and name != RCPT), None)
    if other is not None and RCPT not in set_here:
        yield Finding("EXA061", "acl_smtp_rcpt is not set: all recipients are refused", other.span, REMARK)


@rule(
    "EXA062",
    "unverified-recipients",
    severity=REMARK,
    section="Address verification",
    bad=f"{_START}  accept domains = a.example\n",
    good=f"{_START}  accept domains = a.example\n    verify = recipient\n",
)
def unverified_recipients(survey: Survey) -> Iterator[Finding]:
    """The ACL for RCPT takes mail for domains without ever verifying a recipient.

    Mail to addresses that do not exist is accepted then and bounced later, mostly to senders that were made
    up: this is called backscatter, and servers that send it get on block lists.
    """
    for acl, call in rcpt_acls(survey):
        inside = [clause for statement in acl.statements for clause in acl_logic.conditions(statement)]
        accepting = [s for s in acl.statements if s.verb.text == "accept" and _by_domain(s)]
        texts = [acl_logic.value_of(clause) for clause in inside if clause.name.text in ("verify", "acl")]
        if accepting and not texts and all("lookup" not in acl_logic.value_of(clause) for clause in inside):
            message = "recipients are accepted without being verified"
            notes = (Note(f"{RCPT} runs the ACL", call.span),)
            yield Finding("EXA062", message, accepting[0].verb.span, REMARK, notes)


def rcpt_acls(survey: Survey) -> Iterator[tuple[Acl, Called]]:
    """The ACLs that run for RCPT, with the place that names each."""
    for _text, call in _option(survey, RCPT):
        acl = survey.acls.get(call.name)
        if acl is not None and call.what != "unknown":
            yield acl, call


def _by_domain(statement: Statement) -> bool:
    return any(c.name.text == "domains" and not c.negated for c in acl_logic.conditions(statement))


@rule(
    "EXA064",
    "sender-callout-for-all",
    severity=REMARK,
    section="Callout verification",
    bad=f"{_START}  require verify = sender/callout=20s\n  accept hosts = 192.0.2.1\n",
    good=f"{_START}  require verify = sender\n  accept hosts = 192.0.2.1\n",
)
def sender_callout(survey: Survey) -> Iterator[Finding]:
    """Each sender is verified by a callout to its server, whoever sends.

    The servers of people whose addresses were made up in spam are bothered by that, and some list the
    addresses from which such callouts come. It is best kept to few senders, if used at all.
    """
    for spot in survey.spots:
        if spot.name != "verify" or any(acl_logic.conditions_before(spot)):
            continue
        for value in values(survey, spot, gaps=True):
            word = value.text.lower()
            if word.startswith("sender") and "callout" in word:
                message = "every sender is verified by a callout"
                yield Finding("EXA064", message, value.span, REMARK)


@rule(
    "EXA066",
    "acl-never-runs",
    severity=WARNING,
    section="Specifying when ACLs are used",
    bad=f"acl_smtp_data_prdr = check\n{_START}  accept hosts = 192.0.2.1\n",
    good=f"prdr_enable\nacl_smtp_data_prdr = check\n{_START}  accept hosts = 192.0.2.1\n",
)
def never_runs(survey: Survey) -> Iterator[Finding]:
    """An ACL is set that never runs, as what it is for is not switched on."""
    settings = survey.config.options.settings
    reasons = {
        "acl_smtp_data_prdr": ("prdr_enable is not set", bool(survey.config.options.get("prdr_enable"))),
        "acl_smtp_auth": ("there are no authenticators", bool(survey.config.authenticators)),
    }
    for name, (reason, works) in reasons.items():
        if name in settings and not works:
            span = settings[name].span
            yield Finding("EXA066", f"{name} never runs: {reason}", span, WARNING)


@rule(
    "EXA067",
    "no-scanner-set",
    severity=WARNING,
    section="Scanning for viruses",
    bad=f"{_SCAN}  deny malware = *\n  accept\n",
    good=f"av_scanner = clamd:/run/clamd\n{_SCAN}  deny malware = *\n  accept\n",
)
def no_scanner(survey: Survey) -> Iterator[Finding]:
    """The condition ``malware`` is used, but no scanner is set.

    Exim then looks for the Sophie daemon at the socket that is built in, and defers all mail if it is not
    there.
    """
    if "av_scanner" in survey.config.options.settings:
        return
    for spot in survey.spots:
        phases = survey.graph.may_run_in(spot.acl)
        if spot.name == "malware" and phases and spot.clause.value is not None:
            if acl_logic.value_of(spot.clause).startswith(("0", "false", "no")):
                continue
            value = spot.clause.value.span
            span = Span(value.source, spot.clause.name.span.start, value.end)
            message = "av_scanner is not set: Exim asks the socket that is built in"
            yield Finding("EXA067", message, span, WARNING)
            return
