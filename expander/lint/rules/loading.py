"""What stops a configuration from being loaded: `exim -bV` tells the first, the checker all of them.

Each kind bears the name of the cause that loading gives its errors (`drivers.api.errors.ConfigError`).
"""

from __future__ import annotations

from functools import partial

from expander.lint.finding import REMARK, WARNING
from expander.lint.rule import kind

FILE = "The Exim run time configuration file"
ROUTERS = "Generic options for routers"

kind(
    "EXM001",
    "unreadable-file",
    section=FILE,
    doc="The file cannot be read at all.",
    bad="",
    good="",
)

loading = partial(kind, section=FILE)

loading(
    "EXO001",
    "unreadable-line",
    section="Structure of the configuration file",
    doc="""\
    A line is none that can stand where it is: no option, no name of a driver.
    """,
    bad="smtp_banner = hello\n:x\n",
    good="smtp_banner = hello\n",
)
loading(
    "EXO002",
    "unknown-option",
    doc="""\
    An option does not exist in the release or the build that is imitated.

    A misspelling, an option of another driver, or one that came later or is gone: the profile
    (``--profile``) says which Exim is meant.
    """,
    bad="message_size_limti = 10M\n",
    good="message_size_limit = 10M\n",
)
loading(
    "EXO003",
    "bad-value",
    section="Integer values",
    doc="""\
    The value of an option is not of the option's type, or is none of the words that it takes.

    Integers may end in K, M or G; times need a unit for each number; text in double quotes ends
    with the quote.
    """,
    bad="auto_thaw = 5\n",
    good="auto_thaw = 5d\n",
)
loading(
    "EXO004",
    "option-set-twice",
    doc="""\
    An option is set a second time.

    Exim does not let the later setting win. To override one on purpose, put the value into a macro and
    redefine that with ``==``.
    """,
    bad="smtp_accept_max = 10\nsmtp_accept_max = 20\n",
    good="smtp_accept_max = 20\n",
)
loading(
    "EXO005",
    "unknown-driver",
    section=ROUTERS,
    doc="""\
    A router, transport or authenticator asks for a driver that does not exist, or that the build lacks.
    """,
    bad="begin transports\nremote:\n  driver = smpt\n",
    good="begin transports\nremote:\n  driver = smtp\n",
)
loading(
    "EXO006",
    "missing-required-option",
    section=ROUTERS,
    doc="""\
    A driver lacks an option without which it cannot work, or ``driver`` itself.
    """,
    bad="begin routers\naliases:\n  driver = redirect\n",
    good="begin routers\naliases:\n  driver = redirect\n  data = postmaster\n",
)
loading(
    "EXO007",
    "driver-conflict",
    section=ROUTERS,
    doc="""\
    Options of one driver exclude each other, or do not go with the driver or with others of the section.
    """,
    bad="begin routers\na:\n  driver = redirect\n  file = /etc/forward\n  data = joe\n",
    good="begin routers\na:\n  driver = redirect\n  data = joe\n",
)
loading(
    "EXO008",
    "bad-acl-line",
    section="Format of an ACL",
    doc="""\
    A line of an ACL is neither a verb nor a condition or a modifier, or is not written as it must be.
    """,
    bad="begin acl\ncheck:\n  acept\n",
    good="begin acl\ncheck:\n  accept\n",
)
loading(
    "EXO009",
    "bad-macro-line",
    section="Macros in the configuration file",
    doc="""\
    A macro cannot be defined so, or a line that begins with a capital letter defines none.

    Names of macros begin with a capital letter; no name may contain that of a macro defined before it;
    a macro is redefined with ``==`` only.
    """,
    bad="HOST = a\nHOST = b\n",
    good="HOST = a\nHOST == b\n",
)
loading(
    "EXO010",
    "bad-conditional",
    section="Conditional skips in the configuration file",
    doc="""\
    A conditional is not closed, or has no beginning, or nests too deeply.
    """,
    bad=".ifdef TEST\nsmtp_banner = hello\n",
    good=".ifdef TEST\nsmtp_banner = hello\n.endif\n",
)
loading(
    "EXO011",
    "bad-section",
    section="Structure of the configuration file",
    doc="""\
    The word after ``begin`` names no section.
    """,
    bad="begin routes\n",
    good="begin routers\n",
)
loading(
    "EXO012",
    "bad-named-list",
    section="Named lists",
    doc="""\
    A named list is not written as it must be, or there are too many of them.
    """,
    bad="domainlist local : example.com\n",
    good="domainlist local = example.com\n",
)
loading(
    "EXO013",
    "bad-retry-rule",
    section="Format of retry rules",
    doc="""\
    A retry rule is not written as it must be: pattern, error, and steps such as ``F,2h,15m``.
    """,
    bad="begin retry\n* * F,2h\n",
    good="begin retry\n* * F,2h,15m\n",
)
loading(
    "EXO014",
    "bad-rewrite-rule",
    section="Configuration file rewriting rules",
    doc="""\
    A rewriting rule is not written as it must be: pattern, replacement, and flags.
    """,
    bad="begin rewrite\n*@a.example\n",
    good="begin rewrite\n*@a.example $1@b.example\n",
)
loading(
    "EXO015",
    "duplicate-name",
    section="Structure of the configuration file",
    doc="""\
    Two ACLs, drivers of one kind, named lists of one kind or sections have the same name.
    """,
    bad="begin acl\ncheck:\n  accept\ncheck:\n  deny\n",
    good="begin acl\ncheck:\n  accept\ncheck_more:\n  deny\n",
)
loading(
    "EXO016",
    "bad-include",
    section="File inclusions in the configuration file",
    doc="""\
    A file is included in a way that Exim refuses: by a name that is not absolute, or without end.
    """,
    bad=".include_if_exists local.conf\n",
    good=".include_if_exists /etc/exim/local.conf\n",
)
loading(
    "EXO017",
    "conflicting-options",
    section="Main configuration",
    doc="""\
    Main options contradict each other, or one has a value that Exim refuses when it has read all of them.
    """,
    bad="log_selector = +nosuch\n",
    good="log_selector = +subject\n",
)
loading(
    "EXO018",
    "deprecated",
    severity=WARNING,
    section="Format of retry rules",
    doc="""\
    Exim loads the configuration with a message in its log: what is written does not do what it seems to.
    """,
    bad="begin retry\n* timeout_dns F,2h,15m\n",
    good="begin retry\n* timeout F,2h,15m\n",
)
loading(
    "EXO019",
    "environment-purged",
    severity=REMARK,
    section="Main configuration",
    doc="""\
    ``keep_environment`` is not set: Exim logs a warning and drops the environment.

    ``keep_environment =`` without a value says that nothing of it is wanted.
    """,
    bad="",
    good="keep_environment =\n",
)
