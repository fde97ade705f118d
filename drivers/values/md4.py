"""MD4 (RFC 1320), which libraries do not have any more, and NTLM needs all the same."""

from __future__ import annotations

import struct

_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
_WORD = 0xFFFFFFFF
_BLOCK = 64
_ROUNDS = (
    (0x00000000, (3, 7, 11, 19), tuple(range(16))),
    (0x5A827999, (3, 5, 9, 13), tuple(at // 4 + at % 4 * 4 for at in range(16))),
    (0x6ED9EBA1, (3, 9, 11, 15), tuple(int(f"{at:04b}"[::-1], 2) for at in range(16))),
)
"""For each round what is added, how far is turned, and in which order the words are taken."""


def _mixed(number: int, x: int, y: int, z: int) -> int:
    """The function of a round."""
    if number == 0:
        return (x & y) | (~x & z)
    if number == 1:
        return (x & y) | (x & z) | (y & z)
    return x ^ y ^ z


def md4(data: bytes) -> bytes:
    """The digest, 16 bytes."""
    padding = b"\x80" + b"\0" * ((_BLOCK - 9 - len(data)) % _BLOCK)
    padded = data + padding + struct.pack("<Q", len(data) * 8 % (1 << 64))
    state = _START
    for at in range(0, len(padded), _BLOCK):
        words = struct.unpack_from("<16I", padded, at)
        a, b, c, d = state
        for number, (constant, turns, order) in enumerate(_ROUNDS):
            for step, word in enumerate(order):
                total = (a + _mixed(number, b, c, d) + words[word] + constant) & _WORD
                turn = turns[step % 4]
                a, b, c, d = d, ((total << turn) | (total >> (32 - turn))) & _WORD, b, c
        state = tuple((old + new) & _WORD for old, new in zip(state, (a, b, c, d), strict=True))  # type: ignore[assignment] # there are four
    return struct.pack("<4I", *state)
