"""Whether the signatures of a message hold (RFC 6376), with Exim's verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import dkimcanon, dkimkeys, listtext
from drivers.values.dkimtags import NO_LIMIT, is_signature, key_record, signature
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from drivers.values.dkimcanon import Body
    from drivers.values.dkimtags import Signature

MOST_SIGNATURES = 20
TOO_MANY, LONG_LINE = "EXCESS_SIGS", "LONG_LINE"
LONGEST_LINE = 16382
NONE, INVALID, FAIL, PASS = "none", "invalid", "fail", "pass"
BODY_DIFFERS, HEADER_DIFFERS, TOO_SHORT = "bodyhash_mismatch", "signature_incorrect", "pubkey_too_short"
UNAVAILABLE, TOO_LONG = "pubkey_unavailable", "pubkey_too_long"
BAD_RECORD, BAD_KEY = "pubkey_dns_syntax", "pubkey_der_syntax"
TAG_MISSING, VERSION = "tag_missing", "version"
UNNAMED = frozenset({TAG_MISSING, VERSION})
"""The reasons that Exim has no word for."""

DOES_NOT_HOLD = "Public key signature verification has failed."

_LINE = late_pattern(rb"[^\n]*\n?(?:[ \t][^\n]*\n?)*")


class Material(Record):
    """What signatures are about: the header lines, with CR and LF at each end of a line, and the body.

    ``body`` is None for a message that ends before the empty line behind its header.
    """

    lines: tuple[bytes, ...]
    body: Body | None


class Demands(Record):
    """What is wanted of signatures: hashes and types of keys, the best first, and sizes of keys in bits.

    ``minimal`` means that one good signature is enough.
    """

    hashes: Sequence[str]
    key_types: Sequence[str]
    least_bits: Mapping[str, int]
    minimal: bool = False


def material(data: bytes, *, with_body: bool = True) -> Material:
    """A message, with newlines at the ends of lines, as signatures see it.

    Raises `OverflowError` for a body with a line that is too long.
    """
    if data.startswith(b"\n"):
        header, blank, body = b"", b"\n", data[1:]
    else:
        header, blank, body = data.partition(b"\n\n")
    if with_body and len(body) >= LONGEST_LINE and max(map(len, body.split(b"\n"))) >= LONGEST_LINE:
        raise OverflowError(LONG_LINE)
    text = dkimcanon.with_crlf(header + b"\n") if blank else dkimcanon.with_crlf(data)
    lines = tuple(found for found in _LINE.findall(text) if found)
    return Material(lines, dkimcanon.with_crlf(body) if blank and with_body else None)


def long_material(data: bytes, pieces: Callable[[], Iterator[bytes]]) -> Material:
    """The same for a message that comes in pieces; ``data`` is its beginning, with all of its header.

    Raises what `material` does.
    """
    start = 1 if data.startswith(b"\n") else data.find(b"\n\n") + 2
    length = 0
    for piece in _from(start, pieces()):
        first, *others = piece.split(b"\n")
        if max(length + len(first), *map(len, others), 0) >= LONGEST_LINE:
            raise OverflowError(LONG_LINE)
        length = len(others[-1]) if others else length + len(first)
    lines = material(data, with_body=False).lines
    return Material(lines, lambda: dkimcanon.crlf_pieces(_from(start, pieces())))


def _from(start: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What is behind the first ``start`` bytes."""
    for piece in pieces:
        if start < len(piece):
            yield piece[start:]
        start = max(start - len(piece), 0)


def signatures_of(lines: Iterable[bytes], demands: Demands) -> list[Signature]:
    """The signatures that are to be verified, those with the best algorithms first.

    Raises `OverflowError` where there are too many.
    """
    given = [line for line in lines if is_signature(line[:20].decode("latin-1"))]
    if len(given) >= MOST_SIGNATURES:
        raise OverflowError(TOO_MANY)
    found = [known for line in given if (known := signature(line.decode("latin-1"))) is not None]
    for preferred, of in ((demands.hashes, "hash_type"), (demands.key_types, "key_type")):
        found = [known for name in preferred for known in found if getattr(known, of) == name]
    return found


def body_hash(message: Material, form: str, hash_type: str, length: int = NO_LIMIT) -> bytes:
    """The hash of a body as ``bh=`` has it; without a body, of an empty line."""
    text: Iterable[bytes] = ()  # in either form
    if message.body is None:
        text = (b"\r\n",)
    elif message.body:
        text = dkimcanon.body_pieces(dkimcanon.pieces_of(message.body), form)
    return dkimkeys.digest_of(hash_type, text, None if length == NO_LIMIT else max(length, 0))


def signed_text(lines: Sequence[bytes], names: str, form: str, unsigned: bytes) -> bytes:
    """What a signature is made of: header lines by name, the last ones first, and the signature's."""
    waiting: dict[bytes, list[bytes]] = {}
    for line in lines:
        waiting.setdefault(line.partition(b":")[0].lower(), []).append(line)
    text = []
    for name in names.split(":"):
        of_name = waiting.get(name.lower().encode("latin-1"))
        if of_name:
            text.append(dkimcanon.header_line(of_name.pop(), form))
    return b"".join(text) + dkimcanon.header_line(unsigned, form).removesuffix(b"\r\n")


def verify_all(
    found: Sequence[Signature],
    message: Material,
    ask: Callable[[str], str | None],
    demands: Demands,
    log: Callable[[str], None],
) -> None:
    """Give each signature its verdict; ``ask`` gives the text of a key record by its name, or None."""
    hashes: dict[tuple[str, str, int], bytes] = {}
    for known in found:
        key = known.body_form, known.hash_type, known.body_length
        if key not in hashes:
            hashes[key] = body_hash(message, *key)
        if known.body_hash != hashes[key]:
            known.status, known.reason = FAIL, BODY_DIFFERS
    for known in found:
        if known.status != FAIL:
            complaint = _verify(known, message, ask, demands, log)
            if complaint:
                log(f"DKIM: validation error: {complaint}")
        if known.status == PASS and demands.minimal:
            return


def _verify(
    known: Signature,
    message: Material,
    ask: Callable[[str], str | None],
    demands: Demands,
    log: Callable[[str], None],
) -> str:
    """Give one signature its verdict: what the cryptography says that the log does."""
    known.status = INVALID
    if not known.is_complete:
        known.reason = TAG_MISSING
        return ""
    if known.version < 0:
        known.reason = VERSION
        return ""
    try:
        key = fetch_key(known, ask)
    except dkimkeys.BadKey as problem:
        log(f"DKIM: d={known.domain} s={known.selector} [failed key import]")
        return str(problem)
    known.status = FAIL
    if dkimkeys.bits(key) < demands.least_bits.get(known.key_type, 0):
        known.reason = TOO_SHORT
        return ""
    assert known.key is not None
    assert known.value is not None
    if known.key.hashes is not None and known.hash_type not in listtext.pieces(known.key.hashes, ":"):
        return ""
    text = signed_text(message.lines, known.header_names, known.header_form, known.unsigned)
    if not dkimkeys.holds(key, known.hash_type, text, known.value):
        known.reason = HEADER_DIFFERS
        return DOES_NOT_HOLD
    known.status = PASS
    return ""


def fetch_key(known: Signature, ask: Callable[[str], str | None]) -> dkimkeys.PublicKey:
    """The key of a signature, which gets its size. Raises `dkimkeys.BadKey` in the words of GnuTLS."""
    text = ask(f"{known.selector}._domainkey.{known.domain}.")
    if text is None:
        known.reason = UNAVAILABLE
        raise dkimkeys.BadKey
    known.key = key_record(text)
    if known.key is None:
        known.reason = BAD_RECORD
        raise dkimkeys.BadKey
    try:
        key = dkimkeys.public_key(known.key_type, known.key.data)
    except dkimkeys.BadKey:
        known.reason = BAD_KEY
        raise
    known.key_bits = dkimkeys.bits(key)
    return key
