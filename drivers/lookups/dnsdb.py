"""The lookup that asks the DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.unit import lookup
from drivers.lookups.query_memory import memory_of
from drivers.values import ip
from drivers.values.dnsdata import FOUND, NO_HOST, Asking, DnsAnswer, reversed_name
from drivers.values.dnslookup import PROBLEMS, ask, is_secure
from drivers.values.dnsquery import read_query
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.protocols import Context
    from drivers.values.dnsdata import DnsRecord
    from drivers.values.dnsquery import Query

ASKED = {"mxh": ("MX",), "zns": ("NS",), "csa": ("SRV",), "a+": ("AAAA", "A")}
"""Which records the types that are none of the DNS's own ask for."""

UPWARDS = frozenset({"zns", "soa"})
"""Types for which the domains above are asked as well."""

REVERSED = frozenset({"ptr", "csa"})
"""Types for which an address stands for its name in the reverse domains."""

CSA_PREFIX = "_client._smtp."
CSA_VERSION = "1"
CSA_VERDICTS = {"0": "N", "1": "N", "2": "Y", "3": "?"}


@lookup(
    "dnsdb",
    syntax="dnsdb{<type>=<names>}",
    section="File and database lookups",
    feature="lookup_dnsdb",
    style=QUERY,
)
def dnsdb(ctx: Context, _place: str, options: Sequence[str]) -> Callable[[str], str | None]:
    """Ask the DNS for the records of one or more names.

    The data of all records is joined by newlines, or by the character after a ``>`` at the start. Raises
    `Deferred` where the query is wrong, or a problem may pass and nothing was found otherwise.
    """
    memory = memory_of(ctx, "dnsdb")

    def ask_all(text: str) -> str | None:
        query = read_query(text)
        results: list[str] = []
        problem = False
        for name in query.names:
            for kind in ASKED.get(query.kind, (query.kind.upper(),)):
                answer = _ask(ctx, query, name, kind)
                secure = is_secure(ctx, answer)
                ctx.facts["lookup_dnssec_authenticated"] = (
                    "" if query.dnssec == "never" else "yes" if secure else "no"
                )
                unsure = query.dnssec == "strict" and answer.status == FOUND and not secure
                if answer.status in PROBLEMS or unsure:
                    if query.defer == "strict":
                        raise Deferred("")
                    problem = problem or query.defer == "lax"
                    continue
                results += _shown(query, answer, kind)
        text = _joined(results, query.between)
        if text:
            return text
        if problem:
            raise Deferred("")
        return None

    return lambda text: memory.recall(text, options, lambda: ask_all(text))


def _ask(ctx: Context, query: Query, name: str, kind: str) -> DnsAnswer:
    """The answer for one name, or for the first domain above it that has one."""
    address = ip.parse(name) if query.kind in REVERSED else None
    if address is not None:
        name = reversed_name(address)
    if query.kind == "csa":
        # The domains above the name are not asked: the real one finds its answer with the first question.
        return _one(ctx, query, CSA_PREFIX + name, kind) if name else DnsAnswer(NO_HOST)
    while True:
        answer = _one(ctx, query, name, kind)
        if query.kind not in UPWARDS or answer.status in PROBLEMS or answer.of(kind):
            return answer
        _, dot, name = name.partition(".")
        if not dot:
            return answer


def _one(ctx: Context, query: Query, name: str, kind: str) -> DnsAnswer:
    return ask(ctx, name, kind, asking=Asking(query.retrans, query.retry))


def _joined(results: Sequence[str], between: str) -> str:
    """All records; a separator stands only behind something, so empty ones at the start leave none."""
    text = ""
    for result in results:
        text = f"{text}{between}{result}" if text else result
    return text


def _shown(query: Query, answer: DnsAnswer, kind: str) -> Iterator[str]:
    for record in answer.of(kind):
        text = _record(query, record)
        if text is not None:
            yield text


def _record(query: Query, record: DnsRecord) -> str | None:
    """One record as text, None for one that does not count."""
    data, within = record.data, query.within
    if query.kind == "csa":
        priority, weight, _, host = data
        verdict = CSA_VERDICTS.get(weight) if priority == CSA_VERSION else None
        return f"{verdict} {host}" if verdict else None
    if record.kind == "TXT":
        return data[0] if within is None else within.join(data)
    if query.kind == "spf":
        return (within or "").join(data)
    if query.kind == "mxh":
        return data[-1]
    if record.kind == "SOA" and not within:
        return data[0]
    if record.kind == "TLSA" and within == "":
        return data[0]
    if record.kind == "SRV" and within == "":
        return data[0] + data[-1]  # the fields between are lost behind a separator that is a NUL
    return (" " if within is None else within).join(data)
