"""Comments that tell the checker what to leave out."""

from __future__ import annotations

from expander.lint.finding import REMARK, WARNING
from expander.lint.rule import kind

SECTION = "The Exim run time configuration file"

kind(
    "EXC001",
    "unused-suppression",
    severity=REMARK,
    section=SECTION,
    doc="""\
    A comment tells the checker to leave out what is not found there any more.

    It would hide the next fault of that kind as well: take it away.
    """,
    bad="# eximulate: ignore unknown-variable\nsmtp_banner = hello\n",
    good="# eximulate: ignore unknown-variable\nsmtp_banner = $nosuch\n",
)
kind(
    "EXC002",
    "bad-suppression",
    severity=WARNING,
    section=SECTION,
    doc="""\
    A comment for the checker names no rule that there is, or is not written as it must be.

    It is ``# eximulate: ignore CODE[, NAME...] [-- reason]`` for the next line, ``ignore-start`` and
    ``ignore-end`` around several lines, ``ignore-file`` for a whole file.
    """,
    bad="# eximulate: ignore EXE999\nsmtp_banner = hello\n",
    good="# a comment\nsmtp_banner = hello\n",
)
