"""The reports for programs: JSON, SARIF, JUnit and annotations of GitHub, whatever bytes there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import Failure, JUnitXml, Skipped

from expander.cli.verbs import run

ROOT = Path(__file__).resolve().parents[2]
SARIF = json.loads((ROOT / "tests/schemas/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
PLAIN = json.loads((ROOT / "docs/check.schema.json").read_text("utf-8"))
CONFIG = b"""\
keep_environment =
BAD = a $nosuch
smtp_banner = x BAD
# eximulate: ignore unknown-option -- of a patched Exim
nosuch_option = 1
message_size_limti = 10M
trusted_users = nosuch-x
smtp_etrn_command = caf\xc3\xa9 $n\xff : $nosuch_y
begin transports
t:
  driver = smpt
"""
BINARY = bytes(range(256)) * 20 + b"\n${\nbegin acl\n\xff\n]]>\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "exim.conf"
    path.write_bytes(CONFIG)
    return path


def report(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> str:
    run(["check", *arguments])
    return capsysbinary.readouterr().out.decode("utf-8")  # strictly: every report is UTF-8


def sarif(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(report(capsysbinary, "--format", "sarif", *arguments))
    jsonschema.validate(data, SARIF)
    return data["runs"][0]  # type: ignore[no-any-return]


def test_sarif_keeps_to_the_published_schema(path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    found = sarif(capsysbinary, "exim.conf")
    results = found["results"]
    assert [r["ruleId"] for r in results if "suppressions" not in r] == [
        "EXE002", "EXO002", "EXH001", "EXE002", "EXE002", "EXO005",
    ]  # fmt: skip
    rules = found["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert all(rule["shortDescription"]["text"] and rule["help"]["markdown"] for rule in rules)
    assert found["invocations"] == [{"executionSuccessful": True}]


def test_sarif_has_places_notes_fixes_and_suppressions(
    path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    results = sarif(capsysbinary, "exim.conf")["results"]
    first, misspelt = results[:2]
    (suppressed,) = (result for result in results if "suppressions" in result)
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "exim.conf", "uriBaseId": "SRCROOT"}
    assert place["region"] == {
        "startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 20, "snippet": {"text": "BAD"},
    }  # fmt: skip
    (related,) = first["relatedLocations"]
    assert related["message"]["text"] == "the text comes from the macro BAD"
    assert related["physicalLocation"]["region"]["startLine"] == 2
    assert suppressed["ruleId"] == "EXO002"
    assert suppressed["suppressions"] == [{"kind": "inSource", "justification": "of a patched Exim"}]
    (fix,) = misspelt["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "message_size_limit"}


def test_columns_count_characters(path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    results = sarif(capsysbinary, "exim.conf")["results"]
    regions = [r["locations"][0]["physicalLocation"]["region"] for r in results]
    assert [r["startColumn"] for r in regions if r["startLine"] == 8] == [26, 35]


def test_sarif_of_a_baseline_tells_what_is_new(
    path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["check", "--write-baseline", "known.json", "exim.conf"]) == 0
    path.write_bytes(b"smtp_accept_max = many\n\n" + CONFIG)
    capsysbinary.readouterr()
    results = sarif(capsysbinary, "--baseline", "known.json", "exim.conf")["results"]
    states = {r["ruleId"]: r["baselineState"] for r in results}
    assert states["EXO003"] == "new"
    assert [r["ruleId"] for r in results if r["baselineState"] == "new" and "suppressions" not in r] == [
        "EXO003"
    ]


def test_fingerprints_do_not_depend_on_line_numbers(
    path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    before = [r["partialFingerprints"] for r in sarif(capsysbinary, "exim.conf")["results"]]
    path.write_bytes(b"# more\n\n" + CONFIG)
    after = [r["partialFingerprints"] for r in sarif(capsysbinary, "exim.conf")["results"]]
    assert before == after
    assert len({str(each) for each in before}) == len(before)


def test_the_page_of_a_rule_is_an_address_where_the_site_is_known(
    path: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "helpUri" not in sarif(capsysbinary, "exim.conf")["tool"]["driver"]["rules"][0]
    monkeypatch.setenv("EXIMULATE_SITE", "https://mail.example/eximulate/")
    rule = sarif(capsysbinary, "exim.conf")["tool"]["driver"]["rules"][0]
    assert rule["helpUri"] == "https://mail.example/eximulate/docs/rules/EXE002.md"


def test_a_file_that_is_not_there_in_sarif(path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    found = sarif(capsysbinary, "missing.conf")
    assert found["invocations"] == [{"executionSuccessful": False}]
    assert [r["ruleId"] for r in found["results"]] == ["EXM001"]


def test_json_keeps_to_its_schema(path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    run(["check", "--write-baseline", "known.json", "--only", "EXE002", "exim.conf"])
    for arguments in (["--baseline", "known.json"], ["--level", "remark"]):
        data = json.loads(report(capsysbinary, "--format", "json", *arguments, "exim.conf", "missing.conf"))
        jsonschema.validate(data, PLAIN)
        assert [entry["file"] for entry in data] == ["exim.conf", "missing.conf"]
        assert data[0]["suppressed"][0]["reason"] == "of a patched Exim"


def test_junit_is_read_by_a_parser(path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    Path("good.conf").write_text("keep_environment =\n")
    text = report(capsysbinary, "--format", "junit", "exim.conf", "good.conf")
    suites = list(JUnitXml.fromstring(text.encode()))
    assert [(suite.tests, suite.failures, suite.skipped) for suite in suites] == [(7, 6, 1), (1, 0, 0)]
    cases = list(suites[0])
    assert sum(isinstance(result, Failure) for case in cases for result in case.result) == 6
    assert [result.message for case in cases for result in case.result if isinstance(result, Skipped)] == [
        "of a patched Exim"
    ]
    assert cases[0].result[0].message == 'unknown variable name "nosuch"'


def test_annotations_of_github(path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path.rename("100%, a.conf")
    lines = report(capsysbinary, "--format", "github", "100%, a.conf").splitlines()
    assert lines[1] == (
        "::error file=100%25%2C a.conf,line=6,endLine=6,col=1,endColumn=19,title=EXO002 unknown-option"
        '::main option "message_size_limti" unknown%0Anote: did you mean "message_size_limit"?'
    )
    assert len(lines) == 6


@pytest.mark.parametrize("name", ["text", "json", "sarif", "junit", "github"])
def test_no_report_breaks_over_bytes(
    name: str, path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path.write_bytes(BINARY)
    assert run(["check", "--format", name, "--level", "remark", "exim.conf"]) == 3
    out = capsysbinary.readouterr().out
    if name == "json":
        jsonschema.validate(json.loads(out.decode("utf-8")), PLAIN)
    if name == "sarif":
        jsonschema.validate(json.loads(out.decode("utf-8")), SARIF)
    if name == "junit":
        assert list(JUnitXml.fromstring(out))
    if name == "github":
        assert all(line.startswith("::") for line in out.decode("utf-8").splitlines())


def test_a_report_can_go_to_a_file(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--format", "sarif", "--output", "report.sarif", "exim.conf"]) == 3
    assert capsys.readouterr().out == ""
    jsonschema.validate(json.loads(Path("report.sarif").read_text("utf-8")), SARIF)
    assert run(["check", "--output", "missing/report", "exim.conf"]) == 1
    assert "cannot write missing/report" in capsys.readouterr().err
