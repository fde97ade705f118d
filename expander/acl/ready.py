"""ACLs made ready to run: what never changes of a statement is worked out once for a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.acl.clauses import Prepared
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.profile import Profile
    from drivers.api.protocols import Test
    from expander.acl.statements import AclText
    from expander.expand.context import Context
    from grammar.ast.config import Statement


LEFT_BY_LISTS = {
    "hosts": "host_data",
    "domains": "domain_data",
    "local_parts": "local_part_data",
    "senders": "",
    "recipients": "",
    "sender_domains": "",
}
"""Conditions whose argument is a list, with the variable that is unset where the list is empty."""

PASSED_BY = frozenset({"accept", "discard", "deny", "defer", "drop"})
"""The verbs that decide nothing where their conditions do not hold."""


class Ready:
    """A statement; in ``words`` None stands for one that is broken.

    ``listed`` is the first word, if it is a condition with a list that is to be expanded and the statement is
    passed by where that does not hold.
    """

    __slots__ = ("_glance", "_kept", "left", "listed", "node", "verb", "words")

    def __init__(self, statement: Statement, profile: Profile) -> None:
        self.node = statement
        self.verb = statement.verb.text
        self.words = tuple(
            Prepared(clause, profile) if isinstance(clause, Clause) else None for clause in statement.clauses
        )
        self.listed = self._glanced_at(self.words[0]) if self.words and self.verb in PASSED_BY else None
        self.left = "" if self.listed is None else LEFT_BY_LISTS[self.listed.name]
        self._kept: object = None
        self._glance: Test | None = None

    @staticmethod
    def _glanced_at(first: Prepared | None) -> Prepared | None:
        if first is None or first.name not in LEFT_BY_LISTS or first.negated or first.is_constant:
            return None
        return first

    def has_nothing_listed(self, ctx: Context, where: str) -> bool:
        """True if the list of the first condition is found to be empty by a glance.

        Lists that name a file if there is one are many. All that the condition would leave is as it would be.
        """
        if self._kept is not ctx.kept:
            self._look(ctx)
        glance = self._glance
        word = self.listed
        if glance is None or word is None or where not in word.phases or glance(ctx):
            return False
        if self.left:
            ctx.facts.pop(self.left, None)
        return True

    def _look(self, ctx: Context) -> None:
        """Find out whether there is a glance, once the list was compiled for the first time."""
        made = ctx.kept.get(self.listed.text) if self.listed is not None else None
        if made is not None:
            self._kept, self._glance = ctx.kept, made.empty_unless


def ready(ctx: Context, acl: AclText) -> Sequence[Ready]:
    """The statements of an ACL, which keeps them; threads may share those of the configuration."""
    made = acl.made_ready
    if made is None:
        made = acl.made_ready = [Ready(statement, ctx.profile) for statement in acl.statements]
    return made
