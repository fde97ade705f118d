"""Random values of the kinds that expansion texts are made of: numbers, lists, addresses, patterns..."""

from __future__ import annotations

from random import Random
from typing import TypeVar

T = TypeVar("T")

WORDS = (
    "a b c abc ABC aBc xyz joe Mary postmaster mail example.test x-y under_score 10 007 -5 key name "
    "true false yes no gr\xc3\xbcn caf\xe9 \x80 50M 1h30m 0 1 2 3 a.b user+tag"
).split()
ODD = (
    "",
    " ",
    "  a  b ",
    "\\n",
    "\\t",
    "\\x00",
    "a\\x00b",
    "\\0",
    "\\101",
    "\\x41",
    "\\xff",
    "\\x",
    "\\xg",
    "\\8",
    "\\\\",
    "\\$",
    "\\{",
    "\\}",
    "\\N",
    "\\N$x\\N",
    "\\N{\\N",
    "$",
    "$$",
    "$ ",
    "${",
    "}",
    "{",
    "{}",
    "{a}",
    "$0",
    "$1",
    "${1}",
    "$value",
    "$item",
    '"',
    '"a b"',
    "'a'",
    "a\\:b",
    "::",
    ":",
    ",",
    ";",
    "<",
    "<, ",
    "<;",
    "!",
    "+",
    "^",
    "*",
    "=",
    "#",
    "\xe9",
    "\xc3\xa9",
    "\xf0\x9f\x98\x80",
    "\xed\xa0\x80",
    "\x7f",
    "\x01",
    "\t",
    "fail",
    "$primary_hostname",
    "${qualify_domain}",
    "$nosuchvariable",
    "${nosuchvariable}",
    "$acl_m0",
    "$acl_m_x",
    "$acl_x",
    "$h_subject:",
    "$h_subject",
    "$tod_zone",
)


class Maker:
    """A source of random text; the same seed gives the same text."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def pick(self, *choices: T) -> T:
        return self.random.choice(choices)

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def several(self, least: int, most: int) -> range:
        return range(self.random.randint(least, most))

    def blank(self) -> str:
        return self.pick("", "", "", "", " ", "  ", "\t")

    def word(self) -> str:
        return self.pick(*WORDS)

    def odd(self) -> str:
        return self.pick(*ODD)

    def text(self) -> str:
        """A few words, sometimes odd ones, with blanks or nothing between them."""
        parts = [self.odd() if self.chance(20) else self.word() for _ in self.several(1, 3)]
        return self.pick("", " ", " ", "-").join(parts)

    def number(self) -> str:
        return self.pick(
            str(self.random.randint(0, 12)),
            str(self.random.randint(0, 12)),
            str(self.random.randint(-20, 300)),
            str(self.random.randint(-(2**33), 2**33)),
            *"0 1 -1 +1 +0 -0 00 08 010 0x10 0X1f 0x 0xg 1k 1K 2M 3G 1T 1KK 1.5 1e3 1,2".split(),
            *"2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296".split(),
            *"9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809".split(),
            *"9007199254740991K 9007199254740992K 8589934592G 18446744073709551615 99999999999999999999".split(),
            *"a 1a -- - + - 1_0 ".split(" "),
            " 1",
            "1 ",
            " -3 ",
            "- 3",
            "1 K",
            "\\t2",
            "\\n2",
        )

    def small(self) -> str:
        return str(self.random.randint(-3, 9))

    def separator(self) -> tuple[str, str]:
        """The head of a list and its separator."""
        return self.pick(
            ("", ":"), ("", ":"), ("", " : "), ("<, ", ","), ("<,", ","), ("<; ", " ; "), ("<;", ";"),
            ("<\\n ", "\\n"), ("</", "/"), ("< ", " "), ("<\\x1f ", "\\x1f"), ("<a ", "a"), ("<\\t", "\\t"),
            (" <| ", "|"), ("<", ":"), ("<:", ":"), ("<+ ", "+"), ("<- ", " - "),
        )  # fmt: skip

    def list(self, element: str = "") -> str:
        """A list of words, numbers or odd things; ``element`` is put in somewhere."""
        head, between = self.separator()
        kind = self.pick(self.word, self.word, self.small, self.ip, self.domain, self.text)
        items = [kind() for _ in self.several(0, 5)]
        if element:
            items.insert(self.random.randint(0, len(items)), element)
        tail = self.pick("", "", "", "", between, " ")
        return head + between.join(items) + tail

    def ip(self) -> str:
        quad = ".".join(str(self.pick(0, 1, 9, 10, 127, 192, 255, 256, 300, 7)) for _ in range(4))
        return self.pick(
            quad, quad, quad, "10.1.2.3", "192.168.7.9", "127.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4",
            "::", "::1", "2001:db8::1", "2001:DB8:0:0::1", "fe80::1%eth0", "::ffff:10.1.2.3", "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9", "1::2::3", ":1", "1:", "2001:db8:7::9", "12345::", "g::1", "::1.2.3.4",
            "1:2:3:4:5:6:7::", "1:2:3:4:5:6:1.2.3.4", "0:0:0:0:0:0:0:0", "[::1]", "10.1.2.3 ", " 10.1.2.3", "",
            "a.b.c.d", "1..2.3", "10.1.2.3/24", "fe80::", "::ffff:c000:201", "1.2.3.4%lo",
        )  # fmt: skip

    def network(self) -> str:
        bits = self.pick("0", "1", "8", "24", "25", "31", "32", "33", "48", "64", "127", "128", "129", "-1")
        return self.pick(
            self.ip() + "/" + bits,
            self.ip() + "/" + bits,
            self.ip() + "/" + self.number(),
            "10.11.0.0/16",
            "10.11.0.0/16 ",
            "10.0.0.0/255.0.0.0",
            self.ip(),
            self.ip() + "/",
            self.text(),
        )

    def domain(self) -> str:
        return self.pick(
            *"example.test Sub.Example.Test other.test mx1.farm.test a.wild.test partner.test x".split(),
            *"mail.example.test bad.partner.test EXAMPLE.TEST a.b.c.test -x.test x..y .test test. *.x".split(),
            "",
            "a b.test",
            "b\xc3\xbccher.test",
            "[10.1.2.3]",
        )

    def address(self) -> str:
        local = self.pick(*"joe Joe.User postmaster boss user+tag o'neil a..b .a a. _x abuse".split(), "")
        whole = self.pick(f"{local}@{self.domain()}", f"{local}@{self.domain()}", "joe@example.test")
        return self.pick(
            whole, whole, whole, whole, local, f"<{whole}>", f"Joe <{whole}>", f'"J, U" <{whole}>',
            f"{whole} (comment)", f"(c) {whole}", f"Joe User <{whole}", f"{whole}>", "", "<>", "@", "a@b@c",
            f'"quoted local"@{self.domain()}', f"<@route.test:{whole}>", f"grp: {whole}, x@y.test;", "grp:;",
            f"{whole}, {self.word()}@x.test", f"{whole} x", f"joe @ {self.domain()}", f'"{whole}', f"({whole}",
            f"Joe \xc3\xa9 <{whole}>", f"j\\\\@x <{whole}>", f"=?utf-8?q?J=C3=B6?= <{whole}>", "joe@[10.1.2.3]",
            "joe@[IPv6:::1]", "mailer-daemon", f" {whole} ", f"{whole},", f",{whole}", f"{whole};", "a\\x00b@c",
        )  # fmt: skip

    def regex(self) -> str:
        return self.pick(
            "a", "b", "(b)", "(a)(b)?(c)", "^abc", "c\\$", ".", ".*", "(.)", "(.*)", "([a-z]+)", "(\\\\d+)", "\\\\d",
            "[[:alpha:]]+", "(a|b)", "(?i)ABC", "(?<n>b)", "x*", "^\\$", "", "(", ")", "[", "*", "a{2}", "\\N^(.+)b\\N",
            "\\N(\\w+)\\N", "\\N^(\\w+)@(.+)$\\N", "\\N[^a]\\N", "\\N\\bc\\N", "\\N(a)|(b)\\N", "\\N(?=b)\\N", "\\N\\N",
            "\\N(?:a)(b)\\N", "\\N^\\s*(\\S+)\\s*=\\s*(.*?)\\s*$\\N", "\\N^[^@]+@(?:.+\\.)?example\\.test$\\N", "\\Na{1,2}\\N",
            "\\N(.)\\1\\N", "\\N\\x41\\N", "\\N\\.\\N", "(((((((((((a)))))))))))", "^(.)(.)(.)", "\xc3\xa9", "\xe9",
            "\\N[\\d.]+\\N", "\\N(?<!a)b\\N", "\\N\\Aa\\z\\N", "$1", "[a-", "a**", "(?P<x>a)(?P=x)", "\\N(?R)\\N", "\\N\\p{L}\\N",
        )  # fmt: skip

    def json(self, depth: int = 2) -> str:
        """JSON in braces: its own are escaped."""
        if self.chance(12):
            return self.pick(
                "",
                " ",
                "[",
                "]",
                "\\{",
                "\\{\\}",
                "[]",
                "[,]",
                "nul",
                "[1,",
                "{}",
                "\\{a:1\\}",
                '\\{"a" 1\\}',
            )
        scalar = self.pick(
            "1", "-2.5", "true", "null", '"a"', '"a,b"', '"x y"', '"\\\\"q\\\\""', '""', " 7 ", '"caf\\\\u00e9"',
            '"\xc3\xa9"', "abc", '"a:b"', '"\\{"', '"["', '"]"', '"\\\\\\\\"', "1K", '"open',
        )  # fmt: skip
        if depth == 0:
            return scalar
        comma = self.pick(",", ", ", " ,", ",", ",")
        inner = [self.json(depth - 1) for _ in self.several(0, 4)]
        if self.chance(50):
            return "[" + comma.join(inner) + "]"
        colon = self.pick(":", ": ", " : ", ":", "")
        names = self.pick('"a"', '"b"', '"key"', '"s p"', '""', "bare", '"A"'), '"k"', '"b"', '"a"', '"name"'
        pairs = [f"{name}{colon}{value}" for name, value in zip(names, inner, strict=False)]
        return (
            self.pick("\\{", "\\{", "\\{", "\\{ ")
            + comma.join(pairs)
            + self.pick("\\}", "\\}", "\\}", "", " \\}")
        )

    def fields(self) -> str:
        """Text of the kind name=value."""
        names = self.pick("a", "b", "key", "uid", "A", "name"), "a", "b", "c d", "gid"
        pairs = [
            name
            + self.pick("=", "=", " = ", "= ", "")
            + self.pick('"x y"', '"', '"a\\\\"b"', "1", "v,", '""', "", "a=b", self.word())
            for name in self.random.sample(names, self.random.randint(0, 4))
        ]
        return self.pick(" ", " ", ", ", ",", "  ", "; ", "\\n").join(pairs)

    def interval(self) -> str:
        units = "".join(str(self.random.randint(0, 99)) + self.pick(*"wdhmsx") for _ in self.several(0, 4))
        return self.pick(units, units, self.number(), self.text())

    def branches(self, inner: str = "") -> str:
        """What follows an item that has yes and no strings."""
        yes = inner or self.pick(
            "y", "y[$value]", "[$value]", "", "$1", "[$0][$1][$2]", "\\}", "${uc:$value}"
        )
        no = self.pick("n", "n", "", "[$value]", "${bogus:x}", "${eval:1/0}", "${expand:\\$}")
        blank = self.blank()
        return self.pick(
            "", "", f"{{{yes}}}", f"{blank}{{{yes}}}{blank}{{{no}}}", f"{{{yes}}}{{{no}}}{blank}", f"{{{yes}}}fail",
            f"{{{yes}}} fail ", f"{{{yes}}}{{{no}}}", f"{{{yes}}}{{{no}}}", "fail", f"{{{yes}}}fai", f"{{{yes}}}{{{no}}}{{z}}",
            f"{{{yes}}}{{{no}}}x", f"{{{yes}}}failx", f"{{{yes}}}{{fail}}", f"{{{yes}}}x", f"{{{yes}}}{{{no}", "x", "{", f"{{{yes}",
        )  # fmt: skip
