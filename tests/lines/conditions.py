"""Lines that try conditions."""

from __future__ import annotations

from collections.abc import Callable

from lines.maker import Maker

STRINGS = "eq eqi lt lti le lei gt gti ge gei".split()
NUMBERS = "= == < <= > >= !=".split()


def answer(m: Maker) -> str:
    return m.pick(
        "{y}{n}",
        "{y}{n}",
        "{y}{n}",
        "{y[$value]}{n}",
        "{[$0][$1][$2][$3]}{n[$0][$1]}",
        "",
        "{y}",
        m.branches(),
    )


def negation(m: Maker) -> str:
    return m.pick("", "", "", "", "", "!", "! ", "!!", "!  !", "!!!")


def test(m: Maker, condition: str) -> str:
    return f"${{if {m.pick('', '', '', ' ')}{negation(m)}{condition}{m.blank()}{answer(m)}}}"


def strings(m: Maker) -> str:
    """A condition that compares strings."""
    left = m.text()
    right = m.pick(left, left.swapcase(), m.text(), m.odd(), "")
    return f"{m.pick(*STRINGS)}{m.blank()}{{{left}}}{m.blank()}{{{right}}}"


def numbers(m: Maker) -> str:
    left = m.number()
    return f"{m.pick(*NUMBERS)}{m.blank()}{{{left}}}{m.blank()}{{{m.pick(left, m.number(), m.number(), m.odd())}}}"


def boolean(m: Maker) -> str:
    value = m.pick(
        *"true false yes no TRUE False yEs 0 1 2 -1 +1 00 0x1 1K -0 y n t f truex noo on off 01 -".split(),
        "", " ", " true", "yes ", " 1 ", "1 2", "true false", "true\\n", m.number(), m.text(), "$primary_hostname",
    )  # fmt: skip
    return f"{m.pick('bool', 'bool_lax')}{m.blank()}{{{value}}}"


def defined(m: Maker) -> str:
    name = m.pick(
        *"sender_address primary_hostname acl_m0 acl_m_x acl_x h_subject: header_subject: h_: rh_x: bh_x: lh_x:".split(),
        *"h_subject runrc value item 0 1 9 12 home local_part nosuch tod_log Sender h_x-y: h_x.y: 1a a-b a.b".split(),
        *"acl_mx acl_c0 acl_c acl_m_ acl_m1x auth1 auth9 auth10 regex1 sn1 r_x sender_host_address tls_in_cipher".split(),
        *"message_headers message_body recipients_count received_for spam_score dkim_cur_signer csa_status".split(),
        "", " value", "value ", ":", "{value}", "$value", "acl_m0:", "h_\xe9:", "env",
    )  # fmt: skip
    return f"def{m.pick(':', ':', ':', ':', ':', ':', ' :', ': ', '', '::', '{')}{name}{m.blank()}"


def pattern(m: Maker) -> str:
    subject = m.pick("abc", "abcabc", "a=b", "aab", m.text(), m.address(), "", "ABC", "caf\xc3\xa9")
    return f"match{m.blank()}{{{subject}}}{m.blank()}{{{m.regex()}}}"


def list_item(m: Maker) -> str:
    """One element of a domain, address, local part or host list."""
    return m.pick("", "", "", "!", "! ") + m.pick(
        m.domain(), m.address(), m.network(), m.word(), "*", "*.test", "*example.test", "*@example.test", "+locals", "+relays",
        "+nets", "+vips", "+roles", "+empty", "+nosuch", "+", "@", "@[]", "@mx_any", "^[a-z]+\\$", "^\\\\d", "^(", "*@*", "joe@",
        "@example.test", "joe@*.test", "*.", "\\N^a.*\\N", "+caseful", "+include_unknown", "/nosuch/file", "", " ", m.ip(), "*@+locals",
        "postmaster@^.*test\\$", "joe*@x", "/", "+ignore_unknown", "*joe", "jo*", "@@", "^.*@.*test\\$", "<>", "!", "*.*", ":",
    )  # fmt: skip


def element_list(m: Maker, subject: str) -> str:
    head, between = m.separator()
    items = [list_item(m) for _ in m.several(0, 4)]
    if m.chance(60):
        items.insert(
            m.random.randint(0, len(items)),
            m.pick("", "", "!") + m.pick(subject, subject.swapcase(), "*" + subject[2:], "*"),
        )
    return head + between.join(items)


def membership(m: Maker) -> str:
    name = m.pick(
        "match_domain", "match_address", "match_local_part", "match_ip", "inlist", "inlisti", "inlist"
    )
    subject = {
        "match_domain": m.domain,
        "match_address": m.address,
        "match_local_part": m.word,
        "match_ip": m.ip,
    }.get(name, m.text)()
    kept = m.list(subject) if name.startswith("inlist") else element_list(m, subject)
    return f"{name}{m.blank()}{{{subject}}}{m.blank()}{{{kept}}}"


def address_kind(m: Maker) -> str:
    return f"{m.pick('isip', 'isip4', 'isip6')}{m.blank()}{{{m.pick(m.ip(), m.ip(), m.network(), m.text())}}}"


def each(m: Maker, depth: int) -> str:
    """A condition over the elements of a list."""
    name = m.pick(*"forany forall forany_json forall_json forany_jsons forall_jsons forany forall".split())
    whole = m.json() if "json" in name else m.list()
    inner = condition(m, depth - 1) if depth and m.chance(50) else m.pick(
        "eq{$item}{a}", "!eq{$item}{b}", ">{$item}{1}", "match{$item}{(.)}", "match{$item}{b}", "bool{$item}", "def:item",
        "eq{$item}", "bogus{$item}", "eq{$item}{a}x", "inlist{$item}{a:b}", "match_domain{$item}{*.test}", "isip{$item}",
        "eq{${uc:$item}}{A}", "", "eq{$value}{}", "eq{${eval:1/0}}{1}", " eq {$item} {a} ", 'eqi{$item}{"a"}', "={${strlen:$item}}{3}",
    )  # fmt: skip
    return f"{name}{m.blank()}{{{whole}}}{m.blank()}{{{m.blank()}{inner}{m.blank()}}}"


def combined(m: Maker, depth: int) -> str:
    parts = [m.blank() + "{" + m.blank() + condition(m, depth - 1) + m.blank() + "}" for _ in m.several(0, 3)]
    if m.chance(10):
        parts.insert(
            m.random.randint(0, len(parts)),
            m.pick("x", "eq{a}{a}", "{}", "{bogus{a}}", "{eq{a}{a}x}", "{eq{a}}", "{", "}", "{eq{a}{a}"),
        )
    return f"{m.pick('and', 'or')}{m.blank()}{{{''.join(parts)}{m.blank()}}}"


def other(m: Maker) -> str:
    return m.pick(
        "first_delivery", "queue_running", "exists{@DIR@/lines.txt}", "exists{@DIR@/nosuch}", "exists{}", "exists{relative}", "exists",
        "first_delivery{}", "queue_running{a}", "inbound_srs{SRS0=xxxx=AA=dom.test=user}{key}", "inbound_srs{x}{}", "inbound_srs{x}",
        "inbound_srs{SRS1=xxxx=relay.test==yyyy=AA=dom.test=user}{key}", "inbound_srs{" + m.text() + "}{k}", "inbound_srs{{x}{k}}",
        "exists{@DIR@/" + m.odd() + "}",
    )  # fmt: skip


def wrong(m: Maker) -> str:
    """A condition with something wrong about its name, its strings or its braces."""
    name = m.pick(
        *STRINGS,
        *NUMBERS,
        *"and or match bool exists def inlist isip forany nosuch match_ip eq1 eq_ e0q =< => <> !< \xe9q 1 _ and_ bool_ match_".split(),
    )
    name = m.pick(name, name, name, name.upper(), name + m.odd(), m.odd() + name, name + "\xe9")
    groups = "".join(f"{m.blank()}{{{m.text()}}}" for _ in m.several(0, 4))
    return (
        name
        + m.blank()
        + m.pick(
            groups,
            groups,
            groups[:-1],
            groups + "x",
            "{" + groups + "}",
            "x" + groups,
            groups.replace("}{", "} x {"),
        )
    )


def condition(m: Maker, depth: int = 2) -> str:
    kinds: list[Callable[[Maker], str]] = [
        strings,
        strings,
        numbers,
        boolean,
        defined,
        pattern,
        membership,
        address_kind,
        other,
        wrong,
    ]
    if depth and m.chance(35):
        return negation(m) + (each(m, depth) if m.chance(50) else combined(m, depth))
    return negation(m) + m.pick(*kinds)(m)


def damaged(m: Maker) -> str:
    """A test cut short or with a character too much."""
    whole = test(m, condition(m, m.pick(0, 1, 2)))
    at = m.random.randint(2, len(whole))
    return m.pick(
        whole[:at],
        whole[:at] + m.pick("{", "}", "$", " ", "x", "!", "\\", ":", "\xe9") + whole[at:],
        whole[:at] + whole[at + 1 :],
    )


CONDITIONS: dict[str, Callable[[Maker], str]] = {
    "compare-strings": lambda m: test(m, strings(m)),
    "compare-numbers": lambda m: test(m, numbers(m)),
    "boolean": lambda m: test(m, boolean(m)),
    "defined": lambda m: test(m, defined(m)),
    "pattern": lambda m: test(m, pattern(m)),
    "membership": lambda m: test(m, membership(m)),
    "address-kind": lambda m: test(m, address_kind(m)),
    "each": lambda m: test(m, each(m, 1)),
    "combined": lambda m: test(m, combined(m, 2)),
    "other-conditions": lambda m: test(m, other(m)),
    "condition-wrong": lambda m: test(m, wrong(m)),
    "condition-damaged": damaged,
}
