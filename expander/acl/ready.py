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
    """The statements of an ACL. Those of the configuration's own are kept there; threads may share them."""
    config = ctx.config
    if config is None or not acl.is_from_config:
        return [Ready(statement, ctx.profile) for statement in acl.statements]
    found: Sequence[Ready] | None = config.ready.get(acl.shown)
    if found is None:
        found = config.ready[acl.shown] = [Ready(statement, config.profile) for statement in acl.statements]
    return found
