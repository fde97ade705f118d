"""Answers by RFC 1413: which of them name a user."""

from __future__ import annotations

import pytest

from expander.session.ident import LONGEST, Asked, ident_in

PORTS = Asked(4711, 25)


@pytest.mark.parametrize(
    ("answer", "ident"),
    [
        ("4711 , 25 : USERID : UNIX : joe\r\n", "joe"),
        ("4711,25:USERID:OTHER, US-ASCII: a\\b\x01 c \r\n", "a\\b\\001 c "),
        (f"4711 , 25 : USERID : UNIX : {'x' * 300}\r\n", "x" * LONGEST),
        ("4711 , 25 : USERID : UNIX : joe", ""),
        ("4711 , 25 : USERID : UNIX : \r\n", ""),
        ("4711 , 25 : USERID : UNIX\r\n", ""),
        ("4711 , 25 : ERROR : NO-USER\r\n", ""),
        ("4711 , 26 : USERID : UNIX : joe\r\n", ""),
        ("4712 , 25 : USERID : UNIX : joe\r\n", ""),
        ("joe\r\n", ""),
        ("", ""),
    ],
)
def test_answers(answer: str, ident: str) -> None:
    assert ident_in(answer, PORTS) == ident
