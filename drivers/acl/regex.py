"""The ACL condition ``regex``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.acl import mime_part
from drivers.api.acl import FAIL, OK, AclProblem
from drivers.api.errors import Failed
from drivers.api.text import Tainted
from drivers.values import listtext, mime_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from drivers.api.acl import Acl
    from drivers.api.protocols import Context, Pattern

    Written = tuple[str, Pattern]
    """A pattern as it is written, and compiled."""

MOST_GROUPS = 9
LONGEST_LINE = 32767


def regex(acl: Acl, text: str) -> str:
    """True if one of the patterns matches a line of the message as it is now, header lines included.

    In the ACL for MIME parts they are the lines of the part as it was sent. Leaves the pattern in
    ``$regex_match_string``, and what its groups matched in ``$regex1`` and so on. Bad
    patterns are logged and passed over. See "Scanning with regular expressions".
    """
    forget_match(acl.ctx)
    part = mime_part.part_at_hand(acl.ctx)
    as_mailbox = getattr(acl.transaction, "as_mailbox", None)
    if part is None and as_mailbox is None:
        raise AclProblem("regex acl condition: mail data file not available")
    if part is not None:
        lines = mime_body.raw_lines(part.data, part.position, part.boundary, LONGEST_LINE)
    else:
        assert as_mailbox is not None
        lines = mime_body.raw_lines(as_mailbox(), 0, None, LONGEST_LINE)
    return OK if searched(acl.ctx, patterns_of(acl, text), lines) else FAIL


def forget_match(ctx: Context) -> None:
    """What an earlier search has left is gone."""
    for name in ("regex_match_string", *(f"regex{at}" for at in range(1, MOST_GROUPS + 1))):
        ctx.facts.pop(name, None)


def searched(ctx: Context, patterns: Sequence[Written], texts: Iterable[str]) -> bool:
    """True if a pattern matches one of the texts; leaves in variables what it matched."""
    for text in texts:
        for written, pattern in patterns:
            match = pattern.search(text)
            if match is not None:
                ctx.facts["regex_match_string"] = written
                for at, group in enumerate(match.groups()[1 : MOST_GROUPS + 1], 1):
                    ctx.facts[f"regex{at}"] = Tainted(group.partition("\0")[0])
                return True
    return False


def patterns_of(acl: Acl, text: str) -> list[Written]:
    """The patterns of a list in the order in which they are tried, from the last to the first.

    Bad ones are logged and passed over.
    """
    found = []
    for written in listtext.elements(text):
        try:
            found.append((written, acl.ctx.pattern(written)))
        except Failed as problem:
            why = problem.message.partition('": ')[2] or problem.message
            acl.ctx.log(f"regex acl condition warning - error in regex '{written}': {why}, skipped.")
    return found[::-1]
