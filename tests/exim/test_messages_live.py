"""Generated messages, handed in by ``-bem``, have the variables that the installed Exim gives them."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from casefile import Setup
from real_exim import PROGRAM, prepare

pytestmark = pytest.mark.exim

COUNT = int(os.environ.get("GENERATED_MESSAGES", "20"))
NAMES = (
    "From To Cc Bcc Subject X-A x-a Reply-To Sender Resent-From Resent-To Resent-Bcc Received Return-Path "
    "Envelope-To Delivery-Date X_u X.dot FROM References"
).split()
ADDRESSES = (
    'a@b.test|<a@b.test>|"S, B" <b@c.test>|x|root|g: a@b, c;|(c) x@y (d)||<>|"q l"@x|@r:a@b|bad <|a b|a . b|'
    "=?utf-8?q?J=C3=BC?= <j@s.test>|a,,b|N <x (c)>|averyveryveryveryveryverylonglocalpart"
).split("|")
WORDS = (
    "=?utf-8?q?J=C3=BC?=|=?iso-8859-1?Q?=E9?=|=?utf-8?b?5pel5pys?=|=?utf-8?q?broken|=?x-no?q?a?=|caf\xe9|"
    "=?utf-8?q?a b?=|=?koi8-r?b?8NLJ18XU?=|=?utf-8?q?=00z?=|$x|a:b|::|?=|\0|" + "w" * 300
).split("|")
STRANGE = [
    "bad line",
    ": no name",
    " folded",
    "X y: z",
    "From ann Mon Jan  1 00:00:00 2024",
    ".",
    "X-A :",
    "a\rb: c",
]
BODIES = ["", "\n", "x", "body\n", ".\n", "a\n.\nb\n", "a\r\nb\r\n", "\n\nz\n", "nul\0\0\n", "x\n" * 300]
OPTIONS = [
    [],
    [],
    ["-f", "x@y.test"],
    ["-f", "<>"],
    ["-oMa", "192.0.2.1"],
    ["-F", 'A. (b) "c"'],
    ["-t"],
    ["-oi"],
]
TEXTS = [
    "$message_headers_raw",
    "$message_headers",
    "[$message_body][$message_body_end]$reply_address",
    "$message_size $message_body_size $message_linecount $body_linecount $body_zerocount",
    "$sender_address|$return_path|$authenticated_sender|$recipients|$max_received_linelength",
    *(f"[${form}_{name}:]" for form in ("h", "rh", "bh", "lh") for name in ("x-a", "to", "subject", "from")),
    "${addresses:$h_to:} ${if def:h_x-a:{y}{n}} ${strlen:$h_subject}",
]
CHANGING = re.compile(r"E?\w{6}-\w{6}-\w\w|\w{3}, \d\d \w{3} \d{4} \d\d::?\d\d::?\d\d [+]0000")


def message(chance: random.Random) -> bytes:
    """One message, more or less well formed."""
    end = chance.choice(["\n", "\n", "\r\n"])
    lines = []
    for _ in range(chance.randint(0, 8)):
        if chance.random() < 0.06:
            lines.append(chance.choice(STRANGE))
            continue
        name = chance.choice(NAMES)
        of_addresses = name.lower().removeprefix("resent-") in {
            "from",
            "to",
            "cc",
            "bcc",
            "sender",
            "reply-to",
        }
        parts = [chance.choice(ADDRESSES if of_addresses else WORDS) for _ in range(chance.randint(0, 3))]
        mark = chance.choice([", ", ",", ",\n "] if of_addresses else [" ", "", "\n\t", "\n  \n "])
        lines.append(name + chance.choice(["", "", " "]) + ":" + chance.choice(["", " "]) + mark.join(parts))
    text = end.join(lines) + chance.choice([end + end, end + end, end, ""]) + chance.choice(BODIES)
    return text.encode("latin-1")


@pytest.mark.parametrize("seed", range(COUNT))
def test_a_generated_message_has_the_same_variables(seed: int, tmp_path: Path) -> None:
    assert PROGRAM is not None
    chance = random.Random(seed)
    config = prepare(tmp_path, Setup())
    file = tmp_path / "mail"
    file.write_bytes(message(chance))
    arguments = ["-C", str(config), *chance.choice(OPTIONS), "-bem", str(file), *TEXTS]
    answers = []
    for program in ([PROGRAM], [sys.executable, "-m", "expander"]):
        done = subprocess.run(
            [*program, *arguments],
            env={**os.environ, "TZ": "UTC", "EXIMULATE_PROFILE": "debian-12"},
            capture_output=True,
            check=False,
        )
        answers.append((done.returncode, CHANGING.sub("@", done.stdout.decode("latin-1"))))
    assert answers[0] == answers[1]
