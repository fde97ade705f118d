"""Laying a configuration out changes white space, whatever the configuration is."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expander.format.align import common_column
from expander.format.meaning import same_meaning
from expander.format.text import MeaningError, format_text
from loaded import loaded

LINES = r"""
#
   # remark
	# remark with a tab \
A = b
A==c
 ABC   =  x y   \
.ifdef A
  .ifndef B
.elifdef A
 .else
.endif
.endif # more
.include /y
primary_hostname=A
hide qualify_domain   = A.x
hide no_
no_local_from_check
hide  domainlist  a=b
hide	hostlist a=b
domainlist d = a : +d : \
hostlist    dd=b
   b : !c
 b=c : !c \
	c   \
begin acl
begin   routers
begin transports
begin retry
begin rewrite
begin authenticators
begin nosuch
begin
a:
 b :
c: more
  accept hosts = +d
  accept
deny !condition=${if eq{a}
deny    hosts   = +d
        message = x
        domains = x
        ! verify =  sender \
message = x
   message   =x
  driver = accept
  driver=smtp
    transport    = t
    data         = t \
                   u
* * F,2h,15m; G,16h,1h,1.5
   *@a   $1@b   Ff
"
=
acl_smtp_rcpt = a
\
  set acl_m1 = é
  set   acl_m1=é
  set acl_m_A = é
  x = "a\nb" # c
  smtp_banner = "a  \
     b   c"
log_selector = +all -foo
message_size_limit = 5Q
endpass
warn endpass
A
 warn A
""".split("\n")
BYTES = st.text(alphabet=st.sampled_from('aA =\\\t#.:\0\r\v\xa0"begin\n'), max_size=12)
LINE = st.one_of(st.sampled_from(LINES), st.sampled_from(LINES), st.sampled_from(LINES), BYTES)
TEXTS = st.lists(LINE, max_size=16).map("\n".join)
MACROS = st.sampled_from(({}, {"A": "zz"}, {"B": "1", "A": ""}))


def remarks(text: str) -> list[str]:
    """The lines that begin with a number sign, without the white space around them."""
    return [line.strip(" \t\v\f\r") for line in text.split("\n") if line.strip(" \t\v\f\r")[:1] == "#"]


@settings(max_examples=200, deadline=None)
@given(TEXTS, MACROS)
def test_the_same_is_loaded_from_it(text: str, macros: dict[str, str]) -> None:
    with suppress(MeaningError):
        new = format_text(text)
        assert loaded(new, macros) == loaded(text, macros)
        assert remarks(new) == remarks(text)
        assert format_text(new) == new


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_no_text_of_lines_that_are_what_they_seem_is_refused(text: str) -> None:
    without_macros = re.sub(r"A|B", "x", text)
    assert format_text(format_text(without_macros)) == format_text(without_macros)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_the_guard_sees_what_loading_sees(old: str, new: str) -> None:
    if same_meaning(old, new):
        assert loaded(old, {}) == loaded(new, {})


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=8))
def test_a_column_stays_where_it_is(entries: list[tuple[int, int]]) -> None:
    entries = [(length, length + blanks) for length, blanks in entries]
    column = common_column(entries)
    laid_out = [(length, max(length + 1, column)) for length, _ in entries]
    assert common_column(laid_out) == column


@pytest.mark.parametrize("macros", [{}, {"X": "1"}, {"Y": "1"}, {"X": "1", "Y": "1"}], ids=str)
def test_a_line_that_may_go_on_is_taken_for_one_that_does(macros: dict[str, str]) -> None:
    text = ".ifdef X\nsmtp_banner = a\\\n.endif\nqualify_domain=b\n"
    text += ".ifdef Y\ntimezone=x\\\n.else\n\n.endif\na=b\n"
    assert loaded(format_text(text), macros) == loaded(text, macros)
