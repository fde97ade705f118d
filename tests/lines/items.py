"""Lines that try items."""

from __future__ import annotations

from collections.abc import Callable

from lines.conditions import condition
from lines.maker import Maker
from lines.operators import eval_expression


def end(m: Maker) -> str:
    """How an item ends, mostly rightly."""
    return m.pick("}", "}", "}", "}", "}", " }", "x}", "{x}}", "", "}}")


def groups_of(m: Maker, texts: list[str], *counts: int) -> str:
    """So many of the texts in braces."""
    return "".join(f"{m.blank()}{{{text}}}" for text in texts[: m.pick(*counts)])


def extract(m: Maker) -> str:
    kind = m.pick("named", "named", "numbered", "numbered", "json", "jsons", "odd")
    blank = m.blank()
    if kind == "named":
        key = m.pick("a", "b", "A", "key", "uid", "", " a", "a ", "a b", "gid", m.odd())
        return f"<${{extract{blank}{{{key}}}{m.blank()}{{{m.fields()}}}{m.blank()}{m.branches()}{end(m)}>"
    if kind == "numbered":
        number = m.pick(m.small(), m.small(), m.small(), m.number())
        signs = m.pick(":", ":", ",", "; ", ":,", "", " ", "\\n", "a", "\\x00", "\\\\:", "-")
        text = m.pick("a:b:c", ":a::b:", "a,b;c:d", m.text(), "", m.list(), "a b c", "x\\ny")
        return f"<${{extract{blank}{{{number}}}{m.blank()}{{{signs}}}{m.blank()}{{{text}}}{m.branches()}{end(m)}>"
    if kind == "odd":
        groups = "".join(
            "{" + m.pick(m.text(), m.small(), ":", "a=1 b=2") + "}" + m.blank() for _ in m.several(0, 5)
        )
        return f"<${{extract{m.pick('', '', ' json', ' jsonx', ' xml', ' ')}{groups}{m.branches()}{end(m)}>"
    key = m.pick(
        "a", "b", "key", "1", "2", "-1", "0", '"a"', "s p", "", " a", "3", "+1", "A", "k", m.number()
    )
    word = m.pick(f" {kind}", f" {kind}", f"  {kind}", f" {kind} ", f" {kind}x", kind, f" {kind.upper()}")
    return f"<${{extract{word}{blank}{{{key}}}{m.blank()}{{{m.json()}}}{m.branches()}{end(m)}>"


def listextract(m: Maker) -> str:
    number = m.pick(m.small(), m.small(), m.small(), m.number(), m.odd())
    return f"<${{listextract{m.blank()}{{{number}}}{m.blank()}{{{m.list()}}}{m.branches()}{end(m)}>"


def element(m: Maker) -> str:
    """What map and reduce make of each element."""
    return m.pick(
        "$item", "[$item]", "${uc:$item}", "", "${eval:$item+1}", "x", "$value", "$item:$item", "${length_1:$item}", "${if eq{$item}{b}{}{$item}}",
        "${map{$item}{<$item>}}", "${bogus:$item}", "${if match{$item}{(.)}{$1}fail}", "$item,$value", "${extract{1}{,}{$item}}", "$1", "\\n",
        "${sg{$item}{(.)}{\\$1-}}", "${listextract{1}{$item}}", "${if def:item{d}{u}}", "\\N$item\\N", "${eval:1/0}", "${expand:\\$item}", "{$item}",
    )  # fmt: skip


def mapping(m: Maker) -> str:
    kind = m.pick("map", "map", "filter", "filter", "reduce", "reduce")
    whole = m.pick(
        m.list(), m.list(), "${map{" + m.list() + "}{" + element(m) + "}}", "a:b:c", "1:2:3", "$1", m.odd()
    )
    head = f"<${{{kind}{m.blank()}{{{whole}}}{m.blank()}"
    if kind == "map":
        return f"{head}{{{element(m)}}}{m.blank()}{end(m)}>[$item]"
    if kind == "filter":
        test = m.pick(
            condition(m, 1),
            "eq{$item}{a}",
            ">{$item}{1}",
            "!eq{$item}{b}",
            "match{$item}{(.)}",
            "def:item",
            "eq{$item}{a} x",
            " eq{$item}{}",
        )
        return f"{head}{{{test}}}{m.blank()}{end(m)}>[$item][$1]"
    step = m.pick(
        element(m),
        "${eval:$value+$item}",
        "$value$item",
        "$value,$item",
        "${if >{$item}{$value}{$item}{$value}}",
        "${expand:\\$value}",
    )
    return (
        f"{head}{{{m.pick('', '0', '1', m.text())}}}{m.blank()}{{{step}}}{m.blank()}{end(m)}>[$item][$value]"
    )


def sorting(m: Maker) -> str:
    comparator = m.pick(
        *"< <= > >= lt lti le lei gt gti ge gei = == eq eqi ! != match nosuch".split(),
        "",
        " lt",
        "lt ",
        "LT",
        "$1",
        "a b",
        "{lt}",
        "<;",
    )
    extractor = m.pick("$item", "$item", "${uc:$item}", "${strlen:$item}", "x", "", "${extract{2}{,}{$item}}", "${eval:-$item}", "$value", "${bogus:x}",
                       "${if match{$item}{(.)}{$1}}", "${if eq{$item}{b}{x}fail}", "${substr_1:$item}", " $item ")  # fmt: skip
    whole = m.pick(
        m.list(),
        m.list(),
        "3:1:2:10",
        "b:A:a:B",
        "b,2:a,1:c,0",
        "1K:1000:2",
        "b:a:b:a",
        "1:x:2",
        "",
        "<; 3;1;;2",
    )
    groups = [whole, comparator, extractor][: m.pick(3, 3, 3, 3, 3, 3, 2, 1, 0)]
    return f"<${{sort{groups_of(m, groups, 9)}{m.blank()}{end(m)}>[$item]"


def replacing(m: Maker) -> str:
    if m.chance(30):
        sets = [
            m.pick("abc", "a-c", "ab", "", "xyz", "\\\\", "\\n", "aab", "\xe9", "/", m.text())
            for _ in range(2)
        ]
        groups = [m.pick("abcabc", "a/b\\\\c", m.text()), *sets]
        return f"<${{tr{groups_of(m, groups, 3, 3, 3, 3, 3, 2)}{end(m)}>"
    replacement = m.pick(
        "x",
        "",
        "\\$1",
        "\\$0",
        "[\\$1\\$2]",
        "$1",
        "$0",
        "\\\\$1",
        "\\$",
        "\\${1}",
        "\\${uc:\\$1}",
        "\\N$1\\N",
        "-",
        "\\$9",
        "\\${1",
        "\\N${bogus:x}\\N",
        "\\\\n",
        "\\N$10\\N",
    )
    groups = [m.pick("abcabc", "a=b", "aab", "", m.text(), "user+tag@x.test"), m.regex(), replacement]
    return f"<${{sg{groups_of(m, groups, 3, 3, 3, 3, 3, 3, 2, 1)}{m.blank()}{end(m)}>[$0][$1]"


def imapfolder(m: Maker) -> str:
    groups = [
        m.pick(
            "INBOX",
            "a/b.c",
            "gr\xc3\xbcn",
            "a&b",
            "\xc3\xa9\xc3\xa8x",
            "&",
            "\xe9",
            "a\xe2\x82\xacb",
            "\xf0\x9f\x98\x80",
            "~+",
            "a\\x01b",
            m.text(),
        ),
        m.pick(".", "/", "", "..", " ", "\\\\", "\\x00", "$1", "a", "\xe9"),
        m.pick(",", "/", "", ",,", "/.,", m.odd()),
        m.pick("x", ""),
    ][: m.pick(1, 2, 2, 3, 3, 4, 0)]
    return f"<${{imapfolder{groups_of(m, groups, 9)}{end(m)}>"


def signing(m: Maker) -> str:
    name = m.pick(
        "hmac", "hmac", "hmac", "prvscheck", "srs", "env", "env", "listquote", "readfile", "readfile", "prvs"
    )
    if name == "hmac":
        groups = [
            m.pick("md5", "sha1", "sha256", "MD5", "", "md4", " md5"),
            m.pick("key", "", "k" * 70, m.text()),
            m.text(),
        ]
        return f"${{hmac{groups_of(m, groups, 3, 3, 3, 3, 2)}{end(m)}"
    if name == "prvs":
        inner = (
            "${prvs"
            + m.blank()
            + "{"
            + m.address()
            + "}{"
            + m.text()
            + "}"
            + m.pick("", "{3}", "{12}", "{}", "{a}", "{-1}")
            + "}"
        )
        shown = m.branches("$prvscheck_address/$prvscheck_keynum/$prvscheck_result")
        return m.pick(
            inner.replace("}", "", 1),
            f"${{strlen:{inner}}}",
            f"${{prvscheck{{{inner}}}{{key}}{shown}}}[$prvscheck_result]",
        )
    if name == "prvscheck":
        address = m.pick(
            "prvs=1234abcdef=joe@x.test",
            "prvs=1234ABCDEF=joe@x.test",
            "prvs=joe/1234abcdef@x.test",
            "joe@x.test",
            "",
            "prvs=123=j@x",
            "PRVS=0000000000=a=b@c",
            m.address(),
        )
        groups = [
            address,
            m.pick("key", "", "$prvscheck_keynum"),
            m.pick("", "yes", "$prvscheck_result", "[$value]"),
        ]
        return f"<${{prvscheck{groups_of(m, groups, 3, 3, 2, 2, 1)}{end(m)}>[$prvscheck_result]"
    if name == "srs":
        return f"${{srs_encode{''.join(f'{{{g}}}' for g in [m.pick('key', ''), m.pick('', m.address()), 'dom.test'][: m.pick(2, 1, 0)])}{end(m)}"
    if name == "env":
        return f"<${{env{m.blank()}{{{m.pick('CASE_ONE', 'CASE_EMPTY', 'CASE_', 'NOSUCH', '', 'CASE_ONE ', m.odd())}}}{m.branches()}{end(m)}>"
    if name == "listquote":
        groups = [
            m.pick(":", ";", "", "::", " ", "\\n", m.odd()),
            m.pick("a:b", "a;b;;c", "", m.text()),
            "x",
        ][: m.pick(2, 2, 2, 1, 3)]
        return f"<${{listquote{groups_of(m, groups, 9)}{end(m)}>"
    groups = [
        m.pick(
            "@DIR@/lines.txt",
            "@DIR@/nosuch",
            "",
            "relative",
            "@DIR@",
            "@DIR@/lines.txt/x",
            "@DIR@/" + m.odd(),
        ),
        m.pick(":", "", "\\n", "xx", "$1"),
        "z",
    ]
    return f"<${{readfile{groups_of(m, groups, 1, 2, 2, 2, 3, 0)}{end(m)}>"


def commanding(m: Maker) -> str:
    """The syntax of items that reach outside, without reaching there."""
    return m.pick(
        "${run{@DIR@/nosuch}" + m.branches() + end(m), "${run{}" + m.branches() + end(m), "${run,bogus{x}{y}{n}}", "${run,preexpand{@DIR@/nosuch a}{y}{n}}",
        "${run x{y}}", "${run, preexpand {@DIR@/nosuch}{y}{n}}", "${run,preexpand", "${run{" + m.odd() + "}{y}{n}}", "${run{relative}{y}{n}}", "${run,{@DIR@/nosuch}{y}{n}}",
        "${run,preexpand,preexpand{@DIR@/nosuch}{y}{n}}", '${run{@DIR@/nosuch "a}{y}{n}}[$runrc]', "${runx{a}}", "${run,preexpandx{a}{y}{n}}[$runrc]", "${run {@DIR@/nosuch a} {y[$value]} {n[$value]} }",
        "${readsocket}", "${readsocket{}}", "${readsocket{@DIR@/nosuch}" + end(m), "${readsocket{@DIR@/nosuch}{x}{y}{z}{f}}", "${readsocket{@DIR@/nosuch}{x}{5s}{}{" + m.text() + "}}",
        "${perl}", "${perl{a}{b}}", "${dlfunc{@DIR@/nosuch.so}{f}{a}}", "${dlfunc{a}}", "${acl{" + m.word() + "}}", "${acl}", "${lookup}", "${lookup{a}}", "${lookup{a}nosuch{b}}", "${lookup nosuch{b}}",
        "${lookup{a} }", "${certextract{version}{$tls_in_peercert}{y}{n}}", "${certextract{x}{y}}", "${certextract}", "${authresults{" + m.domain() + "}}", "${authresults}", "${authresults{a}{b}}",
    )  # fmt: skip


def captures(m: Maker) -> str:
    """Whether $0 to $9, $value and $item are what they were before, after each thing that sets them."""
    inner = m.pick(
        "${if match{xyz}{(y)(z)}{$1$2}{n}}", "${if match{xyz}{(q)}{$1}{n$1}}", "${map{p:q}{${if match{$item}{(.)}{$1}}}}", "${filter{b:c}{match{$item}{(.)}}}",
        "${sg{zbz}{(b)}{<\\$1>}}", "${if forany{a:y}{match{$item}{(y)}}{$1}{n}}", "${if and{{match{p}{(p)}}{match{r}{(r)}}}{$1}}", "${if or{{match{p}{(x)}}{match{r}{(r)}}}{$1}}",
        "${if match_domain{a.b}{^(.)\\\\.(.)}{$1$2}}", "${if match_local_part{abc}{^(.)(.)}{$1$2}{n}}", "${if match_address{a@b}{^(.)@(.)}{$1$2}{n}}", "${extract{a}{a=$1}{$value$1}}",
        "${reduce{1:2}{}{$value$1}}", "${sort{b:a}{lt}{${if match{$item}{(.)}{$1}}}}", "${if eq{$1}{b}{y$1}{n$1}}", "${if !match{abc}{(c)}{$1}{no$1}}", "${if match{}{}{[$0]}}", "${listextract{1}{$1:x}{$value}}",
        "${expand:\\$1}", "${if match{aaa}{(a)(a)?(b)?(a)}{[$1][$2][$3][$4]}}", "${if match{abcdefghijkl}{(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)}{$9$10${11}}}", "${env{CASE_ONE}{$value$1}}",
        "${if match{b}{\\N$1\\N}{m}{n}}", "${if match{ab}{$1}{$0}{n}}", "${if bool{${if match{q}{(q)}{1}{0}}}{$1}{n$1}}", "${if inlist{b}{a:b}{$value$1}}", "${if match_domain{x.test}{*.test}{[$0][$1][$2]}}",
    )  # fmt: skip
    after = m.pick("[$0][$1][$2]", "$1", "[$value][$item]", "")
    return m.pick(
        f"${{if match{{abc}}{{{m.pick('(b)', '(b)(c)', '((a)b)', 'b', '(?:a)(x)?')}}}{{{inner}-{after}}}{{no {inner}{after}}}}}{after}",
        f"${{if match{{abc}}{{(x)}}{{y}}{{{inner}{after}}}}}{after}",
        f"${{map{{a:b}}{{{inner}{after}}}}}{after}",
        f"${{filter{{a:b}}{{eq{{$item}}{{{inner}}}}}}}{after}",
        f"${{extract{{2}}{{:}}{{a:b:c}}{{{inner}{after}}}}}{after}",
        f"{inner}{after}",
        f"${{sg{{abc}}{{(b)}}{{\\$1{inner}}}}}{after}",
    )  # fmt: skip


def skipped(m: Maker) -> str:
    """Something wrong in a branch that is not taken."""
    wrong = m.pick(
        condition(m, 1).join(("${if ", "{a}{b}}")), extract(m), mapping(m), sorting(m), replacing(m), signing(m), commanding(m), imapfolder(m), listextract(m),
        "${eval:" + eval_expression(m) + "}", "${" + m.word() + ":x}", m.odd(), m.text(), "$" + m.odd(), "${" + m.odd(), "\\N" + m.odd() + "\\N", "\\" + m.odd(), "${substr_x:abc}", "${mask:x}", "${hash_99_99:a}",
    )  # fmt: skip
    return m.pick(
        f"${{if eq{{a}}{{b}}{{{wrong}}}{{ok}}}}", f"${{if eq{{a}}{{a}}{{ok}}{{{wrong}}}}}", f"${{if eq{{a}}{{b}}{{{wrong}}}fail}}", f"${{if and{{{{eq{{a}}{{b}}}}{{eq{{{wrong}}}{{}}}}}}{{y}}{{n}}}}",
        f"${{if or{{{{eq{{a}}{{a}}}}{{match{{{wrong}}}{{(}}}}}}{{y}}{{n}}}}", f"${{extract{{a}}{{b=1}}{{{wrong}}}{{ok}}}}", f"${{filter{{}}{{eq{{{wrong}}}{{}}}}}}", f"${{map{{}}{{{wrong}}}}}",
        f"${{if eq{{a}}{{b}}{{${{uc:{wrong}}}}}{{ok}}}}", f"${{if eq{{a}}{{b}}{{${{sg{{{wrong}}}{{b}}{{c}}}}}}{{ok}}}}", f"${{env{{NOSUCH}}{{{wrong}}}{{ok}}}}", f"${{if forany{{}}{{eq{{{wrong}}}{{}}}}{{y}}{{n}}}}",
        f"${{reduce{{}}{{}}{{{wrong}}}}}", f"${{listextract{{9}}{{a}}{{{wrong}}}{{ok}}}}", f"${{if eq{{a}}{{b}}{{${{if eq{{{wrong}}}{{}}{{{wrong}}}}}}}{{ok}}}}", f"${{sort{{}}{{lt}}{{{wrong}}}}}",
    )  # fmt: skip


def wrong_item(m: Maker) -> str:
    """Items with the wrong number of strings, or with something between them."""
    name = m.pick(*"sg tr hmac length substr hash nhash imapfolder listquote prvs prvscheck readfile extract listextract map filter reduce sort env srs_encode if".split(),
                  *"listextract json sgx s_g acl authresults certextract nosuch expand".split())  # fmt: skip
    groups = [
        f"{m.blank()}{{{m.pick(m.text(), m.small(), 'a:b', 'eq{a}{b}', '$item')}}}" for _ in m.several(0, 5)
    ]
    if m.chance(20):
        groups.insert(m.random.randint(0, len(groups)), m.pick("x", "}", "{", " x ", ":", ",", "\\n"))
    return (
        m.pick("", "", "a")
        + "${"
        + m.pick("", "", "", " ")
        + name
        + m.pick("", "", "", " ", "_", "1", ":", ",")
        + "".join(groups)
        + end(m)
    )


ITEMS: dict[str, Callable[[Maker], str]] = {
    "extract": extract,
    "listextract": listextract,
    "mapping": mapping,
    "sorting": sorting,
    "replacing": replacing,
    "imapfolder": imapfolder,
    "signing": signing,
    "commanding": commanding,
    "captures": captures,
    "skipped": skipped,
    "item-wrong": wrong_item,
}
