"""Expansion text made at random from the shapes of the units: what is registered is covered.

Half of what comes out makes sense; the rest has wrong numbers of groups, arguments of the wrong
kind, or is cut short, because what Exim says about such text is part of the language too.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from grammar.shapes import RAW, ConditionShape, ItemShape, OperatorShape, Shapes

OUTSIDE_ITEMS = {"run", "readfile", "readsocket", "perl", "dlfunc", "lookup", "acl", "certextract"}
"""Items that reach outside or need what a bare expansion has not."""

CHANGING_ITEMS = {"prvs", "prvscheck", "srs_encode"}
"""Items whose value depends on the day."""

OUTSIDE_CONDITIONS = {"acl", "ldapauth", "pam", "pwcheck", "radius", "saslauthd", "inbound_srs", "exists"}
OUTSIDE_OPERATORS = {"randint", "stat"}

VARIABLES = ("primary_hostname", "qualify_domain", "value", "item", "0", "1", "2", "local_part", "acl_m_x")
NUMBERS = st.integers(-12, 70).map(str)
PLAIN = st.text(alphabet="abcxyzABC019 .-_@/:+,=<>\"'#!", max_size=8)
TYPICAL = st.sampled_from(
    (
        "a:b:c",
        "<, a,b , c",
        "key=value other=5",
        "joe@example.com",
        "Joe <joe@example.com>, amy@example.org",
        "192.0.2.7",
        "192.0.2.7/24",
        "2001:db8::1",
        "1h30m",
        "6869",
        "aGVsbG8=",
        "^a.*c",
        "(b)(c)?",
        "[a-c]+",
        "1+2*3",
        "0x1f",
        "12K",
        "true",
        "no",
        "md5",
        "gr\xfcn",
        "gr\xc3\xbcn",
        "[1, 2]",
        '["a", "b"]',
        "=?utf-8?q?a=20b?=",
        "",
    )
)
GARBAGE = st.text(
    alphabet=st.sampled_from("ab1_ ${}\\:N\"x'!<=\x80\xff"),
    max_size=40,
)
"""Text of the characters that mean something."""


def escaped(text: str) -> str:
    """Literal text as it is written inside of braces."""
    return "".join("\\" + c if c in "\\${}" else c for c in text)


LITERAL = st.one_of(PLAIN, TYPICAL, NUMBERS).map(escaped)


def expansions(shapes: Shapes, *, depth: int = 3) -> SearchStrategy[str]:
    """Text with items, operators and conditions nested to a depth."""
    if depth == 0:
        return st.one_of(LITERAL, variables())
    inner = expansions(shapes, depth=depth - 1)
    operators = {n: s for n, s in shapes.operators.items() if n not in OUTSIDE_OPERATORS}
    items = {n: s for n, s in shapes.items.items() if n not in OUTSIDE_ITEMS | CHANGING_ITEMS | {"if"}}
    part = st.one_of(
        LITERAL,
        variables(),
        named(operators).flatmap(lambda pair: operator(*pair, inner)),
        named(items).flatmap(lambda pair: item(*pair, inner, shapes, depth)),
        branch(shapes, inner, depth),
    )
    return st.lists(part, min_size=1, max_size=2).map("".join)


def named(table: dict[str, Any]) -> SearchStrategy[tuple[str, Any]]:
    """A name with its shape."""
    return st.sampled_from(sorted(table.items())) if table else st.nothing()


def variables() -> SearchStrategy[str]:
    """A reference to a variable."""
    return st.sampled_from([f"${{{name}}}" for name in VARIABLES])


def operator(name: str, shape: OperatorShape, inner: SearchStrategy[str]) -> SearchStrategy[str]:
    """An operator on a text."""
    suffix = st.just("")
    if shape.suffix != "no":
        number = st.one_of(st.integers(0, 9).map(str), st.sampled_from(["-2", "256", "a"]))
        suffix = st.one_of(
            number.map(lambda n: f"_{n}"), st.tuples(number, number).map(lambda two: f"_{two[0]}_{two[1]}")
        )
        if shape.suffix == "optional":
            suffix = st.one_of(st.just(""), suffix)
    return st.tuples(suffix, inner).map(lambda two: f"${{{name}{two[0]}:{two[1]}}}")


def group(text: str) -> str:
    """A text in braces."""
    return "{" + text + "}"


def groups(kinds: list[str], inner: SearchStrategy[str]) -> SearchStrategy[str]:
    """Groups of these kinds one after the other."""
    texts = [LITERAL if kind == RAW else st.one_of(LITERAL, inner) for kind in kinds]
    return st.tuples(*texts).map(lambda found: "".join(map(group, found)))


def branches(inner: SearchStrategy[str]) -> SearchStrategy[str]:
    """What may follow: nothing, a yes string, both, or a forced failure."""
    return st.one_of(
        st.just(""),
        inner.map(group),
        st.tuples(inner, inner).map(lambda two: group(two[0]) + group(two[1])),
        inner.map(lambda text: group(text) + "fail"),
    )


def item(
    name: str, shape: ItemShape, inner: SearchStrategy[str], shapes: Shapes, depth: int
) -> SearchStrategy[str]:
    """An item with about as many groups as it takes."""
    most = max(shape.most, shape.least)
    counts = st.one_of(
        st.integers(shape.least, most), st.integers(shape.least, most), st.integers(0, most + 1)
    )
    word = st.sampled_from(["", "", " json", " jsons"]) if shape.words == "format" else st.just("")

    def body(count: int) -> SearchStrategy[str]:
        kinds = [shape.group_kind(index) for index in range(count)]
        parts = [
            condition(shapes, inner, depth - 1).map(group) if kind == "condition" else groups([kind], inner)
            for kind in kinds
        ]
        return st.tuples(*parts).map("".join)

    tail = branches(inner) if shape.branches else st.just("")
    return st.tuples(word, counts.flatmap(body), tail).map(lambda t: f"${{{name}{t[0]}{t[1]}{t[2]}}}")


def branch(shapes: Shapes, inner: SearchStrategy[str], depth: int) -> SearchStrategy[str]:
    """An if."""
    return st.tuples(condition(shapes, inner, depth - 1), branches(inner)).map(
        lambda two: f"${{if {two[0]}{two[1]}}}"
    )


def condition(shapes: Shapes, inner: SearchStrategy[str], depth: int) -> SearchStrategy[str]:
    """A condition with its arguments."""
    usable = {
        name: shape
        for name, shape in shapes.conditions.items()
        if name not in OUTSIDE_CONDITIONS and (depth > 0 or shape.form not in {"subconditions", "list"})
    }

    def body(name: str, shape: ConditionShape) -> SearchStrategy[str]:
        if shape.form == "none":
            return st.just("")
        if shape.form == "def":
            return st.sampled_from([f":{variable}" for variable in (*VARIABLES, "h_to:", "nosuch")])
        if shape.form == "subconditions":
            some = st.lists(condition(shapes, inner, depth - 1).map(group), max_size=3)
            return some.map(lambda parts: group("".join(parts)))
        if shape.form == "list":
            return st.tuples(
                st.one_of(LITERAL, inner).map(group), condition(shapes, inner, depth - 1).map(group)
            ).map("".join)
        counts = st.integers(max(0, shape.least), max(shape.least, shape.most))
        several = counts.flatmap(
            lambda count: groups([shape.group_kind(index) for index in range(count)], inner)
        )
        return several.map(group) if shape.form == "bundle" else several

    not_ = st.sampled_from(["", "", "", "!", "! "])
    return st.tuples(not_, named(usable).flatmap(lambda pair: body(*pair).map(lambda t: pair[0] + t))).map(
        "".join
    )


def mangled(text: str, at: int, how: str) -> str:
    """A text with one character less or more, or cut short."""
    at %= len(text) + 1
    if how == "cut":
        return text[:at]
    if how == "drop":
        return text[:at] + text[at + 1 :]
    return text[:at] + how + text[at:]


def mangling(texts: SearchStrategy[str]) -> SearchStrategy[str]:
    """Text that was damaged in one place."""
    ways = st.sampled_from(["cut", "drop", "{", "}", "$", "\\", " ", ":"])
    return st.tuples(texts, st.integers(0, 400), ways).map(lambda three: mangled(*three))
