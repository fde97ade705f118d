"""CR, LF, dots and blanks in messages: what they are taken for, and counted as, is as with the real Exim."""

from __future__ import annotations

import itertools
import re

import pytest

from exim.bh_sessions import Finding, outcomes

pytestmark = pytest.mark.exim

CONFIG = """\
acl_smtp_rcpt = accept
acl_smtp_data = d
smtp_max_synprot_errors = 1000000
smtp_max_unknown_commands = 1000000
message_body_newlines
received_header_text =
begin acl
d:
  deny logwrite = =${local_part:$sender_address}=$message_size $body_linecount $message_linecount \
         ${str2b64:$message_headers_raw} ${str2b64:$message_body}=
"""
BODY = ("\r", "\n", ".", "x")
HEADER = (*BODY, "B:", " ")
AFTER_HEADER = "\r\n\r\ny"
WAYS = {
    "body behind CRLF": ("A: b\r\n\r\n", BODY, 4, ""),
    "body behind LF": ("A: b\n\n", BODY, 4, ""),
    "header behind CRLF": ("A: b\r\n", HEADER, 3, AFTER_HEADER),
    "header behind LF": ("A: b\n", HEADER, 3, AFTER_HEADER),
    "header": ("", HEADER, 3, AFTER_HEADER),
}


def _texts(way: str) -> list[str]:
    before, pieces, most, after = WAYS[way]
    texts = ("".join(each) for count in range(most + 1) for each in itertools.product(pieces, repeat=count))
    return [f"{before}{text}{after}" for text in texts]


def _given(texts: list[str], *, in_chunks: bool) -> bytes:
    """All of them as messages, with senders that number them; what a broken one leaves is passed over."""
    lines = ["EHLO x\r\n"]
    for number, text in enumerate(texts):
        sent = f"BDAT {len(text)} LAST\r\n{text}" if in_chunks else f"DATA\r\n{text}\r\n.\r\n"
        lines.append(f"MAIL FROM:<{number}@b>\r\nRCPT TO:<c@d>\r\n{sent}RSET\r\n")
    return "".join([*lines, "QUIT\r"]).encode("ascii")


@pytest.mark.parametrize("in_chunks", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_lines_are_taken_as_with_exim(way: str, *, in_chunks: bool) -> None:
    texts = _texts(way)
    ours, real = (
        dict(re.findall(r"LOG: \S* ?=(\d+)=(.*)=\n", told))
        for _, told in outcomes(Finding(CONFIG, _given(texts, in_chunks=in_chunks)))
    )
    # Chunks whose first header line ends in a newline alone are refused.
    is_refused = in_chunks and way.endswith("LF")
    assert is_refused or len(real) > len(texts) * 0.9
    different = {repr(text): at for at, text in enumerate(texts) if ours.get(str(at)) != real.get(str(at))}
    assert not different
