"""What one of the two puts on the spool the other shows and delivers."""

from __future__ import annotations

from collections.abc import Iterator

import installed
import pytest

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

CONFIG = """\
begin routers
all:
  driver = accept
  local_parts = u1 : u2
  transport = t
begin transports
t:
  driver = appendfile
  file = @DIR@/mail/$local_part_data
  user = nobody
  create_directory
"""
MESSAGE = b"From: a@x.test\nTo: b@y.test\nSubject: s\n\nOne\n.\nTwo\n"


@pytest.fixture
def both() -> Iterator[installed.Installed]:
    with installed.root(CONFIG) as made:
        yield made


def test_exim_delivers_what_eximulate_took_in(both: installed.Installed) -> None:
    done = both.ours("-odq", "-i", "u1@example.test", "u2@example.test", data=MESSAGE)
    assert (done.returncode, done.stderr) == (0, b"")
    (name,) = both.queue
    for option in ("-Mvh", "-Mvb", "-Mvl"):
        assert both.exim(option, name).stdout
    done = both.exim("-M", name)
    assert (done.returncode, done.stderr) == (0, b"")
    assert not both.queue
    assert (both.directory / "mail/u1").read_bytes().endswith(b"\nOne\n.\nTwo\n\n")
    assert (both.directory / "mail/u2").exists()
