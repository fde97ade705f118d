"""Messages with signatures of all sorts, the zone with their keys, and what Exim 4.96 says of each.

What is said is the text between brackets on the last line of the log about the message's signatures,
after the name of a variable with the reason, if there is one; "" where no signature is looked at.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import cache

from signed import MESSAGE, public, record, sign, zone

# The verdicts of Exim.
GOOD = "verification succeeded"
BODY = "bodyhash_mismatch; verification failed - body hash mismatch (body probably modified in transit)"
HEADER = (
    "signature_incorrect; "
    "verification failed - signature did not verify (headers probably modified in transit)"
)
TAGS = "invalid - signature tag missing or invalid"
GONE = "pubkey_unavailable; invalid - public key record (currently?) unavailable"
RECORD = "pubkey_dns_syntax; invalid - syntax error in public key record"
DER = "pubkey_der_syntax; invalid - syntax error in public key record"

EMPTY = b"From: a@x.test\nTo: b@y.test\n"


@cache
def zones() -> dict[str, str]:
    """The zones with the keys."""
    rsa = public("rsa")
    der = b64decode(rsa)
    spoilt = {
        "trunc": der[:-4],
        "tag": der[:5] + b"\xff" + der[6:],
        "bare": der[22:],
        "nothing": b"\x30\x00",
        "name": der[:8] + b"\x01" + der[9:],
        "more": der + b"xx",
    }
    texts = {
        "s1": f"v=DKIM1; k=rsa; p={rsa}",
        "ed": f"v=DKIM1; k=ed25519; p={public('ed25519')}",
        "edder": f"v=DKIM1; k=ed25519; p={public('ed25519', der=True)}",
        "full": f"v=DKIM1; k=rsa; h=sha256; s=email; t=y:s; g=joe; n=hello=20there; p={rsa}",
        "srv": f"v=DKIM1; s=other; p={rsa}",
        "hash": f"v=DKIM1; h=sha1; p={rsa}",
        "hashes": f"v=DKIM1; h=sha1 : sha256; p={rsa}",
        "rev": "v=DKIM1; p=",
        "nop": "v=DKIM1; k=rsa",
        "badb": "v=DKIM1; p=!!!???",
        "ver": f"v=DKIM2; p={rsa}",
        "nov": f"k=rsa; p={rsa}",
        "edk": f"v=DKIM1; k=ed25519; p={rsa}",
        "rsk": f"v=DKIM1; k=rsa; p={public('ed25519')}",
        "junk": "hello world",
        "sp": f"v = DKIM1 ; p = {rsa}",
        "up": f"V=DKIM1; P={rsa}",
        "pp": f"v=DKIM1; pp={rsa}",
        "nosemi": f"v=DKIM1 p={rsa}",
        "empty": "",
        "gnone": f"v=DKIM1; g=; p={rsa}",
        **{name: f"v=DKIM1; p={b64encode(data).decode()}" for name, data in spoilt.items()},
    }
    further = "again._domainkey CNAME test.again.dns.\nali._domainkey CNAME s1._domainkey\n"
    further += "a._domainkey A 192.0.2.1\n"
    two = f'two._domainkey TXT "hello"\ntwo._domainkey TXT {record(texts["s1"])}\n'
    return {"d.test": zone(texts) + further + two}


@cache
def messages() -> dict[str, bytes]:
    """The messages by names."""
    made = {
        "none": MESSAGE,
        "good": sign(),
        "sha512": sign(algorithm="sha512"),
        "sha1": sign(algorithm="sha1"),
        "ed25519": sign(kind="ed25519", selector="ed"),
        "ed25519 in DER": sign(kind="ed25519", selector="edder"),
        "ed25519 by a key of RSA": sign(kind="ed25519"),
        "other body": sign() + b"more\n",
        "other header": sign().replace(b"hello", b"hullo"),
        "other value": sign(spoil=lambda value: "AAAA" + value[4:]),
        "value in no base64": sign(spoil=lambda value: "!*" + value[4:]),
        "no value": sign(spoil=lambda _: ""),
        "short value": sign(spoil=lambda value: value[:40]),
        "part of the body": sign(length=11) + b"added\n",
        "nothing of the body": sign(length=0),
        "folded": sign(between=";\n\t"),
        "no blanks": sign(between=";"),
        "semicolon at the end": sign(end=";"),
        "text at the end": sign(end="; \n x"),
        "names missing": sign(headers="from:to:subject:cc:from"),
        "a name twice": sign(b"Subject: one\n" + MESSAGE, headers="from:subject:subject"),
        "the last of two": sign(b"Subject: one\n" + MESSAGE, headers="from:subject"),
        "blanks in names": sign(headers="from : to :\n subject"),
        "two": sign(sign(), kind="ed25519", selector="ed", tags={"i": "u@d.test"}),
        "two, one unknown": sign(sign(domain="other.test")),
        "two, one covering the other": sign(sign(), headers="from:dkim-signature"),
        "empty body, simple": sign(EMPTY + b"\n", body_form="simple"),
        "empty body, relaxed": sign(EMPTY + b"\n"),
        "no body": sign(EMPTY),
        "blank lines": sign(EMPTY + b"\n\n\n\n", body_form="simple"),
        "lines of blanks": sign(EMPTY + b"\n  \t \n \n"),
        "dots": sign(EMPTY + b"\n.\n..\n.x\n"),
        "blanks": sign(EMPTY + b"\na \t\nb  c\t\td\n\n \n"),
        "long line": sign(EMPTY + b"\n" + b"x" * 16382 + b"\n"),
        "name in capitals": sign(name="DKIM-SIGNATURE"),
        "blank after the name": sign(name="DKIM-Signature "),
        "8 bits": sign("From: a@x.test\nSubject: \xe9\n\nb\xf6dy\n".encode("latin-1")),
        "no tags": b"DKIM-Signature: hello\n" + MESSAGE,
        "few tags": b"DKIM-Signature: v=1; a=rsa-sha256\n" + MESSAGE,
        "blanks in a domain": sign(tags={"d": "d . test"}),
        "a domain twice": sign(end="; d=other.test"),
        "a value twice": sign(end="; b=AAAA"),
        "quoted identity": sign(tags={"i": "joe=40x@sub.d.test"}),
        "identity without an at sign": sign(tags={"i": "=4"}),
        "copied lines": sign(tags={"z": "From:foo@x=3Dy|To:b=20c"}),
        "made tomorrow": sign(tags={"t": "4000000000", "x": "4000086400"}),
        "good until yesterday": sign(tags={"t": "1600000000", "x": "1600086400"}),
        "over before it was made": sign(tags={"t": "4000086400", "x": "4000000000"}),
        "dates and length": sign(tags={"i": "@d.test", "t": "1", "x": "2", "l": "3"}),
        "many": _several(20),
    }
    forms = ("simple", "relaxed")
    made |= {f"{one}/{two}": sign(header_form=one, body_form=two) for one in forms for two in forms}
    made |= {f"without {tag}": sign(without=[tag]) for tag in ("v", "a", "c", "d", "s", "h", "bh", "b")}
    selectors = "edk rsk ali a again none two".split()
    made |= {
        f"key {selector}": sign(selector=selector)
        for line in zones()["d.test"].split("\n")
        if (selector := line.partition(".")[0]) and selector not in {"s1", "ed", "edder"}
    } | {f"key {selector}": sign(selector=selector) for selector in selectors}
    wrong = {
        "v": ("2", "1.0"),
        "a": ("rsa", "rsa-md5", "dsa-sha256", "RSA-SHA256", "rsa-sha256-x"),
        "c": ("relaxed", "simple", "foo/bar", "relaxed/foo", "simple/"),
        "q": ("dns/txt", "foo"),
        "t": ("12345", "abc"),
        "x": ("100", "99999999999", ""),
        "l": ("x", "-1", "99999"),
        "d": ("", "D.Test"),
        "s": ("",),
        "bh": ("", "!!"),
        "foo": ("bar",),
    }
    return made | {
        f"{tag}={value}": sign(tags={tag: value}) for tag, values in wrong.items() for value in values
    }


def _several(count: int) -> bytes:
    message = MESSAGE
    for _ in range(count):
        message = sign(message, headers="from")
    return message


SAID = {
    "none": "",
    "good": GOOD,
    "sha512": GOOD,
    "sha1": "",
    "ed25519": GOOD,
    "ed25519 in DER": GOOD,
    "ed25519 by a key of RSA": HEADER,
    "other body": BODY,
    "other header": HEADER,
    "other value": HEADER,
    "value in no base64": TAGS,
    "no value": TAGS,
    "short value": HEADER,
    "part of the body": GOOD,
    "nothing of the body": GOOD,
    "folded": GOOD,
    "no blanks": GOOD,
    "semicolon at the end": GOOD,
    "text at the end": GOOD,
    "names missing": GOOD,
    "a name twice": GOOD,
    "the last of two": GOOD,
    "blanks in names": GOOD,
    "two": GOOD,
    "two, one unknown": GONE,
    "two, one covering the other": GOOD,
    "empty body, simple": GOOD,
    "empty body, relaxed": GOOD,
    "no body": BODY,
    "blank lines": GOOD,
    "lines of blanks": GOOD,
    "dots": GOOD,
    "blanks": GOOD,
    "long line": "",
    "name in capitals": GOOD,
    "blank after the name": "",
    "8 bits": GOOD,
    "no tags": "",
    "few tags": "",
    "blanks in a domain": GOOD,
    "a domain twice": GONE,
    "a value twice": HEADER,
    "quoted identity": GOOD,
    "identity without an at sign": GOOD,
    "copied lines": GOOD,
    "dates and length": BODY,
    "many": "",
    "simple/simple": GOOD,
    "simple/relaxed": GOOD,
    "relaxed/simple": GOOD,
    "relaxed/relaxed": GOOD,
    "without v": TAGS,
    "without a": "",
    "without c": BODY,
    "without d": "",
    "without s": TAGS,
    "without h": TAGS,
    "without bh": BODY,
    "without b": TAGS,
    "key full": GOOD,
    "key srv": RECORD,
    "key hash": "verification failed - unspecified reason",
    "key hashes": GOOD,
    "key rev": DER,
    "key nop": RECORD,
    "key badb": RECORD,
    "key ver": RECORD,
    "key nov": GOOD,
    "key edk": GOOD,
    "key rsk": DER,
    "key junk": RECORD,
    "key sp": RECORD,
    "key up": RECORD,
    "key pp": GOOD,
    "key nosemi": RECORD,
    "key empty": GONE,
    "key gnone": GOOD,
    "key trunc": DER,
    "key tag": DER,
    "key bare": DER,
    "key nothing": DER,
    "key name": DER,
    "key more": DER,
    "key again": GONE,
    "key ali": GOOD,
    "key a": GONE,
    "key two": RECORD,
    "key none": GONE,
    "v=2": "invalid - unsupported DKIM version",
    "v=1.0": "invalid - unsupported DKIM version",
    "a=rsa": "",
    "a=rsa-md5": "",
    "a=dsa-sha256": "",
    "a=RSA-SHA256": "",
    "a=rsa-sha256-x": GOOD,
    "c=relaxed": BODY,
    "c=simple": BODY,
    "c=foo/bar": BODY,
    "c=relaxed/foo": BODY,
    "c=simple/": BODY,
    "q=dns/txt": GOOD,
    "q=foo": GOOD,
    "t=12345": GOOD,
    "t=abc": GOOD,
    "x=100": GOOD,
    "x=99999999999": GOOD,
    "x=": GOOD,
    "l=x": BODY,
    "l=-1": GOOD,
    "l=99999": GOOD,
    "d=": "",
    "d=D.Test": GOOD,
    "s=": TAGS,
    "bh=": BODY,
    "bh=!!": BODY,
    "foo=bar": GOOD,
}
