"""Secrets that others can read."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import rule
from expander.lint.secrets import secrets
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

SECTION = "The Exim run time configuration file"
KEYS = frozenset(("tls_privatekey", "dkim_private_key"))


@rule(
    "EXS001",
    "secret-not-hidden",
    severity=WARNING,
    section="Common option syntax",
    bad="mysql_servers = localhost/mail/exim/secret\n",
    good="hide mysql_servers = localhost/mail/exim/secret\n",
)
def secret_not_hidden(survey: Survey) -> Iterator[Finding]:
    """A password or a key stands in the configuration without `hide`.

    Every user of the machine can run `exim -bP` and see it. With `hide` before the option only administrators
    do.
    """
    for secret in secrets(survey):
        if not secret.hidden:
            yield Finding(
                "EXS001",
                f"{secret.what} is shown by exim -bP to everybody",
                secret.span,
                WARNING,
                (Note('put "hide" before the option'),),
            )


@rule(
    "EXS002",
    "secret-readable",
    severity=REMARK,
    section=SECTION,
    bad="hide mysql_servers = localhost/mail/exim/secret\n",
    good="tls_privatekey = /etc/exim/none.key\n",
)
def secret_readable(survey: Survey) -> Iterator[Finding]:
    """A file with a secret can be read by every user of this machine.

    It may be another machine than the one that the configuration is for. Let the file belong to root and
    to Exim's group, with the mode 0640.
    """
    found = next(iter(secrets(survey)), None)
    if found is not None and _readable(survey, survey.config.path):
        message = f"the configuration holds {found.what}, and everybody can read the file"
        yield Finding("EXS002", message, found.span, REMARK, (Note("chmod 0640 and a group of Exim's own"),))
    for text in survey.texts:
        name = text.source.text.strip()
        if text.name in KEYS and name.startswith("/") and "$" not in name and _readable(survey, name):
            span = Span(text.source, 0, len(text.source.text))
            yield Finding("EXS002", f"everybody can read the private key {name}", span, WARNING)


def _readable(survey: Survey, path: str) -> bool:
    try:
        return bool(survey.world.files.stat(path).st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False
