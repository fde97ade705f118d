"""The patterns that ``re`` may run give what PCRE2 gives."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from expander.expand.regex import BytePattern, SharedPattern, same_in_both

PIECES = (
    "a b . \\d \\w \\s \\. ^ $ | ( (?: ) )? * + ? *? +? ?? {2} {1,2} {0,} "
    "[a-c] [^a] [\\d_] [.@-] \\b \\B \n - _ @ \xe9 A"
).split(" ")
PATTERNS = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
SUBJECTS = st.text(alphabet="aabbcA1 .@-_\n\xe9\x85", max_size=12)


@settings(max_examples=1500, deadline=None)
@given(PATTERNS, SUBJECTS, st.booleans())
def test_both_engines_find_the_same(pattern: str, subject: str, caseless: bool) -> None:
    if not same_in_both(pattern):
        return
    ours = SharedPattern(pattern, caseless=caseless)
    theirs = BytePattern(pattern, caseless=caseless)
    found, expected = ours.search(subject), theirs.search(subject)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.groups() == expected.groups()
        assert [found.span(i) for i in range(ours.groups + 1)] == [
            expected.span(i) for i in range(ours.groups + 1)
        ]


def test_the_subset_is_not_empty() -> None:
    for pattern in (r"^mx\d+\.farm\.test$", "^[a-z]+$", r"(?i)^(foo|bar)@(.*)$", "abc", r"\.(com|net)$"):
        assert same_in_both(pattern), pattern


def test_what_differs_is_left_to_pcre2() -> None:
    for pattern in (
        "[[:alnum:]]+",
        r"\Qa.b\E",
        "(a+)+",
        "a++",
        r"(?<n>a)",
        r"\h",
        r"a{,2}",
        r"(a)\1",
        "x{",
        r"\z",
    ):
        assert not same_in_both(pattern), pattern
