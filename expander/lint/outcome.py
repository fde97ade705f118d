"""What a run of the checker has to report: the findings of each file, sorted by what is to become of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import Record, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expander.lint.baseline import Baseline
    from expander.lint.engine import Checked
    from expander.lint.finding import Finding
    from expander.lint.policy import Policy
    from expander.lint.suppress import Suppressed


class Outcome(Record):
    """What is to be reported of one configuration.

    ``path`` is held text; ``findings`` count, ``known`` are in the baseline, ``suppressed`` are left out by
    comments; ``files`` names all files that were read.
    """

    path: str
    findings: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    files: tuple[str, ...] = ()


def outcome(checked: Checked, policy: Policy, baseline: Baseline | None) -> Outcome:
    """The findings of a configuration as a policy and a baseline see them."""
    counted = policy.sifted(checked.path, checked.findings)
    known = [f for f in counted if baseline is not None and baseline.knows(checked.path, f)]
    taken = {id(finding) for finding in known}
    suppressed = [
        replaced(one, finding=finding)
        for one in checked.suppressed
        for finding in policy.sifted(checked.path, [one.finding])
    ]
    return Outcome(
        checked.path,
        tuple(finding for finding in counted if id(finding) not in taken),
        tuple(known),
        tuple(suppressed),
        checked.files,
    )


def every_finding(outcomes: Iterable[Outcome]) -> list[Finding]:
    """The findings of all configurations that count."""
    return [finding for one in outcomes for finding in one.findings]
