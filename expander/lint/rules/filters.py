"""Faults of filter files, which the checker takes beside configurations."""

from __future__ import annotations

from expander.lint.rule import kind

kind(
    "EXF010",
    "sieve-error",
    section="The redirect router",
    doc="""\
    A Sieve script is wrong: Exim puts the message into the user's inbox and tells nobody.

    What the script says before the fault is done all the same. Exim reads branches that are not taken as
    well, but nothing behind a ``stop`` that is carried out, and tells of the first fault. The checker goes on
    with the next command where it is sure how far the wrong one goes: behind its semicolon or its block, at
    the beginning of a line.
    """,
    bad='# Sieve filter\nrequire "fileinto";\nif header "subject" "x" { fileinto "a" }\n',
    good='# Sieve filter\nrequire "fileinto";\nif header "subject" "x" { fileinto "a"; }\n',
)

kind(
    "EXF011",
    "filter-error",
    section="The redirect router",
    doc="""\
    An Exim filter is wrong: the address waits, or the filter is passed over.

    The latter is so where the router has ``skip_syntax_errors``.

    Exim reads the whole file before it obeys any of it, and tells of the first fault. The checker goes on
    behind a fault where nothing else depends on the line, and looks into the expansions of all commands and
    conditions. A file is taken for a filter if it begins as one, or if ``--filter`` names it.
    """,
    bad='# Exim filter\nif $h_subject: contains "x" then\n  sav $home/x\nendif\n',
    good='# Exim filter\nif $h_subject: contains "x" then\n  save $home/x\nendif\n',
)
