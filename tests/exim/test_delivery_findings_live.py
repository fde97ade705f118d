"""Details of deliveries are those of the installed Exim."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import installed
import pytest
from delivered import Left, Sent, both

from delivery_findings import ETRNS, FINDINGS, Finding

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

OTHER_EACH_TIME = re.compile(rb"\d{10}-eximdsn-\d+|(?<=pid=)\d+|(?<=P=<> R=home T=box S=)\d+")


@pytest.mark.parametrize("name", FINDINGS)
def test_all_is_as_with_exim(name: str) -> None:
    exim, ours = _outcomes(FINDINGS[name])
    assert _shown(ours) == _shown(exim)
    assert exim.main


@pytest.mark.parametrize("name", ETRNS)
def test_what_is_done_once_at_a_time(name: str) -> None:
    exim, ours = _outcomes(ETRNS[name])
    assert [_replies(said) for _, said, _ in ours.ended] == [_replies(said) for _, said, _ in exim.ended]


def _replies(said: bytes) -> list[bytes]:
    """The replies that refuse something: Exim's children say those again that had not been sent by then."""
    return [line for line in said.splitlines() if line[:1] in b"45"]


def _outcomes(finding: Finding) -> tuple[Left, Left]:
    directory = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        messages = [Sent(*each) for each in finding.sent]
        return both(directory, finding.config.replace("@USER@", "Debian-exim"), messages)
    finally:
        shutil.rmtree(directory)


def _shown(left: Left) -> list[str]:
    """What is left, without the streams: answers that Exim's processes give twice belong to none of them."""
    lines = [*left.main, b"panic", *left.panic]
    for name, held in left.files.items():
        lines += [f"{name} {held[:4]}".encode(), *held[4].splitlines()]
    shown = [OTHER_EACH_TIME.sub(b"OTHER", line).decode("latin-1") for line in lines]
    return [*shown, *left.queue]
