"""ACLs made ready to run: what never changes of a statement is worked out once for a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.acl.clauses import Prepared
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.profile import Profile
    from expander.acl.statements import AclText
    from expander.expand.context import Context
    from grammar.ast.config import Statement


class Ready:
    """A statement; in ``words`` None stands for one that is broken."""

    __slots__ = ("node", "verb", "words")

    def __init__(self, statement: Statement, profile: Profile) -> None:
        self.node = statement
        self.verb = statement.verb.text
        self.words = tuple(
            Prepared(clause, profile) if isinstance(clause, Clause) else None for clause in statement.clauses
        )


def ready(ctx: Context, acl: AclText) -> Sequence[Ready]:
    """The statements of an ACL, which keeps them; threads may share those of the configuration."""
    made = acl.made_ready
    if made is None:
        made = acl.made_ready = [Ready(statement, ctx.profile) for statement in acl.statements]
    return made
