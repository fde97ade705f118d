"""The ACL condition ``dcc``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl.header_lines import add_header
from drivers.acl.scanner import Connection, Scan, ScanProblem, open_host, open_path, reason
from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.text import Tainted, lower
from drivers.values import listtext

if TYPE_CHECKING:
    from drivers.api.acl import Acl

KEPT = "dcc asked"
"""Under this name the state has the message that was asked about, and how it ended."""

TIME = 60
ROOM = 16384
ANSWERS = {
    "A": (OK, "Mail accepted by DCC"),
    "S": (OK, "Not all recipients accepted by DCC"),
    "R": (FAIL, "Rejected by DCC"),
    "G": (FAIL, "Greylisted by DCC"),
    "T": (DEFER, "Temporary error with DCC"),
}
"""What each overall answer of the daemon comes to, and its words."""


def dcc(acl: Acl, text: str) -> str:
    """True if the DCC daemon accepts the message, for some recipients at least.

    The text is ``*`` (nothing, ``0`` or ``false`` for not asking), then ``/defer_ok``. Sets ``$dcc_result``
    and ``$dcc_header``, the header line that the daemon gives; ``dcc_direct_add_header`` adds it at once.
    """
    mark, body = listtext.separator(text)
    wanted, *options = list(listtext.pieces(body, mark if body != text else "/")) or [""]
    if not wanted or wanted == "0" or lower(wanted) == "false":
        return FAIL
    ctx = acl.ctx
    message = ctx.facts.get("message_exim_id", "")
    known = ctx.state.get(KEPT)
    if known is not None and known[0] == message:
        word = str(known[1])
    else:
        try:
            word = _asked(acl)
        except ScanProblem as problem:
            ctx.log(f"DCC: {problem}", panic=True)
            word = DEFER
        ctx.state[KEPT] = message, word
    passes = any(lower(option) == "defer_ok" for option in options)
    return FAIL if word == DEFER and passes else word


def _asked(acl: Acl) -> str:
    """Ask the daemon: a word of ACLs."""
    ctx = acl.ctx
    as_mailbox = getattr(acl.transaction, "as_mailbox", None)
    if as_mailbox is None:
        raise ScanProblem("error while opening spool file")
    address = str(ctx.options.get("dccifd_address") or "")
    scan = Scan(ctx, "dccifd", [], float(TIME), acl.transaction)
    if not address.startswith("/") and not address.partition(" ")[2].strip().isdigit():
        raise ScanProblem(f"warning - invalid dccifd address: '{address}'")
    link = open_path(scan, address) if address.startswith("/") else open_host(scan, address)
    connection = Connection(scan, link)
    try:
        connection.send(_request(acl, as_mailbox()))
        connection.end_sending()
        said = connection.whole(ROOM)
    except OSError as error:
        raise ScanProblem(f"error reading from dccifd: {reason(error)}") from error
    finally:
        link.close()
    return _taken(acl, said)


def _request(acl: Acl, mailbox: str) -> str:
    """What the daemon is told: its options, the client, the envelope, and the message after an empty line."""
    ctx, facts = acl.ctx, acl.ctx.facts
    client = ctx.acl_m.get("_dcc_override_client_ip") or facts.get("sender_host_address") or "127.0.0.1"
    name = facts.get("sender_host_name", "")
    head = [
        str(ctx.options.get("dccifd_options") or ""),
        f"{client}\r{name}" if name else client,
        facts.get("sender_helo_name", ""),
        facts.get("sender_address", ""),
        *(f"{one}\r" for one in facts.get("recipients", "").split(", ") if one),
        "",
    ]
    message = mailbox
    while message.startswith(("From ", "X-Envelope-")):
        message = message.partition("\n")[2]
    return "\n".join([*head, message])


def _taken(acl: Acl, said: str) -> str:
    """Set the variables by an answer: the overall result, one for each recipient, and the header line."""
    overall, _, rest = said.partition("\n")
    header = rest.partition("\n")[2].partition("\n\n")[0].removesuffix("\n")
    word, words = ANSWERS.get(overall[:1], (DEFER, ""))
    if not words:
        raise ScanProblem("could not read the answer of dccifd")
    facts = acl.ctx.facts
    facts["dcc_result"] = words
    if header:
        facts["dcc_header"] = Tainted(f"{header}\n")
        if acl.ctx.options.get("dcc_direct_add_header"):
            add_header(acl, facts["dcc_header"])
    return word
