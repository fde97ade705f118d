"""Deliveries that are only tried come to what they do with the installed Exim."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import installed
import pytest
from delivered import Sent, both, differences

from trials import TRIALS

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]


@pytest.mark.parametrize("name", TRIALS)
def test_all_is_as_with_exim(name: str) -> None:
    directory = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    directory.chmod(0o755)
    finding = TRIALS[name]
    try:
        config = finding.config.replace("@USER@", "Debian-exim")
        exim, ours = both(directory, config, [Sent(*each) for each in finding.sent])
    finally:
        shutil.rmtree(directory)
    assert differences(exim, ours) == []
    assert exim.main
