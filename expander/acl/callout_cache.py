"""What callouts have found out before: of domains, and of addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.values.hints import hints_of

if TYPE_CHECKING:
    from expander.acl.run import Run

DATABASE = "callout"
UNKNOWN, ACCEPTS, REJECTS, REJECTS_NULL = 0, 1, 2, 3
"""What is known: nothing, yes, no, no for the empty sender."""

Record = dict[str, Any]


def read(run: Run, key: str, kind: str) -> Record | None:
    """What is known of a domain or an address, None if that is nothing or too old."""
    found = hints_of(run.ctx).read(DATABASE, key)
    if found is None:
        run.debug(f"callout cache: no {kind} record found for {key}")
        return None
    bad = found["result"] in {REJECTS, REJECTS_NULL} if kind == "domain" else found["result"] == REJECTS
    if run.ctx.world.clock.now() - found["time"] > _lifetime(run, kind, is_bad=bad):
        run.debug(f"callout cache: {kind} record expired for {key}")
        return None
    run.debug(f"callout cache: found {kind} record for {key}")
    return found


def is_fresh(run: Run, record: Record, part: str) -> bool:
    """True if what a domain's record says of a part of it is not too old."""
    age = run.ctx.world.clock.now() - record[f"{part}_time"]
    return bool(age <= _lifetime(run, "domain", is_bad=record[part] == REJECTS))


def _lifetime(run: Run, kind: str, *, is_bad: bool) -> int:
    option = f"callout_{'domain_' if kind == 'domain' else ''}{'negative' if is_bad else 'positive'}_expire"
    return int(run.ctx.options.get(option) or 0)


def write_domain(run: Run, key: str, result: int, postmaster: int, random: int) -> None:
    """Remember what was found out of a domain."""
    now = int(run.ctx.world.clock.now())
    record = {
        "time": now,
        "result": result,
        "postmaster": postmaster,
        "postmaster_time": now if postmaster else 0,
        "random": random,
        "random_time": now if random else 0,
    }
    hints_of(run.ctx).write(DATABASE, key, record)
    run.debug(f"wrote callout cache domain record for {key}:")
    run.debug(f"  result={result} postmaster={postmaster} random={random}")


def write_address(run: Run, key: str, result: int) -> None:
    """Remember what was found out of an address."""
    hints_of(run.ctx).write(DATABASE, key, {"time": int(run.ctx.world.clock.now()), "result": result})
    how = "positive" if result == ACCEPTS else "negative"
    run.debug(f"wrote {how} callout cache address record for {key}")
