"""Who may send mail for a domain: the evaluation of SPF records (RFC 7208)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import ip, spfmacro, spfrecord
from drivers.values.dnsdata import AGAIN, FAIL, FORWARD, DnsAnswer, resolved, reversed_name
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from drivers.values.spfrecord import Directive, SpfRecord

    Ask = Callable[[str, str], DnsAnswer]

NONE, NEUTRAL, PASS, FAILED, SOFTFAIL = "none", "neutral", "pass", "fail", "softfail"
TEMPERROR, PERMERROR = "temperror", "permerror"
MATCHES = {PASS: True, FAILED: False, SOFTFAIL: False, NEUTRAL: False}
"""What the result of an included domain means."""

POSTMASTER = "postmaster"
UNKNOWN = "unknown"
MOST_TERMS, MOST_VOID, MOST_HOSTS = 10, 2, 10
ALIASES = 10
_LABEL = re.compile(r"[^.]{1,63}")


NO_RECORD, TWO_RECORDS, TOO_MUCH, TOO_DEEP = "no record", "two records", "too much", "too deep"
"""What can be wrong for good."""


class SpfOutcome(Record):
    """What an evaluation comes to.

    ``result`` is one of the seven words of the standard; ``explanation`` what the domain says of a
    failure, "" if nothing; ``term`` the directive that matched, "" if none did; ``problem`` what was
    wrong where the result is an error, and ``cause`` one of the words below for it. ``domain`` is the one
    whose record decided, "" for none.
    """

    result: str
    explanation: str = ""
    term: str = ""
    problem: str = ""
    cause: str = ""
    domain: str = ""


class SpfQuestion(Record):
    """What is to be evaluated: a client, a sender and what the client said to be.

    ``sender`` is a mailbox, or a domain for which the local part is ``postmaster``; it is
    ``helo`` where it is empty. ``helo`` is None for a client that has not said what it is. ``receiver``
    is this host's name and ``now`` the time in seconds since 1970, both for explanations alone.
    """

    client: ip.Address
    sender: str
    helo: str | None = None
    receiver: str = UNKNOWN
    now: int = 0

    def mailbox(self) -> tuple[str, str]:
        """Local part and domain of the sender."""
        local, _, domain = (self.sender or self.helo or "").rpartition("@")
        return local or POSTMASTER, domain


class EndError(Exception):
    """The evaluation ends with this outcome, wherever it is."""

    def __init__(self, result: str, problem: str, cause: str = "") -> None:
        super().__init__(problem)
        self.outcome = SpfOutcome(result, problem=problem, cause=cause)


def check_host(question: SpfQuestion, ask: Ask) -> SpfOutcome:
    """The result for a client and a sender by RFC 7208.

    ``ask`` answers one question of the DNS; nothing else is asked, and it alone may raise.
    """
    return Evaluation(question, ask).outcome()


class Evaluation:
    """One evaluation: what it asks, and how much it has asked for.

    What other authors do otherwise are methods of their own, for classes made from this one.
    """

    grammar = spfrecord.STANDARD
    clipped = False

    def __init__(self, question: SpfQuestion, ask: Ask) -> None:
        self.question = question
        self.client = ip.plain(question.client)
        self.ask = ask
        self.local, self.domain = question.mailbox()
        self.reversed = reversed_name(self.client)
        self.terms = self.void = 0

    def outcome(self) -> SpfOutcome:
        """What the evaluation comes to."""
        try:
            return self.of_domain(self.domain)
        except EndError as end:
            return end.outcome

    def of_domain(self, domain: str, *, explained: bool = True) -> SpfOutcome:
        """The outcome for a domain, its explanation fetched if ``explained``."""
        record = self.record(domain)
        if record is None:
            return SpfOutcome(NONE)
        for directive in record.directives:
            if directive.name == "redirect":
                return self.redirected(directive.target or "", domain, explained=explained)
            if self.matches(directive, domain):
                wanted = explained and directive.result == FAILED
                explanation = self.explanation(record, domain) if wanted else ""
                return SpfOutcome(directive.result, explanation, directive.text, domain=domain)
        if record.redirect is None:
            return SpfOutcome(NEUTRAL, domain=domain)
        return self.redirected(record.redirect, domain, explained=explained)

    def redirected(self, target: str, domain: str, *, explained: bool) -> SpfOutcome:
        """The outcome for the domain that a record leads to in its place."""
        self.count("redirect")
        outcome = self.of_domain(self.target(target, domain), explained=explained)
        if outcome.result == NONE:
            raise EndError(PERMERROR, f"redirect={target} leads to no record", NO_RECORD)
        return outcome

    def record(self, domain: str) -> SpfRecord | None:
        """The record of a domain, None if it has none. Raises `EndError` where that ends the evaluation."""
        if not self.may_be_asked(domain):
            return None
        answer = resolved(self.ask, domain, "TXT", loops=ALIASES)
        if answer.status in {AGAIN, FAIL}:
            raise EndError(TEMPERROR, f"DNS problem with {domain}")
        texts = spfrecord.chosen("".join(found.data) for found in answer.of("TXT"))
        if len(texts) > 1:
            raise EndError(PERMERROR, f"more than one record for {domain}", TWO_RECORDS)
        try:
            return spfrecord.read(texts[0], self.grammar) if texts else None
        except spfrecord.SpfSyntaxError as error:
            raise EndError(PERMERROR, str(error)) from None

    def matches(self, directive: Directive, domain: str) -> bool:
        """True if a directive of a domain matches."""
        if directive.name == "all":
            return True
        if directive.network is not None:
            return self.is_in(directive.network, directive)
        self.count(directive.text)
        target = self.target(directive.target, domain)
        if directive.name == "include":
            result = self.included(target).result
            if result not in MATCHES:
                raise EndError(PERMERROR, f"{directive.text} leads to no record", NO_RECORD)
            return MATCHES[result]
        if not self.may_be_asked(target):
            return False
        if directive.name == "ptr":
            return any(_is_below(name, target) for name in self.names())
        if directive.name == "exists":
            return bool(self.query(target, "A").of("A"))
        return any(self.is_in(address, directive) for address in self.hosts(directive, target))

    def included(self, domain: str) -> SpfOutcome:
        """The outcome for the domain of an ``include``."""
        return self.of_domain(domain, explained=False)

    def hosts(self, directive: Directive, target: str) -> Iterator[ip.Address]:
        """The addresses that the mechanism ``a`` or ``mx`` allows."""
        if directive.name == "a":
            yield from self.addresses(target)
            return
        hosts = [found.data[1] for found in self.query(target, "MX").of("MX")]
        for host in self.first_hosts(hosts, directive.text):
            if self.may_be_asked(host):
                yield from self.addresses(host)

    def first_hosts(self, hosts: list[str], term: str) -> Iterable[str]:
        """As many hosts as may be looked at."""
        if len(hosts) > MOST_HOSTS:
            raise EndError(PERMERROR, f"more than {MOST_HOSTS} hosts for {term}", TOO_MUCH)
        return hosts

    def addresses(self, host: str) -> list[ip.Address]:
        """A host's addresses of the client's kind."""
        kind = FORWARD[self.client.version]
        return spfrecord.addresses(found.data[0] for found in self.query(host, kind).of(kind))

    def is_in(self, network: ip.Address, directive: Directive) -> bool:
        """True if the client has those bits of an address that count."""
        bits = directive.bits4 if network.version == ip.IPV4 else directive.bits6
        return network.version == self.client.version and network.masked(bits) == self.client.masked(bits)

    def names(self) -> Iterator[str]:
        """The client's names that lead back to it."""
        for name in self.first_names(resolved(self.ask, self.reversed, "PTR", loops=ALIASES)):
            kind = FORWARD[self.client.version]
            answer = resolved(self.ask, name, kind, loops=ALIASES)
            if self.client in spfrecord.addresses(found.data[0] for found in answer.of(kind)):
                yield name

    def first_names(self, answer: DnsAnswer) -> Iterable[str]:
        """As many of the client's names as may be looked at."""
        return [found.data[0] for found in answer.of("PTR")][:MOST_HOSTS]

    def query(self, name: str, kind: str) -> DnsAnswer:
        """The answer to a question that a term asks."""
        answer = resolved(self.ask, name, kind, loops=ALIASES)
        if answer.status in {AGAIN, FAIL}:
            raise EndError(TEMPERROR, f"DNS problem with {name}")
        if not answer.of(kind):
            self.void += 1
            if self.void > MOST_VOID:
                raise EndError(PERMERROR, f"more than {MOST_VOID} questions without an answer", TOO_MUCH)
        return answer

    def may_be_asked(self, name: str) -> bool:
        """True for the full name of a domain."""
        return "." in name.removesuffix(".") and is_name(name)

    def count(self, term: str) -> None:
        """Count a term that asks the DNS. Raises `EndError` if there are too many."""
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise EndError(PERMERROR, f"more than {MOST_TERMS} terms that ask the DNS, at {term}", TOO_MUCH)

    def target(self, text: str | None, domain: str) -> str:
        """The domain that a term names, the one at hand if it names none."""
        return domain if text is None else self.named(self.expanded(text, domain).removesuffix("."))

    def named(self, name: str) -> str:
        """The name that is asked for instead of one that may be too long."""
        return spfmacro.shortened(name)

    def explanation(self, record: SpfRecord, domain: str) -> str:
        """What the domain says of a failure, "" if it says nothing, or not as it should."""
        try:
            return "" if record.explanation is None else self.explained(record.explanation, domain)
        except EndError:
            return ""

    def explained(self, explanation: str, domain: str) -> str:
        """The explanation that is found at the target of ``exp``."""
        target = self.target(explanation, domain)
        if not self.may_be_asked(target):
            return ""
        found = resolved(self.ask, target, "TXT", loops=ALIASES).of("TXT")
        text = "".join(found[0].data) if len(found) == 1 else ""
        return self.expanded(text, domain) if spfrecord.is_explanation(text) else ""

    def expanded(self, text: str, domain: str) -> str:
        """A text with its macros replaced."""
        return spfmacro.expanded(text, lambda letter: self.value(letter, domain), clipped=self.clipped)

    def value(self, letter: str, domain: str) -> str:
        """What a macro stands for."""
        client = self.client
        if letter == "p":
            return self.name_of_client(domain)
        values = {
            "s": f"{self.local}@{self.domain}",
            "l": self.local,
            "o": self.domain,
            "d": domain,
            "i": client.dotted() if client.version == ip.IPV4 else ".".join(f"{client.number:032X}"),
            "v": "in-addr" if client.version == ip.IPV4 else "ip6",
            "h": self.question.helo or UNKNOWN,
            "c": client.dotted() if client.version == ip.IPV4 else client.normal(),
            "r": self.question.receiver,
            "t": str(self.question.now),
        }
        return values[letter]

    def name_of_client(self, domain: str) -> str:
        """The best of the client's names: the domain itself, one below it, any."""
        names = list(self.names())
        same = [name for name in names if lower(name) == lower(domain)]
        below = [name for name in names if _is_below(name, domain)]
        return next(iter([*same, *below, *names]), UNKNOWN)


def is_name(name: str) -> bool:
    """True if the name can be asked for: components of 1 to 63 bytes, not too many."""
    labels = name.removesuffix(".").split(".")
    return len(name) <= spfmacro.LONGEST_DOMAIN and all(_LABEL.fullmatch(label) for label in labels)


def _is_below(name: str, domain: str) -> bool:
    """True if a name is the domain or below it."""
    return f".{lower(name)}".endswith(f".{lower(domain)}")
