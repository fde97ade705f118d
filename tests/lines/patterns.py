"""Patterns made at random, good ones and bad ones, with subjects for them."""

from __future__ import annotations

from random import Random

SUBJECTS = (
    "",
    "a",
    "aa",
    "ab",
    "abc",
    "aab",
    "b",
    "A1",
    "a b",
    "x{1,2}",
    "{,2}",
    ":",
    "a-z",
    "\\",
    "\xe9",
    "foo@bar.test",
)
ATOMS = (
    *("a", "b", "ab", ".", "x", "A", "1", "-", ":", "@", "\xe9", "a", "b"),
    *(
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\h",
        r"\N",
        r"\R",
        r"\X",
        r"\b",
        r"\B",
        r"\A",
        r"\z",
        r"\G",
        r"\K",
        "^",
        "$",
    ),
    *(
        r"\x41",
        r"\x4",
        r"\x{61}",
        r"\x{}",
        r"\x{zz}",
        r"\o{141}",
        r"\o{9}",
        r"\o",
        r"\101",
        r"\0",
        r"\8",
        r"\cA",
        r"\c",
    ),
    *(
        r"\.",
        r"\-",
        r"\{",
        r"\Qa.\E",
        r"\Qa",
        r"\E",
        r"\e",
        r"\u0041",
        r"\U",
        r"\L",
        r"\l",
        r"\i",
        r"\j",
        r"\y",
        "\\",
    ),
    *(
        r"\1",
        r"\2",
        r"\g1",
        r"\g{-1}",
        r"\g{2}",
        r"\k<n>",
        r"\k{n}",
        r"\g<1>",
        r"\p{L}",
        r"\pL",
        r"\p{Foo}",
        r"\P{Lu}",
    ),
    *(
        "[a-c]",
        "[^a]",
        "[]a]",
        "[a",
        "[]",
        "[z-a]",
        "[a-\\d]",
        "[\\d-z]",
        "[[:alpha:]]",
        "[[:foo:]]",
        "[:alpha:]",
        "[a[:digit:]b]",
    ),
    *(
        r"[\x{61}]",
        r"[\b]",
        r"[\R]",
        r"[\N]",
        "[a\\]]",
        "[\\Qa]\\E]",
        "[[.a.]]",
        "[=a=]",
        "[a-]",
        "[-a]",
        "[a-b-c]",
        "[^\\n]",
    ),
)
REPEATS = (
    "*",
    "+",
    "?",
    "{2}",
    "{1,2}",
    "{,2}",
    "{2,1}",
    "{1,}",
    "{ 1}",
    "{1",
    "*?",
    "++",
    "**",
    "{65536}",
    "{0}",
)
OPENINGS = (
    *(
        "(",
        "(",
        "(",
        "(?:",
        "(?i)(",
        "(?<n>",
        "(?P<n>",
        "(?'n'",
        "(?=",
        "(?!",
        "(?<=",
        "(?<!",
        "(?>",
        "(?|",
        "(?i:",
        "(?x: ",
    ),
    *(
        "(?s-i:",
        "(?^:",
        "(*",
        "(?",
        "(?<",
        "(?P",
        "(?#",
        "(?(1)",
        "(?(n)",
        "(?(R)",
        "(?(DEFINE)",
        "(?(",
        "(?z:",
        "(?--i:",
    ),
)
ALONE = (
    *(
        "(?1)",
        "(?R)",
        "(?2)",
        "(?&n)",
        "(?P>n)",
        "(?P=n)",
        "(?+1)",
        "(?-1)",
        "(?C)",
        "(?C300)",
        "(?i)",
        "(?x)",
        "(?z)",
        "(?#c)",
    ),
    *(
        "(*UTF)",
        "(*ACCEPT)",
        "(*FAIL)",
        "(*FOO)",
        "(*MARK:x)",
        "(*pla:a)",
        "(*xyz:a)",
        "(?(VERSION>=10)a|b)",
        "(?(VERSION=x)a)",
        ")",
    ),
)


def pattern(rng: Random, depth: int = 2) -> str:
    """A pattern of a few pieces."""
    return "".join(_piece(rng, depth) for _ in range(rng.choice((1, 1, 2, 2, 3))))


def _piece(rng: Random, depth: int) -> str:
    chance = rng.random()
    if depth and chance < 0.35:
        inside = "|".join(pattern(rng, depth - 1) for _ in range(rng.choice((1, 1, 1, 2, 3))))
        text = rng.choice(OPENINGS) + inside + (")" if rng.random() < 0.95 else "")
    elif chance < 0.42:
        text = rng.choice(ALONE)
    else:
        text = rng.choice(ATOMS)
    return text + (rng.choice(REPEATS) if rng.random() < 0.25 else "")


def _written(text: str) -> str:
    """Text as it stands in a group of an expansion."""
    return "".join("\\" + char if char in "\\${}" else char for char in text)


def match(rng: Random) -> str:
    """An expansion that matches a subject against a pattern and shows what was captured."""
    subject, tested = _written(rng.choice(SUBJECTS)), _written(pattern(rng))
    if rng.random() < 0.15:
        return f"${{sg{{{subject}}}{{{tested}}}{{<\\$1>}}}}"
    return f"${{if match{{{subject}}}{{{tested}}}{{[$0][$1][$2]}}{{no}}}}"


def matches(count: int, seed: int) -> list[str]:
    """So many different ones, the same for a seed each time."""
    rng = Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[match(rng)] = None
    return list(found)
