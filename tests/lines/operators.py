"""Lines that try operators, each with arguments of the kind it wants and of others."""

from __future__ import annotations

from collections.abc import Callable

from lines.maker import Maker


def eval_expression(m: Maker, depth: int = 3) -> str:
    """An arithmetic expression, most of the time a right one."""
    if depth == 0 or m.chance(25):
        return m.pick(m.small(), m.small(), m.small(), m.number(), m.number(), m.odd())
    kind = m.random.randrange(12)
    left, right = eval_expression(m, depth - 1), eval_expression(m, depth - 1)
    operator = m.pick(*"+ - * / % & | ^ << >> + - * / < > && ** // <<< = !".split())
    if kind < 7:
        blank = m.blank()
        return f"{left}{blank}{operator}{m.blank()}{right}"
    if kind == 7:
        return f"({m.blank()}{left}{m.blank()})"
    if kind == 8:
        return m.pick("-", "~", "+", "- ", "~~", "--", "!") + left
    if kind == 9:
        return f"({left}) {operator} ({right})"
    return m.pick(
        f"({left}", f"{left})", f"{left} {right}", f"({left})({right})", f"{left}{operator}", f" {left} "
    )


def arithmetic(m: Maker) -> str:
    if m.chance(10):
        return "${" + m.pick("eval", "eval10") + "_1:" + m.number() + "}"
    return "${" + m.pick("eval", "eval", "eval10") + ":" + eval_expression(m) + "}"


def base_encoding(m: Maker) -> str:
    name = m.pick(
        "base32", "base32d", "base62", "base62d", "base64", "base64d", "str2b64", "hex2b64", "hexquote"
    )
    argument = m.pick(
        m.number(),
        m.number(),
        m.text(),
        m.odd(),
        "".join(m.pick(*"abcdefghijklmnopqrstuvwxyz234567") for _ in m.several(0, 9)),
        "".join(m.pick(*"abcXYZ0189") for _ in m.several(0, 12)),
        "".join(m.pick(*"abcdefABCDEF0123456789") for _ in m.several(0, 16)),
        "".join(m.pick(*"ABCDxyz019+/") for _ in m.several(0, 16)) + m.pick("", "=", "==", "===", "=x", " "),
        "aGVs\\nbG8=",
        "a=b=",
        "====",
        "YWJj" * m.random.randint(0, 30),
    )
    return f"<${{{name}:{argument}}}>"


def digest(m: Maker) -> str:
    name = m.pick(
        *"md5 sha1 sha256 sha2 sha2_256 sha2_384 sha2_512 sha2_224 sha3 sha3_224 sha3_256 sha3_384 sha3_512".split(),
        *"sha3_128 sha2_ sha256_1 md5_5 sha1_256 sha3_x sha512 sha3_0256 sha2_256_1 sha2_1".split(),
    )
    return f"${{{name}:{m.pick(m.text(), m.text(), m.odd(), m.word() * 40)}}}"


def number_suffix(m: Maker) -> str:
    number = str(m.random.randint(-4, 12))
    return m.pick(
        f"_{number}", f"_{number}_{m.random.randint(0, 9)}", f"_{number}_{m.random.randint(-3, 9)}", "", "_", "__",
        "_a", f"_{number}a", f"_{number}_", f"_-{number}", f"_{number}_x", f"_{number}_1_2", "_1K", "_0x3", "_99999999999",
        "_+3", "_3_+1", "_2147483648", "_1_2147483648", "_ 1", "_1 ", "_-", "_0", "_0_0", "_100_100", "_00002", "_1-2",
    )  # fmt: skip


def part(m: Maker) -> str:
    name = m.pick(*"length l substr s hash h nhash nh".split())
    if m.chance(60):
        return (
            f"<${{{name}{number_suffix(m)}:{m.pick(m.text(), m.text(), 'abcdefgh', m.odd(), m.word() * 9)}}}>"
        )
    name = m.pick("length", "substr", "hash", "nhash", "l", "s")
    numbers = [
        m.pick(m.small(), m.small(), m.small(), m.number(), "", " ", "$1", m.text()) for _ in m.several(0, 3)
    ]
    groups = "".join(f"{{{n}}}{m.blank()}" for n in numbers)
    return f"<${{{name}{m.blank()}{groups}{{{m.pick(m.text(), 'abcdefgh', m.odd())}}}{m.pick('', '', '', ' ', 'x', '{x}')}}}>"


def ip(m: Maker) -> str:
    name = m.pick("mask", "mask", "reverse_ip", "ipv6norm", "ipv6denorm", "mask_n", "mask_x", "reverse_ip_1")
    argument = (
        m.network() if name.startswith("mask") else m.pick(m.ip(), m.ip(), m.ip(), m.network(), m.odd())
    )
    return f"${{{name}:{argument}}}"


def address(m: Maker) -> str:
    name = m.pick("address", "address", "domain", "local_part", "addresses", "addresses", "quote_local_part")
    if name == "addresses":
        head = m.pick("", "", ">+ ", ">+", ">: ", "> ", ">, ", ">", ">\\n", ">ab ", ">\\x1f")
        addresses = m.pick(", ", ",", " , ", ",,", "; ", " ", "\\n").join(
            m.address() for _ in m.several(0, 3)
        )
        return f"<${{addresses:{head}{addresses}}}>"
    if name == "quote_local_part" and m.chance(60):
        return f"<${{{name}:{m.text()}}}>"
    return f"<${{{name}:{m.pick(m.address(), m.address(), m.address(), m.text())}}}>"


def quoting(m: Maker) -> str:
    name = m.pick(
        *"lc uc quote rxquote escape escape8bit strlen quote_local_part expand xtextd utf8clean from_utf8".split(),
        *"quote_mysql quote_pgsql quote_sqlite quote_ldap quote_ldap_dn quote_nis quote_nisplus quote_dnsdb".split(),
        *"quote_redis quote_lsearch quote_dsearch quote_oracle quote_nosuch quote_ quote_x_y quote_passwd".split(),
        *"quote_cdb quote_dbm quote_lmdb quote_testdb quote_spf quote_json quote_nis0 quote_wildlsearch".split(),
        *"headerwrap headerwrap_10 headerwrap_20_40 lc_x uc_1_2 strlen_ escape_8 h_subject header_x".split(),
        *"quote_dbmjz quote_dbmnz quote_ibase quote_iplsearch quote_ldapdn quote_ldapm quote_nwildlsearch quote_whoson".split(),
        *"quote_readsock listcount bless time_eval randint_x stat_x acl length_ value item".split(),
    )  # fmt: skip
    argument = m.pick(
        m.text(), m.text(), m.text(), "a'b\"c\\\\d", "*,(a)\\\\", "a\\nb\\rc", "x+20y+C3", "+zz+4", "$primary_hostname",
        "\\$primary_hostname", "\\${uc:a}", "\\${bogus:a}", "${uc:a", '#a;b,c=d+e"f', " lead", "trail ", "a%_b", "\\\\N\\$x",
    )  # fmt: skip
    return f"<${{{name}:{argument}}}>"


def charset(m: Maker) -> str:
    name = m.pick(
        "rfc2047", "rfc2047", "rfc2047d", "rfc2047d", "rfc2047d", "utf8clean", "from_utf8", "utf8_domain_to_alabel",
        "utf8_domain_from_alabel", "utf8_localpart_to_alabel", "utf8_localpart_from_alabel", "rfc2047_1", "escape8bit",
    )  # fmt: skip
    if name == "rfc2047d":
        words = [
            m.pick("=?", "=?", "=?", "=", "?")
            + m.pick("utf-8", "UTF-8", "iso-8859-1", "us-ascii", "x-unknown", "", "windows-1252", "utf-16", "koi8-r", "utf-8*en", "a b")
            + m.pick("?q?", "?Q?", "?b?", "?B?", "?x?", "??", "?q", "?")
            + m.pick("a_b", "=41=42", "=C3=A9", "=e9", "=", "=4", "=zz", "aGVsbG8=", "w6k=", "aGVs bG8", "6Q==", "a?b", "a b", "", "____", "aGVsbG8", "!!!!")
            + m.pick("?=", "?=", "?=", "?=", "?", "=", "")
            for _ in m.several(1, 3)
        ]  # fmt: skip
        whole = m.pick(" ", " ", "", "  ", "\\n ", "\\t", " x ").join(words)
        return f"<${{rfc2047d:{m.pick('', 'x ')}{whole}{m.pick('', ' y')}}}>"
    if name.startswith("utf8_"):
        argument = m.pick(
            m.domain(), "b\xc3\xbccher.test", "stra\xc3\x9fe.test", "xn--bcher-kva.test", "xn--strae-oqa.test", "xn--", "xn--a", "\xc3\xa9",
            "XN--BCHER-KVA.test", "a.xn--zz zz.b", "\xe4\xb8\xad\xe6\x96\x87", "xn--fiq228c", "\xc3\x89t\xc3\xa9", "a\xcc\x8ab", "\xe9", "a" * 70,
            "\xc3\xa9" * 60, "j\xc3\xb6e", "xn--je-fka", "a_b", "-a-", "\xef\xbc\xa1.test", "\xe2\x98\x83.test", "\xd7\x90a", "\xe2\x80\x8d", "a.\xe3\x80\x82b",
            m.text(),
        )  # fmt: skip
        return f"<${{{name}:{argument}}}>"
    argument = m.pick(
        m.text(), m.text(), "plain", "gr\xc3\xbc\xc3\x9fe", "a=b?c_d", "a,b.(c)", "\xe9\xe8", "Joe \xc3\xa9 <x@y>", "\xc3\xa9 " * m.random.randint(1, 40),
        "x" * m.random.randint(1, 120) + "\xe9", "tab\\there", "a\\nb\xe9", "\\x00", "\\x80\\xbf", "\\xe2\\x82\\xac", "\\xe2\\x82", "\\xf4\\x90\\x80\\x80",
        "\\xc0\\x80", "\\xed\\xa0\\x80", "\\xfe", "\\xc3\\x28", "\xc4\x80", "\xc3\xbf\xc3\x80", "\xf0\x9f\x98\x80", "\\xf8\\x88\\x80\\x80\\x80",
    )  # fmt: skip
    return f"<${{{name}:{argument}}}>"


def time(m: Maker) -> str:
    return f"${{{m.pick('time_eval', 'time_interval', 'time_interval', 'time_eval_1')}:{m.pick(m.interval(), m.number(), m.number())}}}"


def lists(m: Maker) -> str:
    if m.chance(45):
        kind = m.pick("", "", "_d", "_h", "_a", "_l", "_x", "_", "_dd", "_d_h")
        name = m.pick(
            *"locals relays nets vips roles empty nosuch +locals LOCALS".split(),
            "",
            " locals",
            "locals ",
            "+",
            "a:b",
            m.odd(),
        )
        return f"<${{listnamed{kind}:{name}}}>"
    return f"<${{listcount:{m.list()}}}>"


def files(m: Maker) -> str:
    name = m.pick(
        "@DIR@/nosuch", "@DIR@/lines.txt/x", "relative", "", "/", m.odd(), "@DIR@/" + m.text(), "$h_x:"
    )
    return f"${{stat:{name}}}"


def nested(m: Maker) -> str:
    """An operator on what another gives."""
    inner = m.pick(*OPERATORS.values())(m)
    return (
        inner
        if m.chance(20)
        else f"${{{m.pick('uc', 'lc', 'strlen', 'escape', 'quote', 'md5', 'expand', 'rxquote', 'length_3', 's_1', 'nosuch')}:{inner}}}"
    )


def syntax(m: Maker) -> str:
    """What can be wrong about the name of an operator and what stands around it."""
    name = m.pick(
        *"uc lc strlen length_2 substr_1_2 md5 eval quote mask address listcount bogus x h_subject r_x".split()
    )
    name = m.pick(
        name,
        name,
        name.upper(),
        name + m.odd(),
        m.odd() + name,
        name + "_",
        "_" + name,
        " " + name,
        name + " ",
    )
    body = m.pick(":", ":", ":", "", "{", " :", "::", ".", "-", "=") + m.text()
    end = m.pick("}", "}", "}", "", "}}", " }", "\\}")
    return m.pick("", "a", "{", "\\") + "${" + name + body + end + m.pick("", "b", "}")


OPERATORS: dict[str, Callable[[Maker], str]] = {
    "arithmetic": arithmetic,
    "base-encoding": base_encoding,
    "digest": digest,
    "part": part,
    "ip": ip,
    "address": address,
    "quoting": quoting,
    "charset": charset,
    "time": time,
    "lists": lists,
    "stat": files,
    "operator-syntax": syntax,
}
