"""Taking in and delivering a message in a sandbox, for a program to look at what becomes of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.api.errors import EximError, Fatal
from expander.delivery.beginning import Asked, deliver
from expander.delivery.delivered import Delivered, File, Outcome
from expander.queue.agent import Agent
from expander.queue.logs import MAIN
from expander.queue.message import Message, Recipient
from expander.reception.local import LocalReception
from expander.reception.rejected import RejectedError
from expander.reception.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.routing import Address
    from expander.configuration import Configuration
    from expander.expand.context import Context
    from expander.session.arrived import Arrived
    from expander.session.talk import SmtpSession
    from expander.world.of_delivery import DeliveryWorld

LEAST_WORDS = {"no recipients": "no recipients", "bad recipients": "a recipient is no address"}


class Sandbox:
    """Delivers messages of a configuration in ``world``; each sees what those before have left behind."""

    def __init__(self, config: Configuration, world: DeliveryWorld) -> None:
        self.world = world
        self._config = config
        self._found: dict[str, Delivered] = {}
        self._reached = [0, 0]
        self.agent = Agent(config.model, config.profile, world, self._context, outward=world.outward)
        self.agent.deliver_with = self._deliver
        self.agent.note = self._note
        self.agent.logs.watch = self._log
        spool = self.agent.spool.directory
        world.hide(spool)
        self._own = (f"{spool}/", self.agent.logs.pattern.partition("%s")[0] or f"{spool}/")
        self._log_lines: list[str] = []

    def _context(self) -> Context:
        return self._config.expander(world=self.world).context

    def deliver(
        self, data: bytes, recipients: Sequence[str], *, sender: str, facts: Mapping[str, str] | None = None
    ) -> Delivered:
        """Take in a message and deliver it once, with all that comes of it."""
        taken = self.take(data, recipients, sender=sender, facts=facts)
        if not taken.refusal and taken.name:
            self.agent.deliver_with(taken.name, "")
        return self._told(taken)

    def take(
        self, data: bytes, recipients: Sequence[str], *, sender: str, facts: Mapping[str, str] | None = None
    ) -> Delivered:
        """Take in a message, without delivering it; no recipients: those that its header names."""
        agent, context = self.agent, self.agent.context()
        submission = Submission(
            agent.world.users.caller(),
            sender=sender,
            is_trusted=True,
            recipients=list(recipients),
            from_headers=not recipients,
            dot_ends=False,
            facts=dict(facts or {}),
        )
        reception = LocalReception(agent, submission, context)
        agent.log_from(context, reception.name)
        found = self._found[reception.name] = Delivered(
            reception.name, sender, list(recipients), self.world, log=self._log_lines
        )
        try:
            message = reception.receive(data)
        except RejectedError as problem:
            found = replace(found, refusal=problem.text or LEAST_WORDS.get(problem.kind, problem.kind))
        except (EximError, Fatal) as problem:
            found = replace(found, refusal=problem.message)
        else:
            if message is None:
                found = replace(found, refusal="thrown away by an ACL")
            else:
                envelope = [recipient.address for recipient in message.recipients]
                found = replace(found, sender=message.sender, recipients=envelope)
        self._found[reception.name] = found
        return found

    def deliver_arrived(self, session: SmtpSession) -> list[Delivered]:
        """Deliver the messages that a session has taken, once each."""
        found = []
        for arrived in session.messages:
            self.keep(arrived, session.context)
            self.agent.deliver_with(arrived.message_id, "")
            found.append(self._told(self._found[arrived.message_id]))
        return found

    def keep(self, arrived: Arrived, context: Context) -> None:
        """Put a message that a session has taken on the queue, with what the session knows of it."""
        account, now = self.agent.own_account(), self.world.clock.now()
        message = Message(arrived.message_id, arrived.sender, account.login, account.uid, account.gid, now)
        message.recipients = [Recipient(address) for address in arrived.recipients]
        message.headers, message.body = list(arrived.headers), arrived.body
        message.facts = dict(context.facts)
        message.acl_c, message.acl_m = dict(context.acl_c), dict(context.acl_m)
        message.complete = now
        message.is_local = False
        self.agent.spool.keep(message)
        self._found[message.name] = Delivered(
            message.name, message.sender, list(arrived.recipients), self.world, log=self._log_lines
        )

    def _told(self, taken: Delivered) -> Delivered:
        """All that is known of a message by now."""
        generated = [other for other in self._found.values() if other.name != taken.name]
        waiting, log = self.agent.spool.names(), list(self._log_lines)
        self._log_lines, self._found = [], {}
        return replace(taken, waiting=waiting, generated=generated, log=log)

    def _deliver(self, name: str, here_only: str) -> object:
        self._cut()
        return deliver(self.agent, name, Asked(here_only=here_only))

    def _log(self, log: str, text: str) -> None:
        if log == MAIN:
            self._log_lines.append(text)

    def _cut(self) -> tuple[list[str], int, int]:
        """Where what was recorded so far ends: paths that were written, and the numbers of the rest."""
        recorder = self.world.recorder
        commands, sent = self._reached
        self._reached = [len(recorder.commands), len(recorder.sent)]
        paths = [path for path in self.world.changes.take() if not path.startswith(self._own)]
        return paths, commands, sent

    def _note(self, message: Message, address: Address, outcome: str) -> None:
        found = self._found.get(message.name)
        if found is None:
            recipients = [recipient.address for recipient in message.recipients]
            found = self._found[message.name] = Delivered(
                message.name, message.sender, recipients, self.world
            )
        paths, commands, sent = self._cut()
        recorder = self.world.recorder
        top = address.ancestors()[-1] if address.ancestors() else address
        transport = address.transport
        told = Outcome(
            address.text,
            top.text,
            outcome,
            _routers(address),
            transport.name if transport is not None else "",
            transport.driver if transport is not None else "",
            _reason(address) if outcome in {"failed", "deferred"} else "",
            [self._file(path) for path in paths],
            recorder.commands[commands:],
            recorder.sent[sent:],
        )
        before = found.outcomes[-1] if found.outcomes else None
        if before is not None and transport is not None and before.transport == transport.name:
            shares = outcome == before.outcome == "delivered" and not (
                told.files or told.commands or told.sent
            )
            if shares:
                told = replace(told, files=before.files, commands=before.commands, sent=before.sent)
        found.outcomes.append(told)

    def _file(self, path: str) -> File:
        found = self.world.files.lstat(path)
        return File(path, found.st_size, found.st_mode & 0o7777, found.st_uid, found.st_gid)


def _reason(address: Address) -> str:
    """Why an address was not delivered to, in words."""
    return address.message or (os.strerror(address.number) if address.number > 0 else "")


def _routers(address: Address) -> list[str]:
    """The routers that an address and its parents were taken by, the first of them first."""
    line = [*reversed(address.ancestors()), address]
    return [each.router.name for each in line if each.router is not None and not each.kind]
