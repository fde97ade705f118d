"""Conditions that compare two strings or two numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, caseless_keys
from drivers.api.unit import condition
from drivers.values import integer
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Narrator

SECTION = "Expansion conditions"
PAIR = ConditionShape(form="strings", least=2, most=2)


def _tell_blank(narrator: Narrator, text: str) -> None:
    """What ``-d+expand`` shows of a number that is not there."""
    if not text:
        narrator.say("empty string cast to zero for numerical comparison")
    elif not text.strip(SPACE):
        narrator.say("treating blank string as number 0")


def _numeric(name: str, what: str, test: Callable[[int, int], bool], example: tuple[str, str]) -> None:
    def compare(first: str, second: str) -> bool:
        return test(integer.parse(first), integer.parse(second))

    doc = (
        f"True if the first number {what} the second.\n\n"
        "Numbers have 64 bits and may be followed by K, M or G; white space around them and empty strings,\n"
        "which are zero, are allowed. Raises `Failed` for what is no number."
    )
    condition(
        name,
        syntax=f"{name} {{<number1>}}{{<number2>}}",
        section=SECTION,
        shape=PAIR,
        doc=doc,
        checks={0: integer.parse, 1: integer.parse},
        judges=(integer.parse, test),
        told_arguments=_tell_blank,
        examples=dict([example]),
    )(compare)


_numeric("=", "is equal to", int.__eq__, ("${if ={1K}{1024}{y}{n}}", "y"))
_numeric("==", "is equal to", int.__eq__, ("${if =={07}{7}{y}{n}}", "y"))
_numeric("<", "is less than", int.__lt__, ("${if <{-1}{0}{y}{n}}", "y"))
_numeric("<=", "is not greater than", int.__le__, ("${if <={}{0}{y}{n}}", "y"))
_numeric(">", "is greater than", int.__gt__, ("${if >{2}{10}{y}{n}}", "n"))
_numeric(">=", "is not less than", int.__ge__, ("${if >={10}{2}{y}{n}}", "y"))


def _textual(name: str, what: str, test: Callable[[str, str], bool], example: tuple[str, str]) -> None:
    caseless = name.endswith("i")

    def compare(first: str, second: str) -> bool:
        return test(*caseless_keys(first, second)) if caseless else test(first, second)

    case = "ASCII letters count as equal whatever their case." if caseless else "Upper and lower case differ."
    condition(
        name,
        syntax=f"{name} {{<string1>}}{{<string2>}}",
        section=SECTION,
        shape=PAIR,
        doc=f"True if the first string {what} the second.\n\nBytes are compared as numbers. {case}",
        examples=dict([example]),
    )(compare)


_textual("eq", "is equal to", str.__eq__, ("${if eq{a}{A}{y}{n}}", "n"))
_textual("eqi", "is equal to", str.__eq__, ("${if eqi{a}{A}{y}{n}}", "y"))
_textual("lt", "comes before", str.__lt__, ("${if lt{10}{9}{y}{n}}", "y"))
_textual("lti", "comes before", str.__lt__, ("${if lti{a}{B}{y}{n}}", "y"))
_textual("le", "is equal to or comes before", str.__le__, ("${if le{a}{a}{y}{n}}", "y"))
_textual("lei", "is equal to or comes before", str.__le__, ("${if lei{a}{A}{y}{n}}", "y"))
_textual("gt", "comes after", str.__gt__, ("${if gt{b}{a}{y}{n}}", "y"))
_textual("gti", "comes after", str.__gt__, ("${if gti{B}{a}{y}{n}}", "y"))
_textual("ge", "is equal to or comes after", str.__ge__, ("${if ge{a}{b}{y}{n}}", "n"))
_textual("gei", "is equal to or comes after", str.__ge__, ("${if gei{A}{a}{y}{n}}", "y"))
