"""What is wrong only on the machine at hand: users, groups and files that it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import REMARK, Finding
from expander.lint.paths import guarded, needed
from expander.lint.rule import kind, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

kind(
    "EXH001",
    "unknown-user",
    section="User and group names",
    doc="""\
    The machine at hand has no user of that name.

    Exim refuses the configuration where the user is missing. For a configuration of another machine
    leave these findings out (``--ignore host``), or describe that machine (``--host FILE``).
    """,
    bad="trusted_users = nosuchuser\n",
    good="trusted_users = root\n",
)
kind(
    "EXH002",
    "unknown-group",
    section="User and group names",
    doc="""\
    The machine at hand has no group of that name.

    Exim refuses the configuration where the group is missing. For a configuration of another machine
    leave these findings out (``--ignore host``), or describe that machine (``--host FILE``).
    """,
    bad="trusted_groups = nosuchgroup\n",
    good="trusted_groups = root\n",
)
kind(
    "EXH003",
    "missing-include",
    section="File inclusions in the configuration file",
    doc="""\
    The machine at hand lacks a file that the configuration includes.

    Exim refuses the configuration. The rest is checked all the same; what may be defined in the missing
    file is not complained of. ``--host FILE`` can bring the file: see "A host of your own" in the guide.
    """,
    bad=".include /etc/exim/missing.conf\n",
    good=".include_if_exists /etc/exim/missing.conf\n",
)


@rule(
    "EXH004",
    "missing-file",
    severity=REMARK,
    section="File and database lookups",
    bad="domainlist local = lsearch;/etc/exim/missing\n",
    good="domainlist local = example.com : lsearch;/etc/exim.conf\n",
)
def missing_file(survey: Survey) -> Iterator[Finding]:
    """The machine at hand lacks a file, a folder or a program that the configuration names.

    Exim loads such a configuration; it is when the file is needed that deliveries wait or clients get a
    temporary error. Where it is needed for loading, it is an error. A file is not complained of if ``exists``
    or ``require_files`` asks for it anywhere. On the machine that the configuration is for, make it a
    warning (``--severity EXH004=warning``).
    """
    asked = guarded(survey)
    seen: set[str] = set()
    for path, span in needed(survey):
        if path not in asked and path not in seen and _is_missing(survey, path):
            seen.add(path)
            yield Finding("EXH004", f'there is no file or directory "{path}"', span)


def _is_missing(survey: Survey, path: str) -> bool:
    """True if there is no such file; what may not be looked at may be there."""
    for name in (path, f"{path}.db", f"{path}.dir"):
        try:
            survey.world.files.stat(name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            return False
        return False
    return True


@rule(
    "EXH005",
    "short-host-name",
    severity=REMARK,
    section="Main configuration",
    bad="primary_hostname = mail\n",
    good="primary_hostname = mail.example.com\n",
)
def short_host_name(survey: Survey) -> Iterator[Finding]:
    """The name by which the host calls itself is not a full one.

    ``primary_hostname``, or the machine's own name where that is not set, stands in HELO, in Received: lines
    and behind the @ of local addresses. Many hosts refuse a name of one part.
    """
    options = survey.config.options
    name = str(options["primary_hostname"])
    setting = options.settings.get("primary_hostname")
    if name and "." not in name and "$" not in name:
        what = "primary_hostname" if setting else "the name of this machine"
        yield Finding("EXH005", f'{what} "{name}" has no domain', setting.span if setting else None)


@rule(
    "EXH006",
    "number-without-account",
    section="Main configuration",
    bad="exim_user = 4711\nexim_group = 4711\n",
    good="exim_user = 0\nexim_group = 0\n",
)
def number_without_account(survey: Survey) -> Iterator[Finding]:
    """Exim is to run as a user that is given as a number, and the machine at hand has no such account.

    Such a configuration loads. Where Exim gives up the rights of root it asks which groups the user is in,
    and ends with "cannot run initgroups(): no passwd entry".
    """
    uid = survey.config.options["exim_user"]
    setting = survey.config.options.settings.get("exim_user")
    if isinstance(uid, int) and setting and survey.world.users.user(str(uid)) is None:
        message = f"cannot run initgroups(): no passwd entry for uid={uid}"
        yield Finding("EXH006", message, setting.span)
