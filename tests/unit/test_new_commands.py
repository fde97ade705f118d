"""Commands of releases after 4.96: XCLIENT and WELLKNOWN."""

from __future__ import annotations

import pytest

from expander.api import Expander
from expander.config.load import load
from expander.config.profile import chosen
from expander.session.machine import Session
from expander.world.memory import MemoryWorld

CONFIG = """\
primary_hostname = mail.example.test
smtp_banner = ready
acl_smtp_connect = tells
acl_smtp_mail = tells
{}
begin acl
tells:
  accept logwrite = $sender_host_address:$sender_host_port <$sender_host_name> <$authenticated_id> \\
    $proxy_session $proxy_local_address:$proxy_local_port $proxy_external_address:$proxy_external_port \\
    <$sender_helo_name>
known:
  deny condition = ${{if eq{{$smtp_command_argument}}{{bad}}}}
       message = not that
  accept condition = ${{if eq{{$smtp_command_argument}}{{none}}}}
  accept control = wellknown//files/$smtp_command_argument
"""
PROXY = "hosts_xclient = 192.0.2.1"
FIRST = "XCLIENT ADDR=198.51.100.7 PORT=4711"


def held(
    options: str, *lines: str, profile: str = "4.99,+xclient", files: dict[str, str] | None = None
) -> tuple[str, list[str]]:
    """The replies of a session, and the log."""
    texts = {"/x": CONFIG.format(options).encode(), **(files or {})}
    world = MemoryWorld(files=texts)
    context = Expander(config=load("/x", profile=chosen(profile), world=world), world=world).context
    context.facts.update(sender_host_address="192.0.2.1", sender_host_port="25")
    log: list[str] = []
    context.log_with = lambda text, _panic: log.append(text)
    session = Session(context, lambda _text: None)
    said = session.start()
    for line in lines:
        said += session.command(f"{line}\r\n".encode())
    return "".join(said), log


def test_ehlo_tells_of_xclient() -> None:
    said, _ = held(PROXY, "EHLO c.test")
    assert "250-XCLIENT ADDR NAME PORT LOGIN DESTADDR DESTPORT\r\n" in said
    assert "XCLIENT" not in held("hosts_xclient = 10.0.0.1", "EHLO c.test")[0]


def test_the_session_begins_anew_for_the_client_of_the_proxy() -> None:
    told = f"{FIRST} NAME=client.test LOGIN=jo+2Be DESTADDR=203.0.113.4 DESTPORT=25"
    said, log = held(PROXY, "EHLO proxy.test", told, "MAIL FROM:<a@b>", "EHLO c.test", "MAIL FROM:<a@b>")
    assert said.count("220 ready") == 2
    assert "503" in said
    client = "198.51.100.7:4711 <client.test> <jo+e>"
    proxy = "yes 192.0.2.1:25 203.0.113.4:25"
    told_of = [line for line in log if line[0].isdigit()]
    assert told_of == ["192.0.2.1:25 <> <> no :0 :0 <>", f"{client} {proxy} <>", f"{client} {proxy} <c.test>"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("XCLIENT", "XCLIENT must have at least one operand"),
        ("XCLIENT ADDR", "XCLIENT: missing value for parameter 'ADDR'"),
        (f"{FIRST} WHO=x", "XCLIENT: unrecognised parameter 'WHO'"),
        ("XCLIENT ADDR=x PORT=1", "XCLIENT: invalid value 'x'"),
        ("XCLIENT ADDR=1.2.3.4 PORT=a", "XCLIENT: invalid value 'a'"),
        ("XCLIENT ADDR=1.2.3.4", "missing PORT for XCLIENT"),
        ("XCLIENT ADDR=[UNAVAILABLE] PORT=1", "missing ADDR for XCLIENT"),
    ],
)
def test_what_is_wrong_is_told(line: str, said: str) -> None:
    assert said in held(PROXY, "EHLO c.test", line)[0]


def test_who_may_use_xclient_and_when() -> None:
    assert "XCLIENT command used when not advertised" in held("hosts_xclient = 10.0.0.1", "EHLO a", FIRST)[0]
    assert "mail transaction in progress" in held(PROXY, "EHLO a", "MAIL FROM:<a@b>", FIRST)[0]


@pytest.mark.parametrize("profile", ["4.96", "4.99"])
@pytest.mark.parametrize("line", ["XCLIENT ADDR=1.2.3.4", "WELLKNOWN x"])
def test_other_builds_do_not_know_them(line: str, profile: str) -> None:
    without = f"{profile},-xclient,-wellknown"
    assert "500 unrecognized command" in held("", line, profile=without)[0]


KNOWN = "acl_smtp_wellknown = known\nwellknown_advertise_hosts = *"


@pytest.mark.parametrize(
    ("argument", "said"),
    [("one", "250-first+20line\r\n250 a+2Bb"), ("bad", "550 not that"), ("none", "550 "), ("lacks", "550 ")],
)
def test_wellknown(argument: str, said: str) -> None:
    files = {"/files/one": "first line\na+b\n"}
    found, _ = held(KNOWN, "EHLO c", f"WELLKNOWN {argument}", profile="4.99", files=files)
    assert "250-WELLKNOWN\r\n" in found
    assert said in found


def test_wellknown_is_offered_first() -> None:
    assert "used when not advertised" in held(KNOWN, "WELLKNOWN one", profile="4.99")[0]
