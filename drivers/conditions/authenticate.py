"""Conditions that check a user's password: crypteq, and services that are asked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, Unsupported
from drivers.api.text import from_bytes, to_bytes
from drivers.api.unit import condition
from drivers.values import crypted
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context, World

SECTION = "Expansion conditions"
ONE = ConditionShape(form="strings")
SASLAUTHD = "/var/run/saslauthd/mux"
LONGEST_FIELD = 0xFFFF


@condition(
    "crypteq",
    syntax="crypteq {<string1>}{<string2>}",
    feature="crypteq",
    section=SECTION,
    shape=ConditionShape(form="strings", least=2, most=2),
    examples={
        r"${if crypteq{secret}{\{md5\}Xr4ilOzQ4PCOq3aQ0qbuaQ==}{y}{n}}": "y",
        r"${if crypteq{secret}{\{sha1\}E5E9FA1BA31ECD1AE84F75CAAA474F3A663F05F4}{y}{n}}": "y",
    },
)
def crypteq(ctx: Context, plain: str, encrypted: str) -> bool:
    """True if the first string, encrypted, gives the second.

    The second begins with ``{md5}`` or ``{sha1}`` (base 64 or hexadecimal digits follow), with
    ``{crypt}`` or ``{crypt16}``, or is just what the system function crypt() makes. Raises
    `Failed` for other names in braces.
    """
    ctx.step(crypted.work(encrypted))
    return crypted.same(plain, encrypted)


@condition("pam", syntax="pam {<user>:<password>...}", feature="pam", section=SECTION, shape=ONE)
def pam(text: str) -> bool:
    """True if PAM accepts a user; the strings that it asks for are a list, the user first.

    PAM is not asked here. False for an empty user; raises `Unsupported` for others.
    """
    if not text.partition(":")[0]:
        return False
    raise Unsupported('the condition "pam" is not supported by eximulate')


@condition(
    "pwcheck",
    syntax="pwcheck {<user>:<password>}",
    until="4.99",
    feature="pwcheck",
    section=SECTION,
    shape=ONE,
)
def pwcheck(text: str) -> bool:
    """True if the Cyrus pwcheck daemon accepts a user.

    The daemon is not asked here: raises `Unsupported`.
    """
    raise Unsupported('the condition "pwcheck" is not supported by eximulate')


@condition("radius", syntax="radius {<user>:<password>}", feature="radius", section=SECTION, shape=ONE)
def radius(text: str) -> bool:
    """True if a Radius server accepts a user.

    The server is not asked here: raises `Unsupported`.
    """
    raise Unsupported('the condition "radius" is not supported by eximulate')


@condition("ldapauth", syntax="ldapauth {<ldap query>}", feature="lookup_ldap", section=SECTION, shape=ONE)
def ldapauth(text: str) -> bool:
    """True if an LDAP server accepts the user and password of a query.

    The server is not asked here. Raises `Failed` for what is no query, `Unsupported` for others.
    """
    if not text.lstrip().lower().startswith(("ldap", "user=", "pass=")):
        raise Failed("malformed parameter setting precedes LDAP URL")
    raise Unsupported('the condition "ldapauth" is not supported by eximulate')


@condition(
    "saslauthd",
    syntax="saslauthd {{<user>}{<password>}{<service>}{<realm>}}",
    feature="saslauthd",
    section=SECTION,
    shape=ConditionShape(form="bundle", least=2, most=4),
)
def saslauthd(world: World, strings: Sequence[str]) -> bool:
    """True if the Cyrus saslauthd daemon accepts a user.

    The service and the realm may be left out. Raises `Failed` if the daemon cannot be reached or
    says neither yes nor no.
    """
    fields = [to_bytes(text) for text in (*strings, "", "")[:4]]
    if max(map(len, fields)) > LONGEST_FIELD:
        raise Failed("(null)")  # the daemon's protocol has no place for it
    request = b"".join(len(field).to_bytes(2, "big") + field for field in fields)
    try:
        answer = world.sockets.converse(SASLAUTHD, request, shutdown=False)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Failed(f"cannot connect to saslauthd daemon at {SASLAUTHD}: {reason}") from None
    reply = from_bytes(answer[2 : 2 + int.from_bytes(answer[:2], "big")])
    if reply[:2] in {"OK", "NO"}:
        return reply.startswith("OK")
    raise Failed(reply if len(reply) > 1 else "(null)")
