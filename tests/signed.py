"""Messages with signatures made for tests, by code that shares nothing with what verifies them but hashes."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

Key = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

MESSAGE = b"From: a@x.test\nTo: b@y.test\nSubject: hello\nX-Other: 1\n\nbody line\n\nsecond  line \n\n\n"


@cache
def key(kind: str) -> Key:
    """A key of the kind "rsa" (1024 bits), "rsa2048" or "ed25519", the same one for each kind."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048 if kind == "rsa2048" else 1024)


def pem(kind: str) -> str:
    """A key as it stands in files."""
    form = serialization.PrivateFormat.PKCS8
    return (
        key(kind)
        .private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        .decode("ascii")
    )


def public(kind: str, *, der: bool = False) -> str:
    """A public key as its record has it; ``der`` wraps one of Ed25519 as well."""
    one = key(kind).public_key()
    if kind == "ed25519" and not der:
        raw = one.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    else:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        raw = one.public_bytes(serialization.Encoding.DER, form)
    return b64encode(raw).decode("ascii")


def record(text: str) -> str:
    """The data of a TXT record."""
    pieces = [text[at : at + 250] for at in range(0, max(len(text), 1), 250)]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


def zone(records: Mapping[str, str]) -> str:
    """The zone file of a domain with these keys, by their selectors."""
    return "".join(f"{selector}._domainkey TXT {record(text)}\n" for selector, text in records.items())


def sign(  # noqa: PLR0913 - each says one thing that may be wrong
    message: bytes = MESSAGE,
    *,
    kind: str = "rsa",
    domain: str = "d.test",
    selector: str = "s1",
    algorithm: str = "sha256",
    header_form: str = "relaxed",
    body_form: str = "relaxed",
    headers: str = "from:to:subject",
    name: str = "DKIM-Signature",
    between: str = "; ",
    end: str = "",
    tags: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
    length: int | None = None,
    spoil: Callable[[str], str] | None = None,
) -> bytes:
    """The message with one more signature at its beginning; newlines stand alone at the ends of lines.

    ``tags`` replace or add tags before the signature is made, ``spoil`` changes the signature after that.
    """
    head, _, body = message.replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    lines = re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\n]*\r\n)*", head + b"\r\n")
    text = _body(body, body_form)[:length]
    given = {"v": "1", "a": f"{kind.rstrip('0123456789') if kind != 'ed25519' else kind}-{algorithm}"}
    given |= {"c": f"{header_form}/{body_form}", "d": domain, "s": selector, "h": headers}
    given |= {"bh": b64encode(hashlib.new(algorithm, text).digest()).decode("ascii"), "b": ""}
    given |= {"l": str(length)} if length is not None else {}
    given |= tags or {}
    given = {tag: value for tag, value in given.items() if tag not in without}
    line = f"{name}: {between.join(f'{tag}={value}' for tag, value in given.items())}{end}"
    signed = b""
    for wanted in given.get("h", "").split(":"):
        for at in range(len(lines) - 1, -1, -1):
            if lines[at].partition(b":")[0].lower().decode("latin-1") == wanted.strip().lower():
                signed += _line(lines.pop(at), header_form)
                break
    signed += _line(line.encode("latin-1").replace(b"\n", b"\r\n") + b"\r\n", header_form)[:-2]
    value = b64encode(_value(kind, algorithm, signed)).decode("ascii")
    value = spoil(value) if spoil else value
    line = re.sub(r"(?<=[; \t\n])b=(?=;|\Z)", f"b={value}", line, count=1)
    return line.encode("latin-1") + b"\n" + message


def _value(kind: str, algorithm: str, data: bytes) -> bytes:
    one = key(kind)
    if isinstance(one, ed25519.Ed25519PrivateKey):
        return one.sign(hashlib.new(algorithm, data).digest())
    return one.sign(data, padding.PKCS1v15(), getattr(hashes, algorithm.upper())())


def _line(line: bytes, form: str) -> bytes:
    if form == "simple":
        return line
    name, _, value = line.replace(b"\r\n", b"").partition(b":")
    return name.lower() + b":" + re.sub(rb"[ \t]+", b" ", value).strip() + b"\r\n"


def _body(body: bytes, form: str) -> bytes:
    lines = body.split(b"\r\n")
    if form == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    if form == "simple" and body and not lines:
        return b"\r\n"
    return b"".join(line + b"\r\n" for line in lines)
