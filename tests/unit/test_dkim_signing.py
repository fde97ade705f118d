"""Signing as the options of the smtp transport ask for it: what is signed verifies here and elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

import dkim
import pytest

from drivers.api.errors import Deferred
from drivers.values import dkimoptions
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from receiving import received
from signed import pem, public, zone

MESSAGE = (
    b"From: a@x.test\nTo: b@y.test\nSubject:  folded\n\tline\nDate: Sat, 28 Nov 2026 00:00:00 +0000\n"
    b"X-Other: 1\nX-Other: 2\n\nbody  line \n\n\n"
)
ZONES = {
    "d.test": zone({"s1": f"v=DKIM1; p={public('rsa')}", "ed": f"v=DKIM1; k=ed25519; p={public('ed25519')}"})
}
PLAIN = {
    "dkim_domain": "D.test",
    "dkim_selector": "s1",
    "dkim_private_key": "/keys/$dkim_domain/$dkim_selector",
}


def made(
    options: Mapping[str, str], message: bytes = MESSAGE, *, log: list[str] | None = None
) -> list[bytes]:
    """The header lines that options add, with newlines alone at the ends of lines."""
    files = {"/keys/d.test/s1": pem("rsa"), "/keys/d.test/ed": pem("ed25519"), "/keys/bad": "nothing"}
    context = Expander(profile=PROFILES["debian-12"], world=MemoryWorld(files)).context
    if log is not None:
        context.log_with = lambda line, _panic: log.append(line)
    head, _, body = message.replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    lines = re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\n]*\r\n)*", head + b"\r\n")
    found = dkimoptions.signatures(context, options, lines, body)
    assert "dkim_domain" not in context.facts
    return [line.replace(b"\r\n", b"\n") for line in found]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"dkim_canon": "simple"},
        {"dkim_hash": "sha512"},
        {"dkim_selector": "ed"},
        {"dkim_selector": "s1 : ed"},
        {"dkim_identity": "joe@$dkim_domain", "dkim_timestamps": "${eval:60*60}"},
        {"dkim_sign_headers": "From:=X-Other:+Subject:Cc"},
        {"dkim_sign_headers": "From:X-Other:X-Other:X-Other"},
        {"dkim_private_key": pem("rsa")},
    ],
)
def test_what_is_signed_verifies(options: Mapping[str, str]) -> None:
    lines = made(PLAIN | options)
    _, log = received(b"".join(lines) + MESSAGE, main="", records=ZONES)
    verdicts = [line.rpartition("[")[2] for line in log if line.startswith("DKIM: d=")]
    assert verdicts == ["verification succeeded]"] * (2 if ":" in options.get("dkim_selector", "") else 1)


@pytest.mark.parametrize("form", ["relaxed", "simple"])
def test_dkimpy_verifies_it(form: str) -> None:
    (line,) = made(PLAIN | {"dkim_canon": form, "dkim_timestamps": "100000000"})
    text = (line + MESSAGE).replace(b"\n", b"\r\n")
    record = f"v=DKIM1; p={public('rsa')}".encode()

    def ask(_name: bytes, timeout: int = 5) -> bytes:
        del timeout
        return record

    assert dkim.verify(text, dnsfunc=ask)
    assert not dkim.verify(text.replace(b"b@y", b"c@y"), dnsfunc=ask)


def names(text: str, message: bytes = MESSAGE) -> str:
    """The names that are signed for a value of ``dkim_sign_headers``."""
    (line,) = made(PLAIN | {"dkim_sign_headers": text}, message)
    flat = line.decode().replace("\n\t", "")
    return flat.partition("h=")[2].partition(";")[0]


def test_header_lines_are_signed_from_the_last_to_the_first() -> None:
    assert names("From:To:=X-Other:+Subject:cc:from") == "X-Other:X-Other:Subject:To:From:Subject:cc:from"
    assert names("X-Other") == "X-Other"
    assert names("=nothing:+cc") == "cc"


def test_lines_are_folded_as_exim_folds_them() -> None:
    (line,) = made(PLAIN)
    assert line.startswith(
        b"DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/relaxed; d=d.test;\n"
        b"\ts=s1; h=Date:Subject:To:From:Sender:Reply-To:Message-ID:Cc:MIME-Version:\n"
        b"\tContent-Type:Content-Transfer-Encoding:Content-ID:Content-Description:\n"
        b"\tResent-Date:Resent-From:Resent-Sender:Resent-To:Resent-Cc:Resent-Message-ID:\n"
        b"\tIn-Reply-To:References:List-Id:List-Help:List-Unsubscribe:List-Subscribe:\n"
        b"\tList-Post:List-Owner:List-Archive;\n\tbh="
    )
    assert max(len(piece.expandtabs(1)) for piece in line.decode().split("\n")) == 78
    assert line.endswith(b"=;\n")


@pytest.mark.parametrize(
    "options",
    [
        {"dkim_domain": ""},
        {"dkim_selector": ""},
        {"dkim_private_key": "0"},
        {"dkim_private_key": "${if eq{a}{b}{x}fail}"},
    ],
)
def test_signing_may_not_be_wanted(options: Mapping[str, str]) -> None:
    log: list[str] = []
    assert made(PLAIN | {"dkim_strict": "true"} | options, log=log) == []
    assert log == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dkim_private_key": "/nowhere"}, ["unable to open file for reading: /nowhere"]),
        (
            {"dkim_private_key": "/keys/bad"},
            [
                "signing_init: privkey PEM-block import: The requested data were not available.",
                "DKIM: signing failed: PRIVKEY",
            ],
        ),
        ({"dkim_hash": "md5"}, ["DKIM: unrecognised hashname 'md5'"]),
        (
            {"dkim_selector": "${if"},
            ['failed to expand dkim_selector: condition name expected, but found ""'],
        ),
    ],
)
def test_trouble_is_logged_and_defers_where_that_is_wanted(
    options: Mapping[str, str], said: list[str]
) -> None:
    log: list[str] = []
    assert made(PLAIN | options, log=log) == []
    assert log == said
    with pytest.raises(Deferred):
        made(PLAIN | options | {"dkim_strict": "${if eq{1}{1}{true}}"}, log=log)
    assert log[-1].startswith("DKIM: message could not be signed, and dkim_strict is set.")


def test_an_unknown_form_is_told_of() -> None:
    log: list[str] = []
    (line,) = made(PLAIN | {"dkim_canon": "loose"}, log=log)
    assert b"c=relaxed/relaxed" in line
    assert log == ["DKIM: unknown canonicalization method 'loose', defaulting to 'relaxed'.\n"]


def seals(specification: str, message: bytes, log: list[str]) -> list[bytes]:
    """The header lines that ``arc_sign`` adds."""
    context = Expander(profile=PROFILES["4.99"], world=MemoryWorld({"/key": pem("rsa")})).context
    context.log_with = lambda line, _panic: log.append(line)
    head, _, body = message.replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    lines = [line + b"\r\n" for line in head.split(b"\r\n")]
    return dkimoptions.seal(context, specification, lines, body)


def test_arc_sign_takes_a_list() -> None:
    message = b"Authentication-Results: d.test; arc=none\nFrom: a@x.test\n\nbody\n"
    log: list[str] = []
    plain = seals("d.test : s1 : /key", message, log)
    assert [line.partition(b":")[0] for line in plain] == [
        b"ARC-Seal",
        b"ARC-Message-Signature",
        b"ARC-Authentication-Results",
    ]
    timed = seals("d.test : s1 : /key : timestamps, expire=+10", message, log)
    created, expires = (re.search(rb"\b%s=(\d+);" % tag, timed[1]) for tag in (b"t", b"x"))
    assert created
    assert expires
    assert int(expires[1]) == int(created[1]) + 10
    assert b"x=" not in timed[0]
    assert b"x=1234;" in seals("d.test:s1:/key:expire=1234", message, log)[1]
    assert log == []
    assert seals("", message, log) == seals("${if eq{a}{b}{x}fail}", message, log) == []
    assert log == []
    assert seals("d.test : s1", message, log) == []
    assert seals(" : s1 : /key", message, log) == []
    assert seals("e.test : s1 : /key", message, log) == []
    assert log == [
        "ARC: bad signing-specification (private key)",
        "ARC: bad signing-specification (identity)",
        "ARC: no Authentication-Results header for signing",
    ]
