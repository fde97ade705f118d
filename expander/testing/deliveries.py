"""The step ``deliver`` of scenarios, and what can be expected of deliveries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import from_argument, to_display
from expander.testing.matching import is_part, is_whole
from grammar.scenario_words import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.outside import World
    from expander.configuration import Configuration
    from expander.delivery.delivered import Delivered, Outcome
    from expander.delivery.delivering import Sandbox
    from expander.session.talk import SmtpSession
    from expander.testing.world import Facts
    from grammar.ast.scenarios import Step

_FORM = re.compile(r"(?:from (?P<sender>\S+) ?)?(?:to (?P<to>.+))?", re.ASCII)


def sandbox_of(config: Configuration, world: World, facts: Facts) -> Sandbox:
    """Where the messages of a scenario are delivered: hosts that are not given take everything."""
    peers = {
        f"{place[0]}:{place[1]}": answer
        for place, answer in facts.servers.items()
        if not isinstance(place, str) and not isinstance(answer, bytes)
    }
    return config.sandbox(world=world, peers=peers, runs=bool(facts.programs))


def deliver(
    sandbox: Sandbox, step: Step, session: SmtpSession | None, variables: Mapping[str, str]
) -> list[Delivered]:
    """Deliver the message below the step, or those that the session has taken. Raises `ScenarioError`."""
    form = _FORM.fullmatch(step.text.strip())
    if form is None:
        raise ScenarioError('"deliver" takes "from ADDRESS to ADDRESS, ADDRESS..."', step.line)
    try:
        if not step.block:
            if step.text.strip() or session is None or not session.messages:
                raise ScenarioError(
                    '"deliver" wants a message below it, or a session that has taken one', step.line
                )
            return sandbox.deliver_arrived(session)
        sender = (form["sender"] or "").strip("<>")
        recipients = [part.strip() for part in (form["to"] or "").split(",") if part.strip()]
        data = "".join(f"{line}\n" for line in step.block)
        told = sandbox.deliver(
            from_argument(data).encode("latin-1"),
            [from_argument(text) for text in recipients],
            sender=from_argument(sender),
            facts=variables,
        )
    except EximError as problem:
        raise ScenarioError(to_display(problem.message), step.line) from None
    if told.refusal:
        raise ScenarioError(f"the message was not taken: {to_display(told.refusal)}", step.line)
    return [told]


def outcomes(delivered: Sequence[Delivered]) -> list[Outcome]:
    """All that became of messages and of those that came of them."""
    return [outcome for one in delivered for each in (one, *one.generated) for outcome in each.outcomes]


Found = tuple[bool, str]


def ended(word: str) -> Callable[[Sequence[Delivered], str], Found]:
    """Looks for addresses that ended so: ``ADDRESS [by TRANSPORT]``, or a part of why not."""

    def look(delivered: Sequence[Delivered], text: str) -> Found:
        found = outcomes(delivered)
        holds = any(outcome.outcome == word and _is_meant(outcome, text) for outcome in found)
        return holds, "; ".join(_shown(outcome) for outcome in found) or "nothing was delivered"

    return look


def _is_meant(outcome: Outcome, text: str) -> bool:
    address, _, transport = text.partition(" by ")
    if not text:
        return True
    if is_whole(address.strip(), to_display(outcome.address)):
        return not transport or is_whole(transport.strip(), outcome.transport)
    return not transport and outcome.message != "" and is_part(text, to_display(outcome.message))


def _shown(outcome: Outcome) -> str:
    by = f" by {outcome.transport}" if outcome.transport else ""
    why = f": {to_display(outcome.message)}" if outcome.message else ""
    return f"{to_display(outcome.address)} {outcome.outcome}{by}{why}"


def file(delivered: Sequence[Delivered], text: str) -> Found:
    """``PATH [TEXT]``: a file that was written, with a text in it."""
    path, _, wanted = text.strip().partition(" ")
    files = {found.path: one for one in delivered for each in (one, *one.generated) for found in each.files}
    written = f"the files written: {', '.join(map(to_display, files)) or 'none'}"
    for name, one in files.items():
        if is_whole(path, to_display(name)):
            data = to_display(one.read(name).decode("latin-1"))
            if not wanted.strip() or is_part(wanted.strip(), data):
                return True, written
            written = f'in {path}: "{data}"'
    return False, written


def command(delivered: Sequence[Delivered], text: str) -> Found:
    """A command of a transport, with its arguments."""
    found = [to_display(" ".join(ran.argv)) for outcome in outcomes(delivered) for ran in outcome.commands]
    return any(is_part(text, shown) for shown in found), f"the commands: {'; '.join(found) or 'none'}"


def sent(delivered: Sequence[Delivered], text: str) -> Found:
    """``HOST [TEXT]``: what was said to another host, or what it was sent."""
    host, _, wanted = text.strip().partition(" ")
    places = []
    for outcome in outcomes(delivered):
        for talk in outcome.sent:
            places.append(f"{talk.host}:{talk.port}")
            said = [*talk.dialogue, *(message.decode("latin-1") for message in talk.messages)]
            if host in {talk.host, places[-1]} and (
                not wanted.strip() or any(is_part(wanted.strip(), to_display(line)) for line in said)
            ):
                return True, f"sent to {places[-1]}"
    return False, f"sent to: {', '.join(dict.fromkeys(places)) or 'nobody'}"


def waiting(delivered: Sequence[Delivered], _text: str) -> Found:
    """Whether a message stays on the queue."""
    found = [name for one in delivered for name in one.waiting]
    return bool(found), f"{len(set(found))} messages on the queue"
