"""Content scanning in sessions: scanners that no Exim at hand is built with, and what a sandbox permits."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

import pytest

from drivers.api.errors import Refused
from drivers.values import mime_body
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import chosen
from expander.session.arrived import Arrived
from expander.session.machine import Session
from expander.world.account import Finished
from expander.world.memory import MemoryWorld, Script
from expander.world.sandbox import SandboxWorld

Server = bytes | Callable[[bytes], bytes]

CONFIG = """\
primary_hostname = mail.example.test
spool_directory = /spool
acl_smtp_rcpt = accept
acl_smtp_data = data
{options}
begin acl
mime:
{mime}
  accept
data:
{data}
  accept
"""
MESSAGE = "Subject: x\r\nContent-Type: text/plain; name=a.exe\r\n\r\nbody\r\n"
FOUND = "  deny malware = *\n       message = found $malware_name\n"


def told(
    data: str = "",
    *,
    options: str = "",
    mime: str = "",
    servers: Mapping[str | tuple[str, int], Server] | None = None,
    programs: Mapping[str, Script] | None = None,
    allow: tuple[str, ...] = ("net", "run", "write"),
    profile: str = "4.99",
    kept: list[Arrived] | None = None,
) -> tuple[str, list[str]]:
    """What a client is told at the end of a message, and what is logged."""
    config = CONFIG.format(options=options, data=data, mime=mime).encode()
    inner = MemoryWorld(files={"/x": config, "/spool/": ""}, servers=servers, programs=programs)
    world = SandboxWorld(inner, allow)
    context = Expander(config=load("/x", profile=chosen(profile), world=world), world=world).context
    context.facts["sender_host_address"] = "192.0.2.1"
    log: list[str] = []
    context.log_with = lambda text, _panic: log.append(text)
    session = Session(context, lambda _text: None)
    session.keep_with = None if kept is None else kept.append
    session.start()
    for line in ("HELO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<x@y.test>", "DATA"):
        session.command(f"{line}\r\n".encode())
    said = [session.data(line) for line in f"{MESSAGE}.\r\n".encode().splitlines(keepends=True)]
    return "".join(said[-1]), log


def test_aveserver() -> None:
    answers = {b"": b"200 ready\r\n", b"quit": b"200 bye\r\n"}

    def answer(request: bytes) -> bytes:
        if request.startswith(b"SCAN bPQRSTUW /spool/scan/"):
            return b"322-Eicar /spool/x\r\n200 done\r\n"
        return answers[request.strip()]

    said, log = told(FOUND, options="av_scanner = aveserver:/run/ave", servers={"/run/ave": answer})
    assert said == "550 found Eicar\r\n"
    assert log[-1].endswith("rejected after DATA: found Eicar")


def test_aveserver_that_is_not_ready() -> None:
    said, log = told(FOUND, options="av_scanner = aveserver:/run/ave", servers={"/run/ave": b"500 no\r\n"})
    assert said.startswith("451 ")
    assert log[0].endswith("malware acl condition: aveserver /run/ave : unavailable (Responded: 500 no).")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"\x00\x00", "250 OK"),
        (b"\x02\x00", "550 found unknown"),
        (b"\x02\x01" + struct.pack("<i", 21) + b"/x  infected: Eicar \n", "550 found Eicar"),
        (b"\x03\x01" + struct.pack("<i", 18) + b"/x suspicion: Odd\n", "550 found Odd"),
        (b"\x05\x00", "451 "),
        (b"\x01\x00", "451 "),
    ],
)
def test_kavdaemon(answer: bytes, said: str) -> None:
    heard = []

    def server(request: bytes) -> bytes:
        heard.append(request)
        return answer if request else b""

    found, _ = told(FOUND, options="av_scanner = kavdaemon", servers={"/var/run/AvpCtl": server})
    assert found.startswith(said)
    assert heard[1].startswith(b"<0>14 Nov ")
    assert b":/spool/scan/" in heard[1]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(b"OK\n", "250 OK"), (b"VIR Eicar x\n", "550 found Eicar"), (b"ERR\n", "451 "), (b"VIR\n", "451 ")],
)
def test_mksd(answer: bytes, said: str) -> None:
    place = "/var/run/mksd/socket"
    found, _ = told(
        FOUND, options="av_scanner = mksd:2", servers={place: lambda data: answer if data else b""}
    )
    assert found.startswith(said)


def test_old_scanners_are_unknown_where_they_are_not_built() -> None:
    _, log = told(FOUND, options="av_scanner = mksd", profile="debian-12")
    assert log[0].endswith("malware acl condition: unknown scanner type 'mksd'")


def test_drweb_names_all_viruses() -> None:
    reports = [b"/x infected with One\0", b"/y infected with Two.b\0"]
    answer = struct.pack(">ii", 0x20, 2) + b"".join(struct.pack(">i", len(one)) + one for one in reports)
    servers = {"/dr": lambda data: answer if data else b""}
    said, _ = told(FOUND, options="av_scanner = drweb:/dr", servers=servers)
    assert said == "550 found One/Two.b\r\n"


def test_a_command_gets_the_folder_of_the_message() -> None:
    asked = []

    def shell(argv: list[str], _input: bytes) -> Finished:
        asked.append(argv)
        return Finished(0, b"x VIRUS Eicar\n")

    options = "av_scanner = cmdline:/bin/scan %s:VIRUS:VIRUS (.*)"
    said, _ = told(FOUND, options=options, programs={"/bin/sh": shell})  # type: ignore[dict-item]
    assert said == "550 found Eicar\r\n"
    assert asked[0][2].startswith("/bin/scan /spool/scan/")


DCC = "  defer !dcc = *\n       message = $dcc_result <$dcc_header>\n  warn add_header = X: y\n"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"A\nA\nX-DCC-a-Metrics: m; Body=1\n\n", "250 OK"),
        (b"S\nR\n", "250 OK"),
        (b"R\nR\nX-DCC-a: m\n\n", "451-Rejected by DCC <X-DCC-a: m\r\n451 >\r\n"),
        (b"G\nG\n", "451 Greylisted by DCC <>\r\n"),
        (b"T\n", "451 "),
        (b"", "451 "),
    ],
)
def test_dcc(answer: bytes, said: str) -> None:
    heard = []

    def server(request: bytes) -> bytes:
        heard.append(request)
        return answer if request else b""

    found, _ = told(DCC, options="dccifd_address = /dcc", servers={"/dcc": server})
    assert found.startswith(said)
    head, _, message = heard[1].partition(b"\n\n")
    assert head == b"header\n192.0.2.1\nc.test\na@b.test\nx@y.test\r"
    assert message.startswith(b"Received: ")


@pytest.mark.parametrize("option", ["", "dcc_direct_add_header"])
def test_dcc_adds_its_line(option: str) -> None:
    kept: list[Arrived] = []
    answer: dict[str | tuple[str, int], Server] = {
        "/dcc": lambda said: b"A\nA\nX-DCC-a: m\n\n" if said else b""
    }
    told("  warn dcc = *\n", options=f"dccifd_address = /dcc\n{option}", servers=answer, kept=kept)
    assert ("X-DCC-a" in dict(kept[0].headers)) == bool(option)


def test_dcc_may_fail() -> None:
    said, log = told("  deny dcc = */defer_ok\n", options="dccifd_address = /dcc")
    assert said.startswith("250 OK")
    assert "DCC: dccifd /dcc : unable to connect" in log[0]


def test_patterns_need_no_file() -> None:
    mime = "  deny mime_regex = ^(b)o\n       message = $regex1 in $mime_filename\n"
    said, _ = told(mime=mime, options="acl_smtp_mime = mime", allow=())
    assert said == "550 b in a.exe\r\n"


def test_decoding_writes_a_file() -> None:
    mime = "  deny decode = default\n       message = ${readfile{$mime_decoded_filename}{|}}\n"
    said, _ = told(mime=mime, options="acl_smtp_mime = mime")
    assert said == "550 body|\r\n"
    with pytest.raises(Refused):
        told(mime=mime, options="acl_smtp_mime = mime", allow=())


def test_a_scanner_needs_permission() -> None:
    with pytest.raises(Refused):
        told(FOUND, options="av_scanner = clamd:127.0.0.1 3310", allow=())


def test_lines_of_a_part_are_cut_where_they_are_long() -> None:
    assert list(mime_body.raw_lines("a" * 10 + "\nb\n--x\n", 0, "x", 5)) == ["aaaa", "aaaa", "aa\n", "b\n"]
    assert mime_body.decoded("QUI=\nQ!Q==\n--b", 0, "b", "BASE64") == ("ABA", mime_body.BROKEN_BASE64)
    assert mime_body.decoded("=41= \n=4\n", 0, None, "quoted-printable") == ("A=4\n", mime_body.BROKEN_QUOTED)
