"""Large bodies are written to the spool while they come, and read from there piece by piece."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.values import dkimcanon
from expander.message.body_reader import BodyReader
from expander.message.headers import read_message
from expander.message.large_body import CHUNK, LARGE, LargeBody, WireBody, beginning, flat
from expander.world.real_storage import RealStorage
from expander.world.rights import Rights

PIECES = [b"a", b"bc", b".", b"\n", b"\r", b"\r\n", b"\n.\n", b"\0", b"..", b"\n\n", b"x" * 50]
MADE = [
    "message_body_size",
    "message_linecount",
    "body_linecount",
    "body_zerocount",
    "max_received_linelength",
]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("dot_ends", [False, True])
def test_pieces_give_what_the_whole_gives(seed: int, *, dot_ends: bool) -> None:
    source = random.Random(seed)
    body = b"".join(source.choices(PIECES, k=source.randrange(1, 60)))
    whole = read_message(b"A: b\n\n" + body, dot_ends=dot_ends, mends_line_ends=True, counts_body=True)
    reader, out, at = BodyReader(dot_ends=dot_ends), b"", 0
    while at < len(body):
        size = source.randrange(1, 7)
        out += reader.feed(body[at : at + size])
        at += size
    out += reader.finish()
    assert out == whole.body
    assert reader.size == int(whole.facts["message_body_size"])
    assert str(reader.zeros) == whole.facts["body_zerocount"]
    assert max(reader.longest, 4) == int(whole.facts["max_received_linelength"])
    if b"\r" not in body:
        assert str(reader.lines) == whole.facts["body_linecount"]


@pytest.fixture
def body(tmp_path: Path) -> tuple[LargeBody, bytes]:
    data = b"".join(b"%d\n" % number for number in range(300_000)) + b"y" * (3 * LARGE) + b"\nend"
    path = tmp_path / "file"
    path.write_bytes(b"head\n" + data)
    file = RealStorage(Rights()).open(str(path), os.O_RDONLY)
    return LargeBody(file, 5, len(data)), data


def test_a_body_in_a_file_is_like_bytes(body: tuple[LargeBody, bytes]) -> None:
    large, data = body
    assert len(large) == len(data)
    assert large[:500] == data[:500]
    assert large[-500:] == data[-500:]
    assert bytes(large) == data
    assert large.count(b"\n") == data.count(b"\n")
    assert large.longest_line() == 3 * LARGE
    shown = flat(large)
    assert shown[-5:] == b"y end"
    assert flat(b"a\nb") == b"a b"


def test_its_pieces_end_with_lines_but_for_the_longest(body: tuple[LargeBody, bytes]) -> None:
    large, data = body
    pieces = list(large.lines())
    assert b"".join(piece for piece, _ in pieces) == data
    assert max(len(piece) for piece, _ in pieces) <= LARGE + CHUNK
    at = 0
    for piece, is_start in pieces:
        assert is_start == (at == 0 or data[at - 1 : at] == b"\n")
        at += len(piece)


def test_a_part_and_where_something_stands(body: tuple[LargeBody, bytes]) -> None:
    large, data = body
    assert bytes(large.part(1000, 1_000_000)) == data[1000:1_000_000]
    assert large.find(b"yy") == data.find(b"yy")
    assert large.find(b"\nend") == data.find(b"\nend")
    assert large.find(b"z") == -1
    assert bytes(beginning(large, 70_000)) == data[:70_000]
    assert beginning(large, len(data)) is large


@pytest.mark.parametrize("seed", range(30))
def test_line_ends_of_smtp_in_the_file_are_newlines(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    pieces = [
        b"x" * source.randrange(CHUNK),
        b"\r\n",
        b"\r\n" * 40_000,
        b"\r",
        b"\r\r\n",
        b"y",
        b"yz\r\n" * 9999,
    ]
    data = b"".join(source.choices(pieces, k=source.randrange(1, 12)))
    path = tmp_path / "file"
    path.write_bytes(b"head\n" + data)
    wire = WireBody(RealStorage(Rights()).open(str(path), os.O_RDONLY), 5, len(data))
    text = data.replace(b"\r\n", b"\n")
    assert len(wire) == len(text)
    assert bytes(wire) == text
    assert bytes(flat(wire)) == text.replace(b"\n", b" ")
    assert b"".join(piece for piece, _ in wire.lines()) == text
    assert wire.count(b"\n") == text.count(b"\n")
    for _ in range(20):
        start = source.randrange(len(text) + 1)
        end = source.randrange(start, len(text) + 1)
        assert wire[start:end] == text[start:end]
    assert wire[-500:] == text[-500:]
    assert bytes(beginning(wire, 700)) == text[:700]


@pytest.mark.parametrize("seed", range(60))
def test_the_canonical_form_does_not_depend_on_the_pieces(seed: int) -> None:
    source = random.Random(seed)
    parts = [
        b"a",
        b" ",
        b"\t",
        b"  ",
        b"\r\n",
        b"\r",
        b"\r\n\r\n",
        b" \r\n",
        b"bc",
        b" " * dkimcanon.LONG,
        b"d" * dkimcanon.LONG,
    ]
    data = b"".join(source.choices(parts, weights=[9] * 9 + [1, 1], k=source.randrange(40)))
    cuts = sorted(source.choices(range(len(data) + 1), k=6))
    pieces = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    relaxed = re.sub(rb"[ \t]+(?=\r\n|\Z)", b"", re.sub(rb"[ \t]+", b" ", data))
    for form, lines in ((dkimcanon.SIMPLE, data), (dkimcanon.RELAXED, relaxed)):
        text = re.sub(rb"(?:\r\n)+\Z", b"", lines)
        expected = text + b"\r\n" if text or form == dkimcanon.SIMPLE else b""
        given = pieces if form == dkimcanon.RELAXED else [*_without_halves(pieces)]
        assert b"".join(dkimcanon.body_pieces(given, form)) == expected
        assert dkimcanon.body(data, form) == expected


def _without_halves(pieces: list[bytes]) -> Iterator[bytes]:
    """Line ends are whole where pieces of messages end."""
    return dkimcanon.crlf_pieces(piece for piece in pieces)
