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
    well, but nothing behind a ``stop`` that is carried out.
    """,
    bad='# Sieve filter\nrequire "fileinto";\nif header "subject" "x" { fileinto "a" }\n',
    good='# Sieve filter\nrequire "fileinto";\nif header "subject" "x" { fileinto "a"; }\n',
)
