"""Names that must be of something in the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import Finding
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey


@rule(
    "EXN001",
    "undefined-acl",
    section="Access control lists",
    bad="acl_smtp_rcpt = chek_rcpt\nbegin acl\ncheck_rcpt:\n  accept\n",
    good="acl_smtp_rcpt = check_rcpt\nbegin acl\ncheck_rcpt:\n  accept\n",
)
def undefined_acl(survey: Survey) -> Iterator[Finding]:
    """An option or a condition names an ACL that the configuration does not have.

    Exim looks for the ACL when it is to run: the client gets "451 Temporary local problem".
    """
    for call in survey.graph.calls:
        if call.name is not None and call.name not in survey.config.acls:
            yield Finding("EXN001", f'there is no ACL "{call.name}"', call.span)
