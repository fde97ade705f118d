"""What queries found, remembered as Exim does for as long as a process lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import remembering

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.protocols import Context

MOST = 100_000
"""With more answers than these the memory starts anew."""


class Memory:
    """The answers of one kind of lookup, or of one file.

    There is one for each query, with the options that it was asked with. ``spent`` is set by who asks
    a query that makes all answers worthless.
    """

    __slots__ = ("_ctx", "_known", "spent")

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[str, tuple[tuple[str, ...], str | None]] = {}
        self.spent = False

    def recall(self, query: str, options: Sequence[str], ask: Callable[[], str | None]) -> str | None:
        """What a query finds, from memory if it was asked before. Raises what ``ask`` raises."""
        reads, writes, compared = remembering.wanted(self._ctx, options)
        known = self._known.get(query)
        if known is not None and known[0] == compared and reads:
            return known[1]
        self.spent = False
        answer = ask()
        if self.spent or len(self._known) >= MOST:
            self._known.clear()
        if writes and not self.spent:
            self._known[query] = compared, answer
        return answer


def memory_of(ctx: Context, name: str) -> Memory:
    """The memory of that name, which is made if it is missing."""
    memories: dict[str, Memory] = ctx.state.setdefault("query_memories", {})
    memory = memories.get(name)
    if memory is None:
        memory = memories[name] = Memory(ctx)
    return memory
