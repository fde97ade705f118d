"""AUTH as a client: which authenticators are tried with a server, and what is made of how they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.authentication import (
    FAULTY,
    GO_ON,
    NOT_ACCEPTED,
    NOTHING_IN_COMMON,
    REFUSED,
    Authentication,
)
from drivers.api.text import lower
from drivers.authenticators import client as clients
from expander.config.driver_checks import sides

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.authentication import Authenticate, Converse, Event
    from expander.config.model import Config, Instance
    from expander.expand.context import Context


def authenticating(config: Config, ctx: Context, event: Event | None = None) -> Authenticate:
    """What authenticates clients by the authenticators of a configuration, with the variables of ``ctx``.

    ``event`` is told of refusals (`auth:fail`), for which its answer, if it has one, is logged.
    """

    def authenticate(host: str, address: str, offered: Sequence[str], converse: Converse) -> Authentication:
        words = NOTHING_IN_COMMON
        names = {lower(name) for name in offered}
        for instance in config.instances("authenticator"):
            if "client" not in sides(instance) or not _is_wanted(ctx, instance):
                continue
            if lower(_public_name(instance)) not in names:
                continue
            words = NOT_ACCEPTED
            attempt = _Attempt(ctx, instance, converse)
            done = attempt.ended(f"H={host} [{address}]", event)
            if done is not None:
                return done
        return Authentication(GO_ON, words)

    return authenticate


def client_mechanisms(config: Config) -> Sequence[str]:
    """The mechanisms of all authenticators in their order, "" for one that is no client's."""
    return [
        _public_name(instance) if "client" in sides(instance) else ""
        for instance in config.instances("authenticator")
    ]


def _public_name(instance: Instance) -> str:
    return str(instance["public_name"] or instance.name)


def _is_wanted(ctx: Context, instance: Instance) -> bool:
    return clients.wants(ctx, instance.name, str(instance["client_condition"] or ""))


class _Attempt:
    """The attempt with one authenticator."""

    def __init__(self, ctx: Context, instance: Instance, converse: Converse) -> None:
        self._ctx = ctx
        self._instance = instance
        self._client = clients.Client(ctx, instance.name, instance.__getitem__, _public_name(instance))
        self._word = clients.outcome(self._client, clients.begin(self._client, instance.driver), converse)

    def ended(self, host: str, event: Event | None) -> Authentication | None:
        """How all ends with this attempt; None where the next authenticator is to be tried."""
        client, name = self._client, self._instance.name
        if self._word == clients.OK:
            return Authentication(GO_ON, authenticator=name, identity=clients.identity(client))
        if self._word == clients.ERROR:
            return Authentication(FAULTY, client.problem)
        if self._word == clients.CANCELLED:
            if client.problem:
                self._ctx.log(f"{name} authenticator cancelled authentication {host} {client.problem}")
            return None
        if not client.problem.startswith("5"):
            return Authentication(REFUSED, client.problem)
        self._ctx.log(self._told(event) or f"{name} authenticator failed {host} {client.problem}")
        return None

    def _told(self, event: Event | None) -> str:
        if event is None or not self._ctx.profile.at_least("4.97"):
            return ""
        facts = self._ctx.facts
        before = facts.get("sender_host_authenticated", "")
        facts["sender_host_authenticated"] = self._instance.name
        try:
            return event("auth:fail", self._client.problem)
        finally:
            facts["sender_host_authenticated"] = before
