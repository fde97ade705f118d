"""Local deliveries that give up root's rights: "Running Exim without privilege"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.transports import DEFER, UNKNOWN, Failure

if TYPE_CHECKING:
    from expander.delivery.job import LocalJob

OPTIONS = ("deliver_drop_privilege", "mua_wrapper")
"""Main options under which deliveries run as Exim's own user."""


def check(job: LocalJob) -> None:
    """Raise `Failure` where a delivery is for a user whom nobody can become; the logs are told.

    Exim's child, which should have delivered, ends at once then, and the message is frozen.
    """
    delivery = job.delivery
    if not any(delivery.ctx.options.get(option) for option in OPTIONS):
        return
    own, first = delivery.agent.own_account(), job.addresses[0]
    if (job.uid, job.gid) == (own.uid, own.gid):
        return
    whose = str(first.text if first.kind else first.local_part)
    where = f"local delivery to {whose} <{first.text}> transport={job.transport.name}"
    for line in (
        f"unable to set gid={job.gid} or uid={job.uid} (euid={own.uid}): {where}",
        f"failed to read delivery status for {first.unique or first.text} from delivery subprocess",
        f"{job.transport.driver} transport process returned non-zero status 0x0100: exit code 1",
    ):
        delivery.ctx.log(line, panic=True)
    raise Failure(DEFER, UNKNOWN, "", freezes=True)
