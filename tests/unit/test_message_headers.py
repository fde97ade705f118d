"""Reading a message that is handed in: line ends, folds, counts, and what is added to the header."""

from __future__ import annotations

import pytest

from expander.message.headers import read_message
from expander.message.identity import base62, is_message_id, message_id
from expander.message.phrase import phrase
from expander.message.qualify import is_resent, recipients
from expander.message.submission import (
    Submitter,
    authored,
    dated,
    identified,
    spelled_out,
    without_named,
)


@pytest.mark.parametrize(
    ("data", "header", "body"),
    [
        (b"S: x\nT: y\n\nb\n", "S: x\nT: y\n", b"b\n"),
        (b"S: x\r\nT: y\r\n z\r\n\r\nb\r\n", "S: x\nT: y\n z\n", b"b\r\n"),
        (b"S: x\rT: y\n\nb", "S: x\n T: y\n", b"b"),
        (b"S: x\n \t \nT: y\n\nb", "S: x\nT: y\n", b"b"),
        (b"S: x\n \n y\n\nb", "S: x\n \n y\n", b"b"),
        (b"S: a\0b\n\nb\0c", "S: a?b\n", b"b\0c"),
        (b"no header\n folded\nrest\n", "", b"rest\n"),
        (b"\nrest\n", "", b"rest\n"),
        (b"S: x", "S: x\n", b""),
        (b"", "", b""),
        (b"S: x\n.\nT: y\n\nb", "S: x\n", b""),
        (b"S: x\n\nb\n.\nc\n", "S: x\n", b"b\n"),
        (b"S\xe9 : x\n\nb", "S\xe9 : x\n", b"b"),
        (b"a\x01b: x\n\nb", "", b"\nb"),
        (b"S: x\r\nT: y\nU: z\r\n\r\nb", "S: x\nT: y\n U: z\n", b"b"),
        (b"S: x\r\n\nb", "S: x\n", b" b"),
    ],
)
def test_header_and_body(data: bytes, header: str, body: bytes) -> None:
    message = read_message(data)
    assert "".join(text for _, text in message.headers) == header
    assert message.body == body


def test_facts() -> None:
    message = read_message(b"Received: a\nreceived: b\nX: 1\n 22\n\none\n\ntwo\0\n")
    assert message.facts == {
        "message_size": "44",
        "message_body_size": "10",
        "message_linecount": "7",
        "body_linecount": "2",
        "body_zerocount": "1",
        "max_received_linelength": "11",
        "received_count": "3",
    }


@pytest.mark.parametrize(
    ("data", "size", "lines"),
    [
        (b"A: x\r\n.\n", 8, 2),
        (b"A: x\r\n.\nB: y\r\n\r\nb\r\n", 17, 4),
        (b"A: x\r\n.\r\nB: y\r\n", 5, 1),
        (b"A: x\r\n.", 8, 2),
        (b"A: x\r\n.\r", 9, 2),
        (b"A: x\n.\r\n", 5, 1),
    ],
)
def test_dots_in_the_header(data: bytes, size: int, lines: int) -> None:
    facts = read_message(data).facts
    assert (facts["message_size"], facts["message_linecount"]) == (str(size), str(lines))


def test_envelope_lines_are_taken_before_header_lines_only() -> None:
    data = b"From a\nFrom b\nS: x\nFrom c\nrest\n"
    message = read_message(data, is_envelope_line=lambda line: line.startswith("From "))
    assert message.envelope_lines == ("From a\n", "From b\n")
    assert message.headers == (("S", "S: x\n"),)
    assert (message.stray, message.body) == ("From c\n", b"rest\n")


def test_a_dot_stays_where_it_does_not_end_the_message() -> None:
    assert read_message(b"S: x\n\na\n.\nb\n", dot_ends=False).body == b"a\n.\nb\n"


@pytest.mark.parametrize(
    ("body", "counted", "where_no_dot_ends"),
    [(b".\nx\n", 1, 2), (b"a\n.\n", 1, 2), (b"\n.\n", 0, 2), (b"a\n\nb", 2, 3), (b"", 0, 0)],
)
def test_lines_of_the_body_are_counted(body: bytes, counted: int, where_no_dot_ends: int) -> None:
    assert read_message(b"S: x\n\n" + body).facts["body_linecount"] == str(counted)
    message = read_message(b"S: x\n\n" + body, dot_ends=False)
    assert message.facts["body_linecount"] == str(where_no_dot_ends)


def added(text: str, submitter: Submitter) -> str:
    headers = read_message(text.encode()).headers
    resent = is_resent(list(headers))
    lines = identified(headers, "Eid@host.test", resent=resent)
    lines = dated(authored(lines, submitter, resent=resent), "now", resent=resent)
    return "".join(line for _, line in lines)


def test_missing_header_lines_are_added() -> None:
    joe = Submitter("joe@a.test", "Joe")
    end = "Message-Id: <Eid@host.test>\nFrom: Joe <joe@a.test>\nDate: now\n"
    assert added("X: y\n", joe) == "X: y\n" + end
    assert added("date: y\nfrom : b\n", joe) == "date: y\nfrom : b\nMessage-Id: <Eid@host.test>\n"
    assert "From: joe@a.test\n" in added("", Submitter("joe@a.test"))
    assert "From:" not in added("", Submitter(""))


def test_a_resent_message_gets_resent_lines() -> None:
    assert added("X: y\nResent-To: z\n", Submitter("joe@a.test", "Joe")) == (
        "Resent-Date: now\nResent-Message-Id: <Eid@host.test>\nX: y\nResent-To: z\n"
        "Resent-From: Joe <joe@a.test>\n"
    )


def spelled(text: str, submitter: Submitter) -> str:
    headers = list(read_message(text.encode()).headers)
    lines = spelled_out(headers, submitter, "d.test", resent=is_resent(headers))
    return "".join(line for _, line in lines)


def test_a_from_line_with_the_login_alone_is_written_out_and_goes_to_the_end() -> None:
    joe = Submitter("joe@a.test", "Joe", "joe")
    assert spelled("From:\n JOE\nX: y\n", joe) == "X: y\nFrom: Joe <joe@d.test>\n"
    assert spelled("From: joe \n", joe) == "From: joe \n"
    assert spelled("From: joe, x\n", joe) == "From: joe, x\n"
    assert spelled("Resent-From: joe\nFrom: joe\n", Submitter("x", "", "joe")) == (
        "From: joe\nResent-From:  <joe@d.test>\n"
    )


def test_recipients_are_those_of_a_resent_message_where_it_is_one() -> None:
    headers = list(read_message(b"To: a@b\nBcc: c@d, g: e@f;\nX: y\n\n").headers)
    assert recipients(headers)[0] == ["a@b", "c@d", "e@f"]
    assert [name for name, _ in recipients(headers)[1]] == ["To", "X"]
    headers.append(("Resent-To", "Resent-To: z@z\n"))
    assert recipients(headers) == (["z@z"], headers)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a b", "a b"),
        (" a.b", '"a.b"'),
        ("a (c.d) e", "a (c.d) e"),
        ("a (c.d) e.f", '"a (c.d) e.f"'),
        ('a.b  "c" d', '"a.b"  "c" d'),
        ('a "unclosed', 'a "unclosed"'),
        ('"a\\', '"a\\"'),
        ('a "b" (c.d) e.f g', 'a "b" (c.d) "e.f" g'),
        ('a "b" c.d', 'a "b" "c.d""'),
        ("J\xfcrgen", "=?UTF-8?Q?J=FCrgen?="),
        ("", ""),
    ],
)
def test_names_become_phrases(name: str, expected: str) -> None:
    assert phrase(name, "UTF-8") == expected


def test_header_lines_of_deliveries_are_taken_away() -> None:
    headers = read_message(b"Return-Path: <a>\nX: y\nenvelope-to : b\n\n").headers
    assert without_named(headers, ["return-path", "envelope-to"]) == [("X", "X: y\n")]


def test_message_identifications() -> None:
    assert base62(61 + 62, 3) == "01z"
    short = message_id(1795369898.5, 6603)
    assert short == "1xVBj0-0001iV-1c"
    assert len(message_id(1795369898.5, 6603, long=True)) == 23
    assert message_id(1795369898.5, 6603, 3).endswith("-BI")
    assert is_message_id(short)
    assert is_message_id(message_id(0, 1, long=True))
    assert not is_message_id("1xVBj0-0001iV-G")
    assert not is_message_id("1xVBi_-0001iV-G8")
