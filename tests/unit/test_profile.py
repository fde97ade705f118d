"""Choosing which Exim is imitated: a profile or a release, with features put in and left out."""

from __future__ import annotations

import pytest

from drivers.api.errors import Failed
from expander.api import Expander
from expander.cli.main import run
from expander.config.profile import PROFILES, UnknownProfileError, chosen


def expand(profile: str, text: str) -> str:
    return Expander(profile=chosen(profile)).expand(text)


def test_a_profile_is_found_by_name() -> None:
    assert chosen("debian-12") is PROFILES["debian-12"]


def test_switches_that_change_nothing_leave_the_profile_as_it_is() -> None:
    assert chosen("debian-12,+perl,-dmarc") is PROFILES["debian-12"]


def test_a_feature_is_left_out_or_put_in() -> None:
    profile = chosen("4.99, -perl, +tcp_wrappers")
    assert not profile.built_with("perl")
    assert profile.built_with("tcp_wrappers")
    assert (profile.release, profile.version) == ("4.99", "4.99")


def test_lookups_and_drivers_may_lack_the_word_for_their_kind() -> None:
    profile = chosen("4.99,-mysql,-accept,-lmtp")
    assert PROFILES["4.99"].features - profile.features == {
        "lookup_mysql",
        "router_accept",
        "transport_lmtp",
    }


def test_a_name_of_its_own_goes_before_a_lookup_of_that_name() -> None:
    assert PROFILES["4.99"].features - chosen("4.99,-spf").features == {"spf"}


def test_a_release_has_the_names_of_its_time() -> None:
    assert expand("4.97", "${headerwrap_10:abc def ghi}") == "abc def\n\tgh\n\ti"
    with pytest.raises(Failed, match="unknown expansion operator"):
        expand("4.96", "${headerwrap_10:abc def ghi}")
    with pytest.raises(Failed, match='unknown variable name "queue_size"'):
        expand("4.93", "$queue_size")


def test_a_lookup_that_was_left_out_is_unknown() -> None:
    with pytest.raises(Failed, match='unknown lookup type "mysql"'):
        expand("4.99,-mysql", "${quote_mysql:x}")


def test_an_item_that_was_left_out_is_refused_whatever_is_missing_in_it() -> None:
    for text in ("${perl{f}}", "${perl}", "${perl }"):
        with pytest.raises(Failed, match="not included in this binary"):
            expand("4.99,-perl", text)


def test_the_variable_says_the_same() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXIMULATE_PROFILE", "4.99,-perl")
        assert not chosen().built_with("perl")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("exim", "unknown profile 'exim'"),
        ("4.12", "unknown profile '4.12'"),
        ("4.99,perl", "\\+ or - missing before 'perl' in profile '4.99,perl'"),
        ("4.99,-sqlit", "unknown feature 'sqlit' \\(did you mean sqlite\\?\\)"),
        ("4.99,+nothing_like_it", "unknown feature 'nothing_like_it'$"),
        ("4.99,-", "unknown feature ''"),
    ],
)
def test_what_is_unknown_is_said(text: str, complaint: str) -> None:
    with pytest.raises(UnknownProfileError, match=complaint):
        chosen(text)


def test_the_command_line_says_it_in_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["expand", "--profile", "4.99,-foo", "a"]) == 1
    assert "unknown feature 'foo'" in capfd.readouterr().err
    assert run(["-be", "a"]) == 0


@pytest.mark.parametrize(
    ("profile", "expected"),
    [("4.99", "xn--strae-oqa.de"), ("4.99,-i18n_2008", "strasse.de")],
)
def test_a_build_without_idna2008_makes_two_s_of_a_sharp_one(profile: str, expected: str) -> None:
    assert expand(profile, r"${utf8_domain_to_alabel:stra\xc3\x9fe.de}") == expected


def test_idna2003_goes_both_ways() -> None:
    profile = "4.99,-i18n_2008"
    assert expand(profile, r"${utf8_domain_to_alabel:B\xc3\x9ccher.test}") == "xn--bcher-kva.test"
    assert (
        expand(profile, "${escape8bit:${utf8_domain_from_alabel:xn--bcher-kva.test}}")
        == r"b\303\274cher.test"
    )
    with pytest.raises(Failed, match=r"to alabel: Could not convert string in locale encoding\."):
        expand(profile, r"${utf8_domain_to_alabel:\xff.test}")
    with pytest.raises(Failed, match="to alabel: Output would be too large or too small"):
        expand(profile, r"${utf8_domain_to_alabel:\xc3\xbc" + "a" * 80 + ".test}")


def test_numbers_that_are_too_large_are_refused_by_the_newest() -> None:
    assert expand("4.98", "[${substr_99999999999:abc}]") == "[]"
    with pytest.raises(Failed, match='value too large in "substr_99999999999"'):
        expand("4.99", "${substr_99999999999:abc}")
    assert expand("4.99", "[${length_2147483647:abc}]") == "[abc]"


def test_a_build_may_expand_the_lists_of_matches() -> None:
    text = "${if match_domain{4.99}{$version_number}{y}{n}}"
    assert expand("4.99", text) == "n"
    assert expand("4.99,+expand_listmatch_rhs", text) == "y"
    assert expand("4.99,+expand_listmatch_rhs", "${if match_ip{10.0.0.1}{10.0.0.0/8}{y}{n}}") == "y"


def test_the_newest_source_is_the_default_for_exims_own_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXIMULATE_PROFILE", raising=False)
    assert chosen().release == "4.99"
    monkeypatch.setenv("EXIMULATE_HARNESS", "1")
    assert chosen().release == "4.100-dev"
    assert chosen("debian-12") is PROFILES["debian-12"]
    monkeypatch.setenv("EXIMULATE_PROFILE", "4.97")
    assert chosen().release == "4.97"
