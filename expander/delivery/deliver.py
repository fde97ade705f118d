"""The delivery of one message from the spool: routing, transports, log lines, what is left afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.routing import REPORT, SILENT
from drivers.api.text import Tainted
from expander.config.log_selector import is_on
from expander.delivery import (
    completion,
    lines,
    local,
    remote,
    retrying,
    routing,
    success,
    told_events,
    wrapper,
)
from expander.delivery.lines import Told
from expander.delivery.retry_hints import RetryHints
from expander.message.large_body import flat
from expander.queue.waiting import is_wrapper
from expander.routing.telling import TELL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.remote import Carried
    from drivers.api.routing import Address, Transport
    from drivers.api.transports import Submitted
    from expander.queue.agent import Agent
    from expander.queue.message import Message

NEW_LINES_SINCE = "4.99"
WEEK = 604800

LATER = {"local": (-55, "remote deliveries suppressed"), "queue-smtp": (0, "SMTP delivery explicitly queued")}
FIRST_PASS = (-1, "first-pass only routing due to -odqs, queue_smtp_domains or control=queue")
"""What is told of addresses whose delivery to another host is left for later."""


class Delivery:
    """Delivers one message.

    ``is_forced`` lets neither the times at which tries are due nor ``hold_domains`` stand in the way;
    ``in_queue_run`` tells that the message waited on the queue, so that the times count. ``here_only`` says
    why deliveries to other hosts are left for later, if they are. ``carried`` is a connection over which
    alone is delivered; ``passed_on`` has those that other messages are to go on with.
    """

    def __init__(
        self,
        agent: Agent,
        message: Message,
        *,
        is_forced: bool = False,
        in_queue_run: bool = False,
        here_only: str = "",
        carried: Carried | None = None,
    ) -> None:
        self.agent = agent
        self.carried = self._continues = carried
        self.passed_on: list[tuple[Carried, str]] = []
        self.message = message
        self.ctx = agent.context(message.name)
        if agent.tell is not None:
            self.ctx.state[TELL] = agent.tell
        self.failed: list[Address] = []
        self.deferred: list[Address] = []
        self.succeeded: list[Address] = []
        self.freezes = self.is_stuck = False
        self.was_afar = False
        self.domain_afar = ""
        self.frozen_because: str | None = None
        self.is_forced = is_forced
        self.in_queue_run = in_queue_run
        self.here_only = here_only
        self.retry_hints = RetryHints(agent.hints, int(self.ctx.options.get("retry_data_expire") or WEEK))
        self._ways: routing.Routing | None = None
        selector = str(self.ctx.options.get("log_selector") or "")
        self.told = Told(selector, message, agent.profile.at_least(NEW_LINES_SINCE))
        self.wraps = is_wrapper(self.ctx.options)

    def run(self) -> None:
        """Deliver as far as that is possible at this time, and write down what is left."""
        self.show_message()
        self.ctx.state[REPORT] = self._report
        addresses = routing.recipients(self)
        ways = self._ways = routing.Routing(self)
        addresses = self._system_filtered(addresses)
        if addresses:
            ways.run(addresses)
        here = ways.without_duplicates(list(reversed(ways.queues.local)))
        elsewhere = ways.without_duplicates(list(reversed(ways.queues.remote)))
        if self.wraps and wrapper.ends_behind_routing(self, here):
            self._complete()
            return
        if self._continues is not None:
            self.leave_silently(here)
            here, elsewhere = [], remote.suitable(self, self._continues, elsewhere)
        local.deliver(self, here)
        self._deliver_remote(elsewhere)
        self._finish()

    def cancel(self, why: str = "") -> None:
        """Give up all recipients that are left, and send the message back if there is a sender."""
        self.show_message()
        for address in routing.recipients(self):
            if why:
                address.message = why
                self.fail(address)
            else:
                self.expired(address)
        if not why and not self.message.sender:
            while self.failed:
                self.done_silently(self.failed.pop(0))
        self._finish()

    def show_message(self) -> None:
        """Let the variables tell of the message."""
        ctx, message = self.ctx, self.message
        facts = ctx.facts
        facts.update(message.facts)
        recipients = [recipient.address for recipient in message.recipients]
        facts.update(
            message_exim_id=message.name,
            sender_address=Tainted(message.sender) if message.sender else "",
            return_path=Tainted(message.sender) if message.sender else "",
            received_time=str(int(message.received)),
            message_age=str(int(max(self.agent.world.clock.now() - message.received, 0))),
            message_size=str(message.size),
            message_body_size=str(len(message.body)),
            recipients=Tainted(", ".join(recipients)),
            recipients_list=Tainted(":".join(text.replace(":", "::") for text in recipients)),
            recipients_count=str(len(recipients)),
        )
        ctx.acl_c, ctx.acl_m = dict(message.acl_c), dict(message.acl_m)
        ctx.headers = message.headers
        newlines = bool(ctx.options.get("message_body_newlines"))
        ctx.body = message.body if newlines else flat(message.body)

    def _system_filtered(self, addresses: list[Address]) -> list[Address]:
        if not self.ctx.options.get("system_filter"):
            return addresses
        from expander.delivery import system_filter

        return system_filter.filtered(self, addresses)

    # What routing and transports tell.

    def fail(self, address: Address, *, return_path: str | None = None) -> None:
        """An address can never be delivered to: tell of it, and send it back."""
        from expander.delivery import bounce

        self.failed.append(address)
        self.agent.note(self.message, address, "failed")
        line = lines.failed(address, self.told_now(), return_path=return_path)
        if bounce.why_ignored(self, address) is None:
            told_events.failed(self, address)
        self._log(address, line)
        start = "routing failed for " if address.router is None else ""
        self.log_message(start + line.removeprefix("** "))

    def defer(self, address: Address, *, routing: bool, plainly: bool = False) -> None:
        """An address cannot be delivered to at this time."""
        self.deferred.append(address)
        self.agent.note(self.message, address, "deferred")
        line = lines.deferred(address, self.told_now(), routing=routing)
        if plainly:
            line = line.replace(" routing defer", " defer")
        if self.message.is_first or address.number > lines.RETRY_BASE:
            self.log_message(line)
        selector = "" if address.number > lines.RETRY_BASE else "retry_defer"
        self._log(address, f"== {line}", routing=routing, selector=selector)
        if address.freezes and self.message.sender:
            self.freezes = True

    def discard(self, address: Address) -> None:
        """A router has thrown an address away."""
        self.agent.note(self.message, address, "discarded")
        self._note_done(address)

    def bypassed(self, address: Address) -> None:
        """A delivery to nowhere, for which no transport runs."""
        parts = lines.delivered(address, self.told_now(), "=", return_path=None, took=0.0, size=0)
        name = address.transport.name if address.transport is not None else ""
        self._log(address, parts.replace(f" T={name}", " T=**bypassed**"))
        self.log_message(f"{address.text}: T=**bypassed** succeeded")
        told_events.delivered(self, address, bypassed=True)
        self.done(address)

    def delivered(
        self, address: Address, mark: str, *, return_path: str, took: float = 0.0, size: int = 0
    ) -> None:
        """An address was delivered to."""
        mark = "*" if self.message.is_trial else mark
        line = lines.delivered(address, self.told_now(), mark, return_path=return_path, took=took, size=size)
        self._log(address, line)
        told_events.delivered(self, address)
        self.log_message(line[3:] if self.told.is_new else self._succeeded(address))
        self.done(address)

    def _succeeded(self, address: Address) -> str:
        name = address.transport.name if address.transport is not None else ""
        parent = f" <{address.parent.text}>" if address.parent is not None else ""
        return f"{address.text}{parent}: {name} transport succeeded"

    def done(self, address: Address) -> None:
        """Note that nothing more is to be done for an address."""
        self.agent.note(self.message, address, "delivered")
        self.succeeded.append(address)
        self._note_done(address)

    def expired(self, address: Address) -> None:
        """An address was tried for long enough: it failed."""
        self.failed.append(address)

    def done_silently(self, address: Address) -> None:
        """The same for an address that something else was put in the place of."""
        self._note_done(address)

    def put_off(self, addresses: list[Address], message: str, *, silently: bool = False) -> None:
        """None of these addresses can be delivered to at this time."""
        for address in addresses:
            address.message, address.number, address.waits = message or None, -1, True
            if silently:
                self.deferred.append(address)
            else:
                self.defer(address, routing=True)

    def freeze(self, why: str) -> None:
        """Keep the message until somebody looks at it."""
        from expander.delivery import freezing

        freezing.freeze(self, why)

    def submit(self, message: Submitted, uid: int) -> str:
        """Hand in a message that a transport has made: its identification, "" if it is not taken."""
        from expander.reception import generated

        return generated.submit(self.agent, message, uid, reference=self.message.name)

    def _report(self, recipient: str, subject: str, body: str) -> None:
        """Mail what is wrong in a list or a filter."""
        from expander.delivery import report

        report.mail(self, recipient, subject, body)

    def log_message(self, text: str) -> None:
        """A line in the message's own log."""
        self.agent.spool.log(self.message.name, f"{self.agent.logs.stamp()} {text}\n")

    # The rest.

    def now(self) -> int:
        """The time in whole seconds."""
        return int(self.agent.world.clock.now())

    def told_now(self) -> Told:
        """What log lines share, at this time."""
        self.told = Told(self.told.selector, self.message, self.told.is_new, self.agent.world.clock.now())
        return self.told

    def silence(self, driver: Transport | None) -> None:
        """Let nothing be logged from now on if a driver wants that; with None all is."""
        self.ctx.state[SILENT] = driver is not None and bool(driver["disable_logging"])

    def _log(self, address: Address, line: str, *, routing: bool = False, selector: str = "") -> None:
        """Write a line about an address, unless the driver that it is about wants none."""
        is_routed = address.transport is not None and not routing
        self.silence(address.transport if is_routed else address.router)
        if not selector:
            self.ctx.log(line, panic=address.panics)
        elif not self.ctx.state[SILENT]:
            self.agent.logs.main(f"{self.message.name} {line}", selector=selector)
        self.silence(None)

    def _note_done(self, address: Address) -> None:
        for line in completion.note_done(self, address):
            self.log_message(line)

    @property
    def duplicates(self) -> Sequence[Address]:
        """The addresses that came more than once, without the first of each."""
        return self._ways.duplicates if self._ways is not None else ()

    @property
    def waiting_afar(self) -> list[Address]:
        """The addresses that are delivered to next, while those before are."""
        return self._open

    @property
    def known_open(self) -> list[Address]:
        """Addresses that wait for their turn."""
        if self._ways is None:
            return self._open
        queues = self._ways.queues
        return [*self._open, *self._ways.ready, *queues.waiting, *queues.local, *queues.remote]

    _open: list[Address] = []  # noqa: RUF012 - replaced, never changed

    def wait_for(self, addresses: list[Address]) -> None:
        """These addresses are still to be dealt with."""
        self._open = addresses

    def _deliver_remote(self, addresses: list[Address]) -> None:
        remaining = []
        for address in addresses:
            if address.transport is None:
                self._without_transport(address)
            elif not self.wraps and (self.here_only or self._is_first_pass_only(address)):
                self._leave_for_later(address)
            else:
                remaining.append(address)
        remote.deliver(self, remaining)

    def leave_silently(self, addresses: list[Address]) -> None:
        """These addresses wait, of which nobody is told."""
        for address in addresses:
            address.waits = True
            self.deferred.append(address)

    def _is_first_pass_only(self, address: Address) -> bool:
        """True for domains that the first attempt does not go out for: ``queue_smtp_domains``."""
        return not (self.in_queue_run or self.is_forced) and routing.is_in(
            self.ctx, "queue_smtp_domains", address
        )

    def _leave_for_later(self, address: Address) -> None:
        """Deliveries to other hosts are not wanted at this time."""
        if self.here_only != "local":
            remote.note_waiting(self, address)
        if self.here_only == "stage":
            self.leave_silently([address])
            return
        address.waits = True
        address.number, address.message = LATER.get(self.here_only, FIRST_PASS)
        self.defer(address, routing=False)

    def _without_transport(self, address: Address) -> None:
        name = address.router.name if address.router is not None else ""
        address.number, address.message = -30, f"No transport set by {name} router"
        self.defer(address, routing=False)

    def _finish(self) -> None:
        """Send back what failed, warn of what waits, and remove the message if nothing is left."""
        if self.wraps:
            wrapper.ends(self)
        elif not self.message.is_trial:
            retrying.update(self)
        success.send(self)
        if self.failed:
            from expander.delivery import bounce  # what only some deliveries need is not loaded for all

            bounce.send(self)
        for address in self.duplicates:
            if address.unique in self.message.done:
                self._note_done(address)
        if self.deferred:
            if not self.message.frozen and not self.freezes:
                from expander.delivery import warning

                warning.send(self)
            self._leave()
            return
        self._complete()

    def _complete(self) -> None:
        """Nothing is left to do: remove the message."""
        took = ""
        if is_on(self.told.selector, "queue_time_overall"):
            took = f" QT={lines.interval(self.agent.world.clock.now() - self.message.received, self.told)}"
        self.ctx.log(f"Completed{took}")
        told_events.complete(self)
        keeps_log = bool(self.ctx.options.get("preserve_message_logs"))
        self.agent.spool.forget(self.message.name, keeps_log=keeps_log)

    def _leave(self) -> None:
        """Keep the message on the spool with what is known of it by now."""
        from expander.delivery import freezing, one_time

        message = self.message
        message.is_first = message.is_first and (self.is_stuck or self.here_only == "stage")
        one_time.replace(message, self.deferred)
        if self.freezes and not message.frozen:
            freezing.freeze(self)
        freezing.tell(self)
        self.agent.spool.keep_envelope(message)
        self.agent.spool.forget_journal(message.name)
        if message.frozen and self.ctx.options.get("move_frozen_messages"):
            from expander.queue.frozen import move_frozen

            move_frozen(self.agent, message.name)
