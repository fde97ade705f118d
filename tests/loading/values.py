"""Values of options, by type: good ones, bad ones, and ones at the edges."""

from __future__ import annotations

TRUTH = (
    "", " ", "yes", "no", "true", "false", "YES", "True", "nO", "maybe", "y", "1", "0", "on", '"yes"', "$x", "${lc:yes}",
    "yes x", "yes # c", "yes#", "no:", "yes=no", "true\t", "_", "-", "noway", "yes_", "ye\xe9s", "#", "no $x", '"$x"',
)  # fmt: skip
INTEGERS = (
    "", " ", "0", "1", "7", "-1", "+1", "- 1", "+", "--1", "007", "08", "0x10", "0X1f", "0x", "0xg", "1K", "1k", "1M",
    "1G", "1T", "1P", "1KK", "1 K", "K", "5x", "5 x", "5 # c", "5#", '"5"', "1.5", "1,000", "1e3", "abc", "$x", "1:2",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551616", "99999999999999999999", "2097151K", "2097152K", "-2097152K", "-2097153K", "2047M", "2048M",
    "1G", "2G", "3G", "-2G", "-3G", "4G", "9007199254740991K", "9007199254740992K", "8589934591G", "8589934592G",
    "8388608T", "077K", "0x10K", "010", "-010", "-0x10", "0K", "00", "0x0", "-0",
)  # fmt: skip
OCTALS = (
    "", " ", "0", "7", "8", "9", "0644", "644", "0o644", "0888", "068", "06 8", "06 # c", "0x10", "-1", "+7", "- 7", "777777",
    "07777", "77777777777", "37777777777", "40000000000", "17777777777", "20000000000", "777777777777777777777777",
    '"0644"', "0644K", "rw", "$x", "0644,", "0600 # private",
)  # fmt: skip
FIXED = (
    "", " ", "0", "1", "1.", "1.5", "1.55", "1.555", "1.5555", "1.55555", ".5", "-1", "-1.5", "-0.5", "+1.5", "1,5", "1.x", "1.5x",
    "1.5 # c", "1.5K", "abc", '"1.5"', "0x10", "010", "08", "2147483", "2147483.647", "2147483.648", "2147484", "99999999", "4294967296",
    "4294967297", "99999999999", "9223372036854775808", "99999999999999999999", "1 .5", "1. 5", "1.-5", "1.+5", "$x", "1e3", "1..5",
)  # fmt: skip
TIMES = (
    "", " ", "0", "0s", "5", "5s", "5m", "5h", "5d", "5w", "1h30m", "30m1h", "1h 30m", "1h:2h", "5x", "5M", "5S", "-5s", "+5s", "s",
    "1w2d3h4m5s", "1s1s", "5s # c", "5s x", '"5s"', "1.5h", "999999999w", "99999w", "3550w", "3551w", "2147483647s", "2147483648s",
    "4294967295s", "4294967296s", "4294967301s", "99999999999999999999s", "5s5", "0x5s", "$x", "${x}", "5s$x", "never", "1000000w", "7101w",
)  # fmt: skip
TIME_LISTS = (
    "", " ", "0s", "1h", "1h:2h", "2h:1h", "1h:1h", "1h::2h", ":1h", "1h:", "1h:2h:3h:4h:5h:6h:7h:8h:9h:10h",
    "1h:2h:3h:4h:5h:6h:7h:8h:9h:10h:11h", "1h : 2h", "1h 2h", "1h,2h", "<, 1h,2h", "5", "1h:5", "0s:1h", "1h:0s", "1h:x", '"1h:2h"',
    "1h # c", "99999w", "99999w:1h", "1h\t:\t2h", ":", "::",
)  # fmt: skip
STRINGS = (
    "", " ", "a", "a b", " a ", '"a b"', '"a', 'a"', '""', '"', '"a" b', '"a" # c', '"a"#', '"a" "b"', '"a\\"b"', '"a\\nb\\x41\\101\\e"', '"a\\',
    "a # c", "# c", "a\\nb", "${lc:A}", "${if", "$x", "a:b", "\xe9", '"\\xe9"', '"\\0a"', '"\\x"', '"\\400"', "= a", "==", "/x", "no_", "hide a",
    "'a b'", "a\tb", '"a\tb"', '"a\\tb"', '\t"a"\t', '"a"\t', '"a"x', '"\\\\"', '"\\', '"a\\\\" b"', '"a""',
)  # fmt: skip
USERS = (
    "", " ", "root", "0", "1", "-1", "4294967295", "4294967296", "nosuchuser", "mail", "Debian-exim", "ROOT", "root # c", "root x", '"root"', '"root" x',
    "$x", "${x}", "0x0", "00", "root:mail", "root : mail", "root:nosuchuser", "root::mail", ":root", "root:", "<; root ; mail", "<;root;mail", "1:2",
    "1 2", "*", "+root", "!root", "99999999999999999999", "1a", "nobody", "no body", "root:$x", "daemon:bin", "nogroup", "adm",
)  # fmt: skip
LISTS = (
    "a : b", "<; a ; b", "<", "<;", "< ; a", "<\\n a \\n b", "<, a", "<a b", "+nosuch", "!a", ": a", "a :", "::1", "<; ::1", "*", "lsearch;/x",
    "nosuch;/x", "@", "@[]", "@mx_any", "^a", "^(", "/nosuch/file", "10.0.0.0/33",
)  # fmt: skip

BY_TYPE = {
    "bool": TRUTH,
    "late_bool": TRUTH,
    "int": INTEGERS,
    "int_km": INTEGERS,
    "kint": INTEGERS,
    "octal_int": OCTALS,
    "fixed": FIXED,
    "time": TIMES,
    "late_time": TIMES,
    "time_list": TIME_LISTS,
    "string": STRINGS,
    "rewrite_rules": STRINGS,
    "user": USERS,
    "group": USERS,
    "late_user": USERS,
    "late_group": USERS,
    "user_list": USERS,
    "group_list": USERS,
}
"""Values of every kind for the types of options."""

GOOD = {
    "bool": "true",
    "late_bool": "true",
    "int": "17",
    "int_km": "17K",
    "kint": "17M",
    "octal_int": "0640",
    "fixed": "1.5",
    "time": "17m",
    "late_time": "17m",
    "time_list": "1h:2h",
    "string": "abc",
    "rewrite_rules": "*@a b@c",
    "user": "mail",
    "group": "mail",
    "late_user": "mail",
    "late_group": "mail",
    "user_list": "mail",
    "group_list": "mail",
}
"""One good value for each type."""

FORMS = (
    "{name}",
    "{name} =",
    "{name}={value}",
    "{name} {value}",
    "{name}\t=\t{value}\t",
    "no_{name}",
    "not_{name}",
    "no_{name} = {value}",
    "not_{name} {value}",
    "no_no_{name}",
    "no_ {name}",
    "hide {name} = {value}",
    "hide {name}",
    "hide no_{name}",
    "hide  hide {name} = {value}",
    "hide\t{name} = {value}",
    "HIDE {name} = {value}",
    "hide{name} = {value}",
    "{name} = {value}\n{name} = {value}",
    "{name} = {value}\nno_{name}",
    "no_{name}\n{name}",
    "{name} : {value}",
    "{name}: {value}",
    "{name}x = {value}",
    "{name}. = {value}",
    "{name}== {value}",
    "{name} = {value} # remark",
    "{name} # remark",
    "no_{name} # remark",
    "{name} = \\\n  {value}",
    "{name} \\\n  = {value}",
    "{upper} = {value}",
    "{capital} = {value}",
    "*{name} = {value}",
    "set {name} = {value}",
)
"""How an option line can be written."""
