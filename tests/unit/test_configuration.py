"""The public face: configurations that are loaded from files and texts, and the sessions of one."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drivers.api.errors import Failed
from expander.config.model import LoadError
from expander.configuration import Configuration, load
from expander.session.talk import SmtpSession
from expander.session.verdict import Value
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = mail.example.test
qualify_domain = example.test
tls_advertise_hosts =
smtp_banner = ready
acl_smtp_helo = accept
acl_smtp_rcpt = check_rcpt
acl_smtp_data = check_data
domainlist own = example.test
begin acl
check_rcpt:
  deny message = no such $local_part
       condition = ${if eq{$local_part}{nobody}}
  warn set acl_m_who = $local_part
  accept domains = +own
check_data:
  deny acl = spam
  accept
spam:
  accept condition = ${if match{$h_subject:}{win}}
"""


@pytest.fixture
def config() -> Configuration:
    return load(CONFIG, profile="debian-12", world=MemoryWorld())


def greeted(config: Configuration, peer: str = "192.0.2.7") -> SmtpSession:
    session = config.session(peer)
    session.command("EHLO client.test")
    session.command("MAIL FROM:<a@client.test>")
    return session


def test_a_transaction(config: Configuration) -> None:
    session = greeted(config)
    assert str(session.replies[0]) == "220 ready"
    assert session.replies[1].lines[0] == "mail.example.test Hello client.test [192.0.2.7]"
    reply = session.command("RCPT TO:<x@example.test>")
    assert reply is not None
    assert (reply.code, reply.text, reply.is_positive) == (250, "Accepted", True)
    done = session.data("Subject: hello\n\n.dot\nend")
    assert done is not None
    assert done.text.startswith("OK id=")
    (message,) = session.messages
    assert (message.sender, message.recipients) == ("a@client.test", ("x@example.test",))
    assert message.header.endswith(b"Subject: hello\n")
    assert message.body == b".dot\nend\n"
    assert session.log[0].startswith(f"{message.message_id} <= a@client.test")
    session.command("QUIT")
    assert session.closed


def test_verdicts_tell_which_statement_decided(config: Configuration) -> None:
    session = greeted(config)
    session.command("RCPT TO:<nobody@example.test>")
    session.command("RCPT TO:<x@elsewhere.test>")
    session.command("RCPT TO:<x@example.test>")
    session.data("Subject: win!\n\n")
    helo, denied, at_end, accepted, data = session.verdicts
    assert (helo.phase, helo.about, helo.verb, helo.place) == (
        "helo",
        "client.test",
        "accept",
        "configuration:5",
    )
    assert (denied.acl, denied.verb, denied.place) == ("check_rcpt", "deny", "configuration:11")
    assert (denied.outcome, denied.message) == ("denied", "no such nobody")
    text = "${if eq{$local_part}{nobody}}"
    assert denied.values == (Value("condition", "true", "OK", text=text),)
    assert denied.about == "nobody@example.test"
    assert (at_end.verb, at_end.line, at_end.outcome) == ("", 0, "denied")
    assert accepted.values == (Value("domains", "+own", "OK"),)
    assert (data.acl, data.verb, data.line, data.outcome) == ("check_data", "deny", 16, "denied")
    assert data.values == (Value("acl", "spam", "OK"),)


def test_chunks(config: Configuration) -> None:
    session = greeted(config)
    session.command("RCPT TO:<x@example.test>")
    reply = session.bdat("Subject: a\r\n\r\nfirst\r\n", last=False)
    assert reply is not None
    assert reply.text == "21 byte chunk received"
    reply = session.bdat(b"second", last=True)
    assert reply is not None
    assert reply.code == 250
    assert session.messages[0].body == b"first\nsecond\n"


def test_input_may_come_in_any_pieces(config: Configuration) -> None:
    data = (
        b"EHLO c.test\r\nMAIL FROM:<a@c.test>\r\nRCPT TO:<x@example.test>\r\nDATA\r\n"
        b"Subject: x\r\n\r\n..a\r\nb\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<x@example.test>\r\n"
        b"BDAT 19\r\nSubject: y\r\n\r\nabc\r\nBDAT 0 LAST\r\nQUIT\r\n"
    )
    whole = config.session()
    whole.send(data)
    for size in (1, 2, 3, 7, 64):
        session = config.session()
        for at in range(0, len(data), size):
            session.send(data[at : at + size])
        assert [reply.code for reply in session.replies] == [reply.code for reply in whole.replies]
        assert [message.body for message in session.messages] == [b".a\nb\n", b"abc\n"]
    assert len({message.message_id for message in whole.messages}) == len(whole.messages)


def test_what_is_no_configuration_and_no_peer(config: Configuration) -> None:
    with pytest.raises(LoadError, match='main option "nonsense" unknown'):
        load("nonsense = 1\n")
    with pytest.raises(FileNotFoundError):
        load(Path("/nonexistent/exim.conf"))
    with pytest.raises(Failed, match="not an IP address"):
        config.session("client.test")


def transaction(config: Configuration, number: int) -> tuple[list[int], str]:
    session = config.session(f"192.0.2.{number % 250}")
    session.command(f"EHLO client{number}.test")
    session.command(f"MAIL FROM:<s{number}@client.test>")
    session.command(f"RCPT TO:<r{number}@example.test>")
    session.command("RCPT TO:<nobody@example.test>")
    session.data(f"Subject: {number}\n\n{number}\n")
    session.command("QUIT")
    (message,) = session.messages
    who = (message.sender, *message.recipients)
    assert who == (f"s{number}@client.test", f"r{number}@example.test")
    assert message.body == f"{number}\n".encode()
    return [reply.code for reply in session.replies], message.message_id


EXPECTED = [220, 250, 250, 250, 550, 354, 250, 221]


def test_threads_share_a_configuration(config: Configuration) -> None:
    with ThreadPoolExecutor(16) as pool:
        done = list(pool.map(lambda number: transaction(config, number), range(400)))
    assert all(codes == EXPECTED for codes, _ in done)
    assert len({name for _, name in done}) == len(done)


def test_sessions_take_turns_in_one_thread(config: Configuration) -> None:
    async def talk(number: int) -> list[int]:
        session = config.session(f"192.0.2.{number}")
        for line in ("HELO c", f"MAIL FROM:<s{number}@c>", f"RCPT TO:<r{number}@example.test>", "QUIT"):
            await asyncio.sleep(0)
            session.command(line)
            assert session.context.facts["sender_host_address"] == f"192.0.2.{number}"
        return [reply.code for reply in session.replies]

    async def many() -> list[list[int]]:
        return await asyncio.gather(*map(talk, range(200)))

    assert asyncio.run(many()) == [[220, 250, 250, 250, 221]] * 200


def test_threads_share_what_is_compiled() -> None:
    """Texts of few kinds, which share templates, and files that many look up in at once."""
    config = load(CONFIG, profile="debian-12", world=MemoryWorld())

    def work(number: int) -> list[str]:
        expander = config.expander()
        found = []
        for at in range(150):
            kind = (number + at) % 3
            text = ("${uc:x%d}", "${if eq{a%d}{b}{c}{y%d}}", "${length_3:ab%d}${lc:Q}")[kind]
            found.append(expander.expand(text.replace("%d", str(number * 1000 + at))))
        return found

    def expected(number: int) -> list[str]:
        found = []
        for at in range(150):
            value = str(number * 1000 + at)
            found.append((f"X{value}", f"y{value}", f"ab{value}"[:3] + "q")[(number + at) % 3])
        return found

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(work, range(36))) == list(map(expected, range(36)))


def test_threads_share_files_that_are_looked_up_in(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"f{number}").write_text(f"key: value{number}\n")
    config = load(CONFIG, profile="debian-12")

    def work(number: int) -> str:
        text = f"${{lookup{{key}}lsearch{{{tmp_path}/f{number % 40}}}}}"
        return config.expander().expand(text)

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(work, range(400))) == [f"value{number % 40}" for number in range(400)]
