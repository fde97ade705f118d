"""The same message to eximulate and to the real Exim, installed as mail servers, for the same peer."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import namespace
import revocation
import selfsigned
from delivery_peer import Answer, DeliveryPeer
from real_exim import PROGRAM
from socks_peer import SocksPeer

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
keep_environment = PATH
trusted_users = root
disable_ipv6 = true
remote_max_parallel = 1
dns_csa_search_limit = 0
@MAIN@
begin routers
bounces:
  driver = accept
  domains = example.test
  transport = box
remote:
  driver = manualroute
  route_list = @ROUTE@
  self = send
  host_find_failed = defer
  transport = peer
  @ROUTER@
begin transports
box:
  driver = appendfile
  file = @DIR@/box
  user = Debian-exim
peer:
  driver = smtp
  port = @PORT@
  allow_localhost
  @TRANSPORT@
begin retry
*  *  F,2h,15m
begin authenticators
@AUTH@
"""
MESSAGE = "From: <sender@example.test>\nTo: user@far.test\nSubject: greetings\n\nfirst line\n.second\n"


@dataclass
class Scenario:
    """What is sent where: lines for the configuration, the peer's answers, and the message.

    ``tls`` is the version that the peer speaks, ``path`` the socket in the folder where it listens.
    ``proxies`` are the answers of SOCKS proxies, whose ports stand for ``@SOCKS0@`` and so on.
    ``first`` are arguments in the place of the usual ones, ``then`` those of further commands.
    """

    transport: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    route: str = "* 127.0.0.1"
    router: str = ""
    main: str = ""
    auth: str = ""
    sender: str = "sender@example.test"
    recipients: Sequence[str] = ("user@far.test",)
    message: str = MESSAGE
    arguments: Sequence[str] = ()
    peer: Mapping[str, object] = field(default_factory=dict)
    is_down: bool = False
    config: str = CONFIG
    others: Sequence[Mapping[str, Answer]] = ()
    tls: str = ""
    path: str = ""
    first: Sequence[str] = ()
    then: Sequence[Sequence[str]] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    proxies: Sequence[Mapping[str, bytes | None]] = ()


@dataclass
class Outcome:
    """What the peer has heard, logs, bounces, what Exim wrote, what is on the spool, how it ended."""

    heard: list[list[str]]
    log: list[str]
    panic: list[str]
    box: str
    output: str
    kept: list[str]
    ended: list[int]


def real(scenario: Scenario, directory: Path) -> Outcome:
    """What the real Exim does."""

    def command(arguments: Sequence[str]) -> list[str]:
        return namespace.command({directory / "etc": "/etc/exim4"}, [PROGRAM or "exim4", *arguments])

    return _outcome(scenario, directory, command, {})


def ours(scenario: Scenario, directory: Path, profile: str = "debian-12") -> Outcome:
    """What eximulate does."""

    def command(arguments: Sequence[str]) -> list[str]:
        config = directory / "etc" / "exim4.conf"
        return [sys.executable, "-m", "expander", "-C", str(config), *arguments]

    own = {"EXIMULATE_PROFILE": profile, "EXIMULATE_CALLER": "root:0:0:root:/root:root"}
    return _outcome(scenario, directory, command, own)


def _outcome(
    scenario: Scenario,
    directory: Path,
    command: Callable[[Sequence[str]], list[str]],
    environment: Mapping[str, str],
) -> Outcome:
    with ExitStack() as stack:
        directory.mkdir(parents=True)
        directory.chmod(0o755)
        settings = {**scenario.peer}
        if scenario.tls:
            settings["tls"] = server(directory / "own.pem", scenario.tls)
        if scenario.path:
            settings["address"] = str(directory / scenario.path)
        peers = [
            stack.enter_context(DeliveryPeer(answers, **settings))  # type: ignore[arg-type]
            for answers in (scenario.answers, *scenario.others)
        ]
        proxies = [stack.enter_context(SocksPeer(answers)) for answers in scenario.proxies]
        ports = [peer.port for peer in (*peers, *proxies) if peer.port]
        if scenario.is_down:
            peers[0].close()
        _prepare(scenario, directory, ports)
        output, ended = b"", []
        first = ["-odi", "-f", scenario.sender, *scenario.arguments, "--", *scenario.recipients]
        for arguments in (scenario.first or first, *scenario.then):
            done = subprocess.run(
                command(arguments),
                input=scenario.message.encode("latin-1"),
                capture_output=True,
                check=False,
                timeout=60,
                env={**os.environ, **environment},
            )
            output += done.stdout + done.stderr
            ended.append(done.returncode)
        heard = [lines for peer in (*peers, *proxies) for lines in peer.heard]
    return Outcome(
        [[_uniform(line, ports, directory) for line in lines] for lines in heard],
        _lines(directory / "log" / "mainlog", ports, directory),
        _lines(directory / "log" / "paniclog", ports, directory),
        _read(directory / "box", ports, directory),
        _uniform(output.decode("latin-1"), ports, directory),
        sorted(_kept(path, ports, directory) for path in (directory / "spool").glob("*/*-[DH]")),
        ended,
    )


def _kept(path: Path, ports: Sequence[int], directory: Path) -> str:
    """A file of a message on the spool, without times, and its log."""
    text = _read(path, ports, directory)
    text = re.sub(r"^(-received_time_\w+|-frozen|) ?[\d.]+( \d)?$", r"\1 TIME", text, flags=re.MULTILINE)
    log = path.parent.parent / "msglog" / path.name[: -len("-H")]
    return text + _read(log, ports, directory)


def server(path: Path, version: str) -> ssl.SSLContext:
    """A server with a certificate of its own that talks this version of TLS.

    Behind it stands what is offered by ALPN. With "DHE" keys are exchanged in a group of the server's own.
    """
    version, _, protocol = version.partition(" ")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(selfsigned.certificate(path, rsa=version == "DHE"))
    path.chmod(0o644)
    if version == "DHE":
        group = path.with_name("group.pem")
        group.write_text(revocation.GROUP)
        made.load_dh_params(group)
        made.set_ciphers("DHE-RSA-AES256-GCM-SHA384")
        version = "1.2"
    else:
        revocation.withdraw(path)
    if protocol:
        made.set_alpn_protocols([protocol])
    if version == "1.2":
        made.set_ecdh_curve("prime256v1")  # else the two libraries agree with it on different groups
    made.minimum_version = made.maximum_version = ssl.TLSVersion[f"TLSv{version.replace('.', '_')}"]
    return made


def _prepare(scenario: Scenario, directory: Path, ports: Sequence[int]) -> None:
    text = scenario.config
    for name in ("transport", "route", "router", "main", "auth"):
        value = str(getattr(scenario, name))
        text = text.replace(f"@{name.upper()}@", value)
    for number, port in enumerate(ports):
        text = text.replace(f"@PORT{number}@", str(port))
    first = len(ports) - len(scenario.proxies)
    for number, port in enumerate(ports[first:]):
        text = text.replace(f"@SOCKS{number}@", str(port))
    text = text.replace("@PORT@", str(ports[0]) if ports else "25").replace("@DIR@", str(directory))
    for name, content in scenario.files.items():
        (directory / name).write_text(content)
        (directory / name).chmod(0o755)
    for name in ("etc", "spool", "log"):
        (directory / name).mkdir(parents=True, exist_ok=True)
    for place in (directory, directory / "spool", directory / "log"):
        place.chmod(0o755)
        if os.geteuid() == 0 and PROGRAM:
            shutil.chown(place, "Debian-exim", "Debian-exim")
    (directory / "etc" / "exim4.conf").write_text(text, "latin-1")


def _read(path: Path, ports: Sequence[int], directory: Path) -> str:
    return _uniform(path.read_text("latin-1"), ports, directory) if path.exists() else ""


def _lines(path: Path, ports: Sequence[int], directory: Path) -> list[str]:
    return _read(path, ports, directory).splitlines()


def _uniform(text: str, ports: Sequence[int], directory: Path) -> str:
    """A text without what differs from one time to another."""
    for number, port in enumerate(ports):
        text = re.sub(rf"\b{port}\b", f"PORT{number}", text)
    text = text.replace(str(directory), "DIR")
    text = re.sub(
        r"[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{5})?[0-9A-Za-z]{6}-[0-9A-Za-z]{2}(?:[0-9A-Za-z]{2})?\b",
        "MESSAGE-ID",
        text,
    )
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?", "STAMP", text)
    text = re.sub(r"[A-Z][a-z]{2},? +\d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000", "DATE", text)
    text = re.sub(
        r"From (\S+|<>) [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}", r"From \1 DATE", text
    )
    text = re.sub(r"\d+-exim(dsn)?-\d+", "BOUNDARY", text)
    text = re.sub(r"(U=Debian-exim P=local S=|T=box S=)\d+", r"\1SIZE", text)  # boundaries differ
    text = re.sub(r"\bpid=\d+", "pid=PID", text)
    text = re.sub(r"\bload \d+\.\d+", "load LOAD", text)
    text = re.sub(r"( PRX=\[[^]]+\]:)-?\d+", r"\1PORT", text)
    text = re.sub(r"( I=\[[^]]+\]:)\d+", r"\1PORT", text)
    return re.sub(r"\b[DQ]T=[\d.smh]+", "TIME", text)


def same(scenario: Scenario, directory: Path) -> tuple[Outcome, Outcome]:
    """What both do: eximulate first."""
    return ours(scenario, directory / "ours"), real(scenario, directory / "real")
