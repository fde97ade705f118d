"""Counts what of a configuration is come to while it runs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from drivers.api.protocols import Context
    from drivers.api.routing import Address
    from expander.acl.clauses import Done
    from expander.acl.ready import Ready
    from expander.acl.run import Run
    from expander.routing.engine import Tried
    from grammar.ast.config import Clause, Statement

    Watch = Callable[[Address, Tried], None]
    Carry = Callable[[Run, Ready, str, list[Done]], str]

STATEMENT, CLAUSE = "statement", "clause"
ROUTER, PRECONDITION = "router", "precondition"
TRANSPORT, AUTHENTICATOR = "transport", "authenticator"
REWRITE, RETRY = "rewrite", "retry"
BRANCH = "branch"
"""What is counted: the first part of each key."""

MESSAGES = frozenset({"message", "log_message", "endpass"})
"""Words of a statement that are not carried out in their turn."""

HOLDS, FAILS = "holds", "fails"
_WORDS = {"OK": HOLDS, "FAIL": FAILS}


class Collector:
    """The counts, by keys that name what was come to.

    A `Mode` that has a collector gives compiled expansions which count their branches, and whoever runs ACLs,
    routers and the like with such a mode counts them here. One collector belongs to one configuration and one
    thread.
    """

    def __init__(self) -> None:
        self.hits: Counter[Hashable] = Counter()
        self._statement: tuple[str, int] | None = None

    def marker(self, text: str, start: int) -> Callable[[Context, bool], None]:
        """What counts the two ways of a decision in an expansion: its text, and where it begins there.

        The same text can stand in several places, so who had it expanded is part of the key.
        """
        hits = self.hits

        def mark(ctx: Context, taken: bool) -> None:  # noqa: FBT001 - called for each decision
            facts: dict[str, str] = getattr(ctx, "facts", {})
            where = self._statement, facts.get("router_name", ""), facts.get("transport_name", "")
            hits[BRANCH, text, start, taken, where] += 1

        return mark

    def around(self, carry: Carry, outside: str = "") -> Carry:
        """What carries out a statement of an ACL, and counts what its conditions came to.

        ``outside`` is the text or the path of an ACL that does not stand in the section for them: its lines
        are counted under that name.
        """

        def counted(run: Run, statement: Ready, shown: str, tested: list[Done]) -> str:
            node, outer = statement.node, self._statement
            self._statement = outside or node.file, node.number
            try:
                return carry(run, statement, shown, tested)
            finally:
                self._statement = outer
                self._count(node, outside, tested)

        return counted

    def _count(self, node: Statement, outside: str, tested: Sequence[Done]) -> None:
        self.hits[STATEMENT, outside or node.file, node.number] += 1
        for clause, (_, _, word) in zip(carried_out(node), tested, strict=False):
            self.hits[CLAUSE, outside or clause.file, clause.number, _WORDS.get(word, word.lower())] += 1

    def watching(self, watch: Watch | None) -> Watch:
        """What is told of each router that an address comes to, and counts it."""

        def counted(address: Address, tried: Tried) -> None:
            self._router(address, tried)
            if watch is not None:
                watch(address, tried)

        return counted

    def _router(self, address: Address, tried: Tried) -> None:
        self.hits[ROUTER, tried.router, "" if tried.stopped_by else tried.outcome] += 1
        for name in tried.passed:
            self.hits[PRECONDITION, tried.router, name, HOLDS] += 1
        if tried.stopped_by:
            self.hits[PRECONDITION, tried.router, tried.stopped_by, FAILS] += 1
        elif tried.outcome == "OK" and address.transport is not None:
            self.transport(address.transport.name)

    def transport(self, name: str) -> None:
        """Count a transport that an address is for."""
        self.hits[TRANSPORT, name] += 1

    def authenticator(self, name: str, word: str) -> None:
        """Count an exchange with an authenticator: a word of `drivers.authenticators.exchange`."""
        self.hits[AUTHENTICATOR, name, _WORDS.get(word, word)] += 1

    def rewriting(self, pattern: str, replacement: str) -> None:
        """Count a rewriting rule that has applied."""
        self.hits[REWRITE, pattern, replacement] += 1

    def retrying(self, rule: Any) -> None:
        """Count a retry rule that was chosen."""
        place = rule.span.origin()
        self.hits[RETRY, place.source.name, place.position()[0]] += 1


def carried_out(node: Statement) -> list[Clause]:
    """The conditions and modifiers of a statement that are carried out one after the other."""
    from grammar.ast.config import Clause

    return [one for one in node.clauses if isinstance(one, Clause) and one.name.text not in MESSAGES]
