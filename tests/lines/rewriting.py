"""Rewriting and retry rules, addresses and header lines, made at random."""

from __future__ import annotations

from random import Random

HEAD = """\
domainlist doms = a.test : *.b.test : ^x(.)\\\\.test
addresslist who = u@a.test : *ed@b.test : *@lsearch;@DIR@/doms
"""
FILES = {
    "doms": "a.test: one\n*.b.test: two\nq: three\n",
    "keys": "u@a.test: x\n*@b.test: y\n*: z\n",
    "locals": "a.test: u : *ed : !v\nb.test: >a.test\n",
}
LOCAL_PARTS = ("u", "v", "U", "fred", "FRED", "ed", "a.b", '"q q"', "x-1", "x+y", "w")
DOMAINS = (
    "a.test",
    "b.test",
    "x.b.test",
    "A.Test",
    "y.x.b.test",
    "xz.test",
    "mail.example.test",
    "[127.0.0.1]",
)
PATTERNS = (
    *("*@a.test", "*@*.b.test", "*ed@*", "u@a.test", "*", "*.b.test", "a.test", "b.test", "*@b.test"),
    *("*@+doms", "+who", "+doms", "!u@a.test", "lsearch;@DIR@/keys", "lsearch*@;@DIR@/keys"),
    *("*@lsearch;@DIR@/doms", "*@partial-lsearch;@DIR@/doms", "*ed@partial2-lsearch*;@DIR@/doms"),
    *(
        "@@lsearch;@DIR@/locals",
        "^(.)(.*)@(.*)",
        "^U",
        "^([^-]+)-(.)@",
        "*@^(.+)\\\\.test\\$",
        "*@@",
        "*@@[]",
    ),
    *("${lc:*@A.TEST}", "*@$qualify_domain", "u@*", "fred@+doms", "*@!a.test", "+nosuch"),
)
REPLACEMENTS = (
    *("$1@b.test", "$1@a.test", "$1.$2@x.b.test", "$0", "u@a.test", "$local_part@x.$domain", "*", "new"),
    *('"J. X <$1@b.test>"', '"(c) $1@a.test (d)"', '"Foo <$1@b.test> (e) "', '"<$1@a.test>"', '"<>"', '""'),
    *('"${if eq{$1}{u}{v@a.test}fail}"', "${lc:$0}", "${bogus}", '"a b"', "$2@a.test", "$3@$2.test"),
    *('"\\"A. B\\" C. <$1@xz.test>"', "${local_part}@b.test", "fred@b.test"),
)
FLAGS = ("", "", "", "q", "R", "w", "Q", "f", "ft", "h", "E", "F", "T", "hq", "wq", "Qw", "tcbrsw", "RQ")
SMTP_PATTERNS = ("^(.+)@a", "^u", "^<(.*)>", "^(.*)-(.)", "^[^@]*\\$")
PHRASES = ("", "Fred ", '"A. B" ', "(x) ", "J. ", "g: ")
NEXT = (", ", ",", " , ", ",\n ", ", , ", "; , ")
NAMES = ("From", "To", "Cc", "Bcc", "Reply-To", "Sender", "Resent-To", "X-Other")


def rule(rng: Random) -> str:
    """A rewriting rule."""
    if rng.random() < 0.1:
        flags = "S" + rng.choice(("", "q", "R", "Q", "h"))
        return f"{rng.choice(SMTP_PATTERNS)} {rng.choice(REPLACEMENTS)} {flags}\n"
    return f"{rng.choice(PATTERNS)} {rng.choice(REPLACEMENTS)} {rng.choice(FLAGS)}\n"


def rules(rng: Random) -> str:
    """A section of rewriting rules."""
    return "begin rewrite\n" + "".join(rule(rng) for _ in range(rng.randint(1, 6)))


def address(rng: Random) -> str:
    """An address, most often with a domain."""
    local_part = rng.choice(LOCAL_PARTS)
    return local_part if rng.random() < 0.1 else f"{local_part}@{rng.choice(DOMAINS)}"


def mailbox(rng: Random) -> str:
    """An address with what may stand around it in a header line, sometimes wrong."""
    text, kind = address(rng), rng.random()
    if kind < 0.3:
        return text
    if kind < 0.6:
        return f"{rng.choice(PHRASES)}<{text}>{rng.choice(('', ' ', ' (c)'))}"
    if kind < 0.8:
        return f"{rng.choice(('', ' ', '(x)', '(x) '))}{text}{rng.choice(('', ' ', ' (y)', '(y) '))}"
    odd = (
        f"< {text} >",
        f"<{text} (z)>",
        f"<@r,@s:{text}>",
        f"@r:{text}",
        f"{text} x",
        "<>",
        "",
        f"g: {text};",
    )
    return rng.choice(odd)


def message(rng: Random) -> str:
    """A message with some header lines."""
    lines = []
    for _ in range(rng.randint(1, 4)):
        boxes = [mailbox(rng)]
        for _ in range(rng.randint(0, 4)):
            boxes += [rng.choice(NEXT), mailbox(rng)]
        lines.append(f"{rng.choice(NAMES)}:{rng.choice((' ', '', '  '))}{''.join(boxes)}\n")
    return "".join(lines) + "\ntext\n"


ERRORS = (
    *("*", "auth_failed", "data_4xx", "data_450", "data_45x", "lookup", "lost_connection", "mail_4xx"),
    *(
        "quota",
        "quota_7d",
        "quota_1h",
        "rcpt_4xx",
        "rcpt_452",
        "rcpt_45x",
        "refused",
        "refused_A",
        "refused_MX",
    ),
    *("timeout", "timeout_A", "timeout_MX", "timeout_connect", "timeout_connect_A", "tls_required"),
)
STEPS = ("F,1h,10m", "G,1d,20m,1.5", "H,2d,1h,2", "F,4d,6h; G,8d,1d,1.25", "")
SENDERS = ("", "", "", "senders=*@a.test", "senders=:", 'senders="u@a.test : !*@b.test : *"')


def retry_rules(rng: Random) -> str:
    """A section of retry rules."""
    lines = [
        f"{rng.choice(PATTERNS)} {rng.choice(ERRORS)} {rng.choice(SENDERS)} {rng.choice(STEPS)}\n"
        for _ in range(rng.randint(1, 8))
    ]
    return "begin retry\n" + "".join(lines)


def retry_question(rng: Random) -> tuple[str, ...]:
    """The arguments of ``-brt``, with a sender before it or not."""
    words = ["-f", address(rng)] if rng.random() < 0.3 else []
    words += ["-brt", address(rng) if rng.random() < 0.6 else rng.choice(DOMAINS)]
    if rng.random() < 0.3:
        words.append(rng.choice(DOMAINS))
    if rng.random() < 0.8:
        words.append(rng.choice(ERRORS))
    return tuple(words)
