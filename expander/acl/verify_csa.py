"""Client SMTP authorization: what the DNS says of whether a client may use its name.

See "Client SMTP authorization (CSA)" in the manual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from drivers.api.text import SPACE, lower
from drivers.values import ip
from drivers.values.dnsdata import AGAIN, FORWARD, FOUND, reversed_name, same_name
from drivers.values.dnslookup import ask
from drivers.values.listtext import pieces

if TYPE_CHECKING:
    from drivers.values.dnsdata import DnsRecord
    from expander.acl.run import Run
    from expander.expand.context import Context

PREFIX, VERSION, AUTHORIZED = "_client._smtp.", "1", 2
UNKNOWN, AUTHORIZES = ("unknown", "unknown"), ("ok", "ok")
NO_RECORD = ("defer", "deferred (SRV lookup failed)")
NO_TARGET = ("defer", "deferred (target address lookup failed)")
NOT_AUTHORIZED = ("fail", "failed (host name not authorized)")
NO_ADDRESS = ("fail", "failed (no authorized addresses)")
MISMATCH = ("fail", "failed (client address mismatch)")
"""How a check ends: what ``$csa_status`` is, and what is said."""


def csa(run: Run, text: str) -> str:
    """False if the client is not authorized to use the name in HELO or EHLO, or the one that is given."""
    ctx = run.ctx
    _, *options = pieces(text, "/")
    own = ctx.facts.get("sender_helo_name") or ctx.facts.get("sender_host_address", "")
    domain = (options[0].strip(SPACE) if options else "") or own
    status, words = _checked(ctx, domain)
    ctx.facts["csa_status"] = status
    run.message = run.log_message = f"client SMTP authorization {words}"
    return FAIL if status == "fail" else OK


def _checked(ctx: Context, domain: str) -> tuple[str, str]:
    name = _name_of(ctx, domain)
    client = ip.parse(ctx.facts.get("sender_host_address", ""))
    if not name or client is None:
        return UNKNOWN
    answer = ask(ctx, PREFIX + name, "SRV")
    if answer.status == AGAIN:
        return NO_RECORD
    record = next(filter(_counts, answer.of("SRV")), None)
    if record is None:
        return UNKNOWN
    if int(record.data[1]) < AUTHORIZED:
        return NOT_AUTHORIZED
    target, kind = record.data[-1], FORWARD[client.version]
    found = ask(ctx, target, kind)
    if found.status == AGAIN:
        return NO_TARGET
    # What stands behind an alias does not have the name of the target, and does not count.
    addresses = [one.data[0] for one in found.of(kind) if same_name(one.owner, target)]
    if found.status != FOUND or not addresses:
        return NO_ADDRESS
    return AUTHORIZES if ctx.facts["sender_host_address"] in addresses else MISMATCH


def _name_of(ctx: Context, domain: str) -> str:
    """The name to ask for; an address stands for its name in the reverse domains, if that is permitted."""
    bare = domain
    if domain.startswith("[") and domain.endswith("]"):
        bare = domain[1:-1]
        bare = bare[len("IPv6:") :] if lower(bare).startswith("ipv6:") else bare
    address = ip.parse(bare)
    if address is None:
        return domain
    return reversed_name(address) if ctx.options.get("dns_csa_use_reverse") else ""


def _counts(record: DnsRecord) -> bool:
    """True for a record of the version that is known, with one of the assertions that are."""
    return record.data[0] == VERSION and int(record.data[1]) <= AUTHORIZED
