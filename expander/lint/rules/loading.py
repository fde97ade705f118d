"""What stops a configuration from being loaded: `exim -bV` tells the first, the checker all of them."""

from __future__ import annotations

from expander.lint.rule import kind

kind(
    "EXM001",
    "unreadable-file",
    section="The Exim run time configuration file",
    doc="The file cannot be read at all.",
    bad="",
    good="",
)
kind(
    "EXO001",
    "not-loadable",
    section="The Exim run time configuration file",
    doc="Exim refuses the configuration and does not start with it; the message is Exim's own.",
    bad="message_size_limti = 10M\n",
    good="message_size_limit = 10M\n",
)
