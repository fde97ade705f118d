"""What counts: levels, rules that are left out, severities, settings of a project, baselines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from expander.cli.verbs import run

CONFIG = """\
keep_environment =
smtp_banner = ${if eq{a}{${eval:1+}}{b}{c}}
helo_verify_hosts = $nosuch
trusted_users = nosuch-x
primary_hostname = short
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EXIMULATE_PROFILE", raising=False)
    monkeypatch.delenv("EXIMULATE_HOST", raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / "exim.conf").write_text(CONFIG)
    return tmp_path


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The status, and the codes that are reported, with the first letters of their severities."""
    status = run(["check", "--format", "json", *arguments, "exim.conf"])
    out, err = capsys.readouterr()
    assert not err, err
    (report,) = json.loads(out)
    return status, " ".join(f"{f['code']}{f['severity'][0]}" for f in report["findings"])


@pytest.mark.parametrize(
    ("arguments", "status", "codes"),
    [
        ("", 3, "EXE009w EXE002e EXH001e"),
        ("--level remark", 3, "EXE009w EXE002e EXH001e EXH005r"),
        ("--level error", 3, "EXE002e EXH001e"),
        ("--ignore host", 3, "EXE009w EXE002e"),
        ("--ignore host,unknown-variable", 2, "EXE009w"),
        ("--ignore EXH --ignore EXE002 --level error", 0, ""),
        ("--only host", 3, "EXH001e"),
        ("--only host --ignore unknown-user --level remark", 2, "EXH005r"),
        ("--only EXE009", 2, "EXE009w"),
        ("--severity EXE002=warning,EXH001=off", 2, "EXE009w EXE002w"),
        ("--severity host=remark --severity expansions=error", 3, "EXE009e EXE002e"),
        ("--severity EXH005=error --only EXH005", 3, "EXH005e"),
    ],
)
def test_arguments_say_what_counts(
    arguments: str, status: int, codes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found(capsys, *arguments.split()) == (status, codes)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("--ignore hots", 'there is no rule "hots"; did you mean "host"?'),
        ("--only unknown-variabel", 'did you mean "unknown-variable"?'),
        ("--severity EXE002", "--severity EXE002: CODE=SEVERITY expected"),
        ("--severity EXE002=bad", "known: remark, warning, error, off"),
        ("--severity nosuch=off", 'there is no rule "nosuch"'),
        ("--baseline missing.json", "cannot read the baseline missing.json: No such file or directory"),
        ("--baseline exim.conf", "exim.conf is no baseline"),
        ("--settings missing.toml", "cannot read missing.toml"),
        ("--level nosuch", "invalid choice: 'nosuch'"),
    ],
)
def test_wrong_arguments_are_told(arguments: str, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", *arguments.split(), "exim.conf"]) == 1
    assert problem in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_never_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--ignore", "files", "--only", "host", "missing.conf"]) == 1
    assert run(["check"]) == 1
    assert "a configuration file is needed" in capsys.readouterr().err


def test_quiet_prints_nothing_if_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--quiet", "--only", "EXZ", "exim.conf"]) == 1
    Path("good.conf").write_text("keep_environment =\n")
    capsys.readouterr()
    assert run(["check", "-q", "good.conf"]) == 0
    assert capsys.readouterr().out == ""


SETTINGS = """\
profile = "debian-12"
macros = { BANNER = "hello" }

[check]
level = "error"
ignore = ["host"]

[check.severity]
always-fails = "error"

[check.per-file-ignores]
"exim.conf" = ["unknown-variable"]

[profiles."4.99".check]
level = "remark"
severity = { EXE009 = "remark" }
"""


def test_settings_of_a_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "eximulate.toml").write_text(SETTINGS)
    assert found(capsys) == (3, "EXE009e")
    assert found(capsys, "--profile", "4.99") == (2, "EXE009r")
    assert found(capsys, "--level", "warning", "--severity", "EXE009=warning") == (2, "EXE009w")


def test_settings_in_pyproject(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (
        SETTINGS.replace("[", "[tool.eximulate.").replace('.["', '["').replace("= [tool.eximulate.", "= [")
    )
    top, _, rest = lines.partition("\n\n")
    (folder / "pyproject.toml").write_text(f'[project]\nname = "x"\n[tool.eximulate]\n{top}\n{rest}')
    assert found(capsys) == (3, "EXE009e")


def test_settings_are_looked_for_up_to_the_root_of_the_repository(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (below / "exim.conf").write_text(CONFIG)
    (folder / "eximulate.toml").write_text('[check]\nonly = ["EXE002"]\n')
    monkeypatch.chdir(below)
    assert found(capsys) == (3, "EXE002e")
    (below.parent / ".git").mkdir()
    assert found(capsys) == (3, "EXE009w EXE002e EXH001e")
    assert found(capsys, "--settings", str(folder / "eximulate.toml")) == (3, "EXE002e")


def test_paths_of_settings_count_from_their_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "host.toml").write_text("[users.nosuch-x]\nuid = 1\ngid = 1\n")
    below = folder / "mx1"
    below.mkdir()
    (below / "exim.conf").write_text(CONFIG)
    text = 'host = "host.toml"\n[check.per-file-ignores]\n"mx1/*" = ["EXE009"]\n"mx2/*" = ["EXE002"]\n'
    (folder / "eximulate.toml").write_text(text)
    monkeypatch.chdir(below)
    assert found(capsys) == (3, "EXE002e")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[check]\n\nlevle = 1\n", 'eximulate.toml:3: unknown key "check.levle" (did you mean "level"?)'),
        ("profle = 'x'\n", 'eximulate.toml:1: unknown key "profle" (did you mean "profile"?)'),
        ("[chekc]\n", 'eximulate.toml:1: unknown key "chekc" (did you mean "check"?)'),
        ("[check]\nlevel = 'bad'\n", ".toml:2: check.level: one of remark, warning, error is expected"),
        ("[check]\nignore = ['hots']\n",
         'eximulate.toml:2: check.ignore: there is no rule "hots"; did you mean "host"?'),
        ("[check.severity]\nEXE999 = 'off'\n", '.toml:2: check.severity.EXE999: there is no rule "EXE999"'),
        ("[check.severity]\nEXE002 = 'bad'\n", ".toml:2: check.severity.EXE002: one of remark, warning"),
        ("[check]\nonly = 1\n", "eximulate.toml:2: check.only: a list of codes, names or groups"),
        ("check = 1\n", "eximulate.toml:1: check must be a table"),
        ("macros = 1\n", "eximulate.toml:1: macros: a table is expected"),
        ("host = 1\n", "eximulate.toml:1: host: a string is expected"),
        ("[profiles.x]\ny = 1\n", 'eximulate.toml:2: unknown key "profiles.x.y" (known: check)'),
        ("profile = \n", "Invalid value (at line 1, column 11)"),
        ("profile = 'nosuch'\n", "nosuch"),
    ],
)  # fmt: skip
def test_settings_that_are_wrong(
    text: str, problem: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "eximulate.toml").write_text(text)
    assert run(["check", "exim.conf"]) == 1
    assert problem in capsys.readouterr().err


def test_a_baseline_holds_what_is_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--write-baseline", "known.json", "exim.conf"]) == 0
    assert capsys.readouterr().err == "3 findings written to known.json\n"
    assert found(capsys, "--baseline", "known.json") == (0, "")
    (folder / "exim.conf").write_text("# moved\n\n" + CONFIG)
    assert found(capsys, "--baseline", "known.json") == (0, "")
    (folder / "exim.conf").write_text(CONFIG + "helo_try_verify_hosts = $nosuch\n")
    assert found(capsys, "--baseline", "known.json") == (3, "EXE002e")
    (folder / "eximulate.toml").write_text('[check]\nbaseline = "known.json"\n')
    assert found(capsys) == (3, "EXE002e")


def test_a_baseline_does_not_depend_on_the_current_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    below = folder / "mx1"
    below.mkdir()
    (below / "exim.conf").write_bytes(CONFIG.replace("nosuch", "n\xff").encode("latin-1"))
    assert run(["check", "--write-baseline", "known.json", "mx1/exim.conf"]) == 0
    capsys.readouterr()
    monkeypatch.chdir(below)
    assert found(capsys, "--baseline", "../known.json") == (0, "")


def test_standard_input_can_be_checked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONFIG.encode())))
    assert run(["check", "-"]) == 3
    assert "<stdin>:3:21: error: unknown variable name" in capsys.readouterr().out


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--list-rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == sorted(lines)
    assert any(line.split()[:4] == ["EXH001", "unknown-user", "host", "error"] for line in lines)
    assert run(["check", "--list-rules", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(lines)
