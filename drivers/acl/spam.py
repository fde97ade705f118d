"""The ACL condition ``spam``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.acl.scanner import Connection, Scan, ScanProblem, open_host, open_path, reason, words_of
from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.errors import ExpansionError
from drivers.api.text import Tainted, lower
from drivers.values import interval, listtext
from grammar.record import State

if TYPE_CHECKING:
    from drivers.api.acl import Acl
    from drivers.api.outside import Link
    from drivers.api.protocols import Context

KEPT = "spam scanned"
"""Under this name the state has what was asked of which message, and how it ended."""

TIME = 120
MOST_SERVERS = 32
LONGEST_BAR = 51
ROOM = 32600
"""So many bytes of an answer are read."""

_NUMBER = r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)"
_SPAMD = re.compile(rf"SPAMD/\S{{1,7}} 0 EX_OK\s+Content-length:\s*[0-9]+\s+{_NUMBER}/{_NUMBER}\s*", re.ASCII)
_SPAMD_LATER = re.compile(rf"SPAMD/\S{{1,7}} 0 EX_OK\s+Spam:\s*\S+\s*;{_NUMBER}\s*/{_NUMBER}\s*", re.ASCII)
_RSPAMD = re.compile(
    rf"RSPAMD/\S{{1,7}} 0 EX_OK\s+Metric:\s*default;\s*\S{{1,7}}{_NUMBER}\s*/{_NUMBER}\s*/{_NUMBER}\s*",
    re.ASCII,
)
_NOT_A_TIME = re.compile(r"\s*[^\s0-9]", re.ASCII)
ACTION = "Action: "


class Server(State):
    """A daemon: where it is, and its options."""

    address: str
    priority: int = 1
    weight: int = 1
    retry: int = 0
    timeout: int = TIME
    is_rspamd: bool = False


def spam(acl: Acl, text: str) -> str:
    """True if the spam daemon's score is at its threshold or above.

    The text is the user whose settings count (nothing, ``0`` or ``false`` for no scan), then ``:true`` if
    the condition is to hold in any case, then ``/defer_ok``. Sets ``$spam_score`` and its relatives, and
    ``$callout_address``. See "Scanning with SpamAssassin and Rspamd".
    """
    mark, body = listtext.separator(text)
    wanted, *options = list(listtext.pieces(body, mark if body != text else "/")) or [""]
    user = next(iter(listtext.elements(wanted)), "")
    if not user or user == "0" or lower(user) == "false":
        return FAIL
    holds_anyway = lower(wanted.partition(":")[2]) == "true"
    try:
        is_spam = _judged(acl, user)
    except ScanProblem as problem:
        if str(problem):
            acl.ctx.log(f"spam acl condition: {problem}", panic=True)
        passes = any(lower(option) == "defer_ok" for option in options)
        return FAIL if passes else DEFER
    return OK if is_spam or holds_anyway else FAIL


def _judged(acl: Acl, user: str) -> bool:
    ctx = acl.ctx
    addresses = _addresses(ctx)
    asked = (ctx.facts.get("message_exim_id", ""), addresses, user)
    known = ctx.state.get(KEPT)
    if known is not None and known[0] == asked:
        return bool(known[1])
    if getattr(acl.transaction, "as_mailbox", None) is None:
        raise ScanProblem("error while creating mbox spool file")
    text = acl.transaction.as_mailbox()
    servers = _servers(ctx, addresses)
    scan = Scan(ctx, "spamd", [], float(TIME), acl.transaction)
    server, link = _connected(scan, servers)
    connection = Connection(scan, link)
    try:
        head = _rspamd_head(acl, text) if server.is_rspamd else _spamd_head(user, text)
        _send(scan, connection, head, text)
        said = _answer(scan, connection)
    finally:
        link.close()
    is_spam = _taken(scan, server, said)
    ctx.state[KEPT] = asked, is_spam
    return is_spam


def _addresses(ctx: Context) -> str:
    """The option ``spamd_address``."""
    given = str(ctx.options.get("spamd_address") or "")
    if not given.startswith("$"):
        return given
    try:
        return ctx.expand(given)
    except ExpansionError as error:
        raise ScanProblem(f"spamd_address starts with $, but expansion failed: {error.message}") from error


def _servers(ctx: Context, addresses: str) -> list[Server]:
    """The servers of a list; what is wrong with one the log is told."""
    servers: list[Server] = []
    for element in listtext.elements(addresses):
        words = _words(element)
        if not words:
            continue
        first = words.pop(0)
        if not first.startswith("/"):
            if not words:
                _warn(ctx, f"invalid spamd address: '{element}'")
                continue
            first = f"{first} {words.pop(0)}"
        server = Server(first)
        for word in words:
            _take_option(ctx, server, word)
        if len(servers) < MOST_SERVERS:
            servers.append(server)
    if not servers:
        raise ScanProblem("no useable spamd server addresses in spamd_address configuration option.")
    return servers


def _words(element: str) -> list[str]:
    mark, body = listtext.separator(element)
    return words_of(body) if body == element else listtext.split(f"<{mark}{body}")


def _warn(ctx: Context, text: str) -> None:
    ctx.log(f"spam acl condition: warning - {text}", panic=True)


def _take_option(ctx: Context, server: Server, word: str) -> None:
    """Take an option; the log is told of what is none."""
    name, mark, value = word.partition("=")
    if word == "variant=rspamd":
        server.is_rspamd = True
    elif name in {"pri", "weight"} and mark and (digits := re.match(r"[0-9]+", value, re.ASCII)):
        setattr(server, {"pri": "priority"}.get(name, name), int(digits[0]))
    elif name in {"tmo", "retry"} and mark:
        seconds = interval.parse(value)
        if seconds is None:
            _warn(ctx, f"invalid spamd {'timeout' if name == 'tmo' else name} value: '{value}'")
        elif name == "tmo":
            server.timeout = seconds
        else:
            server.retry = seconds
    elif name == "time" and mark:
        # Exim reads the times, and asks the server whatever the time is.
        start, dash, end = value.partition("-")
        if not dash or any(_NOT_A_TIME.match(one) for one in (start, end)):
            _warn(ctx, f"invalid spamd time value: '{value}'")
    else:
        _warn(ctx, f"invalid spamd parameter: '{word}'")


def _connected(scan: Scan, servers: list[Server]) -> tuple[Server, Link]:
    """A server, by priority and by chance, that takes the connection."""
    left = list(servers)
    while left:
        server = _chosen(scan.ctx, left)
        if server is None:
            break
        try:
            return server, _tried(scan, server)
        except ScanProblem as problem:
            scan.ctx.log(f"spam acl condition: spamd: {problem}", panic=True)
        left.remove(server)
    raise ScanProblem("all spamd servers failed")


def _chosen(ctx: Context, servers: list[Server]) -> Server | None:
    if len(servers) == 1:
        return servers[0]
    highest = max(server.priority for server in servers)
    first = [server for server in servers if server.priority == highest]
    weights = sum(server.weight for server in first)
    if not weights:
        return None
    place = ctx.world.random.below(weights)
    for server in first:
        place -= server.weight
        if place < 0:
            return server
    return None


def _tried(scan: Scan, server: Server) -> Link:
    scan.timeout = float(server.timeout)
    try:
        return _open(scan, server)
    except ScanProblem:
        if not server.retry:
            raise
    scan.ctx.world.clock.sleep(server.retry)
    return _open(scan, server)


def _open(scan: Scan, server: Server) -> Link:
    opened = open_path if server.address.startswith("/") else open_host
    try:
        return opened(scan, server.address)
    except ScanProblem as problem:
        raise ScanProblem(str(problem).partition(" : ")[2]) from problem


def _spamd_head(user: str, text: str) -> str:
    return f"REPORT SPAMC/1.2\r\nUser: {user}\r\nContent-length: {len(text)}\r\n\r\n"


def _rspamd_head(acl: Acl, text: str) -> str:
    """What Rspamd is told of the message and the client."""
    ctx = acl.ctx
    facts = ctx.facts
    recipients = [one for one in facts.get("recipients", "").split(", ") if one]
    lines = [
        "CHECK RSPAMC/1.3",
        f"Content-length: {len(text)}",
        f"Queue-Id: {facts.get('message_exim_id', '')}",
        f"From: <{facts.get('sender_address', '')}>",
        f"Recipient-Number: {len(recipients)}",
        *(f"Rcpt: <{one}>" for one in recipients),
    ]
    for name, variable in (("Helo", "sender_helo_name"), ("Hostname", "sender_host_name")):
        value = ctx.expand(f"${variable}")
        lines += [f"{name}: {value}"] if value else []
    if facts.get("sender_host_address"):
        lines.append(f"IP: {facts['sender_host_address']}")
    user = ctx.expand("$authenticated_id")
    lines += [f"User: {user}"] if user else []
    return "\r\n".join(lines) + "\r\n\r\n"


def _send(scan: Scan, connection: Connection, head: str, text: str) -> None:
    try:
        connection.send(head, "spamd {where} send failed: {why}")
    except ScanProblem as problem:
        raise ScanProblem(str(problem).partition(" : ")[2]) from problem
    try:
        connection.send(text, "{why} on spamd {where} socket")
    except ScanProblem as problem:
        raise ScanProblem(str(problem).partition(" : ")[2]) from problem
    connection.end_sending()


def _answer(scan: Scan, connection: Connection) -> str:
    try:
        return connection.whole(ROOM)
    except OSError as error:
        raise ScanProblem(f"error reading from spamd {scan.called}, socket: {reason(error)}") from error


def _taken(scan: Scan, server: Server, said: str) -> bool:
    """Set the variables by an answer; true if it says that this is spam."""
    said = said.partition("\0")[0]
    if server.is_rspamd:
        found = _RSPAMD.match(said)
        if found is None:
            raise ScanProblem(f"cannot parse spamd {scan.called}, output: 0")
    else:
        found = _SPAMD.match(said) or _SPAMD_LATER.match(said)
        if found is None:
            raise ScanProblem(f"cannot parse spamd {scan.called} output")
    score, threshold = float(found[1]), float(found[2])
    rest = said[found.end() :]
    action = "reject" if score >= threshold else "no action"
    if server.is_rspamd:
        action = rest[len(ACTION) :].partition("\r")[0] if rest.startswith(ACTION) else ""
    whole = min(abs(int(score)), LONGEST_BAR)
    scan.ctx.facts.update(
        spam_score=f"{score:.1f}",
        spam_score_int=str(int((score + 0.001) * 10)),
        spam_bar=("+" if score > 0 else "-") * whole or "/",
        spam_report=Tainted(rest.replace("\r", "").replace("\n", "\n ").rstrip("".join(map(chr, range(33))))),
        spam_action=Tainted(action),
    )
    return score >= threshold
