"""The ACL condition ``regex``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK, AclProblem
from drivers.api.errors import Failed
from drivers.api.text import Tainted
from drivers.values import listtext

if TYPE_CHECKING:
    from drivers.api.acl import Acl
    from drivers.api.protocols import Pattern

MOST_GROUPS = 9
LONGEST_LINE = 16384


def regex(acl: Acl, text: str) -> str:
    """True if one of the patterns matches a line of the message as it is now, header lines included.

    Leaves the pattern in ``$regex_match_string``, and what its groups matched in ``$regex1`` and so on. Bad
    patterns are logged and passed over. See "Scanning with regular expressions".
    """
    facts = acl.ctx.facts
    for name in ("regex_match_string", *(f"regex{at}" for at in range(1, MOST_GROUPS + 1))):
        facts.pop(name, None)
    as_mailbox = getattr(acl.transaction, "as_mailbox", None)
    if as_mailbox is None:
        raise AclProblem("regex acl condition: mail data file not available")
    patterns = [(one, found) for one in listtext.elements(text) if (found := _pattern(acl, one)) is not None]
    for line in as_mailbox().splitlines(keepends=True):
        for written, pattern in patterns:
            match = pattern.search(line[:LONGEST_LINE])
            if match is not None:
                facts["regex_match_string"] = written
                for at, group in enumerate(match.groups()[1 : MOST_GROUPS + 1], 1):
                    facts[f"regex{at}"] = Tainted(group)
                return OK
    return FAIL


def _pattern(acl: Acl, text: str) -> Pattern | None:
    try:
        return acl.ctx.pattern(text)
    except Failed as problem:
        why = problem.message.partition('": ')[2] or problem.message
        acl.ctx.log(f"regex acl condition warning - error in regex '{text}': {why}, skipped.")
        return None
