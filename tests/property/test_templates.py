"""Texts that share a template come to what they come to by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile import Setup
from drivers.api.errors import ExpansionError
from drivers.api.registry import shapes
from expander.config.profile import PROFILES
from expander.expand.cache import Cache, compile_text
from expander.expand.mode import TAINT
from expander.expand.template import SPLIT
from property.generators import expansions
from running import expander_for

if TYPE_CHECKING:
    from drivers.api.protocols import Context, Run

PROFILE = PROFILES["4.99"]
LITERALS = st.sampled_from(
    (
        "a", "42", "0", "-1", "yes", "fail", "json", " x ", "joe@example.com", "a:b:c", "<; a;b", "k=v gid=4",
        "192.0.2.1", "192.0.2.0/24", "2001:db8::1", "true", "lt", "*", "^a.b", "+list", "@", "!a", "a, b",
        "(.*)", "[", "10K", "1,2", "1h", "if", "e\xe9", "def:x", "-x", "_x", ":x", "x:",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Context:
    return expander_for(Setup(profile="4.99"), tmp_path_factory.mktemp("templates"), mode=TAINT).context


def outcome(run: Run, ctx: Context) -> tuple[object, ...]:
    """What a run comes to and leaves behind."""
    ctx.captures, ctx.value, ctx.item = ["all", "first"], "value", "item"
    try:
        text = run(ctx)
        result: tuple[object, ...] = (text, type(text))
    except ExpansionError as error:
        result = (type(error), error.message)
    return (*result, list(ctx.captures), ctx.value, ctx.item)


def alike(text: str, literals: list[str]) -> str:
    """The text with other literals in the places of its own."""
    parts = SPLIT.split(text)
    parts[2::3] = [other or own for own, other in zip(parts[2::3], literals, strict=False)]
    return "".join(parts)


@given(text=expansions(shapes(PROFILE)), data=st.data())
def test_a_template_gives_what_the_text_itself_gives(
    context: Context, text: str, data: st.DataObject
) -> None:
    cache = Cache(PROFILE, TAINT)
    places = len(SPLIT.split(text)) // 3
    for _ in range(4):
        other = alike(text, data.draw(st.lists(LITERALS | st.just(""), min_size=places, max_size=places)))
        assert outcome(cache.compiled(other).run, context) == outcome(
            compile_text(other, PROFILE, TAINT).run, context
        )


@pytest.mark.parametrize(
    ("first", "second", "third", "expected"),
    [
        ("${lc:A}", "${lc:B}", "${lc:C}", "c"),
        ("$h_x a", "$h_x b", "$h_x-c", ""),
        ("${if bool{yes}{a}{b}}", "${if bool{no}{a}{b}}", "${if bool{1}{c}{b}}", "c"),
        ("${if eq{a}{a}{${l_1:ab}}}", "${if eq{a}{a}{${l_1:b}}}", "${if eq{b}{a}{${l_1:b}}{x}}", "x"),
        ("${if eq{a}{a}{${length{1}{ab}}}}", "${length{1}{ab}}", "${if eq{b}{a}{${length{x}{ab}}}}", None),
        ("${sg{abc}{b}{x}}", "${sg{abd}{b}{x}}", "${sg{abe}{[}{x}}", None),
        ("${extract{a}{a=1 b=2}}", "${extract{b}{a=1 b=2}}", "${extract{1}{a=1 b=2}}", None),
        (
            "${if eq{a}{b}{${if forany{1:2}{>{$item}{5}}{y}{n}}}{x}}",
            "${if eq{a}{b}{${if forany{3:4}{>{$item}{5}}{y}{n}}}{x}}",
            "${if eq{a}{b}{${if forany{a:b}{>{$item}{5}}{y}{n}}}{x}}",
            None,
        ),
        (
            "${if eq{a}{b}{${sg{a}{b}{c}}}{x}}",
            "${if eq{a}{b}{${sg{d}{b}{c}}}{x}}",
            "${if eq{a}{b}{${sg{e}{b}{c}}}{x}}",
            "x",
        ),
        ("${map{a:b}{x$item}}", "${map{b:c}{x$item}}", "${map{c:d}{y$item}}", "yc:yd"),
    ],
)  # fmt: skip
def test_the_third_of_a_kind(
    context: Context, first: str, second: str, third: str, expected: str | None
) -> None:
    cache = Cache(PROFILE, TAINT)
    for text in (first, second):
        cache.compiled(text)
    found = outcome(cache.compiled(third).run, context)
    assert found == outcome(compile_text(third, PROFILE, TAINT).run, context)
    assert found[0] == expected or (expected is None and issubclass(found[0], ExpansionError))  # type: ignore[arg-type]


def test_a_template_is_used_from_the_second_of_a_kind_until_a_text_comes_again() -> None:
    cache = Cache(PROFILE, TAINT)
    assert cache.compiled("${lc:A}").constant == "a"
    assert cache.compiled("${lc:B}").constant is None
    assert cache.compiled("${lc:B}").constant == "b"
    assert cache.compiled("${lc:C}${run{/bin/false}}") is cache.compiled("${lc:C}${run{/bin/false}}")
