"""Deliveries to hosts with TLSA records: the same as the installed Exim's, which asks BIND."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import bind_server
import namespace
from real_exim import PROGRAM

LAB = str(Path(bind_server.__file__).with_name("dane_lab.py"))
CALLOUTS = str(Path(bind_server.__file__).with_name("dane_callouts.py"))

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not PROGRAM, reason="no Exim is installed"),
    pytest.mark.skipif(not bind_server.possible(), reason="no BIND in a namespace of its own"),
    pytest.mark.skipif(not namespace.possible("/etc/exim4"), reason="no other place for the configuration"),
]


@pytest.mark.parametrize("program", [LAB, CALLOUTS], ids=["deliveries", "callouts"])
def test_certificates_are_those_of_the_records(program: str) -> None:
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        subprocess.run([sys.executable, LAB, directory], check=True)
        argv = bind_server.command(folder, [sys.executable, program, directory, "run"])
        done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=300)
    assert json.loads(done.stdout) == {}
