"""Retry and rewriting rules, ACLs and named lists, at random."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from drivers.api.registry import names
from loading.options import HEAD, Case

PATTERNS = (
    "*",
    "*@a",
    "a@b",
    "^\\N^a\\N",
    "^a",
    '"a b"',
    '"a',
    "lsearch;/x",
    "nosuch;/x",
    "+l",
    "@",
    "*.a",
    '"^a\\\\d"',
    "<",
    "a:",
    "!a",
    '""',
    "^(",
)
ERRORS = (
    "*", "auth_failed", "mail_4xx", "rcpt_4xx", "data_4xx", "mail_45x", "rcpt_452", "data_4x2", "rcpt_5xx", "rcpt_4", "rcpt_4xxx", "lost_connection",
    "lookup", "refused", "refused_A", "refused_MX", "refused_x", "refused_", "timeout", "timeout_A", "timeout_MX", "timeout_connect", "timeout_connect_A",
    "timeout_connect_MX", "timeout_dns", "timeout_x", "timeout_connect_x", "timeout_", "tls_required", "quota", "quota_7d", "quota_", "quota_x", "quota_0s",
    "QUOTA", "Rcpt_4XX", "LOOKUP", "helo_4xx", "senders", "senders=a", "F,1h,1m", "timeout_connect_", "connect", "a_4xx", "mail_4x", "mail_4xX", "rcpt_4 xx",
    "lookup_", "refused_mx_", "timeoutx", "refusedx", "quotax", "auth_failedx", "auth", "tls_require", "rcpt_40x", "rcpt_4-1", "data_499", "quota_1d2h",
)  # fmt: skip
STEPS = (
    "F,1h,1m", "F,2h,15m", "G,16h,1h,1.5", "H,1d,1h,2", "f,1h,1m", "g,1h,1m,1.5", "h,1h,1m,1.5", "X,1h,1m", "F", "F,", "F,1h", "F,1h,", "F,1h,1m,1", "G,1h,1m",
    "G,1h,1m,", "G,1h,1m,0.5", "G,1h,1m,1", "G,1h,1m,x", "G,1h,1m,1.5x", "G,1h,1m,1.5,2", "F,0s,1m", "F,1h,0s", "F,x,1m", "F,1h,x", "F,1,1", "F, 1h, 1m", "F ,1h,1m",
    "F,1h ,1m", "F,1h,1m ", "F,1m,1h", ",1h,1m", "FF,1h,1m", "1h,1m", "F;1h;1m", "F:1h:1m", "F,1h,1m F,2h,1m", "F,1h,1m,", "F,-1h,1m", "F,1h:1m", "G,1h,1m,1.5555", "G,1h,1m,-2",
    "G,1h,1m,99999999", "F,99999999w,1m", "G,1h,1m,+2", "G,1h,1m, 2", "F,,1m", "F,1h,,", "F,1h,1m # c", "# c", "F,1H,1M", "G,1h,1m,1.", "G,1h,1m,.5", "F,1h;1m",
)  # fmt: skip
SENDERS = (
    "senders=*@a",
    "senders = :",
    "senders=",
    'senders="a b : c"',
    "senders a",
    "senders",
    "Senders=a",
    "senders==a",
    "senders= a b",
    'senders="a',
    "senders=a:b",
    "sender=a",
    'senders="a"F,1h,1m',
    "senders=<;a;b",
)
FLAGS = "sbctrfhETFRSQqwSbz EFh1-"
GAPS = (" ", " ", " ", "  ", "\t", " \t", "")


def random_retry() -> Iterator[Case]:
    """Retry rules."""
    for error in ERRORS:
        for tail in ("", "  F,1h,1m", " X"):
            yield f"retry error {error}{tail}", f"{HEAD}begin retry\n*  {error}{tail}\n"
    for step in STEPS:
        for before, behind in (
            ("", ""),
            ("F,1h,1m; ", ""),
            ("", "; F,1h,1m"),
            ("", ";"),
            ("", " ; "),
            ("F,1h,1m;", ""),
            ("senders=a ", ""),
        ):
            yield f"retry step {before}{step}{behind}", f"{HEAD}begin retry\n*  *  {before}{step}{behind}\n"
    for senders in SENDERS:
        for tail in ("", " F,1h,1m", " F", " X,1h,1m;"):
            yield f"retry {senders}{tail}", f"{HEAD}begin retry\n*  *  {senders}{tail}\n"
    for number in range(5_000):
        random = Random(f"retry {number}")
        line = random.choice(PATTERNS) + random.choice(GAPS)
        line += random.choice((*ERRORS, "*", "*", "*", "*")) + random.choice(GAPS)
        if random.random() < 0.3:
            line += random.choice(SENDERS) + random.choice(GAPS)
        line += random.choice((";", "; ", " ; ", " ;", " ", ",")).join(
            random.choice((*STEPS, *STEPS[:4] * 8)) for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3)))
        )
        if random.random() < 0.2:
            line = changed(random, line)
        yield f"retry {number}", f"{HEAD}begin retry\n{line}\n"


def random_rewrite() -> Iterator[Case]:
    """Rewriting rules of the section and of transports."""
    for pattern in PATTERNS:
        for replacement in (
            "b",
            '"b c"',
            '"b',
            "",
            "*",
            "$1@x",
            "${lc:$1}",
            "${lookup{$1}lsearch{/x}{$value}fail}",
            '"${if',
        ):
            for flags in ("", "Ff", "S", "z", "E # c", "F f", "w", "RS"):
                line = f"{pattern}  {replacement}  {flags}"
                yield f"rewrite {line}", f"{HEAD}begin rewrite\n{line}\n"
                yield f"headers_rewrite {line}", transport(line)
    for number in range(3_000):
        random = Random(f"rewrite {number}")
        flags = "".join(random.choice(FLAGS) for _ in range(random.choice((0, 1, 1, 2, 3, 5))))
        line = (
            random.choice(PATTERNS)
            + random.choice(GAPS)
            + random.choice(("b", '"b c"', "$1@x"))
            + random.choice(GAPS)
            + flags
        )
        if random.random() < 0.3:
            line = changed(random, line)
        if number % 3:
            yield f"rewrite {number}", f"{HEAD}begin rewrite\n{line}\n"
        else:
            more = random.choice(("", "", " : x y", ":", " : *@a", ": *@b $1 S", ' : "x" "y" T'))
            yield f"headers_rewrite {number}", transport(random.choice(("", "", "<; ", ": ")) + line + more)


def transport(rules: str) -> str:
    return f"{HEAD}begin transports\nt:\n  driver = smtp\n  headers_rewrite = {rules}\n"


VERBS = (
    "accept",
    "deny",
    "warn",
    "require",
    "defer",
    "drop",
    "discard",
    "Accept",
    "reject",
    "permit",
    "!accept",
    "acc",
    "deny:",
    "log",
    "",
)
VALUES = (
    "", "a", "*", "yes", "${if", "+nosuch", "/x", "recipient", "sender/callout", "recipient/callout=10s,defer_ok", "nosuch", "freeze", "submission", "submission/sender_retain",
    "queue_only", "queue/only", "debug/tag=.x/opts=+all", "fakereject/a", "dkim_disable_verify", "caseful_local_part", "10 / 1h / strict", "10/1h/per_conn/x", "1h", "5s", "-5s", "x:y",
    "<; a ; b", '"a b"', '"a', "acl_m1", "header_syntax", "reverse_host_lookup", "not_blind", "helo", "csa", "certificate", "no_enforce_sync", "utf8_downconvert/-1", "cutthrough_delivery/defer=pass",
    "main:reject", ":main: a", "127.0.0.1", "lsearch;/x", "fakedefer/a", "suppress_local_fixups", "no_multiline_responses", "freeze/no_tell", "dscp/af11", "no_delay_flush", "allow_auth_unadvertised",
    "nosuch/x", "# c", "a # c", "debug/", "no_pipelining/x", "dscp", "1", "-", "=", "==", "= a", "a = b",
)  # fmt: skip
CONTROLS = (
    *names("acl-control"),
    "queue_only",
    "queue_run",
    "",
    "nosuch",
    "freez",
    "freezee",
    "caseful",
    "no_callout",
)
VARIABLES = (
    "acl_m1",
    "acl_c1",
    "acl_m_a",
    "acl_ma",
    "acl_m",
    "acl_",
    "acl_x1",
    "acl_m1-",
    "acl_m1.x",
    "acl_m20",
    "acl_M1",
    "m1",
    "dkim_verify_status",
    "dkim_verify_reason",
    "dkim_x",
    "acl_c_a_b9",
    "acl_m" + "a" * 60,
    "acl_m_" + "a" * 60,
    "acl_m_" + "a" * 300,
    "sender_address",
    "",
    "acl_m\xe9",
    "acl_m1\xe9",
)


def conditions() -> list[str]:
    return [
        *names("acl-condition"),
        *names("acl-modifier"),
        "nosuch",
        "host",
        "domain",
        "dnslist",
        "ver",
        "!hosts",
        "! hosts",
        "not_hosts",
        "if",
        "sett",
        "end",
    ]


def every_word() -> Iterator[Case]:
    """Each condition, modifier and control under each verb, with all kinds of values."""
    words = conditions()
    for verb in VERBS:
        for name in words:
            yield f"acl {verb} {name}", acl(f"  {verb} {name} = a")
            yield f"acl {verb} !{name}", acl(f"  {verb} !{name} = a")
            yield f"acl {verb} then {name}", acl(f"  {verb}\n    {name} = a")
    for name in words:
        for value in VALUES:
            yield f"acl {name} = {value}", acl(f"  warn {name} = {value}")
        for form in (name, f"{name} a", f"{name} : a", f"{name}= a", f"{name} =", f"{name} == a", f"!{name}", f"! ! {name} = a", f"!!{name} = a", f"not {name} = a", f"{name} a = b",
                     f"{name} a b = c", f"{name}: a", f"{name}x = a", f"{name.upper()} = a", f"{name.capitalize()} = a", f"{name}\t=\ta", f"hide {name} = a", f"no_{name} = a", f"{name}-x = a", f"{name}.x = a", f"{name}#", f"{name} # c", f"{name} !a = b", f"{name}/x = a", f"{name},x = a"):  # fmt: skip
            yield f"acl form {form}", acl(f"  warn {form}")
            yield f"acl form later {form}", acl(f"  warn\n   {form}")
    for name in CONTROLS:
        for form in (
            name,
            f"{name}/",
            f"{name}/x",
            f"{name} / x",
            f"{name}x",
            f"{name} x",
            f"{name}=x",
            f"/{name}",
            f"{name.upper()}",
            f"no_{name}",
            f"${{lc:{name}}}",
            f"{name}//",
            f" {name} ",
        ):
            for prefix in ("control = ", "control=", "!control = "):
                yield f"acl {prefix}{form}", acl(f"  warn {prefix}{form}")
    for name in VARIABLES:
        for form in (
            f"set {name} = a",
            f"set {name}",
            f"set {name} a",
            f"set {name}=a",
            f"set  {name}  =  a",
            f"set\t{name}\t= a",
            f"set {name} b = a",
            f"!set {name} = a",
            f"set = {name}",
            f"set {name} == a",
            f"set {name} = ",
            f"set {name}:a",
        ):
            yield f"acl {form}", acl(f"  warn {form}")


def acl(lines: str) -> str:
    return f"{HEAD}begin acl\na:\n{lines}\n"


def random_acl() -> Iterator[Case]:
    """ACLs of several lines."""
    words = conditions()
    headings = (
        "b:",
        "b :",
        " b:",
        "b: x",
        "b:accept",
        "1b:",
        "b",
        "a:",
        "b-c:",
        "b.c:",
        "$b:",
        "B:",
        "_b:",
        "b_1:",
        "b" * 63 + ":",
        "b" * 64 + ":",
        ":",
        "b::",
        "b:#",
        "accept:",
        "deny :",
        "hosts:",
        "b c:",
        "begin:",
        "\xe9:",
        "b\xe9:",
        "b: # c",
    )
    for heading in headings:
        for before in ("", "a:\n  accept\n", "a:\n  accept\n    hosts = a\n", "a:\n"):
            for behind in ("", "  accept\n", "  hosts = a\n"):
                yield (
                    f"heading {heading} {before!r} {behind!r}",
                    f"{HEAD}begin acl\n{before}{heading}\n{behind}",
                )
    for number in range(6_000):
        random = Random(f"acl {number}")
        lines = []
        for _ in range(random.choice((1, 2, 3, 5, 8))):
            kind = random.random()
            clause = f"{random.choice(words)} {random.choice(('=', '=', '=', '=', '', ':', '=='))} {random.choice(VALUES)}"
            if kind < 0.08:
                lines.append(random.choice(headings))
            elif kind < 0.5:
                lines.append(
                    f"  {random.choice(VERBS[:7] if random.random() < 0.9 else VERBS)} {random.choice(('', '', clause))}"
                )
            elif kind < 0.9:
                lines.append(f"    {random.choice(('', '', '', '!', '! '))}{clause}")
            elif kind < 0.95:
                lines.append(
                    random.choice(
                        (
                            "",
                            "  # c",
                            "  \\",
                            "endpass",
                            "X = 1",
                            "  hosts = \\\n  # c\n  a",
                            "begin acl",
                            "begin routers",
                            ".endif",
                            "  accept endpass",
                        )
                    )
                )
            else:
                lines.append(f"    set {random.choice(VARIABLES)} = {random.choice(VALUES)}")
        text = "\n".join(lines)
        if random.random() < 0.2:
            text = changed(random, text)
        yield f"acl {number}", f"{HEAD}begin acl\na:\n{text}\n"


def changed(random: Random, text: str) -> str:
    """The text with a character less, more or other."""
    at = random.randrange(len(text) + 1)
    new = random.choice((*" \t,;:=\"\\#!$*+-_/.aF1<>()'", "\xe9", "\x01", "\v", "\r", "\f", "\0", "", "", ""))
    return text[:at] + new + text[at + random.choice((0, 1, 1, 2)) :]
