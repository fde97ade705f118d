"""A name server that answers from zone files as a resolver would, for a real Exim to ask."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from drivers.values.dnsdata import AGAIN, FAIL, FOUND, NO_HOST

if TYPE_CHECKING:
    from drivers.values.dnsdata import DnsRecord
    from expander.world.zones import Zones

ADDRESS = ("127.0.0.1", 53)
NAMES = {"NS": (0,), "CNAME": (0,), "PTR": (0,), "MX": (1,), "SRV": (3,), "SOA": (0, 1)}
CODES = {AGAIN: dns.rcode.SERVFAIL, FAIL: dns.rcode.REFUSED, NO_HOST: dns.rcode.NXDOMAIN}


class NameServer:
    """Listens while it is used as a context. Raises ``OSError`` where it may not."""

    def __init__(self, zones: Zones, address: tuple[str, int] = ADDRESS) -> None:
        self._address = address
        self._zones = zones

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind(self._address)
        except OSError:
            self._socket.close()
            raise
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                data, client = self._socket.recvfrom(4096)
                if not data:
                    return
                self._socket.sendto(self._answer(data), client)
            except OSError:
                return

    def _answer(self, data: bytes) -> bytes:
        question = dns.message.from_wire(data)
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        answer = self._zones.ask(name, kind)
        if answer.status in CODES:
            reply.set_rcode(CODES[answer.status])
        for record in answer.records:
            rrset = _rrset(record)
            if rrset not in reply.answer:  # as aliases that lead round come again
                reply.answer.append(rrset)
        reply.authority = [] if answer.status == FOUND else [_rrset(record) for record in answer.authority]
        if answer.authenticated:
            reply.flags |= dns.flags.AD
        return reply.to_wire()


def _rrset(record: DnsRecord) -> dns.rrset.RRset:
    fields = list(record.data)
    if record.kind == "TXT":
        fields = ['"' + field.replace("\\", "\\\\").replace('"', '\\"') + '"' for field in fields]
    for index in NAMES.get(record.kind, ()):
        fields[index] += "."
    return dns.rrset.from_text(record.owner + ".", record.ttl, "IN", record.kind, " ".join(fields))
