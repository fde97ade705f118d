"""Messages on the spool: what their files give, and what is no such file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.api.text import Tainted
from expander.message.spool import SpoolError, body_of, read_envelope, unescaped

ROOT = Path(__file__).resolve().parents[2]
MESSAGE = "1abcDE-000ABC-0Z"


def envelope(
    *, settings: str = "", done: str = "XX", recipients: str = "1\nr@x.test", headers: str = ""
) -> str:
    return (
        f"{MESSAGE}-H\njoe 1000 1000\n<s@y.test>\n1700000000 0\n{settings}{done}\n{recipients}\n\n"
        f"{headers or '013T To: r@x.test' + chr(10)}"
    )


def test_settings_become_variables() -> None:
    settings = (
        "-ident joe\n--helo_name client.test\n--host_address [192.0.2.7]:4711\n-host_lookup_failed\n"
        "-body_linecount 3\n-tls_peerdn CN=a\\nb\\134\n-unknown thing\n"
    )
    facts = read_envelope(envelope(settings=settings), MESSAGE).facts
    assert facts["sender_ident"] == "joe"
    assert facts["sender_helo_name"] == "client.test"
    assert isinstance(facts["sender_helo_name"], Tainted)
    assert (facts["sender_host_address"], facts["sender_host_port"]) == ("192.0.2.7", "4711")
    assert facts["host_lookup_failed"] == "1"
    assert facts["tls_in_peerdn"] == "CN=a\nb\\"
    assert facts["message_linecount"] == "4"
    assert facts["message_size"] == "14"
    assert facts["received_time"] == "1700000000"


def test_values_of_acl_variables_may_span_lines() -> None:
    spooled = read_envelope(envelope(settings="-aclm _x 5\na\n-bc\n--aclc 0 3\nqrs\n-ident j\n"), MESSAGE)
    assert spooled.acl_m == {"_x": "a\n-bc"}
    assert spooled.acl_c == {"0": "qrs"}
    assert isinstance(spooled.acl_c["0"], Tainted)
    assert spooled.facts["sender_ident"] == "j"


def test_the_tree_of_addresses_is_passed_over() -> None:
    done = "YY darcy@x.test\nNY alice@x.test\nNN bob@x.test\nNN editor@x.test"
    spooled = read_envelope(envelope(done=done, recipients="2\na@x.test\nb@x.test  0,0#1"), MESSAGE)
    assert spooled.recipients == ("a@x.test", "b@x.test")
    assert spooled.facts["recipients"] == "a@x.test, b@x.test"


def test_replaced_header_lines_are_left_out() -> None:
    headers = "011* Bcc: b@x.y\n023P Received: here\n\tnow 12\n011  Subject: x\n"
    spooled = read_envelope(envelope(headers=headers), MESSAGE)
    assert spooled.headers == (("Received", "Received: here\n\tnow 12\n"), ("Subject", "Subject: x\n"))
    assert spooled.facts["received_count"] == "1"
    with pytest.raises(SpoolError):
        read_envelope(envelope(headers=headers.replace("023P", "022P")), MESSAGE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "other-H\n",
        envelope().replace("<s@y.test>", "s@y.test"),
        envelope().replace("1700000000 0", "never"),
        envelope(recipients="two\na\nb"),
        envelope(recipients="2\na"),
        envelope(done="YN a@b"),
        envelope(settings="-aclm broken\n"),
        envelope(headers="x"),
        envelope(headers="099  Subject: x\n"),
    ],
)
def test_a_file_that_is_not_right_is_refused(text: str) -> None:
    with pytest.raises(SpoolError):
        read_envelope(text, MESSAGE)


def test_a_backslash_at_the_end_stays() -> None:
    assert unescaped("a\\") == "a\\"
    assert unescaped("a\\\\\\t\\101\\q") == "a\\\tAq"


def test_the_body_begins_after_the_name() -> None:
    assert body_of(f"{MESSAGE}-D\none\n".encode(), MESSAGE) == b"one\n"
    with pytest.raises(SpoolError):
        body_of(b"other-D\none\n", MESSAGE)


def expand(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "conf").write_text(f"spool_directory = {tmp_path}\nkeep_environment =\n")
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from expander.cli.main import entry; entry()",
            "-C",
            f"{tmp_path}/conf",
            *arguments,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT), "EXIMULATE_CALLER": "root:0:0:root:/root"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("folder", ["input", "input/E"])
def test_the_option_mset_loads_a_message(tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir(parents=True)
    headers = "013T To: r@x.test\n015  Subject: hello\n"
    (place / f"{MESSAGE}-H").write_text(envelope(settings="-aclm _x 1\nv\n", headers=headers))
    (place / f"{MESSAGE}-D").write_text(f"{MESSAGE}-D\nthe body\n")
    wanted = "$recipients|$h_subject:|$message_size|$message_body|$acl_m_x|$message_exim_id|$sender_address"
    found = expand(tmp_path, "-Mset", MESSAGE, "-be", wanted)
    assert found.stdout == f"r@x.test|hello|38|the body |v|{MESSAGE}|s@y.test\n"


def test_a_message_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = expand(tmp_path, "-be", "-Mset", MESSAGE, "x$message_size")
    assert (
        found.stdout == f"Failed to load message datafile {MESSAGE}\nFailed to load message {MESSAGE}\nx0\n"
    )
    assert f"Spool file {MESSAGE}-D not found" in found.stderr
    alone = expand(tmp_path, "-Mset", MESSAGE)
    assert (alone.returncode, alone.stderr) == (1, "exim: incompatible command-line options or arguments\n")
