"""Callouts with the sender that a delivery would have (4.97): ``use_tptsender``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from smtp_peer import smtp_peer
from verify_effects import CONFIG

ROOT = Path(__file__).resolve().parents[2]
RETURN_PATH = "return_path = ${sg{$return_path}{@}{=}}@srs.test"


@pytest.mark.parametrize(
    ("words", "return_path", "sender"),
    [
        ("use_tptsender", RETURN_PATH, "s=z.test@srs.test"),
        ("use_sender", RETURN_PATH, "s@z.test"),
        ("use_tptsender", "", "s@z.test"),
        ("use_tptsender", "return_path = ${if eq{1}{2}{a}fail}", "s@z.test"),
    ],
)
def test_the_transport_makes_the_sender(words: str, return_path: str, sender: str, tmp_path: Path) -> None:
    text = CONFIG.replace("driver = smtp\n", f"driver = smtp\n  {return_path}\n").replace(
        "@DATA@", "header_syntax"
    )
    with smtp_peer({}) as peer:
        text = text.replace("@RCPT@", f"recipient/callout={words}").replace("@PORT@", str(peer.port))
        (tmp_path / "conf").write_text(text.replace("@DIR@", str(tmp_path)))
        subprocess.run(
            [sys.executable, "-m", "expander", "-C", str(tmp_path / "conf"), "-bhc", "192.0.2.1"],
            input=b"EHLO c\r\nMAIL FROM:<s@z.test>\r\nRCPT TO:<a@z.test>\r\nQUIT\r\n",
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "EXIMULATE_PROFILE": "4.99"},
        )
    assert f"MAIL FROM:<{sender}>" in peer.heard
