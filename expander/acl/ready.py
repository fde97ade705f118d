"""ACLs made ready to run: what never changes of a statement is worked out once for a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from expander.acl.clauses import Prepared, bind_word
from expander.acl.run import not_bound, not_yet
from grammar.ast.config import Clause

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.profile import Profile
    from expander.acl.bound import Bound
    from expander.acl.clauses import Done
    from expander.acl.run import Run
    from expander.acl.statements import AclText
    from expander.expand.context import Context
    from grammar.ast.config import Statement

    Leading = Sequence[tuple[Done, Bound]]
    Planned = tuple["Ready", bool, Bound | None, str, Done | None, Leading]
    Plan = Sequence[Planned]

PASSED_BY = frozenset({"accept", "discard", "deny", "defer", "drop"})
"""The verbs that decide nothing where their conditions do not hold."""

SILENT = frozenset({"deny", "defer", "drop", "require"})
"""The verbs that have no message where they decide nothing."""

MESSAGES = frozenset({"message", "log_message"})
NO_TEXTS: Mapping[str, str] = {}


class Ready:
    """A statement; in ``words`` None stands for one that is broken.

    ``starts`` is the place of the first condition if something may be known of it beforehand, and the
    statement is passed by where it does not hold (with the verb ``require``: where it does, and is the only
    one); ``texts`` are the messages before it. ``calls`` tells of
    conditions that are other ACLs. ``with_texts`` has for words that take effect at the end what there is
    of these up to there.
    """

    __slots__ = ("calls", "node", "starts", "texts", "verb", "with_texts", "words")

    def __init__(self, statement: Statement, profile: Profile) -> None:
        self.node = statement
        self.verb = statement.verb.text
        self.words = tuple(
            Prepared(clause, profile) if isinstance(clause, Clause) else None for clause in statement.clauses
        )
        self.with_texts: dict[Prepared, Mapping[str, str]] = {}
        texts = NO_TEXTS
        for word in self.words:
            if word is not None and word.only_kept:
                texts = self.with_texts[word] = {**texts, word.name: word.text}
        self.texts = NO_TEXTS
        self.starts = self._first_place()
        self.calls = any(word is not None and word.name == "acl" for word in self.words)

    def _has_one_condition(self) -> bool:
        return len([word for word in self.words if word is None or word.name not in MESSAGES]) == 1

    def _first_place(self) -> int:
        """The place of the first condition, that of no word if it is none that is passed by at a glance."""
        if self.verb in PASSED_BY or (self.verb == "require" and self._has_one_condition()):
            for at, word in enumerate(self.words):
                if word is not None and word.may_be_bound:
                    return at
                if word is None or not (word.name in MESSAGES and self.verb in SILENT):
                    break
                self.texts = self.with_texts[word]
        return len(self.words)

    def leading(self, run: Run, acl: AclText) -> Leading:
        """The conditions of which something is known beforehand, or may be later.

        With each, which is there as it is where it holds, goes what tells if it does.
        """
        found: list[tuple[Done, Bound]] = []
        for word in self.words[self.starts :]:
            if word is None or not word.may_be_bound or run.where not in word.phases:
                break
            bound = word.bound or bind_word(run, word)
            if bound is not_bound:
                break
            found.append(((word, word.text, OK), _late(acl, word) if bound is not_yet else bound))
            if bound is not_yet:
                break
        return found


def _late(acl: AclText, word: Prepared) -> Bound:
    """What answers for a condition of which something may be known later: then there are other plans."""

    def ask(run: Run) -> str | None:
        bound = word.bound or bind_word(run, word)
        if bound is not not_yet:
            acl.plans.clear()
        return bound(run)

    return ask


def ready(ctx: Context, acl: AclText) -> Sequence[Ready]:
    """The statements of an ACL, which keeps them; threads may share those of the configuration."""
    made = acl.made_ready
    if made is None:
        made = acl.made_ready = [Ready(statement, ctx.profile) for statement in acl.statements]
    return made


def plan(run: Run, acl: AclText) -> Plan:
    """What is known of the first conditions of the statements of an ACL in a phase; the ACL keeps it.

    With each: whether it may call other ACLs, what answers for its first condition, the answer with which it
    is passed by, that condition as it is where it holds, and further ones.
    """
    made: list[Planned] = []
    glances: list[Bound] = []
    for statement in acl.made_ready or ready(run.ctx, acl):
        leading = statement.leading(run, acl)
        done, first = leading[0] if leading else (None, None)
        passing = OK if statement.verb == "require" else FAIL
        made.append((statement, statement.calls, first, passing, done, leading[1:]))
        if first is not None and done is not None and done[0].is_glance and passing == FAIL:
            glances.append(first)
    if len(glances) == len(made):
        acl.glances[run.where] = glances
    acl.plans[run.where] = made
    return made
