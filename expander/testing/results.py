"""What comes of scenarios."""

from __future__ import annotations

from grammar.record import Record, State, made_by

PASSED, FAILED, SKIPPED, BROKEN = "passed", "failed", "skipped", "broken"
"""What can become of a scenario; ``broken`` is one that could not be run at all."""


class Fault(Record):
    """An expectation that is not met: the line of the scenario file, what was wanted, and what there was.

    ``why`` are lines that tell how it came to that: which line of an ACL decided, what the routers said.
    """

    line: int
    wanted: str
    found: str
    why: tuple[str, ...] = ()


class Result(State):
    """What became of one scenario, or of one row of its table.

    ``seconds`` is how long it took; ``told`` are lines about what was done, with a verdict for each ACL and
    the routers of each address.
    """

    path: str
    line: int
    name: str
    tags: tuple[str, ...] = ()
    outcome: str = PASSED
    faults: list[Fault] = made_by(default_factory=list)
    reason: str = ""
    seconds: float = 0.0
    told: list[str] = made_by(default_factory=list)
    column: int = 1

    @property
    def is_well(self) -> bool:
        """True for what passed or was not to be run."""
        return self.outcome in {PASSED, SKIPPED}
