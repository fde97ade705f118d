"""Large bodies are written to the spool while they come, and read from there piece by piece."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from expander.message.body_reader import BodyReader
from expander.message.headers import read_message
from expander.message.large_body import CHUNK, LARGE, LargeBody, flat
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
