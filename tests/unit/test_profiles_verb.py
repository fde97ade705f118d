"""The verb profiles: what can be imitated, and what differs between two of them."""

from __future__ import annotations

import json

import pytest

from expander.cli.verbs import run


def test_all_that_is_known_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles"]) == 0
    shown = capsys.readouterr().out
    assert "  debian-12: Exim 4.96 with " in shown
    assert "any from 4.50 to 4.100-dev" in shown
    assert "\n  gnutls, openssl\n" in shown


def test_json_tells_which_profiles_have_a_feature(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["default"] == "4.99"
    assert data["features"]["dmarc"] == ["4.99"]
    assert data["features"]["perl"] == ["debian-12", "4.99"]
    assert data["features"]["hints_tdb"] == []


def test_two_profiles_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "4.92", "4.99"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  remote_max_parallel: default 2 -> 6" in lines
    assert "  recipients_max: type int -> string, expanded" in lines
    assert lines[lines.index("authenticator:") + 1 :][:2] == ["  added:", "    external"]
    assert "macro:" not in lines


def test_a_family_can_be_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "4.96", "4.97", "--only", "operator", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"family": "operator", "name": "headerwrap", "change": "added"} in found
    assert {change["family"] for change in found} == {"operator"}


def test_macros_are_told_of_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "4.99", "4.99,+openssl", "--macros"]) == 0
    shown = capsys.readouterr().out
    assert "_HAVE_GNUTLS" in shown
    assert "_OPT_OPENSSL_NO_TLSV1_2_X" in shown


def test_the_same_profile_twice_has_no_differences(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "4.97", "4.97"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["4.97"], "two profiles expected, or none"),
        (["4.97", "4.98", "4.99"], "two profiles expected, or none"),
        (["4.97", "5.0"], "unknown profile '5.0'"),
        (["4.97", "4.98", "--only", "nosuch"], "--only nosuch: no such family"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["profiles", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
