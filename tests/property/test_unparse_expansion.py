"""Unparsing: loss-free with the source at hand, canonical and of the same meaning without it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.ast.expansion import Broken, Node, Sequence, Text
from grammar.expansion import parse
from grammar.shapes import (
    COMMAND,
    CONDITION,
    RAW,
    TEXT,
    ConditionShape,
    ItemShape,
    OperatorShape,
    Shapes,
)
from grammar.unparse_expansion import parts, same_meaning, unparse

SHAPES = Shapes(
    items={
        "sg": ItemShape(3, 3),
        "extract": ItemShape(2, 3, words="format", branches=True, open_ended=True),
        "run": ItemShape(1, 1, (COMMAND,), branches=True, words="option", expanding_option="preexpand"),
        "lookup": ItemShape(1, 2, branches=True, words="type"),
        "filter": ItemShape(2, 2, (TEXT, CONDITION)),
        "hash": ItemShape(2, 3),
    },
    operators={"uc": OperatorShape(), "hash": OperatorShape("required"), "length": OperatorShape("optional")},
    conditions={
        "eq": ConditionShape("strings", 2, 2),
        "exists": ConditionShape("strings", 1, 1),
        "match": ConditionShape("strings", 2, 2, (TEXT, RAW)),
        "crypteq": ConditionShape("strings", 1, 2),
        "acl": ConditionShape("bundle", 1, 10),
        "and": ConditionShape("subconditions"),
        "forany": ConditionShape("list"),
        "def": ConditionShape("def"),
        "first_delivery": ConditionShape("none"),
        ">=": ConditionShape("strings", 2, 2),
    },
)

WORDS = r"""
a Z9_ : , { } \ \n \{ \N \x41 \101 $ ${ $1 ${12} $local_part ${domain} $h_subject: $rh_x
${uc: ${hash_3_4: ${nosuch: ${sg{ }{ ${run{ ${run,preexpand{ ${lookup{ ${filter{ ${if
eq{ ! exists{ match{ and{{ }} forany{ def:h_x: def:domain first_delivery >={ acl{{ fail }fail}
"""
FRAGMENTS = [*WORDS.split(), " ", "\n", "\0", "\xe9", "${extract json{", "} lsearch{", "${lookup mysql{"]
anything = st.lists(st.sampled_from(FRAGMENTS) | st.text(st.characters(max_codepoint=255), max_size=3)).map(
    "".join
)

literal = st.text(st.characters(max_codepoint=255), max_size=6).map(
    lambda text: "".join(f"\\{c}" if c in "\\${}" else c for c in text)
)
piece = literal | st.sampled_from(
    [
        "$local_part",
        "${domain}",
        "$1",
        "${10}",
        "$h_subject:",
        "$bheader_x",
        "\\N$a\\b}\\N",
        "\\x41",
        "\\101z",
    ]
)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, max_size=3).map(" ".join)


def conditions_over(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    simple = st.one_of(
        st.builds("eq{{{0}}} {{{1}}}".format, text, text),
        st.builds("match{{{0}}}{{{1}}}".format, text, literal),
        st.builds("exists {{{0}}}".format, text),
        st.builds("crypteq{{{0}}}{{{1}}}".format, text, text),
        st.builds("acl{{{{{0}}}{{{1}}}}}".format, text, text),
        st.builds(">={{{0}}}{{{1}}}".format, text, text),
        st.sampled_from(["def:domain", "def:h_subject:", "first_delivery"]),
    )
    return st.one_of(
        simple,
        st.builds("!{0}".format, simple),
        st.builds("and {{{{{0}}} {{{1}}}}}".format, simple, simple),
        st.builds("forany{{{0}}}{{{1}}}".format, text, simple),
    )


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    text = joined(inner)
    branches = st.one_of(
        st.just(""),
        st.builds("{{{0}}}".format, text),
        st.builds("{{{0}}} {{{1}}}".format, text, text),
        st.builds("{{{0}}}fail".format, text),
    )
    test = conditions_over(text)
    return st.one_of(
        st.builds("${{uc:{0}}}".format, text),
        st.builds("${{hash_2_3:{0}}}".format, text),
        st.builds("${{sg{{{0}}}{{{1}}} {{{2}}}}}".format, text, text, text),
        st.builds("${{extract{{{0}}}{{{1}}}{2}}}".format, text, text, branches),
        st.builds("${{extract json{{{0}}}{{{1}}}{2}}}".format, text, text, branches),
        st.builds("${{run{{/bin/echo {0}}}{1}}}".format, text, branches),
        st.builds("${{run,preexpand{{/bin/echo {0}}}{1}}}".format, text, branches),
        st.builds("${{lookup{{{0}}}lsearch{{{1}}}{2}}}".format, text, text, branches),
        st.builds("${{lookup mysql,x=1 {{{0}}}{1}}}".format, text, branches),
        st.builds("${{filter{{{0}}}{{{1}}}}}".format, text, test),
        st.builds("${{if {0}{1}}}".format, test, branches),
    )


expansion = joined(st.recursive(piece, nested, max_leaves=8))


def is_broken(tree: Node) -> bool:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Broken):
            return True
        waiting.extend(parts(node))
    return False


@given(anything)
@settings(max_examples=300)
def test_with_its_source_a_tree_gives_the_source_back(text: str) -> None:
    assert unparse(parse(text, SHAPES), text) == text


@given(expansion)
@settings(max_examples=200)
def test_generated_text_goes_both_ways(text: str) -> None:
    tree = parse(text, SHAPES)
    assert unparse(tree, text) == text
    if not is_broken(tree):
        again = unparse(tree, None, SHAPES)
        assert same_meaning(parse(again, SHAPES), tree), again


@given(anything)
@settings(max_examples=300)
def test_canonical_text_means_the_same_or_the_tree_is_broken(text: str) -> None:
    tree = parse(text, SHAPES)
    if is_broken(tree):
        with pytest.raises(ValueError, match="broken expansion"):
            unparse(tree, None, SHAPES)
    else:
        again = unparse(tree, None, SHAPES)
        assert same_meaning(parse(again, SHAPES), tree), again


def test_a_part_of_a_tree_gives_its_part_of_the_source() -> None:
    text = "x${uc:$domain}y"
    tree = parse(text, SHAPES)
    assert [unparse(part, text) for part in tree.parts] == ["x", "${uc:$domain}", "y"]


def test_text_after_a_variable_is_not_taken_for_its_name() -> None:
    tree = parse(r"$domain\x41", SHAPES)
    assert unparse(tree, None, SHAPES) == r"$domain\101"


def test_text_full_of_special_characters_is_protected() -> None:
    assert unparse(Sequence(0, 0, (Text(0, 0, r"^\w+$"),)), None, SHAPES) == r"\N^\w+$\N"


def test_trees_that_differ_do_not_mean_the_same() -> None:
    for one, other in (
        ("a", "b"),
        ("$a", "${a}"),
        ("${uc:a}", "${uc:}"),
        ("${if eq{a}{b}}", "${if !eq{a}{b}}"),
    ):
        assert not same_meaning(parse(one, SHAPES), parse(other, SHAPES))


def test_deep_nesting_is_unparsed_without_recursion() -> None:
    text = "${uc:" * 3000 + "x" + "}" * 3000
    tree = parse(text, SHAPES)
    assert unparse(tree, text) == text
    assert unparse(tree, None, SHAPES) == text


def test_canonical_text_needs_shapes() -> None:
    with pytest.raises(ValueError, match="needs the shapes"):
        unparse(parse("a", SHAPES), None)
