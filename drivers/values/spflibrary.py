"""Who may send mail for a domain as libspf2 evaluates it, the library that Exim is built with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import ip, spfrecord
from drivers.values.dnsdata import AGAIN, FAIL, DnsAnswer, resolved, reversed_name
from drivers.values.spf import (
    ALIASES,
    MOST_HOSTS,
    NO_RECORD,
    PASS,
    PERMERROR,
    TEMPERROR,
    TOO_DEEP,
    TOO_MUCH,
    TWO_RECORDS,
    UNKNOWN,
    EndError,
    Evaluation,
    SpfOutcome,
    is_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.values.spf import Ask, SpfQuestion
    from drivers.values.spfrecord import Directive, SpfRecord

INVALID = "(invalid)"
"""What it comes to for a domain whose own record cannot be got or read."""

DEEPEST = 20
"""How far ``include`` is followed."""

LOOPBACK = ip.Address(ip.IPV4, 127 << 24), ip.Address(ip.IPV6, 1)


class _NoHeloError(EndError):
    """The client has not said what it is."""


def check_as_library(question: SpfQuestion, ask: Ask) -> SpfOutcome:
    """The result that libspf2 gives; see `drivers.values.spf.check_host`.

    It differs where records are wrong or large. A domain's own record that cannot be got or read
    makes the result `INVALID`; ``redirect`` is followed where it stands; the limit of ten terms holds for
    each included record by itself, and there is none for questions without an answer; the client's first
    name that leads back to it is its name; IPv4 addresses in IPv6 form stay so; clients on this host
    always pass.
    """
    if is_local(question.client):
        return SpfOutcome(PASS)
    return _LibraryEvaluation(question, ask).outcome()


def guess_as_library(question: SpfQuestion, record: str, ask: Ask) -> SpfOutcome:
    """The result that libspf2 gives if the domain had this record."""
    evaluation = _LibraryEvaluation(question, ask)
    try:
        evaluation.guess = spfrecord.read(record, evaluation.grammar)
    except spfrecord.SpfSyntaxError as error:
        return SpfOutcome(INVALID, problem=str(error))
    return evaluation.outcome()


def is_local(client: ip.Address) -> bool:
    """True for an address of this host's loopback interface, which always passes."""
    return client.masked(8) == LOOPBACK[0] or client == LOOPBACK[1]


class _LibraryEvaluation(Evaluation):
    """One evaluation as libspf2 does it."""

    grammar = spfrecord.LIBRARY
    clipped = True

    def __init__(self, question: SpfQuestion, ask: Ask) -> None:
        super().__init__(question, ask)
        self.client = question.client
        self.reversed = reversed_name(self.client)
        self.depth = 0
        self.guess: SpfRecord | None = None

    def of_domain(self, domain: str, *, explained: bool = True) -> SpfOutcome:
        if self.depth > DEEPEST:
            raise EndError(PERMERROR, f"too many records inside each other, at {domain}", TOO_DEEP)
        self.depth += 1
        outcome = super().of_domain(domain, explained=explained)
        self.depth -= 1
        return outcome

    def matches(self, directive: Directive, domain: str) -> bool:
        try:
            return super().matches(directive, domain)
        except _NoHeloError as error:
            if directive.name != "exists":
                raise
            raise EndError(TEMPERROR, error.outcome.problem) from None

    def included(self, domain: str) -> SpfOutcome:
        terms, self.terms = self.terms, 0
        outcome = super().included(domain)
        self.terms = terms
        return outcome

    def record(self, domain: str) -> SpfRecord | None:
        if self.depth == 1 and self.guess is not None:
            return self.guess
        answer = resolved(self.ask, domain, "TXT", loops=ALIASES) if is_name(domain) else DnsAnswer(FAIL)
        outermost = self.depth == 1
        if answer.status in {AGAIN, FAIL}:
            raise EndError(INVALID if outermost else TEMPERROR, f"DNS problem with {domain}")
        texts = spfrecord.chosen("".join(found.data).partition("\0")[0] for found in answer.of("TXT"))
        if len(texts) > 1:
            raise EndError(PERMERROR, f"more than one record for {domain}", TWO_RECORDS)
        try:
            return spfrecord.read(texts[0], self.grammar) if texts else None
        except spfrecord.SpfSyntaxError as error:
            raise EndError(INVALID if outermost else PERMERROR, str(error), NO_RECORD) from None

    def may_be_asked(self, name: str) -> bool:
        return is_name(name)

    def query(self, name: str, kind: str) -> DnsAnswer:
        answer = resolved(self.ask, name, kind, loops=ALIASES)
        if answer.status == AGAIN:
            raise EndError(TEMPERROR, f"DNS problem with {name}")
        return answer

    def first_hosts(self, hosts: list[str], term: str) -> Iterator[str]:
        yield from hosts[:MOST_HOSTS]
        if len(hosts) > MOST_HOSTS:
            raise EndError(PERMERROR, f"more than {MOST_HOSTS} hosts for {term}", TOO_MUCH)

    def first_names(self, answer: DnsAnswer) -> Iterator[str]:
        if answer.status == AGAIN:
            raise EndError(TEMPERROR, f"DNS problem with {self.reversed}")
        return self.first_hosts([found.data[0] for found in answer.of("PTR")], "ptr")

    def value(self, letter: str, domain: str) -> str:
        if letter == "h" and self.question.helo is None:
            raise _NoHeloError(PERMERROR, "nothing is known of what the client said to be")
        return super().value(letter, domain)

    def name_of_client(self, domain: str) -> str:
        try:
            return next(self.names(), UNKNOWN)
        except EndError:
            return UNKNOWN

    def named(self, name: str) -> str:
        return name
