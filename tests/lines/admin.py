"""Lines as administrators write them: sensible nests of items, operators and conditions."""

from __future__ import annotations

from lines.maker import Maker


def value(m: Maker, depth: int = 2) -> str:
    """A text that means something: literal, or worked out."""
    if depth == 0 or m.chance(30):
        return m.pick(
            "joe", "user+tag", "Joe.User", "mx1.example.test", "example.test", "joe@example.test", "Joe <joe@x.test>", "10.11.12.13", "2001:db8::1",
            "$primary_hostname", "$qualify_domain", "$sender_address", "$sender_address_domain", "$sender_address_local_part", "$tod_zone", "50M", "100", "5",
            "a,b;c", 'key=value other="two words"', "alice:pw:1001:/home/alice", "<, a@b.test, c@d.test", "one:two:three", "gr\xc3\xbc\xc3\x9fe", "", "1h30m", "$acl_m0", "yes",
            "[SPAM] offer", "=?utf-8?q?gr=C3=BCn?=", "AbC", "a  b", "x/y/../z", "$value", "$item", "$1",
        )  # fmt: skip
    inner = value(m, depth - 1)
    return m.pick(
        f"${{lc:{inner}}}", f"${{uc:{inner}}}", f"${{length_{m.pick(1, 3, 8)}:{inner}}}", f"${{substr_{m.pick('0_2', '1', '-3', '-4_2', '2_1')}:{inner}}}",
        f"${{md5:{inner}}}", f"${{sha1:{inner}}}", f"${{strlen:{inner}}}", f"${{domain:{inner}}}", f"${{local_part:{inner}}}", f"${{address:{inner}}}",
        f"${{quote:{inner}}}", f"${{quote_local_part:{inner}}}", f"${{rxquote:{inner}}}", f"${{escape:{inner}}}", f"${{base64:{inner}}}", f"${{base64d:${{base64:{inner}}}}}",
        f"${{tr{{{inner}}}{{{m.pick('+.', '/', '@:', 'abc', ' ')}}}{{{m.pick('-_', '_', '.', '')}}}}}",
        f"${{sg{{{inner}}}{{{pattern(m)}}}{{{m.pick('', '-', '.', chr(92) + '$1', chr(92) + '$0' + chr(92) + '$0', '[' + chr(92) + '$1]')}}}}}",
        f"${{extract{{{m.pick('1', '2', '-1', '3')}}}{{{m.pick(':', '@', '.', ',;', '+')}}}{{{inner}}}{m.pick('', '', '{$value}{none}', '{<$value>}', '{$value}fail')}}}",
        f"${{extract{{{m.pick('key', 'other', 'nokey')}}}{{{inner}}}{m.pick('', '', '{$value}{none}', '{${uc:$value}}', '{$value}fail')}}}",
        f"${{listextract{{{m.pick('1', '2', '-1')}}}{{{inner}}}{m.pick('', '{$value}{none}')}}}", f"${{listcount:{inner}}}", f"${{addresses:{inner}}}",
        f"${{map{{{inner}}}{{{m.pick('$item', '<$item>', '${lc:$item}', '${domain:$item}', '${extract{1}{@}{$item}}')}}}}}",
        f"${{filter{{{inner}}}{{{condition(m, 0)}}}}}", f"${{sort{{{inner}}}{{{m.pick('lt', 'gti', '<', 'ge')}}}{{$item}}}}",
        f"${{reduce{{{inner}}}{{}}{{{m.pick('$value$item', '$value,$item', '${eval:$value+${strlen:$item}}')}}}}}", f"${{expand:{inner}}}",
        f"${{eval:{m.pick('', '2*', '1+')}${{strlen:{inner}}}{m.pick('', '*1024', '/2', '%3', '-1')}}}", f"${{nhash_{m.pick('4', '8_64')}:{inner}}}", f"${{hash_{m.pick('3', '4_62')}:{inner}}}",
        f"${{if {condition(m, depth - 1)}{{{value(m, depth - 1)}}}{m.pick('', '', '{' + value(m, 1) + '}', 'fail')}}}",
        f"${{if match{{{inner}}}{{{pattern(m)}}}{{{m.pick('$1', '$2.$1', '$0', '${uc:$1}', '${if def:1{$1}{none}}')}}}{{{m.pick('no', '', inner)}}}}}",
        f"${{hex2b64:${{sha1:{inner}}}}}", f"${{rfc2047:{inner}}}", f"${{rfc2047d:{inner}}}", f"${{utf8clean:{inner}}}", f"${{reverse_ip:{inner}}}", f"${{mask:{inner}/{m.pick('8', '24', '64')}}}",
        f"${{hmac{{{m.pick('md5', 'sha1')}}}{{secret}}{{{inner}}}}}", f"${{time_interval:${{time_eval:{inner}}}}}", f"${{env{{CASE_ONE}}{{$value {inner}}}{{none}}}}", f"${{listquote{{:}}{{{inner}}}}}",
        f"${{imapfolder{{{inner}}}{{.}}}}", f"${{sha256:{inner}}}", f"${{hexquote:{inner}}}", f"${{str2b64:{inner}}}", f"${{base62:${{strlen:{inner}}}}}", f"${{ipv6norm:{inner}}}",
    )  # fmt: skip


def pattern(m: Maker) -> str:
    return m.pick(
        "^([^@]+)@(.+)\\$", "\\N^([^@]+)@(.+)$\\N", "\\N^(\\w+)\\.(\\w+)\\N", "(.)", "[aeiou]", "\\N\\s+\\N", "\\N^(.*?)[+-](.*)$\\N", "@", "\\N\\.\\N", "^a", "(?i)EXAMPLE", "\\N[^\\w@.]\\N",
        "\\N^\\[?(\\d+)\\N", "\\N^(\\d+)([KMG])?$\\N", "a|b", "\\N\\b(\\w)\\N", "\\N,\\s*\\N", "(a)|(e)", "\\N=+$\\N",
    )  # fmt: skip


def condition(m: Maker, depth: int) -> str:
    left, right = value(m, depth), value(m, max(depth - 1, 0))
    simple = m.pick(
        f"eq{{{left}}}{{{right}}}", f"eqi{{{left}}}{{{right}}}", f"eq{{{left}}}{{}}", f"!eq{{{left}}}{{}}", f"match{{{left}}}{{{pattern(m)}}}", f"!match{{{left}}}{{{pattern(m)}}}",
        f">{{${{strlen:{left}}}}}{{{m.pick('0', '4', '10')}}}", f"<{{${{strlen:{left}}}}}{{{m.pick('1', '1K')}}}", f"inlist{{{left}}}{{joe:example.test:50M}}", f"inlisti{{{left}}}{{{right}}}",
        f"match_domain{{{left}}}{{example.test : +locals : ^mx}}", f"match_ip{{10.11.{m.pick('0', '12')}.1}}{{+nets}}", f"isip{{{left}}}", f"isip4{{{left}}}", "def:acl_m0", "!def:sender_address",
        f"def:{m.pick('sender_host_address', 'h_subject:', 'primary_hostname', 'item', 'value')}", f"forany{{{left}}}{{eq{{$item}}{{{right}}}}}", f"forall{{{left}}}{{match{{$item}}{{{pattern(m)}}}}}",
        f"bool_lax{{{left}}}", f"gt{{{left}}}{{{right}}}", f"lei{{{left}}}{{{right}}}", f"={{{m.pick('5', '0')}}}{{${{listcount:{left}}}}}",
    )  # fmt: skip
    if depth and m.chance(25):
        return f"{m.pick('and', 'or')} {{{{{simple}}}{m.pick('', ' ')}{{{condition(m, depth - 1)}}}}} "
    return m.pick("", " ") + simple + m.pick("", " ")


def administrator(m: Maker) -> str:
    return (
        m.pick("", "", "", "Subject: ", "/var/mail/", "x-")
        + m.pick("", value(m, 1) + m.pick("@", "/", " ", ": "))
        + value(m, 3)
        + m.pick("", "", "/", " end")
    )
