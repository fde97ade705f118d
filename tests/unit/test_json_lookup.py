"""JSON files: what is JSON and what is not, how values are written, large and deep files, odd files."""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import random
from pathlib import Path

import pytest

from drivers.api.errors import Failed
from drivers.values.jsontree import DEEPEST, dumped, load
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.real import RealWorld

RIGHT = {
    b'{"a":1,"b":2,"a":3}': '{"a": 3, "b": 2}',
    b"[1.5,1e3,0.1,-0,-0.0,1e-7,1E+22,5e-324,1e-400]": "[1.5, 1000.0, 0.10000000000000001, 0, -0.0, "
    "9.9999999999999995e-8, 1e22, 4.9406564584124654e-324, 0.0]",
    b'["\\u00e9\\u001f\\t\\/\x7f", "\\ud83d\\ude00"]': '["é\\u001F\\t/\x7f", "😀"]',
    b'["\\\\u0000"]': '["\\\\u0000"]',
    b"[9223372036854775807,-9223372036854775808]": "[9223372036854775807, -9223372036854775808]",
    b" [ ] \r\n\t": "[]",
    b'{"":[{},[]],"x":[true,false,null]}': '{"": [{}, []], "x": [true, false, null]}',
    b"[" * DEEPEST + b"]" * DEEPEST: "[" * DEEPEST + "]" * DEEPEST,
}
WRONG = [
    b"",
    b"5",
    b'"text"',
    b"null",
    b"[]x",
    b"[1,]",
    b'{"a":1,}',
    b"{a:1}",
    b"[01]",
    b"[+1]",
    b"[.5]",
    b"[NaN]",
    b"[Infinity]",
    b"[-Infinity]",
    b"[True]",
    b"[1e400]",
    b"[9223372036854775808]",
    b"[-9223372036854775809]",
    b"[" + b"9" * 5000 + b"]",
    b'["\\u0000"]',
    b'{"\\u0000":1}',
    b'["\\\\\\u0000"]',
    b'["\\ud800"]',
    b'["\\udc00\\ud800"]',
    b'["\\ud800x"]',
    b'["\x01"]',
    b'["\n"]',
    b'["\\x"]',
    b'["\xff"]',
    b'["\xed\xa0\x80"]',
    b"\xef\xbb\xbf[]",
    b"[\x0b1]",
    b"[1]\x00",
    b"// comment\n[]",
    b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
    b"[" * DEEPEST + b"1" + b"]" * DEEPEST,
]


@pytest.mark.parametrize("data", RIGHT, ids=range(len(RIGHT)))
def test_json_is_written_again(data: bytes) -> None:
    assert dumped(load(data)) == RIGHT[data]


@pytest.mark.parametrize("data", WRONG, ids=range(len(WRONG)))
def test_what_is_no_json(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(data)


def pieces() -> list[bytes]:
    """Texts made of parts of JSON at random: most are wrong."""
    chance = random.Random(1)
    parts = b'{ } [ ] , : " "a" "b\\n" 1 -2.5e3 true null \\ u00 \xc3\xa9 1e5 0 \\u0041'.split(b" ")
    return [b"".join(chance.choices(parts, k=chance.randint(1, 8))) for _ in range(5000)]


def test_jansson_agrees() -> None:
    name = ctypes.util.find_library("jansson")
    if name is None:
        pytest.skip("Jansson is not installed")
    library = ctypes.CDLL(name)
    library.json_loadb.restype = ctypes.c_void_p
    library.json_loadb.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]
    library.json_dumps.restype = ctypes.c_char_p
    library.json_dumps.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

    def theirs(data: bytes) -> bytes | None:
        value = library.json_loadb(data, len(data), 0, None)
        return library.json_dumps(value, 0) if value else None

    def ours(data: bytes) -> bytes | None:
        try:
            return dumped(load(data)).encode()
        except ValueError:
            return None

    asked = [*RIGHT, *WRONG, *pieces()]
    assert [data for data in asked if ours(data) != theirs(data)] == []
    assert sum(ours(data) is not None for data in asked) > len(RIGHT)


def look_up(path: Path, key: str) -> str:
    expander = Expander(profile=PROFILES["4.99"], world=RealWorld())
    return expander.expand(f"${{lookup{{{key}}}json{{{path}}}{{$value}}{{nothing}}}}")


def test_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps({f"key{number}": [number, str(number)] for number in range(20_000)}))
    assert look_up(path, "key19999:1") == "19999"


def test_a_deep_file(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"a":' * (DEEPEST - 1) + "7" + "}" * (DEEPEST - 1))
    assert look_up(path, ":".join(["a"] * (DEEPEST - 1))) == "7"
    path.write_text('{"a":' * DEEPEST + "7" + "}" * DEEPEST)
    assert look_up(path, "a") == "nothing"


def test_files_that_are_no_json(tmp_path: Path) -> None:
    assert look_up(tmp_path, "a") == "nothing"
    path = tmp_path / "half.json"
    path.write_text('{"a": 1, "b"')
    assert look_up(path, "a") == "nothing"
    path.write_bytes(b"")
    assert look_up(path, "a") == "nothing"
    with pytest.raises(Failed, match="for json search: No such file or directory"):
        look_up(tmp_path / "missing.json", "a")


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text('{"é": 1}')
    assert look_up(path, "\xc3\xa9") == "1"
    assert look_up(path, "\xe9") == "nothing"
