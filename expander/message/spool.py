"""Messages on the spool, as the two files of each hold them: "Format of spool files"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import Tainted
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.message.headers import Header

FACTS = {
    "active_hostname": "smtp_active_hostname",
    "auth_id": "authenticated_id",
    "auth_sender": "authenticated_sender",
    "body_linecount": "body_linecount",
    "body_zerocount": "body_zerocount",
    "debug_selector": "debug_selector",
    "debuglog_name": "debuglog_name",
    "dkim_cur_signer": "dkim_cur_signer",
    "helo_name": "sender_helo_name",
    "host_auth": "sender_host_authenticated",
    "host_auth_pubname": "sender_host_auth_pubname",
    "host_name": "sender_host_name",
    "ident": "sender_ident",
    "local_scan": "local_scan_data",
    "max_received_linelength": "max_received_linelength",
    "received_protocol": "received_protocol",
    "spam_bar": "spam_bar",
    "spam_score": "spam_score",
    "spam_score_int": "spam_score_int",
    "tls_cipher": "tls_in_cipher",
    "tls_ocsp": "tls_in_ocsp",
    "tls_ourcert": "tls_in_ourcert",
    "tls_peercert": "tls_in_peercert",
    "tls_peerdn": "tls_in_peerdn",
    "tls_resumption": "tls_in_resumption_letter",
    "tls_sni": "tls_in_sni",
    "tls_ver": "tls_in_ver",
}
"""Words of the envelope file, and the variables that have what stands behind them."""

SWITCHES = {
    "host_lookup_deferred": ("host_lookup_deferred", "1"),
    "host_lookup_failed": ("host_lookup_failed", "1"),
    "tls_certificate_verified": ("tls_in_certificate_verified", "1"),
    "smtputf8": ("message_smtputf8", "yes"),
    "utf8_downcvt": ("utf8_downconvert", "1"),
    "utf8_optdowncvt": ("utf8_downconvert", "-1"),
}
"""Words that say all by being there: the variable and its value."""

PLACES = {
    "host_address": ("sender_host_address", "sender_host_port"),
    "interface_address": ("received_ip_address", "received_port"),
}
ESCAPED = frozenset({"tls_peerdn", "tls_sni"})
"""Words whose texts are escaped so that each fits into a line."""

_OF_CONNECTIONS = 10
"""So many ACL variables for connections there were, before they had letters."""

_SET = late_pattern(r"-(-?)(?:\([^)]*\))?([A-Za-z0-9_]+)(?: (.*))?", re.ASCII | re.DOTALL)
_VARIABLE = late_pattern(r"(\S+) ([0-9]+)", re.ASCII)
_PLACE = late_pattern(r"\[(.*)\]:([0-9]+)|([0-9.]+|[0-9A-Fa-f:.]+)\.([0-9]+)", re.ASCII)
_NODE = late_pattern(r"[YN]{2} ")
_HEADER = late_pattern(r"([0-9]{3,})([A-Z* ]) ", re.ASCII)
_ESCAPE = late_pattern(r"\\([0-7]{1,3}|.)", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_FLAGS = late_pattern(r"#[0-9]+\Z", re.ASCII)


class SpoolError(Exception):
    """A spool file is not what it should be."""


class Spooled(Record):
    """What the envelope file of a message says.

    ``facts`` are variables by name; ``acl_c`` and ``acl_m`` the ACL variables; ``headers`` the header
    lines but those that were replaced or deleted, which are ``old_headers``, each with the number of the line
    before which it stood.
    """

    facts: dict[str, str]
    acl_c: dict[str, str]
    acl_m: dict[str, str]
    headers: tuple[Header, ...]
    recipients: tuple[str, ...]
    old_headers: tuple[tuple[int, str], ...] = ()


def read_envelope(text: str, message: str) -> Spooled:
    """Read the text of a file ``-H``; ``message`` is the identification. Raises `SpoolError`."""
    return _Reader(text).read(message)


def body_of(data: bytes, message: str) -> bytes:
    """The body out of the bytes of a file ``-D``. Raises `SpoolError`."""
    name, newline, body = data.partition(b"\n")
    if not newline or name != f"{message}-D".encode("latin-1"):
        raise SpoolError(message)
    return body


class _Reader:
    """Goes through the envelope file from its top."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.facts: dict[str, str] = {"authenticated_id": "", "authenticated_sender": "", "sender_ident": ""}
        self.acl: dict[str, dict[str, str]] = {"c": {}, "m": {}}

    def line(self) -> str:
        end = self.text.find("\n", self.at)
        if end < 0:
            raise SpoolError("the file ends too early")
        start, self.at = self.at, end + 1
        return self.text[start:end]

    def read(self, message: str) -> Spooled:
        if self.line() != f"{message}-H":
            raise SpoolError("the file has another name in it")
        login, _, _rest = self.line().partition(" ")
        sender = self.line()
        if not (login and sender.startswith("<") and sender.endswith(">")):
            raise SpoolError("no sender")
        received = self.line().split(" ")[0]
        if not received.isdigit():
            raise SpoolError("no time")
        self._settings()
        self._done()
        recipients = tuple(self._recipients())
        headers = tuple(self._headers())
        size, lines, passed = 1, 0, 0
        kept: list[Header] = []
        old: list[tuple[int, str]] = []
        for kind, name, line in headers:
            passed += kind == "P"
            if kind == "*":
                old.append((len(kept), line))
            else:
                kept.append((name, line))
                size += len(line)
                lines += line.count("\n")
        self.facts |= {
            "sender_address": Tainted(sender[1:-1]) if sender != "<>" else "",
            "received_time": received,
            "received_count": str(passed),
            "recipients": Tainted(", ".join(recipients)),
            "recipients_list": Tainted(":".join(r.replace(":", "::") for r in recipients)),
            "recipients_count": str(len(recipients)),
            "message_exim_id": message,
            "message_size": str(size),
            "message_linecount": str(lines + int(self.facts.get("body_linecount", "0"))),
        }
        self.facts.setdefault("received_port", "0")
        return Spooled(self.facts, self.acl["c"], self.acl["m"], tuple(kept), recipients, tuple(old))

    def _settings(self) -> None:
        """The lines that begin with a hyphen; a second one marks what came from outside."""
        while self.text.startswith("-", self.at):
            found = _SET.fullmatch(self.line())
            if found is None:
                raise SpoolError("a setting without a name")
            outside, word, value = found[1] == "-", found[2], found[3] or ""
            if word == "acl":
                self._numbered_variable(value, outside=outside)
            elif word in {"aclc", "aclm"}:
                self._variable(word[-1], value, outside=outside)
            elif word in FACTS:
                text = unescaped(value) if word in ESCAPED else value
                self.facts[FACTS[word]] = Tainted(text) if outside else text
            elif word in SWITCHES:
                self.facts.update([SWITCHES[word]])
            elif word in PLACES:
                self._place(word, value, outside=outside)

    def _variable(self, kind: str, rest: str, *, outside: bool) -> None:
        found = _VARIABLE.fullmatch(rest)
        if found is None:
            raise SpoolError("an ACL variable without its length")
        end = self.at + int(found[2])
        value = self.text[self.at : end]
        self.acl[kind][found[1]] = Tainted(value) if outside else value
        self.at = end + 1

    def _numbered_variable(self, rest: str, *, outside: bool) -> None:
        """The form before there were letters: the numbers of both kinds go on from each other."""
        number, _, length = rest.partition(" ")
        if not number.isdigit():
            raise SpoolError("an ACL variable without its number")
        kind = "c" if int(number) < _OF_CONNECTIONS else "m"
        self._variable(kind, f"{int(number) % _OF_CONNECTIONS} {length}", outside=outside)

    def _place(self, word: str, value: str, *, outside: bool) -> None:
        found = _PLACE.fullmatch(value)
        if found is not None:
            address_name, port_name = PLACES[word]
            address = found[1] or found[3] or ""
            self.facts[address_name] = Tainted(address) if outside else address
            self.facts[port_name] = found[2] or found[4]

    def _done(self) -> None:
        """The tree of addresses that are dealt with: each line tells of its two branches."""
        left = 1
        while left:
            line = self.line()
            if line != "XX":
                if not _NODE.match(line):
                    raise SpoolError("a tree of addresses that is none")
                left += line[:2].count("Y")
            left -= 1

    def _recipients(self) -> Iterator[str]:
        count = self.line()
        if not count.isdigit():
            raise SpoolError("no count of recipients")
        for _ in range(int(count)):
            line = self.line()
            yield line.partition(" ")[0] if _FLAGS.search(line) else line
        if self.line():
            raise SpoolError("no empty line before the header")

    def _headers(self) -> Iterator[tuple[str, str, str]]:
        """The kind of each header line, its name and its whole text."""
        while self.at < len(self.text):
            found = _HEADER.match(self.text, self.at)
            if found is None:
                raise SpoolError("a header line without its length")
            end = found.end() + int(found[1])
            line = self.text[found.end() : end]
            if end > len(self.text) or not line.endswith("\n"):
                raise SpoolError("a header line of another length")
            self.at = end
            yield found[2], line.partition(":")[0], line


def unescaped(text: str) -> str:
    """A text as it was before what does not print was escaped; a backslash at its end stays."""

    def character(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code, 8) & 0xFF) if code[0] in "01234567" else _CONTROLS.get(code, code)

    return _ESCAPE.sub(character, text)
