"""Lines, macros, conditionals, includes, sections and named lists, at random."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

from loading.options import HEAD, Case
from loading.rules import changed

NAMES = (
    "A",
    "B",
    "AB",
    "ABC",
    "BA",
    "XA",
    "A1",
    "A_",
    "_A",
    "Aa",
    "aA",
    "A-B",
    "A.B",
    "ROUTER",
    "_HAVE_DKIM",
    "X_HAVE_DKIM",
    "_HAVE_DKIMX",
    "_HAVE",
    "HAVE_DKIM",
    "X_HAVE_TLS",
    "A" * 63,
    "A" * 64,
    "A\xe9",
    "_OPT_MAIN_SMTP_BANNER",
    "DRIVER",
    "DOMAINLIST",
    "_EXP_COND_EQ",
    "X_DRIVER_ROUTER_ACCEPT",
)
VALUES = (
    "",
    "1",
    "a b",
    "A",
    "B",
    "AB",
    "ABC",
    "B B",
    "$x",
    '"',
    "\\",
    "a \\",
    "# c",
    "a # c",
    "smtp_banner = x",
    "smtp_banner",
    "yes",
    "no",
    "1h",
    "begin acl",
    "A = 1",
    "= 1",
    ".ifdef A",
    ".endif",
    "x = y",
    "XA",
    "hide",
    "no_",
    "!",
    "a:b",
    "  a  ",
)
LINES = (
    "", " ", "\t", "# c", " # c", "smtp_banner = A", "smtp_banner = A B AB", "A", "A = A", "no_A", "Ax", "xA", "smtp_banner = x \\", "  A", "\\", " \\", "x\\", "smtp_accept_max = A", "smtp_accept_max = B",
    "primary_hostname = \\", "  # c", "hide A", "hide", "begin acl", "begin", "begin ", "begin A", "begin routers", "begin transports", "begin retry", "begin rewrite", "begin authenticators", "begin local_scan",
    "begin nosuch", "BEGIN acl", "beginacl", "begin  acl", "begin\tacl", "begin acl x", "begin acls", "begin router", "begin Transport", "begin retrys", "begin acl # c", 'smtp_banner = "a \\', 'b"', "qualify_domain", "unknown_thing = 1",
    "domainlist d = a", "domainlist A = a", "domainlist d", "domainlist", "domainlist  d = b", "domainlist d=a", "domainlist d a", "domainlist d = ", "domainlist 1 = a", "domainlist d-e = a", "domainlist = a", "hostlist d = a", "addresslist d = a", "localpartlist d = a",
    "hide domainlist e = a", 'domainlist e = "a b"', 'domainlist e = "a', "domainlist e = +d", "domainlist e = a : \\", "domainlist e e = a", "domainlist_e = a", "domainlistx = a", "hide domainlist", "domain_list e = a", "no_domainlist e = a", "domainlist " + "e" * 63 + " = a", "domainlist " + "e" * 64 + " = a", "domainlist \xe9 = a", "domainlist e : a", "domainlist e == a", "domainlist\te\t=\ta", "domainlist d.e = a", "localparts d = a", "hostlist d = <; a ; b", "domainlist e = A",
    "1 = 2", "= 2", "smtp_banner == a", ": a", "a: b", "@", "\xe9 = 1", "smtp_banner\xe9 = 1", "smtp_banner = \xe9", ".", ". ifdef A", ".foo", ".include", ".include ", ".includex", ".Include /x", "..", "A.B = 1",
    "x" * 300 + " = 1", "smtp_banner = " + "x" * 20000, "log_selector = +all", "smtp_banner = a\rb", "smtp_banner = a\r", "\r", "smtp_banner = a\x00b", "\x00", "smtp_banner\x00 = a", "smtp_banner = a\v", "\vsmtp_banner = a", "\f", "smtp_banner\f=\fa", "\x1a",
    "smtp_banner = a \\ ", "smtp_banner = a \\\t", "smtp_banner = a \\ # c", "smtp_banner = a \\\\", "  continued", "   ", "   \\", "smtp_banner = a\\\n   # c\n   b", "smtp_banner = a\\\n\n   b", "smtp_banner = a\\\n   \\\n b", "\\\nsmtp_banner = a", "# c \\\nsmtp_banner = a", "smtp_banner = \\\n.ifdef A\nb\n.endif", "smtp_banner = \\\nA = 1", "A = \\\n x", "A \\\n = x", "smt\\\np_banner = a", "smt\\\n   p_banner = a",
)  # fmt: skip
DIRECTIVES = (
    ".ifdef A", ".ifndef A", ".ifdef", ".ifndef", ".ifdef NO", ".ifndef NO", ".elifdef A", ".elifndef A", ".elifdef NO", ".elifndef NO", ".else", ".endif", ".endif # c", ".else x", " .ifdef A", "\t.endif", ".ifdef\tA",
    ".ifdef A B", ".ifdef NO A", ".ifdef xAx", ".ifdefA", ".ifdef # A", ".ifdef _HAVE_DKIM", ".ifdef _HAVE_NOSUCH", ".ifndef _HAVE_DKIM", ".ifdef $A", ".elseif", ".elif A", ".endifx", ".else\\", ".ifdef \\", "A", ".ifdef NO \\", ".endif \\", ".ifdef a", ".ELSE", ". else", ".ifeq A", ".if A", ".elifdef", ".ifdef A\r", ".endif\r", ".else\r",
    ".ifdef _OPT_MAIN_SMTP_BANNER", ".ifdef X_HAVE_DKIM", ".ifdef _DRIVER_ROUTER_ACCEPT", ".ifdef _LOG_PID",
)  # fmt: skip
SECTIONS = ("acl", "authenticators", "local_scan", "retry", "rewrite", "routers", "transports")
OF_SECTION = {
    "acl": ("a:", "  accept", "  deny", "    hosts = A", "b:", "accept", "A = 1", "begin acl", "AAA = 2"),
    "authenticators": (
        "a:",
        "  driver = plaintext",
        "  public_name = PLAIN",
        "b:",
        "  A",
        "A = 1",
        "  public_name = A",
        "AAA = 2",
    ),
    "local_scan": ("a = b", "x", "", "A = 1"),
    "retry": ("* * F,1h,1m", "*", "* * A", "A = 1", "A A A", "* * F,1h,1m; \\\nG,2h,1h,2", "A == 2"),
    "rewrite": ("*@a b", "A", "A B", "A = 1", "*@a b \\\n F", "A = = F", "A == 2"),
    "routers": (
        "a:",
        "  driver = accept",
        "  transport = A",
        "b:",
        "  A",
        "A = 1",
        "  domains = A",
        "  verify_only",
        "A == 2",
        "AAA = 2",
    ),
    "transports": ("a:", "  driver = smtp", "  hosts = A", "b:", "  A", "A = 1", "A == 2"),
}


def macros() -> Iterator[Case]:
    """Definitions of macros, one and two."""
    for name, value in product(NAMES, ("1", "", "smtp_banner = x")):
        for form in (
            "{0} = {1}",
            "{0}={1}",
            "{0} == {1}",
            "{0}=={1}",
            "{0} {1}",
            "{0}",
            "{0}\t=\t{1}",
            "{0} := {1}",
            "{0} === {1}",
            " {0} = {1}",
            "hide {0} = {1}",
            "{0} = = {1}",
            "{0}\\\n = {1}",
            "{0} = \\\n {1}",
            "{0} =",
        ):
            yield f"macro {form.format(name, value)!r}", f"{HEAD}{form.format(name, value)}\n"
    for first, second in product(NAMES, NAMES):
        yield f"macros {first} {second}", f"{HEAD}{first} = 1\n{second} = 2\n"
        yield f"macros {first} {second} redefined", f"{HEAD}{first} = 1\n{second} == 2\n"
        yield f"macro {first} = {second}", f"{HEAD}{first} = smtp_banner = x\n{second}\n"
    for name, value, line in product(
        ("A", "AB"),
        VALUES,
        (
            "A",
            "smtp_banner = A",
            ".ifdef A\nfoo\n.endif",
            "A = 2",
            "B = A\nB",
            "smtp_banner = xAx",
            "ABC",
            "A:",
            "begin acl\nA\n",
            "A == A\nA",
        ),
    ):
        yield f"macro {name} = {value!r} then {line!r}", f"{HEAD}{name} = {value}\n{line}\n"


def random_lines() -> Iterator[Case]:
    """Files of random lines."""
    for line in (*LINES, *DIRECTIVES):
        for end in ("\n", "", "\r\n"):
            yield f"line {line[:80]!r} {end!r}", f"{HEAD}{line}{end}"
        yield f"line {line[:80]!r} then", f"{HEAD}A = 1\n{line}\nB = 2\nbogus\n"
        yield f"line {line[:80]!r} first", f"{line}\n{HEAD}"
    for number in range(12_000):
        random = Random(f"lines {number}")
        section = random.choice(("", "", "", *SECTIONS))
        pool = OF_SECTION[section] if section else LINES
        lines = [f"begin {section}"] if section else []
        for _ in range(random.choice((1, 2, 3, 4, 6, 9))):
            kind = random.random()
            if kind < 0.15:
                lines.append(
                    f"{random.choice(NAMES)} {random.choice(('=', '=', '=', '=='))} {random.choice(VALUES)}"
                )
            elif kind < 0.35:
                lines.append(random.choice(DIRECTIVES))
            elif kind < 0.9:
                lines.append(random.choice(pool))
            else:
                lines.append(random.choice(LINES))
        if random.random() < 0.8:
            lines = [line for line in lines if len(line) < 100 and not line.startswith("begin nosuch")]
        text = "\n".join(["A = x" if random.random() < 0.5 else "", *lines])
        if random.random() < 0.3:
            text = changed(random, text)
        if random.random() < 0.1:
            text = text.replace("\n", "\r\n")
        yield f"lines {number}", f"{HEAD}{text}{random.choice(('', chr(10), chr(10), chr(10)))}"


def conditionals() -> Iterator[Case]:
    """Nested conditionals around lines of which one is wrong."""
    for number in range(6_000):
        random = Random(f"conditionals {number}")
        lines = [random.choice(("A = 1", ""))]
        for at in range(random.choice((2, 3, 4, 6, 8, 12, 24))):
            lines.append(
                random.choice(DIRECTIVES) if random.random() < 0.25 else random.choice(DIRECTIVES[:13])
            )
            if random.random() < 0.3:
                lines.append(
                    random.choice(
                        (f"bogus_{at} = 1", f"A{at} = 1", "smtp_banner = a", "A = 1", "NO = 1", "A == ")
                    )
                )
        if random.random() < 0.7:
            opened = sum(line.lstrip().startswith(".if") for line in lines) - sum(
                line.lstrip().startswith(".endif") for line in lines
            )
            lines += [".endif"] * max(0, opened)
        yield f"conditionals {number}", HEAD + "\n".join(lines) + "\n"


def includes() -> Iterator[Case]:
    """Files that are included; the files are those of the machine and the configuration itself."""
    forms = (
        ".include {0}",
        ".include_if_exists {0}",
        " .include {0}",
        ".include\t{0}",
        ".include  {0}  ",
        '.include "{0}"',
        ".include '{0}'",
        ".include {0} # c",
        ".include {0} x",
        ".include={0}",
        ".include \\\n {0}",
        ".include {0} \\",
        ".include A",
        '.include "{0}',
        '.include {0}"',
        ".include_if_exist {0}",
        ".include_if_exists",
        ".include_if_exists\t{0}",
        ".include <{0}>",
    )
    paths = (
        "/dev/null",
        "/nonexistent",
        "/",
        "/etc",
        "relative",
        "exim.con",
        "./x",
        "../dev/null",
        "@DIR@/exim.conf",
        "",
        "/dev/nul\\l",
        "/dev/null/x",
        "//dev/null",
        "${lc:/dev/null}",
        "/etc/hostname",
        "/etc/passwd",
        "A",
        "/dev/Aull",
        "/x" * 200,
    )
    for form, path in product(forms, paths):
        line = form.format(path)
        for before, behind in (
            ("", ""),
            ("A = n\n", ""),
            ("", "bogus\n"),
            ("begin acl\na:\n accept\n", " nosuch\n"),
            ("smtp_banner = a \\\n", "\n b\n"),
            (".ifdef NO\n", ".endif\nbogus\n"),
        ):
            yield f"{before!r} {line!r} {behind!r}", f"{HEAD}{before}{line}\n{behind}"


def named_lists() -> Iterator[Case]:
    """Named lists: how many there may be, and their forms."""
    for kind in ("domain", "host", "address", "localpart"):
        for count in (31, 32, 33, 34):
            yield f"{count} {kind} lists", HEAD + "".join(f"{kind}list l{n} = a\n" for n in range(count))
        others = [other for other in ("domain", "host", "address", "localpart") if other != kind]
        yield (
            f"{kind} and others",
            HEAD + "".join(f"{other}list l{n} = a\n" for n in range(32) for other in (kind, *others)),
        )
    for line in (line for line in LINES if "list" in line or line.startswith("hide")):
        for other in (line for line in LINES if "list" in line):
            if len(line) + len(other) < 200:
                yield f"{line!r} {other!r}", f"{HEAD}{line}\n{other}\n"


def section_order() -> Iterator[Case]:
    """Sections in all orders, repeated, misspelled and with errors in them."""
    words = (
        *SECTIONS,
        *(s.upper() for s in SECTIONS),
        *(s.capitalize() for s in SECTIONS),
        *(f"{s}s" for s in SECTIONS),
        *(s.rstrip("s") for s in SECTIONS),
        "main",
        "",
        "a cl",
        "acl:",
        "acl;",
        '"acl"',
        "acl\t",
        "acl  ",
        "acl\r",
        "\tacl",
        "acl #",
        "acl\\",
        "local-scan",
        "a",
        "A",
        "ac",
        "aclss",
        "filters",
        "\xe9",
    )
    for word in words:
        for form in (
            "begin {}",
            "begin  {}",
            "begin\t{}",
            "Begin {}",
            "BEGIN {}",
            " begin {}",
            "begin{}",
            "begin = {}",
            "hide begin {}",
        ):
            yield f"section {form.format(word)!r}", f"{HEAD}A = acl\n{form.format(word)}\n"
    wrong = {name: lines[-1] for name, lines in OF_SECTION.items()}
    for first, second in product(SECTIONS, SECTIONS):
        yield f"sections {first} {second}", f"{HEAD}begin {first}\nbegin {second}\n"
        yield (
            f"sections {first} {second} wrong",
            f"{HEAD}begin {first}\n  {wrong[first]}x\nbegin {second}\n {wrong[second]}y\n",
        )


def damaged() -> Iterator[Case]:
    """Real configurations with one line changed, less or more."""
    files = [
        Path(name)
        for name in (
            "/usr/share/doc/exim4-base/examples/example.conf",
            "/var/lib/exim4/config.autogenerated",
            "/etc/exim4/exim4.conf.template",
        )
    ]
    texts = [file.read_text(encoding="latin-1") for file in files if file.exists()]
    texts = [text if "keep_environment" in text else HEAD + text for text in texts]
    pool = [
        line
        for text in texts
        for line in text.split("\n")
        if line.strip() and not line.lstrip().startswith("#")
    ]
    for number in range(10_000):
        random = Random(f"damaged {number}")
        lines = random.choice(texts).split("\n")
        solid = [at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
        for _ in range(random.choice((1, 1, 2, 3))):
            at = random.choice(solid)
            kind = random.randrange(7)
            if kind < 3:
                lines[at] = changed(random, lines[at])
            elif kind == 3:
                lines[at] = random.choice(pool)
            elif kind == 4:
                lines[at] += "\n" + random.choice(pool)
            elif kind == 5:
                lines[at] = random.choice(
                    (
                        "",
                        "",
                        "#",
                        lines[at] + "\\",
                        lines[at].replace("=", "", 1),
                        lines[at].replace(" ", "", 1),
                        lines[at].lstrip(),
                        lines[at] * 2,
                    )
                )
            else:
                other = random.choice(solid)
                lines[at], lines[other] = lines[other], lines[at]
        yield f"damaged {number}", "\n".join(lines)
