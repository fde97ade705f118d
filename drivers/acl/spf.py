"""The conditions that ask whether the client may send mail for the sender's domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from drivers.api.text import Tainted
from drivers.values import ip, listtext
from drivers.values.spf import (
    FAILED,
    NEUTRAL,
    NO_RECORD,
    NONE,
    PASS,
    PERMERROR,
    SOFTFAIL,
    TEMPERROR,
    TOO_DEEP,
    TOO_MUCH,
    TWO_RECORDS,
    Evaluation,
    SpfQuestion,
)
from drivers.values.spfasking import asker
from drivers.values.spfcomment import TEMPLATE, comment
from drivers.values.spflibrary import INVALID, check_as_library, guess_as_library, is_local

if TYPE_CHECKING:
    from drivers.api.acl import Acl
    from drivers.values.spf import SpfOutcome

REASON = " : Reason: "
COMMENTS = {
    PASS: "domain of {domain} designates {client} as permitted sender",
    FAILED: "domain of {domain} does not designate {client} as permitted sender",
    SOFTFAIL: "transitioning domain of {domain} does not designate {client} as permitted sender",
    NEUTRAL: "{client} is neither permitted nor denied by domain of {domain}",
    NONE: "domain of {domain} does not provide an SPF record",
    TEMPERROR: "encountered temporary error during SPF processing of domain of {domain}",
    PERMERROR: "error in processing during lookup of domain of {domain}: {cause}",
}
CAUSES = {
    NO_RECORD: "Could not find a valid SPF record",
    TWO_RECORDS: "Multiple SPF or TXT records for domain.",
    TOO_MUCH: "Mechanisms used too many DNS lookups",
    TOO_DEEP: "include: or redirect= caused unlimited recursion",
}
ROOM = 87
"""How long a comment of the library is at most, without the domain and the client."""

WHY = "Please%_see%_http://www.open-spf.org/Why"
"""The template of releases that have no option for it."""

EXPLAINED = frozenset({FAILED, SOFTFAIL, NEUTRAL})


def spf(acl: Acl, text: str) -> str:
    """True if the result is in the list; sets ``$spf_result`` and its relatives.

    See "SPF (Sender Policy Framework)".
    """
    return _judged(acl, text, guesses=False)


def spf_guess(acl: Acl, text: str) -> str:
    """The same; a domain without a record is judged by the one of the option ``spf_guess``."""
    return _judged(acl, text, guesses=True)


def _judged(acl: Acl, text: str, *, guesses: bool) -> str:
    result = _result(acl, guesses=guesses)
    named = "invalid" if result == INVALID else result
    for element in listtext.elements(text):
        is_negated = element.startswith("!")
        if (element.removeprefix("!") == named) is not is_negated:
            return OK
    return FAIL


def _result(acl: Acl, *, guesses: bool) -> str:
    facts = acl.ctx.facts
    client = ip.parse(facts.get("sender_host_address", ""))
    helo = facts.get("sender_helo_name", "")
    if client is None or not helo:
        return PERMERROR  # nothing can be asked
    question = SpfQuestion(client, facts.get("sender_address", ""), helo)
    ask = asker(acl.ctx, acl.debug)
    outcome = check_as_library(question, ask)
    if guesses and outcome.result == NONE:
        facts["spf_result_guessed"] = "yes"
        outcome = guess_as_library(question, acl.ctx.expand("$spf_guess"), ask)
    _store(acl, question, outcome)
    return outcome.result


def _store(acl: Acl, question: SpfQuestion, outcome: SpfOutcome) -> None:
    """Set the variables: nothing but the result for one that is no result."""
    facts, result = acl.ctx.facts, outcome.result
    comment = received = explained = ""
    if result != INVALID:
        client = facts["sender_host_address"]
        client = question.client.normal() if question.client.version == ip.IPV6 else client
        comment = f"{_receiver(acl)}: {_comment(question, outcome, client)}"
        local, domain = question.mailbox()
        helo = facts["sender_helo_name"]
        identity = f"client-ip={client}; envelope-from={local}@{domain}; helo={helo};"
        received = f"Received-SPF: {result} ({comment}) {identity}"
        if result in EXPLAINED:
            explained = _comment_for_client(acl, question, outcome.domain) + REASON
            explained += "mechanism" if outcome.term else "default"
    facts.update(
        spf_result=result,
        spf_header_comment=Tainted(comment),
        spf_received=Tainted(received),
        spf_smtp_comment=Tainted(explained),
    )


def _comment_for_client(acl: Acl, question: SpfQuestion, domain: str) -> str:
    """What the client may be told, without the reason; ``domain`` is the one whose record decided."""
    ctx = acl.ctx
    given: str | None = ctx.state.get(TEMPLATE)
    template = str(ctx.options.get("spf_smtp_comment_template") or WHY) if given is None else given
    asked = SpfQuestion(
        question.client, question.sender, question.helo, _receiver(acl), int(ctx.world.clock.now())
    )
    evaluation = Evaluation(asked, asker(ctx))
    return comment(template, lambda letter: evaluation.value(letter, domain))


def _receiver(acl: Acl) -> str:
    return acl.ctx.expand("$primary_hostname")


def _comment(question: SpfQuestion, outcome: SpfOutcome, client: str) -> str:
    if is_local(question.client):
        return "localhost is always allowed."
    domain = question.mailbox()[1]
    cause = CAUSES.get(outcome.cause, CAUSES[NO_RECORD])
    comment = COMMENTS[outcome.result].format(domain=domain, client=client, cause=cause)
    return comment[: ROOM + len(domain) + len(client)]
