"""What SPF tells clients: templates as libspf2 reads them, recorded from Exim 4.96."""

from __future__ import annotations

import pytest

from drivers.api.errors import Fatal
from drivers.values.spfcomment import comment
from receiving import received

VALUES = {
    "s": "a-b+c@x.test",
    "l": "a-b+c",
    "o": "x.test",
    "d": "x.test",
    "i": "192.0.2.1",
    "v": "in-addr",
    "h": "c.test",
    "c": "192.0.2.1",
    "r": "mx.test",
    "p": "unknown",
}
DEFAULT = "Please see http://www.openspf.org/Why?id=a-b%2bc%40x.test&ip=192.0.2.1&receiver=mx.test"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("%{s}|%{l}|%{o}|%{d}|%{i}", "a-b+c@x.test|a-b+c|x.test|x.test|192.0.2.1"),
        ("%{v}|%{h}|%{c}|%{r}|%{p}", "in-addr|c.test|192.0.2.1|mx.test|unknown"),
        ("%{D}|%{L}", "x.test|a-b%2bc"),
        ("%%x%_y%-z", "%x y%20z"),
        ("", ""),
        ("foo bar", "foo%bar"),
        ("foo%_bar %{o} %{i}", "foo bar%{o}%{i}"),
        ("a%b", "a%b"),
        ("a %", "a%"),
        ("a {d}", "ax.test"),
        ("a _b", "a b"),
        ("a  b", "a%%b"),
        ("100%", "100%"),
        ("%{d0}", DEFAULT),
        ("%{z}", DEFAULT),
        ("%{d", DEFAULT),
        ("%{dz}", DEFAULT),
        ("%{ir3}", DEFAULT),
    ],
)
def test_templates(template: str, text: str) -> None:
    assert comment(template, VALUES.__getitem__) == text


MESSAGE = b"From: a@x.test\n\nbody\n"
RECORDS = {"x.test": 'x.test. TXT "v=spf1 redirect=y.test"\n', "y.test": 'y.test. TXT "v=spf1 -all"\n'}


def told(template: str) -> list[str]:
    """What the log tells of the variable for a template."""
    rule = "  warn spf = fail\n       logwrite = $spf_smtp_comment\n"
    main = f"acl_smtp_data = received\nspf_smtp_comment_template = {template}"
    return received(MESSAGE, main=main, data_acl=rule, records=RECORDS)[1]


def test_the_option_is_expanded_and_knows_whose_record_decided() -> None:
    assert "mx.test:a@x.test:y.test : Reason: mechanism" in told("$primary_hostname:%{s}:%{d}")


@pytest.mark.parametrize("template", ["${if", "${if eq{a}{b}{x}fail}"])
def test_exim_ends_over_a_template_that_cannot_be_expanded(template: str) -> None:
    with pytest.raises(Fatal, match="expansion of spf_smtp_comment_template failed"):
        told(template)
