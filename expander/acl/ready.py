"""ACLs made ready to run: what never changes of a statement is worked out once for a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.acl.clauses import Prepared
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.profile import Profile
    from expander.acl.statements import AclText
    from expander.expand.context import Context
    from grammar.ast.config import Statement


PASSED_BY = frozenset({"accept", "discard", "deny", "defer", "drop"})
"""The verbs that decide nothing where their conditions do not hold."""

SILENT = frozenset({"deny", "defer", "drop"})
"""Those of them whose messages are for conditions that hold alone."""

NO_TEXTS: Mapping[str, str] = {}


class Ready:
    """A statement; in ``words`` None stands for one that is broken.

    ``first`` is the first condition, if it is one with a list for want of which the statement is passed by;
    ``begun`` is the place behind it, ``texts`` are the messages before it. ``with_texts`` has for the
    places of words that take effect at the end what there is of these up to there.
    """

    __slots__ = ("begun", "first", "node", "texts", "verb", "with_texts", "words")

    def __init__(self, statement: Statement, profile: Profile) -> None:
        self.node = statement
        self.verb = statement.verb.text
        self.words = tuple(
            Prepared(clause, profile) if isinstance(clause, Clause) else None for clause in statement.clauses
        )
        self.with_texts: dict[Prepared, Mapping[str, str]] = {}
        self.first: Prepared | None = None
        self.begun, self.texts = 0, NO_TEXTS
        texts = NO_TEXTS
        for word in self.words:
            if word is not None and word.only_kept:
                texts = self.with_texts[word] = {**texts, word.name: word.text}
        self._find_first()

    def _find_first(self) -> None:
        texts = NO_TEXTS
        for at, word in enumerate(self.words):
            if word is None:
                return
            if word.only_kept and word.name != "endpass" and self.verb in SILENT:
                texts = self.with_texts[word]
                continue
            if word.has_list and self.verb in PASSED_BY:
                self.first, self.begun, self.texts = word, at + 1, texts
            return


def ready(ctx: Context, acl: AclText) -> Sequence[Ready]:
    """The statements of an ACL, which keeps them; threads may share those of the configuration."""
    made = acl.made_ready
    if made is None:
        made = acl.made_ready = [Ready(statement, ctx.profile) for statement in acl.statements]
    return made
