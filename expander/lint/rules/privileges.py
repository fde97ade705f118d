"""Main options and drivers that give away more than is wise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.ast.config import Clause, Option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Setting
    from expander.lint.survey import Survey

SECTION = "Security considerations"
ROOT = frozenset(("root", "0"))
OTHERS_WRITE = 0o002
OTHERS_READ = 0o004
WIDE_GROUPS = frozenset(("users", "nogroup", "everyone", "nobody"))
GROUPS = frozenset(("trusted_groups", "admin_groups"))
UNLIMITED = ("smtp_accept_max", "message_size_limit")
ASKING = {"acl_smtp_expn": WARNING, "acl_smtp_vrfy": REMARK, "acl_smtp_etrn": WARNING}
"""ACLs that should not accept everybody, and how bad it is if they do."""

FILTER_POWERS = ("forbid_filter_run", "forbid_filter_readfile", "forbid_filter_perl", "forbid_filter_lookup")
_FILTER = (
    "begin routers\nr:\n  driver = redirect\n  local_parts = dsearch;/srv\n"
    "  file = /srv/$local_part_data/filter\n  user = 1000\n  group = 1000\n  allow_filter\n"
)
_TRANSPORT = "begin transports\nt:\n  driver = appendfile\n  file = /var/mail/all\n"


@rule(
    "EXS040",
    "runs-as-root",
    severity=WARNING,
    section=SECTION,
    bad="begin transports\nt:\n  driver = pipe\n  command = /usr/bin/deliver\n  user = root\n",
    good="begin transports\nt:\n  driver = pipe\n  command = /usr/bin/deliver\n",
)
def runs_as_root(survey: Survey) -> Iterator[Finding]:
    """Exim itself, or a delivery, runs as root.

    Builds usually have root among the users that never deliver, whatever the configuration says: then each
    such delivery is deferred.
    """
    own = _main(survey, "exim_user")
    if own is not None and own.text.strip() in ROOT:
        yield Finding("EXS040", "Exim never gives up the rights of root", own.span, WARNING)
    for instance in (*survey.config.routers, *survey.config.transports):
        user = instance.setting("user")
        if user is not None and user.text.strip() in ROOT:
            yield Finding("EXS040", "the delivery runs as root", user.span, WARNING)


@rule(
    "EXS041",
    "root-may-deliver",
    severity=WARNING,
    section="Security considerations",
    bad="never_users =\n",
    good="never_users = root\n",
)
def main_options(survey: Survey) -> Iterator[Finding]:
    """`never_users` is set without root, so a mistake elsewhere lets a delivery run as root."""
    never = _main(survey, "never_users")
    if never is not None and not ROOT.intersection(word.strip() for word in never.text.split(":")):
        yield Finding("EXS041", "root is not among never_users", never.span, WARNING)
    yield from _trusted(survey)
    yield from _old(survey)
    for name in UNLIMITED:
        limit = _main(survey, name)
        if limit is not None and limit.text.strip() == "0":
            yield Finding("EXS044", f"{name} = 0 means without limit", limit.span, REMARK)
    environment = _main(survey, "keep_environment")
    if environment is not None and environment.text.strip() == "*":
        message = "the whole environment of the caller is kept"
        yield Finding(
            "EXS045", message, environment.span, WARNING, (Note("name the variables that are needed"),)
        )


kind(
    "EXS042",
    "many-trusted",
    severity=WARNING,
    section="Trusted and admin users",
    doc="A group that many users belong to is trusted: each of them may say who sent a message, or see and "
    "change the queue.",
    bad="trusted_groups = users\n",
    good="qualify_domain = example.org\n",
)
kind(
    "EXS043",
    "old-liberty",
    severity=WARNING,
    section="Main configuration",
    doc="An option permits what was given up because it was abused: routing by a percent sign, "
    "addresses as hosts.",
    bad="percent_hack_domains = *\n",
    good="qualify_domain = example.org\n",
)
kind(
    "EXS044",
    "no-limit",
    severity=REMARK,
    section="Main configuration",
    doc="A limit is switched off that keeps others from using up this host.",
    bad="smtp_accept_max = 0\n",
    good="smtp_accept_max = 50\n",
)
kind(
    "EXS045",
    "environment-kept",
    severity=WARNING,
    section="Main configuration",
    doc="Exim and the programs that it runs see the whole environment of whoever calls it.",
    bad="keep_environment = *\n",
    good="keep_environment = LANG\n",
)


def _trusted(survey: Survey) -> Iterator[Finding]:
    """Groups that are trusted; they are read from the text, for the group may be of another machine."""
    for line in survey.config.tree.main:
        if isinstance(line, Option) and line.name.text in GROUPS and line.value is not None:
            wide = WIDE_GROUPS.intersection(word.strip() for word in line.value.text.split(":"))
            if wide:
                message = f"{', '.join(sorted(wide))} is a group of many users"
                yield Finding("EXS042", message, line.value.span, WARNING)


def _old(survey: Survey) -> Iterator[Finding]:
    hack = _main(survey, "percent_hack_domains")
    if hack is not None and hack.text.strip():
        yield Finding("EXS043", "a%b@c is relayed to a@b", hack.span, WARNING)
    sync = _main(survey, "smtp_enforce_sync")
    if sync is not None and sync.value is False:
        message = "clients that do not wait for answers, as spam software does, are let pass"
        yield Finding("EXS043", message, sync.span, REMARK)
    for name in ("allow_mx_to_ip", "allow_domain_literals"):
        liberty = _main(survey, name)
        if liberty is not None and liberty.value is True:
            yield Finding("EXS043", f"{name} is of use to hardly anybody but spammers", liberty.span, REMARK)


@rule(
    "EXS049",
    "temporary-folder",
    severity=WARNING,
    section=SECTION,
    bad="spool_directory = /tmp/exim\n",
    good="spool_directory = /var/spool/exim\n",
)
def temporary_folder(survey: Survey) -> Iterator[Finding]:
    """The spool or the log is in a folder where everybody may put files, or links to files of others."""
    for name in ("spool_directory", "log_file_path", "pid_file_path"):
        path = _main(survey, name)
        if path is not None and path.text.strip().startswith(_TEMPORARY):
            yield Finding(
                "EXS049", f"{name} is in a folder where everybody may put files", path.span, WARNING
            )


_TEMPORARY = ("/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108 - these are looked for, not used


@rule(
    "EXS046",
    "mailbox-for-everybody",
    severity=WARNING,
    section="The appendfile transport",
    bad=f"{_TRANSPORT}  mode = 0666\n",
    good=f"{_TRANSPORT}  mode = 0660\n",
)
def mailbox_for_everybody(survey: Survey) -> Iterator[Finding]:
    """Every user of the machine may read or change the mail that a transport delivers."""
    for transport in survey.config.transports:
        if transport.driver != "appendfile":
            continue
        for name, bits in (("mode", OTHERS_READ | OTHERS_WRITE), ("directory_mode", OTHERS_WRITE)):
            mode = transport.setting(name)
            if mode is not None and isinstance(mode.value, int) and mode.value & bits:
                does = "write" if mode.value & OTHERS_WRITE else "read"
                yield Finding("EXS046", f"everybody may {does} there", mode.span, WARNING)


@rule(
    "EXS047",
    "addresses-told",
    severity=WARNING,
    section="The VRFY and EXPN commands",
    bad="acl_smtp_expn = accept\n",
    good="acl_smtp_expn = deny\n",
)
def addresses_told(survey: Survey) -> Iterator[Finding]:
    """VRFY, EXPN or ETRN is permitted to everybody: which addresses there are, and who is behind a list.

    Leave the ACL out, or accept only hosts of your own.
    """
    for name, severity in ASKING.items():
        acl = _main(survey, name)
        if acl is not None and _accepts_all(survey, acl.text.strip()):
            yield Finding("EXS047", f"{name} accepts everybody", acl.span, severity)


def _accepts_all(survey: Survey, name: str) -> bool:
    acl = survey.config.acls.get(name)
    if acl is None:
        return name == "accept"
    for statement in acl.statements:
        clauses = [clause for clause in statement.clauses if isinstance(clause, Clause)]
        asks = any(clause.name.text not in _SAYING for clause in clauses)
        if statement.verb.text == "accept" and not asks:
            return True
        if statement.verb.text != "warn":
            return False
    return False


_SAYING = frozenset(
    ("message", "log_message", "logwrite", "set", "delay", "control", "add_header", "endpass")
)


@rule(
    "EXS048",
    "powers-of-filters",
    severity=REMARK,
    section="The redirect router",
    bad=_FILTER,
    good=f"{_FILTER}"
    "  forbid_filter_run\n  forbid_filter_readfile\n  forbid_filter_perl\n  forbid_filter_lookup\n",
)
def powers_of_filters(survey: Survey) -> Iterator[Finding]:
    """Filter files of users without a login may use all of the expansion language: commands, files, lookups.

    Take that away with the `forbid_filter_...` options. A user with a login could do all of it anyway.
    """
    for router in survey.config.routers:
        allowed, file = router.setting("allow_filter"), router.setting("file")
        if router.driver != "redirect" or allowed is None or file is None or allowed.value is False:
            continue
        of_others = router.setting("check_local_user") is None and "$" in file.text
        if of_others and not any(router.setting(name) for name in FILTER_POWERS):
            message = f"filters of users may run commands: none of {', '.join(FILTER_POWERS)} is set"
            yield Finding("EXS048", message, allowed.span, REMARK)


def _main(survey: Survey, name: str) -> Setting | None:
    return survey.config.options.settings.get(name)
