"""The server: sessions on sockets, their limits, and the messages that are kept."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from expander.cli.arguments import CannotRunError
from expander.cli.serve import place_of
from expander.cli.verbs import run
from smtp_server import Client, Server, serving

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
smtp_banner = ready
smtp_accept_max = 0
message_size_limit = 200000
log_selector = +tls_cipher
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
data:
  accept logwrite = tls=$tls_in_ver $tls_in_sni $received_protocol
rcpt:
  deny message = no
       local_parts = no
  warn local_parts = slow
       delay = 1s
  accept
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve"), CONFIG) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with closing(server.client()) as connected:
        assert connected.reply() == "220 ready"
        yield connected


def test_a_message_is_kept(server: Server, client: Client) -> None:
    assert client.ask("EHLO c.test").endswith("250 HELP")
    assert client.ask("MAIL FROM:<a@c.test>", "RCPT TO:<kept@example.test>", "DATA").startswith("354")
    client.send(b"Subject: kept\r\n\r\n..dot\r\n\xe9\xff\r\n.\r\n")
    done = client.reply()
    assert done.startswith("250 OK id=")
    (found,) = [one for one in server.messages() if one[1]["id"] == done.partition("=")[2]]
    message, envelope = found
    assert message.endswith(b"Subject: kept\n\n.dot\n\xe9\xff\n")
    assert message.startswith(b"Received: from [127.0.0.1] (helo=c.test)\n")
    assert (envelope["sender"], envelope["recipients"]) == ("a@c.test", ["kept@example.test"])
    assert (envelope["peer"], envelope["protocol"]) == ("127.0.0.1", "esmtp")
    assert client.ask("QUIT").startswith("221")
    assert client.reply() == ""


def test_commands_may_come_together_where_that_is_offered(client: Client) -> None:
    client.ask("EHLO c.test")
    client.send(b"MAIL FROM:<>\r\nRCPT TO:<no@example.test>\r\nRCPT TO:<a@example.test>\r\nDATA\r\n")
    assert [client.reply()[:3] for _ in range(4)] == ["250", "550", "250", "354"]
    client.send(b".\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.test>\r\nBDAT 5 LAST\r\nabc\r\nQUIT\r\n")
    assert [client.reply()[:3] for _ in range(5)] == ["250", "250", "250", "250", "221"]


def test_who_does_not_wait_is_turned_away(server: Server, client: Client) -> None:
    assert client.ask("HELO c.test").startswith("250")  # which offers no pipelining
    client.send(b"MAIL FROM:<>\r\nNOOP\r\n")
    assert client.reply() == "554 SMTP synchronization error"
    assert client.reply() == ""


def test_delays_hold_up_nobody_else(server: Server, client: Client) -> None:
    client.ask("HELO c.test", "MAIL FROM:<>")
    begin = time.monotonic()
    client.send(b"RCPT TO:<slow@example.test>\r\n")
    with closing(server.client()) as other:
        assert other.reply() == "220 ready"
        assert other.ask("NOOP") == "250 OK"
    assert time.monotonic() - begin < 1
    assert client.reply().startswith("250")
    assert time.monotonic() - begin >= 1


def test_the_server_stops_while_the_reply_to_quit_waits(tmp_path: Path) -> None:
    main = "primary_hostname = a.test\nlog_selector = +protocol_detail\ntls_advertise_hosts = *\n"
    acl = "acl_smtp_quit = slow\nbegin acl\nslow:\n  accept delay = 1h\n"
    with serving(tmp_path, main + acl) as server:
        with closing(server.client()) as client:
            client.reply()
            client.ask("EHLO c", "STARTTLS")
            client.secure()
            client.send(b"QUIT\r\n")
            time.sleep(0.5)
            server.stop()
        assert server.process.returncode is not None


def test_tls(server: Server, client: Client) -> None:
    assert "250-STARTTLS" in client.ask("EHLO c.test")
    assert client.ask("STARTTLS") == "220 TLS go ahead"
    client.secure()
    assert "STARTTLS" not in client.ask("EHLO c.test")
    client.ask("MAIL FROM:<>", "RCPT TO:<tls@example.test>", "DATA")
    client.send(b"Subject: x\r\n\r\n.\r\n")
    assert client.reply().startswith("250")
    kept = [one[1] for one in server.messages() if one[1]["recipients"] == ["tls@example.test"]]
    assert kept[0]["protocol"] == "esmtps"


def test_a_handshake_that_fails_ends_the_session(client: Client) -> None:
    client.ask("EHLO c.test", "STARTTLS")
    client.send(b"this is no handshake\r\n")
    assert b"220" not in client.stream.read()


def test_too_much(client: Client) -> None:
    client.ask("EHLO c.test", "MAIL FROM:<>", "RCPT TO:<a@example.test>", "DATA")
    client.send(b"x" * 300_000 + b"\r\n.\r\n")
    assert client.reply() == "552 Message size exceeds maximum permitted"


def test_rubbish(client: Client) -> None:
    client.send(bytes(range(128, 256)) * 200 + b"\r\n")
    replies = [client.reply() for _ in range(2)]
    assert replies[0].startswith(("500", "554"))


def test_many_at_once(server: Server) -> None:
    def talk(number: int) -> str:
        with closing(server.client()) as connected:
            connected.reply()
            connected.ask(f"HELO c{number}", f"MAIL FROM:<m{number}@c.test>", "RCPT TO:<many@example.test>")
            connected.ask("DATA")
            connected.send(b"Subject: x\r\n\r\n.\r\n")
            connected.reply()
            return connected.ask("QUIT")

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(talk, range(80))) == {"221 mail.example.test closing connection"}
    senders = [one["sender"] for _, one in server.messages() if one["recipients"] == ["many@example.test"]]
    assert len(senders) == len(set(senders)) == 80


LIMITED = """\
primary_hostname = mail.example.test
tls_advertise_hosts =
smtp_banner = ready
smtp_receive_timeout = 1s
smtp_accept_max = 2
smtp_max_unknown_commands = 2
acl_smtp_rcpt = accept
"""


def test_limits(tmp_path: Path) -> None:
    with serving(tmp_path, LIMITED) as server:
        with closing(server.client()) as first, closing(server.client()) as second:
            assert (first.reply(), second.reply()) == ("220 ready", "220 ready")
            with closing(server.client()) as third:
                assert third.reply().startswith("421 Too many concurrent SMTP connections")
            second.ask("EHLO c", "MAIL FROM:<>", "RCPT TO:<a@b>", "DATA")
            assert first.reply() == "421 mail.example.test: SMTP command timeout - closing connection"
            assert second.reply() == "421 mail.example.test SMTP incoming data timeout - closing connection."
            assert (first.reply(), second.reply()) == ("", "")
        with closing(server.client()) as fourth:
            fourth.reply()
            assert fourth.ask("X", "Y", "Z") == "500 Too many unrecognized commands"
            assert fourth.reply() == ""
        log = server.stop()
    assert "Connection from [127.0.0.1] refused: too many connections" in log
    assert re.search(r"SMTP data timeout \(message abandoned\) on connection from \(c\) \[127", log)


def test_what_is_lacking_ends_a_session_with_words(tmp_path: Path) -> None:
    config = "primary_hostname = mail.example.test\nhost_lookup = *\n"
    with serving(tmp_path, config) as server:
        with closing(server.client()) as client:
            assert client.reply() == "421 Service not available"
            assert client.reply() == ""
        assert "refused by the sandbox" in server.stop()


def test_places() -> None:
    assert place_of("2525") == ("127.0.0.1", 2525)
    assert place_of(":25") == ("127.0.0.1", 25)
    assert place_of("[::1]:25") == ("::1", 25)
    with pytest.raises(CannotRunError, match="expected"):
        place_of("localhost")


def test_what_cannot_be_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "conf"
    config.write_text("nonsense = 1\n")
    assert run(["serve", str(config), "--smtp", "0"]) == 1
    assert 'main option "nonsense" unknown' in capsys.readouterr().err
    config.write_text("primary_hostname = a.example\n")
    occupied = tmp_path / "occupied"
    occupied.write_text("")
    assert run(["serve", str(config), "--smtp", "0", "--sandbox", str(occupied)]) == 1
    assert "cannot use" in capsys.readouterr().err


def test_a_line_that_is_too_long_for_the_log(tmp_path: Path) -> None:
    with serving(tmp_path, CONFIG) as running:
        with closing(running.client()) as client:
            client.reply()
            client.send(b"\xff\xfe\x00" * 30000)
            assert client.reply() == "500 unrecognized command"
            assert client.reply() == "500 unrecognized command"
        log = running.stop()
    assert "**** log string overflowed log buffer ****" in log
    assert max(map(len, log.splitlines())) < 8190
