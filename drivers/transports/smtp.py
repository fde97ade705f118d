"""The smtp transport: a message goes to the first host that takes it. See "The smtp transport"."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.remote import NOT_DUE, PENDING, TLS_FAILED, Carried, Sent
from drivers.api.transports import DEFER, FAIL, OK, Failure
from drivers.api.unit import transport
from drivers.transports import smtp_hosts
from drivers.transports.smtp_attempt import Attempt
from drivers.transports.smtp_transaction import Transaction
from drivers.transports.smtp_trouble import Trouble
from drivers.values.log_selector import selects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.remote import RemoteJob
    from drivers.api.routing import Address, Host

TOO_LONG = "message has lines too long for transport"
NOT_YET = "retry time not reached for any host for '{}'"
FAILING = "all hosts for '{}' have been failing for a long time (and retry time not reached)"
FAILING_NOW = "all hosts for '{}' have been failing for a long time and were not accessible"
BYPASSED = "delivery bypassed by -N option"
BUSY = "connection limit reached for all hosts for '{}'"
WAITS, EXPIRED = "waits", "expired"


@transport("smtp", syntax="driver = smtp", section="The smtp transport", feature="transport_smtp")
def smtp(job: RemoteJob) -> None:
    """Send the message to the first host that takes it, over TCP."""
    _Delivery(job).run()


class _Delivery:
    """What is done with the hosts, one after the other."""

    def __init__(self, job: RemoteJob) -> None:
        self._job = job
        self._options = job.transport
        self._waits = True
        self._has_failed = False
        self._most = int(job.expand("max_rcpt") or 0) or len(job.addresses)

    def run(self) -> None:
        """Try hosts until nobody waits for another one. Raises `Failure`."""
        job = self._job
        limit = int(self._options["message_linelength_limit"])
        if job.has_line_longer_than(limit):
            for address in job.addresses:
                address.passes_message = True
            raise Failure(FAIL, 0, TOO_LONG)
        smtp_hosts.refuse_unknown(job)
        hosts = smtp_hosts.listed(job)
        for address in job.addresses:
            address.result = PENDING
        self._try(hosts)
        for address in job.addresses:
            if address.result == PENDING:
                address.result = DEFER
        may_follow = self._waits and not job.is_trial and int(self._options["connection_max_messages"]) != 1
        is_left = self._has_failed or any(address.result == DEFER for address in job.addresses)
        if may_follow and is_left:
            job.note_waiting([smtp_hosts.bare_name(host) for host in hosts])

    @property
    def _waiting(self) -> list[Address]:
        return [address for address in self._job.addresses if address.result == PENDING]

    def _try(self, hosts: Sequence[Host]) -> None:
        job, tries = self._job, 0
        if job.carried is not None:
            self._go_on(job.carried, hosts)
            return
        due: list[tuple[Host, int, bool]] = []
        expired = busy = 0
        found = list(smtp_hosts.found(job, hosts))
        for host, port in found:
            job.tries.interface = smtp_hosts.interface(job, host)
            state = job.tries.state(host, port)
            if state.for_message:
                self._waits = False
            if state.word == EXPIRED:
                expired += 1
            elif state.word != WAITS:
                due.append((host, port, bool(state.has_expired)))
        if found and expired == len(found) and not self._options["delay_after_cutoff"]:
            due = [(host, port, True) for host, port in found]
        most = int(self._options["hosts_max_try"]) or len(due)
        hard = int(self._options["hosts_max_try_hardlimit"]) or len(due)
        for at, (host, port, _) in enumerate(due[:hard]):
            if not self._waiting or tries >= most:
                break
            job.ctx.facts["host"], job.ctx.facts["host_address"] = host.name, host.address
            job.print_debug()
            if job.is_trial:
                tries += 1
                self._bypass(host, port)
                break
            with job.alone_at(host) as is_alone:
                if is_alone:
                    tries += 1
                    self._at(host, port, has_next=at + 1 < len(due))
                else:
                    busy += 1
        if found and busy == len(found):
            self._all_are_busy()
        elif found and not tries and not busy:
            self._none_is_due(all_expired=expired == len(found))
        elif tries and expired + sum(failing for *_, failing in due) >= len(found):
            self._all_are_failing()

    def _go_on(self, carried: Carried, hosts: Sequence[Host]) -> None:
        """Deliver over a connection that there is already, if it leads to one of the hosts."""
        where = carried.host.name, carried.host.address
        if any((host.name, host.address) == where for host, _ in smtp_hosts.found(self._job, hosts)):
            attempt: Attempt = carried.line
            attempt.take_over(self._job)
            self._over(attempt, has_next=False)

    def _bypass(self, host: Host, port: int) -> None:
        """A delivery that is only a trial goes no further than here."""
        for address in self._waiting:
            address.result, address.confirmation = OK, BYPASSED
            address.sent = Sent(host, port)

    def _all_are_busy(self) -> None:
        for address in self._waiting:
            address.number, address.message = NOT_DUE, BUSY.format(address.domain)

    def _none_is_due(self, *, all_expired: bool) -> None:
        for address in self._waiting:
            words = FAILING if all_expired else NOT_YET
            address.number, address.message = NOT_DUE, words.format(address.domain)
            if all_expired:
                address.result = FAIL

    def _all_are_failing(self) -> None:
        for address in self._waiting:
            words = FAILING_NOW.format(address.domain)
            address.message = f"{address.message}: {words}" if address.message else words
            address.result = FAIL

    def _at(self, host: Host, port: int, *, has_next: bool, avoids_tls: bool = False) -> None:
        """Deliver at a host what it takes."""
        attempt = Attempt(self._job, host, port, smtp_hosts.interface(self._job, host), avoids_tls=avoids_tls)
        again = self._over(attempt, has_next=has_next)
        if again is not None:
            self._tell_of_clear(attempt, again)
            self._at(host, port, has_next=has_next, avoids_tls=True)

    def _over(self, attempt: Attempt, *, has_next: bool) -> Trouble | None:
        """Deliver over a connection; what is returned is why that has to be tried again without TLS."""
        quits, is_kept = True, False
        try:
            if self._job.carried is None:
                attempt.open()
            self._send(attempt, has_next=has_next)
            self._job.tries.answered(attempt.host, attempt.port, for_message=False)
            is_kept = self._keeps(attempt)
        except Trouble as trouble:
            quits = trouble.quits
            if trouble.number == TLS_FAILED and self._may_go_in_clear(attempt):
                return trouble
            self._troubled(attempt, trouble, has_next=has_next)
        except Failure as failure:
            quits = self._waits = attempt.waits_for_the_end = False
            self._spread(Trouble(failure.message, failure.number), attempt, DEFER)
        except Refused as problem:
            self._spread(Trouble(problem.message, -1, has_host=False), attempt, DEFER)
        finally:
            if not is_kept:
                attempt.close(quits=quits)
        return None

    def _keeps(self, attempt: Attempt) -> bool:
        """True if others go on with the connection. See "Multiple messages down one connection"."""
        job = self._job
        done = any(address.result in {OK, FAIL} for address in job.addresses)
        if not done or attempt.has_quit:
            return False
        count = self._count
        carried = Carried(job.transport.name, attempt.host, attempt.port, count, attempt)
        following = ""
        if not job.has_more:
            if not self._may_follow(attempt):
                return False
            following = job.next_waiting(attempt.host.name)
            if not following:
                return False
        try:
            attempt.reset()
        except Trouble:
            attempt.hang_up(quits=False)
            return False
        if following:
            attempt.hand_over()
        job.pass_on(carried, following)
        return True

    @property
    def _count(self) -> int:
        """How many messages have gone over the connection with this one."""
        return 1 if self._job.carried is None else self._job.carried.count + 1

    def _may_follow(self, attempt: Attempt) -> bool:
        """True if another message may go over the connection."""
        most = int(self._options["connection_max_messages"] or 0)
        return not (0 < most <= self._count or self._keeps_tls_to_itself(attempt))

    def _ending(self, attempt: Attempt, others: Sequence[object]) -> Callable[[Transaction], bool]:
        """Says when the text of a message is sent whether the connection ends with it."""

        def is_last(done: Transaction) -> bool:
            if others or done.later or self._job.has_more:
                return False
            return not self._job.is_waited_for(attempt.host.name)

        return is_last

    def _keeps_tls_to_itself(self, attempt: Attempt) -> bool:
        """True if the connection is under TLS, which is not to be passed on."""
        return attempt.sent.facts is not None and (
            attempt.lists("hosts_nopass_tls") or attempt.lists("hosts_noproxy_tls")
        )

    def _send(self, attempt: Attempt, *, has_next: bool) -> None:
        """Send the message as often as there are recipients for, so many at once."""
        sent = attempt.sent
        attempt.waits_for_the_end = True
        groups = [list(group) for group in _groups(self._waiting, self._most)]
        already: list[Address] = []
        while groups:
            group = groups.pop(0)
            is_last = self._ending(attempt, groups)
            done = Transaction(attempt, group, sent, logs=has_next, already=already, is_last=is_last)
            try:
                done.run()
            finally:
                self._waits = self._waits and not done.has_put_off
            if groups and not done.has_said_yes_or_no:
                return  # Exim does not go on where all that it knows is that it shall wait
            already = done.taken_later
            later = [each for each in done.later if not any(each is other for other in already)]
            later = [each for each in later if each.result == PENDING]
            if later and not sent.chunking:
                groups.insert(0, later)
            if groups:
                attempt.sent = sent = sent.again()
                attempt.reset()

    def _may_go_in_clear(self, attempt: Attempt) -> bool:
        if attempt.dane is not None or attempt.at_once:
            return False
        return bool(self._options["tls_tempfail_tryclear"]) and not attempt.lists("hosts_require_tls")

    def _tell_of_clear(self, attempt: Attempt, trouble: Trouble) -> None:
        host, first = attempt.host, self._waiting[0]
        first.message = trouble.message
        self._job.put_off(first, "msg:host:defer", trouble.number)
        where = f"H={host.name} [{host.address}]"
        why = "(not in hosts_require_tls)"
        self._job.ctx.log(f"{trouble.message}: delivering unencrypted to {where} {why}")

    def _troubled(self, attempt: Attempt, trouble: Trouble, *, has_next: bool) -> None:
        """A host cannot be used: tell of it, and leave the addresses to the next one."""
        job, host, port = self._job, attempt.host, attempt.port
        trouble.more |= smtp_hosts.found_by(host)
        is_permanent = trouble.is_permanent or (
            job.is_all_or_nothing and trouble.of_message and trouble.text.startswith("4")
        )
        is_final = is_permanent and (trouble.of_message or not has_next)
        is_logged = trouble.is_own or (trouble.is_logged and not (is_permanent and trouble.of_message))
        if is_logged and trouble.of_message:
            self._log(self._line(host, port, trouble))
        attempt.waits_for_the_end &= trouble.quits or trouble.of_recipient is not None
        attempt.close(quits=trouble.quits)
        if is_logged and not trouble.of_message:
            self._log(self._line(host, port, trouble))
        if trouble.of_recipient is not None:
            self._waits = False
            job.tries.silent(trouble.of_recipient, trouble.number, trouble.more)
        elif not trouble.is_remembered:
            self._waits = False
        elif not trouble.is_permanent or not trouble.of_message:
            job.tries.failed(
                host,
                port,
                trouble.number,
                trouble.more,
                trouble.message,
                for_message=trouble.of_message,
                names_host=trouble.has_host,
            )
        self._waits = self._waits and not (trouble.of_message and trouble.has_host)
        self._has_failed = self._has_failed or is_final
        job.ctx.facts["host_port"] = str(port)
        first = self._waiting[0]
        self._spread(trouble, attempt, FAIL if is_final else PENDING)
        if trouble.words or trouble.of_recipient is not None or (trouble.is_permanent and trouble.of_message):
            return
        if not trouble.of_message:
            job.put_off(first, "msg:host:defer", trouble.number)
        if not has_next:
            job.put_off(first, "msg:defer", trouble.number)

    def _log(self, text: str) -> None:
        self._job.ctx.log(text)
        self._job.log_message(text)

    def _line(self, host: Host, port: int, trouble: Trouble) -> str:
        where = f"H={host.name} [{host.address}]"
        if selects(self._job.ctx, "outgoing_port"):
            where += f":{port}"
        why = os.strerror(trouble.number) if trouble.number > 0 else trouble.words
        if not trouble.message:
            return f"{where} {why}"
        return f"{where}: {trouble.message}{f': {why}' if why else ''}"

    def _spread(self, trouble: Trouble, attempt: Attempt, result: str) -> None:
        for address in self._waiting:
            if address.number in _KEPT and address.sent is attempt.sent:
                continue
            address.result = result
            address.message = trouble.message or None
            address.number, address.more = trouble.number, trouble.more
            address.passes_message = bool(trouble.text) and trouble.has_host and not trouble.is_own
            if trouble.has_host:
                address.sent = attempt.sent


_KEPT = frozenset({-44})
"""Errors that are the recipient's own, whatever happens afterwards."""


def _groups(addresses: Sequence[Address], most: int) -> Iterator[Sequence[Address]]:
    for at in range(0, len(addresses), most):
        yield addresses[at : at + most]
