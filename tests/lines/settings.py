"""Main options and drivers with values made at random from their types, good ones and bad ones."""

from __future__ import annotations

from random import Random
from typing import Any

INTEGERS = (
    "0",
    "1",
    "10",
    "-1",
    "10k",
    "2M",
    "1G",
    "0x10",
    "017",
    "08",
    "12x",
    "",
    "99999999999",
    "2097152k",
    "1 k",
    "k",
    "+5",
    '"5"',
    "1.5",
)
TIMES = (
    "1s",
    "5m",
    "1w2d3h4m5s",
    "5",
    "",
    "1x",
    "1h1h",
    "-1s",
    "0s",
    "1h 5m",
    "99999w",
    "1m30",
    '"1h"',
    "5S",
)
FIXED = ("1", "1.5", "1.234", "1.2345", ".5", "-1", "1.", "x", "", "1000000")
TRUTHS = ("true", "false", "yes", "no", "TRUE", "Yes", "t", "1", "", "on", "xMACx", "yesx", "no ")
OCTALS = ("0600", "600", "0777", "8", "0x1", "", "-1", "07777777", "rw")
TEXTS = (
    *(
        "a",
        "a b",
        '"quoted"',
        '"a\\"b"',
        '"unended',
        '"a" b',
        "",
        "  spaced  ",
        "a:b:c",
        "$domain",
        "${uc:x}",
        "a # b",
        "<; a;b",
    ),
    *(
        "two \\\n  lines",
        "one \\\n# comment\n  more",
        "x\\ \\\n\n",
        "\\$x",
        '"tab\\t."',
        "MAC",
        "xMACx",
        "lsearch;/etc/x",
        "*",
        "::1",
    ),
)
USERS = ("root", "mail", "nosuchuser", "0", "8", "$local_part", "", "-1", "root ", "mail:x")
BY_TYPE = {
    **dict.fromkeys(("int", "int_km", "kint"), INTEGERS),
    **dict.fromkeys(("time", "late_time", "time_list"), TIMES),
    **dict.fromkeys(("bool", "late_bool"), TRUTHS),
    **dict.fromkeys(("user", "group", "late_user", "late_group", "user_list", "group_list"), USERS),
    "octal_int": OCTALS,
    "fixed": FIXED,
}
NEEDED = {
    "manualroute": "  route_list = * localhost\n",
    "redirect": "  data = x@y.test\n",
    "queryprogram": "  command = /bin/true\n  command_user = mail\n",
    "iplookup": "  hosts = 127.0.0.1\n",
    "appendfile": "  file = /tmp/x\n",
    "pipe": "  command = /bin/cat\n",
    "lmtp": "  command = /bin/true\n",
    "accept": "  transport = t\n",
    "dnslookup": "  transport = t\n",
    "ipliteral": "  transport = t\n",
}
OUTSIDE = frozenset(
    "exim_user exim_group spool_directory log_file_path perl_startup perl_at_start primary_hostname".split()
)
"""They decide where and as whom Exim works; the tests set them."""


def setting(rng: Random, name: str, kind: str, indent: str = "") -> str:
    """A line that sets an option."""
    values = BY_TYPE.get(kind, TEXTS) if rng.random() < 0.9 else TEXTS
    hidden = rng.choice(("", "", "", "", "hide "))
    if values is TRUTHS and rng.random() < 0.4:
        return f"{indent}{hidden}{rng.choice(('', 'no_', 'not_'))}{name}\n"
    return f"{indent}{hidden}{name}{rng.choice((' = ', '=', ' =  '))}{rng.choice(values)}\n"


def configuration(rng: Random, main: dict[str, str], drivers: dict[str, dict[str, dict[str, str]]]) -> str:
    """A configuration of some lines.

    ``main`` gives the type of each main option, ``drivers`` those of each driver's by family ("routers") and driver.
    """
    lines = ["MAC = value\n"]
    lines += [setting(rng, *rng.choice(sorted(main.items()))) for _ in range(rng.choice((0, 1, 1, 2)))]
    if rng.random() < 0.2:
        lines += [
            rng.choice((".ifdef MAC\n", ".ifdef NO\n", ".ifndef MAC\n")),
            "queue_only\n",
            rng.choice((".endif\n", ".else\n.endif\n")),
        ]
    for family in ("routers", "transports"):
        lines.append(f"begin {family}\n")
        if family == "transports":
            lines.append("t:\n  driver = smtp\n")
        driver = rng.choice(sorted(drivers[family]))
        lines.append(f"{family[0]}1:\n  driver = {driver}\n{NEEDED.get(driver, '')}")
        options: Any = sorted(drivers[family][driver].items())
        lines += [setting(rng, *rng.choice(options), indent="  ") for _ in range(rng.choice((0, 1, 2)))]
    return "".join(lines)
