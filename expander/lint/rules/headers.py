"""References to header lines whose names are not what was meant."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from drivers.api.text import lower
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.rule import rule
from grammar.ast.expansion import Header
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey

KNOWN = frozenset(
    (
        "accept-language alternate-recipient apparently-to approved archived-at authentication-results "
        "authentication-warning auto-submitted autocrypt autoforwarded autosubmitted bcc cancel-lock cc "
        "comments content-class content-description content-disposition content-id content-language "
        "content-length content-location content-transfer-encoding content-type control conversion date "
        "deferred-delivery delivered-to delivery-date disposition-notification-options disposition- "
        "notification-to distribution dkim-signature dl-expansion-history domainkey-signature encoding "
        "encrypted envelope-to errors-to expires feedback-id followup-to from generate-delivery-report "
        "importance in-reply-to injection-date jabber-id keywords language latest-delivery-time lines "
        "list-archive list-help list-id list-owner list-post list-subscribe list-unsubscribe list- "
        "unsubscribe-post mail-followup-to mail-reply-to mailing-list message-context message-id "
        "message-type mime-version mmhs-acp127-message-identifier msip_labels newsgroups old-subject "
        "old-to organisation organization original-encoded-information-types original-from original- "
        "message-id original-recipient originating-client originator-return-address path precedence "
        "prevent-nondelivery-report priority received received-spf references relay-version reply-by "
        "reply-to require-recipient-valid-since resent-bcc resent-cc resent-date resent-from resent- "
        "message-id resent-reply-to resent-sender resent-to return-path return-receipt-to sender "
        "sensitivity solicitation status subject summary supersedes thread-index thread-topic tls- "
        "report-domain tls-required to ttl user-agent vbr-info via warnings-to x400-content-type xref"
    ).split()
)
"""The names of header lines that are in use, X- and the like apart."""

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_CLOSE = 0.84
"""From 0 to 1: a name that is so much like a known one is taken for a slip of the finger."""

_SHORTEST = 5


@rule(
    "EXE016",
    "header-name-goes-on",
    severity=WARNING,
    section="Expansion items",
    bad='acl_smtp_data = a\nbegin acl\na:\n  warn log_message = "$h_subject, $h_from: done"\n  accept\n',
    good='acl_smtp_data = a\nbegin acl\na:\n  warn log_message = "$h_subject:, $h_from: done"\n  accept\n',
)
def header_name_goes_on(survey: Survey) -> Iterator[Finding]:
    """The name of a header line swallows the text behind it, because there is no colon.

    The name goes on to the next colon, white space or bracket: ``$h_subject,`` is the header line "subject,",
    and there is none.
    """
    for text in survey.texts:
        for node in survey.nodes(text):
            if not isinstance(node, Header) or not node.name:
                continue
            name = _NAME.match(node.name)
            if name is not None and name.end() == len(node.name):
                continue
            span = Span(text.source, node.start, node.end)
            message = (
                f'the name of the header line is "{node.name}", with all that stands before a colon or space'
            )
            fix = None
            if name is not None:
                at = text.source.text.find(node.name, node.start)
                edit = Span(text.source, at + name.end(), at + name.end())
                fix = Fix(f'put a colon behind "{name[0]}"', (Edit(edit, ":"),)) if at >= 0 else None
            yield Finding("EXE016", message, span, WARNING, (), fix)


@rule(
    "EXE019",
    "misspelt-header",
    severity=WARNING,
    section="Expansion items",
    bad="acl_smtp_data = a\nbegin acl\na:\n  warn log_message = $h_recieved:\n  accept\n",
    good="acl_smtp_data = a\nbegin acl\na:\n  warn log_message = $h_received:\n  accept\n",
)
def misspelt_header(survey: Survey) -> Iterator[Finding]:
    """A header line is named that nobody writes, and whose name is almost that of a usual one.

    A header line that a message does not have is empty; Exim does not complain.
    """
    for text in survey.texts:
        for node in survey.nodes(text):
            if not isinstance(node, Header) or not _NAME.fullmatch(node.name):
                continue
            name = lower(node.name)
            dashed = name.replace("_", "-")
            if name in KNOWN or name.startswith(("x-", "x_")) or len(name) < _SHORTEST:
                continue
            near = [dashed] if dashed in KNOWN else get_close_matches(name, KNOWN, n=1, cutoff=_CLOSE)
            if near and not name.startswith(near[0]) and not near[0].startswith(name):
                span = Span(text.source, node.start, node.end)
                note = Note(f"did you mean $h_{near[0]}:?")
                message = f'no header line is called "{node.name}"'
                yield Finding("EXE019", message, span, WARNING, (note,))
