"""Deliveries to hosts with TLSA records, to eximulate and to the real Exim: prints what they do differently.

    python tests/dane_lab.py FOLDER
    python tests/bind_server.py FOLDER python tests/dane_lab.py FOLDER run

The first makes zones, which are signed, and the certificate of the host; the second runs the scenarios where
the name server has these zones.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import bind_server
import selfsigned
from delivery_lab import Outcome, Scenario, ours, real
from delivery_scenarios import TLS_PEER, TLS_SELECTORS
from delivery_scenarios_3 import ACTION, TELLS

PORTS = 2525, 2526
"""Where the peer is for eximulate and for the real Exim, which are asked at the same time."""

PART = ("heard", "log", "panic", "box")
START = "$TTL 300\n@ SOA ns admin 1 2 3 4 60\n@ NS ns\nns A 127.0.0.2\n"
VARIABLES = (
    "headers_add = X: d=$tls_out_dane u=$tls_out_tlsa_usage s=$tls_out_sni v=$tls_out_certificate_verified"
)
REQUIRED = "hosts_require_dane = *"
OFFERS = "250-peer\n250 STARTTLS"
HOSTS = ("whole", "key", "exact", "other", "several", "anchor", "public", "none")


def make(folder: Path) -> None:
    """Write the zones and the certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = selfsigned.certificate(folder / "own.pem")
    known = x509.load_pem_x509_certificate(pem.read_bytes())
    whole = known.public_bytes(Encoding.DER)
    key = known.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(whole).hexdigest()
    other = f"3 0 1 {'ab' * 32}"
    records: Mapping[str, tuple[str, ...]] = {
        "whole": (f"3 0 1 {digest}",),
        "key": (f"3 1 1 {hashlib.sha256(key).hexdigest()}",),
        "exact": (f"3 0 0 {whole.hex()}",),
        "other": (other,),
        "several": (other, f"3 1 2 {hashlib.sha512(key).hexdigest()}"),
        "anchor": (f"2 0 1 {digest}",),
        "public": (f"1 0 1 {digest}",),
        "none": (),
    }
    zone, plain = f"{START}again A 127.0.0.1\n", f"{START}@ A 127.0.0.1\n"
    zone += "".join(f"{host} A 127.0.0.1\n" for host in records)
    for port in PORTS:
        zone += f"_{port}._tcp.again CNAME test.again.dns.\n"
        zone += "".join(f"_{port}._tcp.{host} TLSA {each}\n" for host in records for each in records[host])
        plain += f"_{port}._tcp TLSA 3 0 1 {digest}\n"
    (folder / f"db.{bind_server.SIGNED}").write_text(zone)
    (folder / "db.plain.test").write_text(plain)
    bind_server.sign(folder)


def scenarios(folder: Path) -> Iterator[tuple[str, Scenario]]:
    """What is put to both."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(folder / "own.pem")

    def at(host: str, transport: str = "", *, told: bool = True, **more: object) -> Scenario:
        peer = {} if "answers" in more else {"tls": served}
        return Scenario(  # type: ignore[arg-type]
            config=TELLS.replace("self = send", "self = send\n  dnssec_request_domains = *"),
            route=f"* {host} bydns",
            main=f"{ACTION if told else ''}\n{TLS_SELECTORS}",
            transport=f"{ACTION if told else ''}\n  {VARIABLES}\n  {transport}",
            peer=peer,
            **{"answers": TLS_PEER, **more},
        )

    for host in HOSTS:
        yield host, at(f"{host}.{bind_server.SIGNED}")
        yield f"{host}, required", at(f"{host}.{bind_server.SIGNED}", REQUIRED, told=host != "none")
    whole = f"whole.{bind_server.SIGNED}"
    yield "no TLS", at(whole, answers={})
    yield "TLS is put off", at(whole, answers={"EHLO": OFFERS, "STARTTLS": "454 no"})
    yield "TLS is refused", at(whole, answers={"EHLO": OFFERS, "STARTTLS": "554 no"})
    yield "TLS is avoided", at(whole, "hosts_avoid_tls = *")
    yield "not wanted", at(f"other.{bind_server.SIGNED}", "hosts_try_dane =")
    yield "another name", at(whole, "tls_sni = other.test")
    yield "verification as well", at(whole, "tls_verify_hosts = *")
    yield "the DNS does not answer", at(f"again.{bind_server.SIGNED}")
    yield "not vouched for", at("plain.test")
    yield "not vouched for and required", at("plain.test", REQUIRED, told=False)


def both(scenario: Scenario, place: Path) -> tuple[Outcome, Outcome]:
    """What eximulate does, and what the real Exim does meanwhile."""
    here, there = (replace(scenario, peer={**scenario.peer, "port": port}) for port in PORTS)
    with ThreadPoolExecutor() as pool:
        own = pool.submit(ours, here, place / "ours")
        expected = real(there, place / "real")
    return own.result(), expected


def main() -> int:
    """Make the zones, or run the scenarios and print the differences."""
    folder = Path(sys.argv[1])
    if len(sys.argv) < 3:
        make(folder)
        return 0
    found: dict[str, object] = {}
    for name, scenario in scenarios(folder):
        with TemporaryDirectory() as place:
            Path(place).chmod(0o755)
            own, expected = both(scenario, Path(place))
        found |= {
            f"{name}: {part}": [getattr(own, part), getattr(expected, part)]
            for part in PART
            if getattr(own, part) != getattr(expected, part)
        }
    print(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
