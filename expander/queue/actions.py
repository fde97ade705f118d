"""What administrators do to messages on the queue: the options ``-Mar``, ``-Mf``, ``-Mrm`` and their like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.values import mailbox
from expander.queue.message import Recipient
from expander.queue.spool import ABSENT, LOCKED, NotHeldError, SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from expander.queue.agent import Agent
    from expander.queue.message import Message

SHOWN = {"Mvb": ("input", "-D"), "Mvh": ("input", "-H"), "Mvl": ("msglog", "")}


class Actions:
    """Does one thing to messages for the user ``who``; ``write`` gets what is told of it.

    ``addresses`` are those that follow the message, ``queue`` is where ``-MG`` moves messages to.
    """

    def __init__(
        self,
        agent: Agent,
        who: str,
        write: Callable[[str], object],
        *,
        addresses: Sequence[str] = (),
        queue: str = "",
    ) -> None:
        self._agent = agent
        self._who = who
        self._write = write
        self._addresses = addresses
        self._queue = queue
        self._edits: dict[str, Callable[[Message], bool]] = {
            "Mar": self._add_recipients,
            "Mes": self._change_sender,
            "Mmd": self._mark_done,
            "Mmad": self._mark_all_done,
        }

    def act(self, action: str, name: str) -> bool:
        """Do it to one message; False if that cannot be done."""
        if action in SHOWN:
            return self._show(action, name)
        spool = self._agent.spool
        removes, is_held = action == "Mrm", True
        try:
            spool.hold(name)
        except NotHeldError as problem:
            if not self._not_held(name, problem) or not removes:
                return False
            is_held = False
            self._write("Continuing, to ensure all files removed\n")
        try:
            message = self._message(name)
            if message is None and removes:
                self._write("Continuing to ensure all files removed\n")
            if removes:
                return self._remove(name, message, is_held=is_held)
            return message is not None and self._do(action, message)
        finally:
            spool.release(name)

    def _not_held(self, name: str, problem: NotHeldError) -> bool:
        """Tell why a message cannot be worked on; True if that is because it is not there."""
        self._agent.logs.main(f"{name} {problem.line}", selector="skip_delivery" * (problem.kind == LOCKED))
        if problem.kind == ABSENT:
            self._write(f"Spool data file for {name} does not exist\n")
        elif problem.kind == LOCKED:
            self._write(f"Message {name} is locked\n")
        else:
            self._write(f"Couldn't open spool file for {name}: {problem.kind}\n")
        return problem.kind == ABSENT

    def _message(self, name: str) -> Message | None:
        try:
            return self._agent.spool.read_envelope(name)
        except SpoolError:
            self._write(f"Spool format error for {name}-H\n")
        except OSError as problem:
            self._write(f"Spool read error for {name}-H: {problem.strerror}\n")
        return None

    def _do(self, action: str, message: Message) -> bool:
        if action == "Mf":
            return self._freeze(message)
        if action == "Mt":
            return self._thaw(message)
        if action == "Mvc":
            return self._show_copy(message)
        if action == "MG":
            return self._move(message)
        self._write(f"Message {message.name} ")
        if not self._edits[action](message):
            return False
        return self._kept(message, "has been modified")

    def _kept(self, message: Message, told: str) -> bool:
        self._agent.spool.keep_envelope(message)
        self._write(f"{told}\n")
        return True

    def _log(self, message: str, text: str) -> None:
        self._agent.logs.main(f"{message} {text} by {self._who}")

    def _show(self, action: str, name: str) -> bool:
        kind, suffix = SHOWN[action]
        spool = self._agent.spool
        try:
            data = [spool.message_log(name)] if kind == "msglog" else spool.pieces(name, suffix)
            for piece in data:
                self._write(piece.decode("latin-1"))
        except OSError as problem:
            self._write(f"Failed to open {kind} file for {name}{suffix}: {problem.strerror}\n")
            return False
        return True

    def _show_copy(self, message: Message) -> bool:
        header = "".join(text for _, text in message.headers)
        self._write(f"{header}\n")
        start = len(message.name) + len("-D\n")
        for piece in self._agent.spool.pieces(message.name, "-D"):
            self._write(piece[start:].decode("latin-1"))
            start = max(start - len(piece), 0)
        return True

    def _freeze(self, message: Message) -> bool:
        if message.frozen:
            self._write(f"Message {message.name} is already frozen\n")
            return False
        message.frozen, message.is_thawed = int(self._agent.world.clock.now()), False
        self._kept(message, f"Message {message.name} is now frozen")
        self._log(message.name, "frozen")
        return True

    def _thaw(self, message: Message) -> bool:
        if not message.frozen:
            self._write(f"Message {message.name} is not frozen\n")
            return False
        message.frozen, message.is_thawed = 0, True
        self._kept(message, f"Message {message.name} is no longer frozen")
        self._log(message.name, "unfrozen")
        return True

    def _remove(self, name: str, message: Message | None, *, is_held: bool) -> bool:
        agent = self._agent
        there = agent.spool.forget(name)
        self._write(f"Message {name} has been removed{'' if is_held else ' or did not exist'}\n")
        if there:
            self._log(name, "removed")
            agent.logs.main(f"{name} Completed")
        return message is not None

    def _move(self, message: Message) -> bool:
        agent, name, queue = self._agent, message.name, self._queue
        before, after = (f"({text}) " if text else "" for text in (agent.spool.queue, queue))
        try:
            agent.spool.move(name, queue)
        except OSError as problem:
            self._write(f"Message {name} - error while moving: {problem.strerror}\n")
            return False
        agent.logs.main(f"{name} moved from {before}input, msglog to {after}input, msglog")
        self._write(f"Message {name} ")
        return True

    # What changes the envelope: False if something is wrong, and then nothing is written.

    def _add_recipients(self, message: Message) -> bool:
        def add(address: str) -> bool:
            message.recipients.append(Recipient(address))
            self._log(message.name, f"recipient <{address}> added")
            return True

        return self._each("adding recipient", add)

    def _mark_done(self, message: Message) -> bool:
        known = {recipient.address for recipient in message.recipients}

        def mark(address: str) -> bool:
            if address not in known:
                self._wrong("marking as delivered", f"{address} is not a recipient: message not updated")
                return False
            self._mark(message, address)
            return True

        return self._each("marking as delivered", mark)

    def _mark_all_done(self, message: Message) -> bool:
        for recipient in message.recipients:
            self._mark(message, recipient.address)
        return True

    def _mark(self, message: Message, address: str) -> None:
        message.done[address] = None
        self._log(message.name, f"address <{address}> marked delivered")

    def _change_sender(self, message: Message) -> bool:
        if len(self._addresses) > 1:
            self._write("- only one sender address can be specified\n")
            return False

        def change(address: str) -> bool:
            message.sender = address
            self._log(message.name, f"sender address changed to <{address}>")
            return True

        return self._each("editing sender", change, may_be_empty=True)

    def _each(self, doing: str, change: Callable[[str], bool], *, may_be_empty: bool = False) -> bool:
        """Go through all addresses, whatever is wrong with some of them."""
        if not self._addresses:
            self._write(f"- error while {doing}: no address given\n")
            return False
        rules = mailbox.permitted(self._agent.config.options, null=may_be_empty)
        well = True
        for text in self._addresses:
            try:
                address = mailbox.parse(text, rules).address
                if address and not mailbox.has_domain(address):
                    raise Failed("domain missing")
            except Failed as problem:
                self._wrong(doing, f"bad address {text}: {problem.message}")
                well = False
                continue
            well = change(address) and well
        return well

    def _wrong(self, doing: str, what: str) -> None:
        self._write(f"- error while {doing}:\n  {what}\n")
