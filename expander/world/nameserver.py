"""A name server on the loopback interface, for programs in a namespace of their own.

``python -m expander.world.nameserver FILE``: FILE has texts of zones by their names, in JSON, and is read
again for each question. It says "ready" and its number as a process, and ends with its standard input.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_argument
from drivers.values.dnsdata import FAIL, FOUND, NO_DATA, NO_HOST
from expander.world.zone_lines import line_of
from expander.world.zones import Zones

if TYPE_CHECKING:
    import dns.message

    from drivers.values.dnsdata import DnsAnswer

PLACE = ("127.0.0.1", 53)
LARGEST = 4096


def answer(question: bytes, zones: Zones) -> bytes:
    """The answer to a question, both as they go over the line. Raises ``dns.exception.DNSException``."""
    import dns.flags
    import dns.message
    import dns.rdatatype

    asked = dns.message.from_wire(question)
    made = dns.message.make_response(asked, recursion_available=True)
    wanted = asked.question[0]
    name = from_argument(wanted.name.to_text(omit_final_dot=True))
    _fill(made, zones.ask(name, dns.rdatatype.to_text(wanted.rdtype)))
    return made.to_wire()


def _fill(made: dns.message.Message, found: DnsAnswer) -> None:
    import dns.name
    import dns.rcode
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype
    import dns.rrset

    codes = {FOUND: "NOERROR", NO_DATA: "NOERROR", NO_HOST: "NXDOMAIN", FAIL: "REFUSED"}
    made.set_rcode(dns.rcode.from_text(codes.get(found.status, "SERVFAIL")))
    for record in found.records:
        owner, kind, data = line_of(record).split(" ", 2)
        given = dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), data)
        made.answer.append(dns.rrset.from_rdata(dns.name.from_text(owner), record.ttl, given))


def _zones(path: str) -> Zones:
    texts: dict[str, str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return Zones({zone: partial(str, text) for zone, text in texts.items()}, lambda _seconds: None)


def main() -> None:
    """Answer until the standard input ends."""
    import dns.exception

    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind(PLACE)
    sys.stdout.write(f"ready {os.getpid()}\n")
    sys.stdout.flush()
    while True:
        waiting, _, _ = select.select([line, sys.stdin], [], [])
        if sys.stdin in waiting and not sys.stdin.readline():
            return
        if line in waiting:
            question, client = line.recvfrom(LARGEST)
            try:
                line.sendto(answer(question, _zones(sys.argv[1])), client)
            except (dns.exception.DNSException, EximError):
                continue


if __name__ == "__main__":
    main()
