"""What is wrong only on the machine at hand: users, groups and files that it lacks."""

from __future__ import annotations

from expander.lint.rule import kind

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
