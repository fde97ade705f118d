"""Questions to the DNS as the configuration wants them asked: options, aliases, what is known to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, Failed
from drivers.values.dnsdata import (
    AGAIN,
    FAIL,
    FOUND,
    NO_DATA,
    NO_HOST,
    PLAINLY,
    Asking,
    DnsAnswer,
    resolved,
)

if TYPE_CHECKING:
    from drivers.api.protocols import Context

KNOWN = "dns_failures"
"""Under this name the state has the questions that found nothing, and until when that holds."""

USUAL, FITTING = "how the DNS is asked", "names that fit dns_check_names_pattern"
"""Under these names the state has what the options say of all questions, and of names."""

MOST_FITTING = 10_000

ANY_NAME = frozenset({"PTR", "TXT"})
"""Records that may have names of any form."""

UNDERSCORED = frozenset({"SRV", "TLSA"})
"""Records whose names begin with components that begin with an underscore."""

LONGEST = 1 << 31
_MINIMUM = 6


def ask(ctx: Context, name: str, kind: str, *, asking: Asking = PLAINLY) -> DnsAnswer:
    """The answer to a question after all that the options ``dns_...`` say.

    What ``asking`` leaves open is as the options of these names say. A name that
    does not fit ``dns_check_names_pattern`` is not asked for. What found nothing is not asked again in the
    same process, as long as the zone says, or for good. Raises ``ExpansionError`` for options that
    cannot be expanded.
    """
    if not _may_be_asked(ctx, name, kind):
        return DnsAnswer(NO_HOST, malformed=True)
    known = ctx.state.setdefault(KNOWN, {})
    key = name, kind, asking.qualify_single, asking.search_parents
    answer, until = known.get(key, (None, 0.0))
    if answer is not None and ctx.world.clock.now() < until:
        assert isinstance(answer, DnsAnswer)
        return answer
    answer = _asked(ctx, name, kind, _asking(ctx, asking))
    if answer.status != FOUND:
        known[key] = answer, ctx.world.clock.now() + _lasts(answer)
    return answer


def is_malformed(ctx: Context, name: str) -> bool:
    """True for what cannot be the name of a host, so that nobody is asked for its addresses."""
    return not _may_be_asked(ctx, name, "A")


def is_known_broken(ctx: Context, name: str) -> bool:
    """True if a problem with the name that may pass stands for its absence: ``dns_again_means_nonexist``."""
    option = "dns_again_means_nonexist"
    if ctx.options.get(option):
        return _has(ctx, option, name)
    if ctx.tell_checks is not None:
        ctx.tell_checks(f"{name} in {option}? no (option unset)")
    return False


def is_secure(ctx: Context, answer: DnsAnswer) -> bool:
    """True if the data is vouched for, or the zone's own server speaks and ``dns_trust_aa`` has the zone."""
    trusted = ctx.options.get("dns_trust_aa")
    if answer.authenticated or not (trusted and answer.authoritative and answer.authority):
        return answer.authenticated
    zone = answer.authority[0].owner
    return ctx.match_list("domain", zone, ctx.expand(str(trusted)), option="dns_trust_aa") is not None


def only_ipv4(ctx: Context, name: str) -> bool:
    """True if ``dns_ipv4_lookup`` has the name of a host."""
    return bool(ctx.options.get("dns_ipv4_lookup")) and _has(ctx, "dns_ipv4_lookup", name)


def _asking(ctx: Context, given: Asking) -> Asking:
    usual = ctx.state.get(USUAL)
    if usual is None:
        option = ctx.options.get

        def tristate(name: str) -> bool | None:
            value = int(option(name, -1))
            return None if value < 0 else value > 0

        usual = ctx.state[USUAL] = (
            int(option("dns_retrans") or 0), int(option("dns_retry") or 0),
            tristate("dns_use_edns0"), tristate("dns_dnssec_ok"),
        )  # fmt: skip
    retrans, retry, edns0, dnssec_ok = usual
    return Asking(
        given.retrans or retrans,
        given.retry or retry,
        edns0,
        dnssec_ok,
        given.qualify_single,
        given.search_parents,
    )


def _asked(ctx: Context, name: str, kind: str, asking: Asking) -> DnsAnswer:
    loops = int(ctx.options.get("dns_cname_loops", 1))
    answer = resolved(lambda n, k: ctx.world.dns.ask(n, k, asking), name, kind, loops=loops)
    if answer.endless:
        ctx.log(f"CNAME loop for {name} encountered")
    if answer.status == AGAIN and kind != "TLSA" and is_known_broken(ctx, name):
        return DnsAnswer(NO_HOST)
    return answer


def _has(ctx: Context, option: str, name: str) -> bool:
    """True if the list of an option has the name; where it cannot be expanded the question is open."""
    text = str(ctx.options[option])
    try:
        names = ctx.expand(text)
    except Failed as error:
        ctx.log(f'failed to expand "{text}" while checking a list: {error.message}')
        raise Deferred(error.message) from error
    return ctx.match_list("domain", name, names, option=option) is not None


def _lasts(answer: DnsAnswer) -> float:
    """For how many seconds nothing is to be found: the zone's SOA record tells."""
    if answer.status not in {NO_HOST, NO_DATA}:
        return LONGEST
    starts = [record for record in answer.authority if record.kind == "SOA" and len(record.data) > _MINIMUM]
    return min((min(start.ttl, int(start.data[_MINIMUM])) for start in starts), default=LONGEST)


def _may_be_asked(ctx: Context, name: str, kind: str) -> bool:
    """True if the name has the form that ``dns_check_names_pattern`` wants."""
    pattern = ctx.options.get("dns_check_names_pattern")
    if not name or not pattern or kind in ANY_NAME:
        return bool(name)
    while kind in UNDERSCORED and name.startswith("_"):
        name = name.partition(".")[2]
    fitting: dict[str, bool] = ctx.state.setdefault(FITTING, {})
    if name not in fitting:
        if len(fitting) >= MOST_FITTING:
            fitting.clear()
        fitting[name] = ctx.pattern(str(pattern)).search(name) is not None
    return fitting[name]


PROBLEMS = frozenset({AGAIN, FAIL})
"""How questions end to which there may be an answer all the same."""
