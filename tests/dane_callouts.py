"""Callouts to hosts with TLSA records, of eximulate and of the real Exim: prints what they do differently.

    python tests/bind_server.py FOLDER python tests/dane_callouts.py FOLDER run

The folder is one that `dane_lab` has made.
"""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import bind_server
from callout_lab import COMMANDS, answers, write
from dane_lab import HOSTS, OFFERS, PORTS, REQUIRED
from delivery_peer import Answer, DeliveryPeer

TELLS = (
    "logwrite = d=$tls_out_dane u=$tls_out_tlsa_usage s=$tls_out_sni v=$tls_out_certificate_verified"
    " c=$tls_out_cipher"
)
DATA = b"EHLO c.test\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nQUIT\r\n"


class Case(NamedTuple):
    """A host, options of the transport, and the peer's answers; without ``tls`` it shakes no hands."""

    host: str
    transport: str = ""
    replies: Mapping[str, Answer] = {"EHLO": OFFERS}
    tls: bool = True


def cases() -> Iterator[tuple[str, Case]]:
    """What is put to both."""
    for host in HOSTS:
        yield host, Case(f"{host}.{bind_server.SIGNED}")
        yield f"{host}, required", Case(f"{host}.{bind_server.SIGNED}", REQUIRED)
    whole = f"whole.{bind_server.SIGNED}"
    yield "no TLS", Case(whole, "", {}, tls=False)
    yield "TLS is put off", Case(whole, "", {"EHLO": OFFERS, "STARTTLS": "454 no"}, tls=False)
    yield "TLS is refused", Case(whole, "", {"EHLO": OFFERS, "STARTTLS": "554 no"}, tls=False)
    yield "TLS is avoided", Case(whole, "hosts_avoid_tls = *")
    yield "not wanted", Case(f"other.{bind_server.SIGNED}", "hosts_try_dane =")
    yield "the DNS does not answer", Case(f"again.{bind_server.SIGNED}")
    yield "the DNS does not answer, required", Case(f"again.{bind_server.SIGNED}", REQUIRED)
    yield "not vouched for", Case("plain.test")
    yield "not vouched for and required", Case("plain.test", REQUIRED)


def main() -> int:
    """Run the cases and print the differences."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(Path(sys.argv[1]) / "own.pem")
    differences: dict[str, object] = {}
    for name, case in cases():
        found = []
        with TemporaryDirectory() as folder:
            place = Path(folder)
            place.chmod(0o777)
            host = f"{case.host} bydns\n  dnssec_request_domains = *"
            for command in COMMANDS:
                port = PORTS[0]
                with DeliveryPeer(case.replies, tls=served if case.tls else None, port=port) as peer:
                    write(
                        place,
                        verify="recipient/callout",
                        port=str(port),
                        transport=case.transport,
                        host=host,
                        tells=TELLS,
                    )
                    done = answers(command, place, "-bhc", DATA)
                found.append([*done, peer.heard])
        if found[0] != found[1]:
            differences[name] = found
    print(json.dumps(differences, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
