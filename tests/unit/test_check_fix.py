"""Fixes of findings: where they may be made, and what they come to in the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from expander.cli.verbs import run
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.lint.finding import Edit, Finding, Fix
from expander.lint.mend import changes, mended
from expander.lint.texts import expanded_texts
from expander.world.memory import MemoryWorld
from grammar.source import Span

PATH = "/etc/exim.conf"


def banner(text: str) -> Span:
    """The value of the last option that is expanded."""
    world = MemoryWorld(files={PATH: text.encode("latin-1")})
    config = load(PATH, profile=PROFILES["debian-12"], world=world, collect=True)
    source = list(expanded_texts(config))[-1].source
    return Span(source, 0, len(source.text))


def fixed(value: Span, old: str, new: str, *, safe: bool = True) -> Finding:
    at = value.text.index(old)
    return Finding(
        "EXE001", "x", value, fix=Fix("mend it", (Edit(value.part(at, at + len(old)), new),), safe)
    )


def after(text: str, old: str, new: str) -> str | None:
    files, _ = mended([fixed(banner(text), old, new)])
    return files[PATH][1] if files else None


def test_an_edit_is_made_at_its_place_in_the_file() -> None:
    assert after("# é\nsmtp_banner = a b c\n", "b", "BB") == "# é\nsmtp_banner = a BB c\n"
    assert after("smtp_banner = a \\\n   b c\n", "b", "BB") == "smtp_banner = a \\\n   BB c\n"
    assert after('smtp_banner = "a b\\tc"\n', "b", "BB") == 'smtp_banner = "a BB\\tc"\n'
    assert after("M = x\nsmtp_banner = M b\n", "b", "") == "M = x\nsmtp_banner = M \n"


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("M = x b\nsmtp_banner = M\n", "b", "c"),  # the text is a macro's
        ("M = b\nsmtp_banner = aM\n", "ab", "c"),
        ("smtp_banner = a \\\n  b\n", "a b", "c"),  # it is on two lines
        ('smtp_banner = "a\\x41b"\n', "aA", "c"),  # it is written with an escape
        ('smtp_banner = "a b"\n', "b", 'say "b"'),  # it would need escapes
        ('smtp_banner = "a b"\n', "b", "\\N"),
    ],
)
def test_no_edit_is_made_where_the_file_has_another_text(text: str, old: str, new: str) -> None:
    assert after(text, old, new) is None


def test_text_is_put_in_where_the_span_is_empty() -> None:
    value = banner("M = x\nsmtp_banner = a M\n")
    front = Finding("EXE001", "x", value, fix=Fix("x", (Edit(value.part(1, 1), "!"),), safe=True))
    assert mended([front])[0][PATH][1] == "M = x\nsmtp_banner = a! M\n"
    behind = Finding("EXE001", "x", value, fix=Fix("x", (Edit(value.part(3, 3), "!"),), safe=True))
    assert changes(behind) == ()


def test_a_fix_that_is_not_safe_is_made_only_if_asked_for() -> None:
    finding = fixed(banner("smtp_banner = a b\n"), "b", "c", safe=False)
    assert mended([finding]) == ({}, 0)
    assert mended([finding], unsafe=True)[1] == 1


def test_a_fix_is_made_whole_or_not_at_all() -> None:
    value = banner("M = x\nsmtp_banner = a M\n")
    edits = (Edit(value.part(0, 1), "b"), Edit(value.part(2, 3), "y"))
    assert changes(Finding("EXE001", "x", value, fix=Fix("x", edits, safe=True))) == ()


def test_of_fixes_that_overlap_the_first_is_made() -> None:
    value = banner("smtp_banner = abc\n")
    files, count = mended([fixed(value, "ab", "x"), fixed(value, "bc", "y"), fixed(value, "c", "z")])
    assert (files[PATH][1], count) == ("smtp_banner = xz\n", 2)


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        ("# eximulate: ignore EXE002\nsmtp_banner = a\n", "smtp_banner = a\n"),
        ("# eximulate: ignore EXE002, EXE003\nsmtp_banner = a\n", "smtp_banner = a\n"),
        ("# eximulate: ignore EXE002, EXE003 -- x\nsmtp_banner = $b\n",
         "# eximulate: ignore EXE002, -- x\nsmtp_banner = $b\n"),
        ("# eximulate: ignore EXE003, EXE002 -- x\nsmtp_banner = $b\n",
         "# eximulate: ignore EXE002 -- x\nsmtp_banner = $b\n"),
        ("# eximulate: ignore-start EXE003 EXE002\nsmtp_banner = $b\n# eximulate: ignore-end EXE003 EXE002\n",
         "# eximulate: ignore-start EXE002\nsmtp_banner = $b\n# eximulate: ignore-end EXE002\n"),
        ("# eximulate: ignore-start EXE003\nsmtp_banner = b\n# eximulate: ignore-end EXE003",
         "smtp_banner = b\n"),
    ],
)  # fmt: skip
def test_comments_about_nothing_are_taken_away(before: str, behind: str, tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(f"keep_environment =\n{before}")
    arguments = ["check", "--level", "remark", "--ignore", "host"]
    assert run([*arguments, "--fix", str(path)]) == 0
    assert path.read_text() == f"keep_environment =\n{behind}"


CONFIG = """\
keep_environment =
# eximulate: ignore EXE002
smtp_banner = hello
# eximulate: ignore EXO002, EXE002 -- both
message_size_limti = 10M
helo_verify_hostss = *
"""


def test_fixes_are_made_in_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(CONFIG)
    assert run(["check", "--fix", "--level", "remark", "--ignore", "host", str(path)]) == 3
    assert path.read_text() == CONFIG.replace("# eximulate: ignore EXE002\n", "").replace(
        ", EXE002 --", ",  --"
    ).replace("EXO002,  --", "EXO002, --")
    assert "2 fixes made" in capsys.readouterr().err
    arguments = ["--fix", "--unsafe-fixes", "--level", "remark", "--ignore", "host"]
    assert run(["check", *arguments, str(path)]) == 0
    assert "helo_verify_hosts = *\n" in path.read_text()
    assert "message_size_limti" in path.read_text()


def test_what_is_known_is_not_mended(tmp_path: Path) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(CONFIG)
    known = str(tmp_path / "known.json")
    assert run(["check", "--level", "remark", "--write-baseline", known, str(path)]) == 0
    path.write_text(f"{CONFIG}# eximulate: ignore EXE003\n")
    assert run(["check", "--level", "remark", "--baseline", known, "--fix", str(path)]) == 0
    assert path.read_text() == CONFIG


def test_fixes_are_shown_as_a_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(CONFIG)
    assert run(["check", "--diff", "--unsafe-fixes", str(path)]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"--- {path}", f"+++ {path}"]
    assert [line for line in lines[2:] if line[0] in "+-"] == [
        "-helo_verify_hostss = *",
        "+helo_verify_hosts = *",
    ]
    assert path.read_text() == CONFIG


def test_files_elsewhere_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    included = tmp_path / "b" / "more.conf"
    included.write_text("helo_verify_hostss = *\n")
    path = tmp_path / "a" / "exim.conf"
    path.write_text(f"keep_environment =\n.include {included}\n")
    assert run(["check", "--fix", "--unsafe-fixes", str(path)]) == 3
    assert included.read_text() == "helo_verify_hostss = *\n"
    assert run(["check", "--fix", "--unsafe-fixes", str(path), str(included)]) == 0
    assert included.read_text() == "helo_verify_hosts = *\n"
