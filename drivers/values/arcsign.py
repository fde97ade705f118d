"""Sealing messages (ARC, RFC 8617): one more set of header lines on top of those that are there."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values import arc, dkimcanon, dkimkeys
from drivers.values.arc import FAIL, KINDS, MOST_SETS, NONE, ArcSet
from drivers.values.dkimcanon import RELAXED
from drivers.values.dkimsign import SIGN_HEADERS, Layout, signed_names
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.values.dkimcanon import Body

HASH = "sha256"
AUTHENTICATION_RESULTS = "authentication-results"
NO_RESULTS = "ARC: no Authentication-Results header for signing"
BAD_SPECIFICATION = "ARC: bad signing-specification ({})"
PARTS = ("identity", "selector", "private key")
MONTH = 30 * 24 * 3600


class Sealing(Record):
    """How a message is to be sealed: for whom, with which key, and the times that are told, None for none."""

    identity: str
    selector: str
    key: dkimkeys.PrivateKey
    created: int | None = None
    expires: int | None = None


class NotSealed(ValueError):
    """The message gets no seal; the text is what Exim logs, "" for nothing."""


def seal(lines: Sequence[bytes], body: Body, how: Sealing) -> list[bytes]:
    """The three new header lines, the seal first; all have CR and LF at the ends of their lines.

    ``lines`` are those of the message, new DKIM signatures among them. Raises `NotSealed`.
    """
    results = _results(lines, how.identity)
    if results is None:
        raise NotSealed(NO_RESULTS)
    try:
        chain = arc.collect(lines)
    except ValueError as problem:
        raise NotSealed(str(problem)) from problem
    instance = chain[-1].instance + 1 if chain else 1
    if instance > MOST_SETS:
        raise NotSealed
    aar = f"ARC-Authentication-Results: i={instance}; {results.strip(SPACE)}\r\n".encode("latin-1")
    ams = _signature(lines, body, how, instance)
    outcome = _outcome(results)
    new = ArcSet(instance, dict(zip(KINDS, (aar, ams, b""), strict=True)))
    sets = [new] if outcome == FAIL else [*chain, new]
    return [_seal(sets, how, outcome), ams, aar]


def _results(lines: Sequence[bytes], identity: str) -> str | None:
    """What the first header line with results of our own says."""
    for line in lines:
        name, _, value = line.decode("latin-1").partition(":")
        server = value.partition(";")[0].split()
        if lower(name.strip()) == AUTHENTICATION_RESULTS and server and lower(server[0]) == lower(identity):
            return value
    return None


def _outcome(results: str) -> str:
    """What the results say of the chain so far."""
    for part in results.split(";"):
        method, _, value = part.strip(SPACE).partition("=")
        if method.strip(SPACE) == "arc":
            return (value.split() or [NONE])[0]
    return NONE


def _signature(lines: Sequence[bytes], body: Body, how: Sealing, instance: int) -> bytes:
    names, chosen = signed_names(lines, f"{SIGN_HEADERS}:DKIM-Signature")
    chosen_names = names[: len(chosen)]
    canonical = dkimcanon.body_pieces(dkimcanon.pieces_of(body), RELAXED)
    body_hash = b64encode(dkimkeys.digest_of(HASH, canonical)).decode("ascii")

    def line(value: str) -> bytes:
        layout = Layout(f"ARC-Message-Signature: i={instance};")
        layout.add(f"a={dkimkeys.kind_of(how.key)}-{HASH};")
        layout.add(f"c={RELAXED}/{RELAXED};")
        layout.add(f"d={how.identity};")
        layout.add(f"s={how.selector};")
        layout.add_list("h=", chosen_names or ["From"], ";")
        layout.add(f"bh={body_hash};")
        _times(layout, how, expires=True)
        layout.add(f"b={value};")
        return layout.text.encode("latin-1")

    return _finished(line, b"".join(dkimcanon.header_line(one, RELAXED) for one in chosen), how)


def _seal(sets: Sequence[ArcSet], how: Sealing, outcome: str) -> bytes:
    def line(value: str) -> bytes:
        layout = Layout(f"ARC-Seal: i={sets[-1].instance};")
        layout.add(f"cv={outcome};")
        layout.add(f"a={dkimkeys.kind_of(how.key)}-{HASH};")
        layout.add(f"d={how.identity};")
        layout.add(f"s={how.selector};")
        _times(layout, how, expires=False)
        layout.add(f"b={value};")
        return layout.text.encode("latin-1")

    text = arc.sealed_text(sets, line(""))
    value = b64encode(dkimkeys.sign(how.key, HASH, text)).decode("ascii")
    return line(value) + b"\r\n"


def _times(layout: Layout, how: Sealing, *, expires: bool) -> None:
    if how.created is not None:
        layout.add(f"t={how.created};")
    if expires and how.expires is not None:
        layout.add(f"x={how.expires};")


def _finished(line: Callable[[str], bytes], signed: bytes, how: Sealing) -> bytes:
    text = signed + dkimcanon.header_line(line("") + b"\r\n", RELAXED)[:-2]
    return line(b64encode(dkimkeys.sign(how.key, HASH, text)).decode("ascii")) + b"\r\n"
