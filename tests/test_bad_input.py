"""Bad input of every kind gets one clear error and an exit status, never a traceback or a hang."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RANDOM = bytes(range(256)) * 40
GOOD = b"primary_hostname = mail.example.test\nkeep_environment =\n"

CONFIGS = {
    "binary": RANDOM,
    "zero bytes": b"\0" * 1000,
    "a line of ten megabytes": b"smtp_banner = " + b"x" * 10_000_000 + b"\n",
    "ten megabytes without an equals sign": b"x" * 10_000_000,
    "ten thousand continued lines": b"smtp_banner = " + b"x\\\n" * 10_000 + b"\n",
    "a macro that holds itself": b"AA == AA AA\nsmtp_banner = AA\n",
    "a quote without its end": GOOD + b'smtp_banner = "abc\n',
    "an include of itself": b".include @DIR@/exim.conf\n",
    "a section again and again": GOOD + b"begin acl\n" * 1000,
    "nothing but begin": b"begin\nbegin\n",
    "an option without a name": b"= 5\n",
    "conditions ten thousand deep": b".ifdef A\n" * 10_000,
}

TEXTS = {
    "braces that never end": "${if eq{a}{b}{" * 50,
    "nothing but dollars": "$" * 1000,
    "deep operators": "${uc:" * 10_000 + "x" + "}" * 10_000,
    "deep operators without an end": "${uc:" * 10_000,
    "deep items": "${if eq{a}{" * 5_000 + "}" * 10_000,
    "deep conditions": "${if " + "!" * 10_000 + "eq{a}{b}{c}}",
    "deep and": "${if and{{" * 2_000,
    "deep and with its end": "${if " + "and{{" * 9_000 + "eq{a}{a}" + "}}" * 9_000 + "}",
    "deep map": "${map{a}{" * 9_000 + "x" + "}}" * 9_000,
    "a long name": "${" + "a" * 100_000 + ":x}",
    "a long number": "${eval:" + "9" * 100_000 + "}",
    "deep parentheses": "${eval:" + "(" * 10_000 + "1" + ")" * 10_000 + "}",
    "deep JSON": "${extract json{1}{" + "[" * 10_000 + "}}",
    "a pattern that takes for ever": "${if match{" + "a" * 40 + "b}{^(a+)+\\$}{y}{n}}",
    "a list of many items": "${map{" + "a:" * 50_000 + "}{$item}}",
}


def run(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """One run of the command line."""
    return subprocess.run(
        [sys.executable, "-m", "expander", *arguments],
        input=data,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "EXIMULATE_PROFILE": "debian-12"},
    )


def assert_no_fault(done: subprocess.CompletedProcess[bytes]) -> None:
    """Neither a traceback nor a signal."""
    assert b"Traceback" not in done.stderr, done.stderr[-2000:]
    assert done.returncode in {0, 1, 2, 3}
    assert len(done.stderr) < 100_000


@pytest.mark.parametrize("text", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize(
    "way",
    [["-bV"], ["check"], ["parse"], ["fmt", "--check"], ["upgrade", "--from=4.95", "--to=4.96"]],
    ids=lambda way: way[0],
)
def test_a_bad_configuration_gets_an_error(text: bytes, way: list[str], tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_bytes(text.replace(b"@DIR@", str(tmp_path).encode()))
    arguments = ["-C", str(config), *way] if way[0].startswith("-") else [*way, str(config)]
    assert_no_fault(run(*arguments))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_bad_text_gets_an_answer(text: str, tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_bytes(GOOD)
    assert_no_fault(run("-C", str(config), "-be", data=text.encode() + b"\n"))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_bad_text_gets_an_answer_in_full(text: str, tmp_path: Path) -> None:
    """Standard input is cut at 1,023 bytes; a file of texts and the library are not."""
    code = (
        "import sys; from expander.api import Expander; from drivers.api.errors import EximError\n"
        "try: print(len(Expander().expand(sys.stdin.read())))\n"
        "except EximError as error: print(error.message[:200])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_missing_configuration(tmp_path: Path) -> None:
    done = run("-C", str(tmp_path / "nosuch"), "-bV")
    assert_no_fault(done)
    assert done.returncode == 1
    assert b"nosuch" in done.stderr


def test_a_directory_is_no_configuration(tmp_path: Path) -> None:
    done = run("check", str(tmp_path))
    assert_no_fault(done)
    assert done.returncode != 0
    # Exim itself opens a directory, reads nothing from it and is content.
    assert_no_fault(run("-C", str(tmp_path), "-bV"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_configuration_that_may_not_be_read(tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_bytes(GOOD)
    config.chmod(0)
    done = run("-C", str(config), "-bV")
    assert_no_fault(done)
    assert done.returncode == 1


def test_input_that_ends_early() -> None:
    done = subprocess.run(
        f"{sys.executable} -m expander -be '$version_number' '$version_number' | head -c 1",
        shell=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("way", [["-bt"], ["-bv"], ["-odi"]])
def test_what_a_sandbox_refuses(way: list[str], tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_text(
        "keep_environment =\nbegin routers\nd:\n  driver = dnslookup\n  transport = s\n"
        "begin transports\ns:\n  driver = smtp\n"
    )
    done = run("--sandbox", str(tmp_path / "root"), "-C", str(config), *way, "a@b.example")
    assert b"Traceback" not in done.stderr
    assert done.stderr.startswith(b'eximulate: asking the DNS for "b.example" refused by the sandbox\n')
    assert done.returncode == 1


@pytest.mark.parametrize(
    "way", [["-bp", "x"], ["-bp", "--", "-i"], ["-Mvh", "x"], ["-Mrm", "x"], ["-Mvl", "123"]]
)
def test_what_is_no_name_of_a_message(way: list[str], tmp_path: Path) -> None:
    config = tmp_path / "exim.conf"
    config.write_text("keep_environment =\n")
    done = run("--sandbox", str(tmp_path / "root"), "-C", str(config), *way)
    assert b"Traceback" not in done.stderr
    assert done.stdout + done.stderr
