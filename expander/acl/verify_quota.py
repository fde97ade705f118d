"""``verify = recipient/quota``: whether the mailbox of a recipient has room. See "Quota caching"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.text import SPACE, lower
from drivers.api.transports import EXIM_QUOTA, Failure
from drivers.values import interval
from drivers.values.hints import hints_of
from drivers.values.listtext import pieces
from expander.acl.callout_cache import ACCEPTS, DATABASE, REJECTS, Record
from expander.routing.verify import Verified, VerifyOptions, verify_address
from grammar.record import State, replaced

if TYPE_CHECKING:
    from drivers.api.routing import Address
    from expander.acl.run import Run
    from expander.expand.context import Context

QUOTA = "quota"
FULL = "Over quota"
KNOWN = "Previous (cached) quota verification failure"


class QuotaOptions(State):
    """For how many seconds it is remembered that there was room, or none; 0 for not at all."""

    positive: int = 300
    negative: int = 3600


def quota_options(text: str) -> QuotaOptions | None:
    """The options of the look at quotas that a value of ``verify`` asks for, None if it asks for none."""
    found: QuotaOptions | None = None
    for word in list(pieces(text, "/"))[1:]:
        name, _, value = (part.strip(SPACE) for part in word.partition("="))
        if lower(name) != QUOTA:
            continue
        found = found or QuotaOptions()
        for part in pieces(value, ","):
            option, _, time = (piece.strip(SPACE) for piece in part.partition("="))
            if lower(option) == "cachepos":
                found.positive = interval.parse(time) or 0
            elif lower(option) == "cacheneg":
                found.negative = interval.parse(time) or 0
    return found


def verified(run: Run, address: str, options: QuotaOptions) -> Verified:
    """Whether the recipient can be routed, and there is room where it leads to."""
    remembers = bool(options.positive or options.negative)
    known = _known(run, address, options) if remembers else None
    if known is not None:
        if known["result"] == ACCEPTS:
            run.debug("quota cache: address record is positive")
            return Verified(OK, address)
        run.debug("quota cache: address record is negative")
        return Verified(FAIL, address, message=KNOWN, failure=QUOTA)
    found = _found(run, address)
    if remembers and (found.outcome == OK or found.failure == QUOTA):
        _remember(run, address, ACCEPTS if found.outcome == OK else REJECTS)
    return found


def _known(run: Run, address: str, options: QuotaOptions) -> Record | None:
    record = hints_of(run.ctx).read(DATABASE, address)
    if record is None:
        run.debug(f"callout cache: no address record found for {address}")
        return None
    lifetime = options.positive if record["result"] == ACCEPTS else options.negative
    if int(run.ctx.world.clock.now()) - record["time"] > lifetime:
        run.debug(f"callout cache: address record expired for {address}")
        return None
    run.debug(f"callout cache: found address record for {address}")
    return record


def _remember(run: Run, address: str, result: int) -> None:
    record = {"time": int(run.ctx.world.clock.now()), "result": result}
    hints_of(run.ctx).write(DATABASE, address, record)
    how = "positive" if result == ACCEPTS else "negative"
    run.debug(f"wrote {how} quota cache record for {address}")


def _found(run: Run, address: str) -> Verified:
    """What comes of routing the address and looking at its mailbox, as a process of its own finds it."""
    ctx = run.ctx.fresh()
    ctx.log_with = run.ctx.log_with
    size = run.ctx.facts.get("message_size", "-1")
    ctx.facts["message_size"] = size
    for name in ("config_file", "initial_cwd"):
        ctx.facts[name] = run.ctx.facts.get(name, "")
    mailbox = _Mailbox(ctx, int(size))
    found = verify_address(ctx, address, is_recipient=True, options=VerifyOptions(callout=mailbox.ask))
    return replaced(found, failure=QUOTA, message=FULL, user_message="") if mailbox.is_full else found


class _Mailbox:
    """Asks the transport of an address whether a message of a size would still go in."""

    def __init__(self, ctx: Context, size: int) -> None:
        self._ctx = ctx
        self._size = size
        self.is_full = False

    def ask(self, address: Address) -> str:
        """The outcome; but for a quota, what goes wrong does not count."""
        if address.transport is None or address.transport.driver != "appendfile":
            return OK
        try:
            self._deliver(address)
        except Failure as failure:
            self.is_full = failure.number == EXIM_QUOTA
            return FAIL if self.is_full else OK
        except OSError as problem:
            address.message = problem.strerror
            return DEFER
        return OK

    def _deliver(self, address: Address) -> None:
        """Go as far as the look at the quota. Raises `Failure`."""
        from expander.delivery import local
        from expander.delivery.deliver import Delivery
        from expander.delivery.job import LocalJob
        from expander.queue.agent import Agent
        from expander.queue.message import Message

        ctx, world = self._ctx, self._ctx.world
        assert ctx.config is not None, "an address was routed without a configuration"
        agent = Agent(ctx.config, ctx.profile, world, lambda: ctx)
        caller, now = world.users.caller(), world.clock.now()
        log = ctx.log_with
        delivery = Delivery(agent, Message("", "", caller.login, caller.uid, caller.gid, now))
        ctx.log_with = log
        job = LocalJob(delivery, [address], local.full(delivery, address))
        job.size, job.only_checks = self._size, True
        local.run(job)
