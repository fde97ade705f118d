"""The lookup that asks the DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.unit import lookup
from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FAIL, FOUND, NO_HOST, DnsAnswer, resolved, reversed_name
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

CSA_PREFIX = "_client._smtp."
CSA_VERSION = "1"
CSA_VERDICTS = {"0": "N", "1": "N", "2": "Y", "3": "?"}
ANY_NAME = frozenset({"PTR", "TXT"})
"""Records that may have names of any form."""

UNDERSCORED = frozenset({"SRV", "TLSA"})
"""Records whose names begin with components that begin with an underscore."""


@lookup(
    "dnsdb",
    syntax="dnsdb{<type>=<names>}",
    section="File and database lookups",
    feature="lookup_dnsdb",
    style=QUERY,
)
def dnsdb(ctx: Context, _place: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Ask the DNS for the records of one or more names.

    The data of all records is joined by newlines, or by the character after a ``>`` at the start. Raises
    `Deferred` where the query is wrong, or a problem may pass and nothing was found otherwise.
    """

    def find(text: str) -> str | None:
        query = read_query(text)
        results: list[str] = []
        problem = False
        for name in query.names:
            for kind in ASKED.get(query.kind, (query.kind.upper(),)):
                answer = _ask(ctx, query, name, kind)
                secure = _is_secure(ctx, answer)
                ctx.facts["lookup_dnssec_authenticated"] = (
                    "" if query.dnssec == "never" else "yes" if secure else "no"
                )
                unsure = query.dnssec == "strict" and answer.status == FOUND and not secure
                if answer.status in {AGAIN, FAIL} or unsure:
                    if query.defer == "strict":
                        raise Deferred("")
                    problem = problem or query.defer == "lax"
                    continue
                results += _shown(query, answer, kind)
        if results:
            return query.between.join(results)
        if problem:
            raise Deferred("")
        return None

    return find


def _ask(ctx: Context, query: Query, name: str, kind: str) -> DnsAnswer:
    """The answer for one name, or for the first domain above it that has one."""
    address = ip.parse(name)
    if query.kind == "ptr" and address is not None:
        name = reversed_name(address)
    elif query.kind == "csa":
        return DnsAnswer(NO_HOST) if address is not None else _one(ctx, CSA_PREFIX + name, kind)
    while True:
        answer = _one(ctx, name, kind)
        if query.kind not in UPWARDS or answer.status in {AGAIN, FAIL} or answer.of(kind):
            return answer
        _, dot, name = name.partition(".")
        if not dot:
            return answer


def _one(ctx: Context, name: str, kind: str) -> DnsAnswer:
    if not _may_be_asked(ctx, name, kind):
        return DnsAnswer(NO_HOST)
    return resolved(ctx.world.dns.ask, name, kind, loops=int(ctx.options.get("dns_cname_loops") or 1))


def _may_be_asked(ctx: Context, name: str, kind: str) -> bool:
    """True if the name has the form that ``dns_check_names_pattern`` wants."""
    pattern = ctx.options.get("dns_check_names_pattern")
    if not name or not pattern or kind in ANY_NAME:
        return bool(name)
    while kind in UNDERSCORED and name.startswith("_"):
        name = name.partition(".")[2]
    return ctx.pattern(str(pattern)).search(name) is not None


def _is_secure(ctx: Context, answer: DnsAnswer) -> bool:
    """True if the data is vouched for, or comes from the zone's own server and that is trusted."""
    trusted = ctx.options.get("dns_trust_aa")
    if answer.authenticated or not (trusted and answer.authoritative and answer.authority):
        return answer.authenticated
    zone = answer.authority[0].owner
    return ctx.match_list("domain", zone, ctx.expand(str(trusted))) is not None


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
    return (" " if within is None else within).join(data)
