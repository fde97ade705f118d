"""Writes expansion texts at random out of the shapes of the units, and changes texts at their braces."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from drivers.api import registry
from grammar.shapes import COMMAND, CONDITION, RAW, Shapes

TEXTS = r"""
a b abc A:b:c x,y;z <,_a,_b 0 1 -1 7 42 0x1F 010 12K 9999999999999999999 -9223372036854775808 true no
joe@example.com <joe@example.com> joe,_amy@b.c 192.0.2.7 192.0.2.0/24 2001:db8::1 ::ffff:1.2.3.4/96
1h30m 3w 6869 aGVsbG8= =?utf-8?q?a=20b?= =?utf-8?B?ww==?= xn--grn-hoa joe/SRS0=x
key=value_k2="two_words" {"a":1,"b":[2,{}]} [1,"x",[]] ["a","b"]
^a.*c (b)(c)? [a-c]+ ^(.*)@(.*)$ (a+)+$ a*a*b \d{1,3} (?i)x (?<n>.) \N^x\N [[:alnum:]]+ (?=a)|b* $
/etc/aliases /etc/passwd /dev/null /nosuch /tmp inet:127.0.0.1:25 sub md5 sha256 < > <= == %s {} }{
*.example.com !a:b +local_domains @[] @ net-iplsearch;/x partial-lsearch;/etc/aliases ^\N.*\N lt gti
"""
LITERALS = (
    "",
    " ",
    "gr\xfcn",
    "gr\xc3\xbcn",
    "\xff\xfe",
    *(text.replace("_", " ") for text in TEXTS.split()),
)
PUNCTUATION = "${}\\:,<>= \n\0\"'N!_-/@.%01a\x80\xff"
TYPES = "lsearch dsearch sqlite json passwd nosuch partial-lsearch iplsearch wildlsearch*@ dbm".split()
DEEPEST = 4


def literal(random: Random) -> str:
    """A text as it is written inside of braces."""
    text = random.choice(LITERALS)
    if random.random() < 0.1:
        text *= random.choice((2, 30, 300))
    return "".join("\\" + c if c in "\\${}" else c for c in text) if random.random() < 0.9 else text


class Writer:
    """Writes texts with the names that a profile knows."""

    def __init__(self, shapes: Shapes) -> None:
        self._operators = list(shapes.operators.items())
        self._items = [pair for pair in shapes.items.items() if pair[0] != "if"]
        self._conditions = list(shapes.conditions.items())
        self._variables = [name for name in registry.names("variable") if "*" not in name]
        self.words = [
            *(f"${{{name}:" for name in shapes.operators),
            *(f"${{{name}{{" for name in shapes.items),
            *shapes.conditions,
            *(f"${name}" for name in self._variables),
            *LITERALS,
        ]

    def text(self, random: Random, depth: int = 1) -> str:
        """A text of a few pieces."""
        return "".join([self.piece(random, depth) for _ in range(random.choice((1, 1, 1, 2, 3)))])

    def piece(self, random: Random, depth: int) -> str:
        """One piece: a literal, a variable, an operator, an item or an ``if``."""
        if depth >= DEEPEST:
            return literal(random)
        kinds: tuple[Callable[[Random, int], str], ...] = (
            lambda random, _depth: literal(random),
            self._variable,
            self._operator,
            self._operator,
            self._item,
            self._item,
            self._if,
        )
        return random.choice(kinds)(random, depth + 1)

    def _variable(self, random: Random, _depth: int) -> str:
        kind = random.random()
        if kind < 0.3:
            return random.choice(("$0", "$1", "${2}", "$value", "$item", "$acl_m_a", "${acl_c0}"))
        if kind < 0.5:
            form = random.choice(("h_", "rh_", "bh_", "lh_", "header_", "rheader_"))
            return f"${form}{random.choice(('subject', 'to', 'from', 'x-a', 'received', 'nosuch'))}:"
        name = random.choice(self._variables)
        return f"${name}" if kind < 0.75 else f"${{{name}}}"

    def _operator(self, random: Random, depth: int) -> str:
        name, shape = random.choice(self._operators)
        suffix = ""
        if shape.suffix == "required" or random.random() < (0.4 if shape.suffix == "optional" else 0.03):
            number = random.choice(("1", "3", "0", "-2", "16", "256", "d", "999999999999", ""))
            suffix = "_" + number + random.choice(("", "", f"_{random.choice(('1', '-1', '998', '4', 'x'))}"))
        return f"${{{name}{suffix}:{self.text(random, depth)}}}"

    def _group(self, random: Random, kind: str, depth: int) -> str:
        if kind == CONDITION:
            return "{" + self.condition(random, depth) + "}"
        if kind == RAW:
            return "{" + literal(random) + "}"
        if kind == COMMAND:
            return "{/bin/" + random.choice(("echo", "cat", "nosuch")) + f" {self.text(random, depth)}}}"
        return "{" + self.text(random, depth) + "}"

    def _branches(self, random: Random, depth: int) -> str:
        kind = random.random()
        if kind < 0.3:
            return ""
        yes = "{" + self.text(random, depth) + "}"
        if kind < 0.5:
            return yes
        return yes + ("fail" if kind < 0.6 else "{" + self.text(random, depth) + "}")

    def _item(self, random: Random, depth: int) -> str:
        name, shape = random.choice(self._items)
        count = random.randint(shape.least, max(shape.least, min(shape.most, shape.least + 3)))
        if random.random() < 0.05:
            count += random.choice((-1, 1))
        groups = [self._group(random, shape.group_kind(index), depth) for index in range(count)]
        word = ""
        if shape.words == "format":
            word = random.choice(("", " json", " jsons", " nosuch"))
        elif shape.words == "option":
            word = random.choice(("", ",preexpand", ",nosuch"))
        elif shape.words == "type":
            key = self._group(random, "text", depth) if random.random() < 0.8 else ""
            return f"${{{name}{key} {random.choice(TYPES)} {''.join(groups)}{self._branches(random, depth)}}}"
        tail = self._branches(random, depth) if shape.branches else ""
        return f"${{{name}{word}{''.join(groups)}{tail}}}"

    def _if(self, random: Random, depth: int) -> str:
        return f"${{if {self.condition(random, depth)}{self._branches(random, depth)}}}"

    def condition(self, random: Random, depth: int) -> str:
        """A condition with its arguments."""
        name, shape = random.choice(self._conditions)
        sign = random.choice(("", "", "", "!", "! ! "))
        if depth >= DEEPEST:
            return f"{sign}eq{{{literal(random)}}}{{{literal(random)}}}"
        if shape.form == "none":
            return sign + name
        if shape.form == "def":
            return f"{sign}def:{random.choice((*self._variables, 'h_subject:', 'nosuch'))}"
        if shape.form == "subconditions":
            some = ["{" + self.condition(random, depth + 1) + "}" for _ in range(random.randint(0, 3))]
            return f"{sign}{name}{{{''.join(some)}}}"
        if shape.form == "list":
            return f"{sign}{name}{{{self.text(random, depth + 1)}}}{{{self.condition(random, depth + 1)}}}"
        count = random.randint(max(0, shape.least), max(shape.least, min(shape.most, 3)))
        groups = "".join([self._group(random, shape.group_kind(index), depth + 1) for index in range(count)])
        return f"{sign}{name} {{{groups}}}" if shape.form == "bundle" else f"{sign}{name}{groups}"

    def changed(self, random: Random, text: str) -> str:
        """The text with a part of it put elsewhere, doubled, wrapped, or another in its place."""
        start, end = a_part(random, text)
        part = text[start:end]
        kind = random.randrange(8)
        if kind < 2:
            new = self.piece(random, 2)
        elif kind == 2:
            new = random.choice(self.words)
        elif kind == 3:
            new = f"${{{random.choice(self._operators)[0]}:{part}}}"
        elif kind == 4:
            new = part * random.choice((2, 3, 50))
        elif kind == 5:
            new = ""
        elif kind == 6:
            new = part + random.choice(PUNCTUATION)
        else:
            other = slice(*a_part(random, text))
            new = text[other]
        return text[:start] + new + text[end:]


PARTS = re.compile(r"\$?\{|\}|\$?[A-Za-z0-9_]+")


def a_part(random: Random, text: str) -> tuple[int, int]:
    """Where a part of the text begins and ends: a group with its braces, a name, or any piece."""
    if not text:
        return 0, 0
    at = random.randrange(len(text))
    if random.random() < 0.3:
        return at, min(len(text), at + random.choice((0, 1, 2, 8)))
    found = PARTS.search(text, at)
    if found is None or not found[0].endswith("{"):
        return found.span() if found else (at, at)
    level = 0
    for end in range(found.end() - 1, min(len(text), found.end() + 2000)):
        level += (text[end] == "{") - (text[end] == "}")
        if level == 0:
            return found.start(), end + 1
    return found.span()
