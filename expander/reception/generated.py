"""Messages that are made here: bounces, warnings, replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from expander.message.large_body import LARGE
from expander.queue.waiting import QUEUE, waits
from expander.reception.local import LocalReception
from expander.reception.rejected import UNTOLD, RejectedError
from expander.reception.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.outside import Account
    from drivers.api.transports import Submitted
    from expander.queue.agent import Agent

NO_RECIPIENTS, BAD_RECIPIENTS = "no recipients", "bad recipients"
FOUND = {NO_RECIPIENTS: "no recipients", BAD_RECIPIENTS: "bad addresses"}
"""What the panic log is told of the header lines."""


def submit(
    agent: Agent,
    message: Submitted,
    uid: int | None = None,
    *,
    reference: str = "",
    as_root: bool = False,
    authenticated: str = "",
) -> str:
    """Take in a message and deliver it at once: its identification, "" if it is not taken.

    ``uid`` is the user who hands it in, None for Exim itself, unless the superuser does it ``as_root``;
    ``reference`` is the message that it is about, ``authenticated`` the sender that counts as authenticated.
    """
    own = agent.own_account()
    account = own
    if uid is not None and uid != own.uid:
        account = agent.world.users.user(str(uid)) or own
    if as_root:
        account = agent.world.users.user("root") or own
    submission = Submission(
        account,
        sender=message.sender,
        is_trusted=account is own or as_root or uid == 0 or _is_trusted(agent, account),
        from_headers=not message.recipients,
        recipients=list(message.recipients),
        dot_ends=False,
        reference=reference,
        is_local_error=uid is None,
        is_generated=uid is not None,
        is_trial=agent.is_trial,
        facts={"authenticated_sender": authenticated} if authenticated else {},
    )
    reception = LocalReception(agent, submission, agent.context())
    agent.log_from(reception.ctx, reception.name)
    if agent.spool.queue_of(reference):
        reception.ctx.facts["queue_name"] = agent.spool.queue_of(reference)
    try:
        taken = reception.receive(*_beginning(message))
    except RejectedError as problem:
        if problem.kind != UNTOLD and not reception.sender:
            words = f"Error while reading message with no usable sender address (R={reference})"
            if problem.kind in FOUND:
                agent.logs.both(f"{reception.name} {reception.name} {FOUND[problem.kind]} found in headers")
            if problem.kind == NO_RECIPIENTS:  # Exim is content with that
                agent.logs.main(f"{reception.name} {words}: no recipient addresses")
                return reception.name
            agent.logs.main(f"{reception.name} {words}: {problem.in_log}")
            if uid is None:
                agent.logs.main(f"{reference} Child mail process returned status 1")
        return ""
    except (EximError, OSError):
        return ""
    if taken is None:
        return ""
    later = waits(agent, agent.how, [taken.name])
    if later != QUEUE and not reception.is_queued:
        agent.deliver_with(taken.name, later)
    return taken.name


def _beginning(message: Submitted) -> tuple[bytes, Iterator[bytes] | None]:
    """The text, or the beginning of a large one and what follows it."""
    more, data = iter(message.more), [message.data]
    size = len(message.data)
    for piece in more:
        data.append(piece)
        size += len(piece)
        if size >= LARGE:
            return b"".join(data), more
    return b"".join(data), None


def _is_trusted(agent: Agent, account: Account) -> bool:
    """True if the account may give senders of others."""
    options = agent.config.options
    return account.uid in (options["trusted_users"] or ()) or account.gid in (options["trusted_groups"] or ())
