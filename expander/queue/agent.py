"""What all messages share that one process receives and delivers: configuration, logs, spool, names."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.api.errors import PANIC_ALONE
from drivers.api.routing import SILENT
from drivers.values.hints import KEPT
from expander.hints import SpoolHints
from expander.message.identity import message_id
from expander.queue.logs import Logs
from expander.queue.ownership import owner_of
from expander.queue.spool import Spool
from expander.routing.telling import PRINTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drivers.api.outside import Account, World
    from drivers.api.profile import Profile
    from drivers.api.routing import Address
    from drivers.api.transports import Outward
    from expander.config.model import Config
    from expander.expand.context import Context
    from expander.queue.message import Message

LONG_IDS_SINCE = "4.97"
TICK = 0.005
"""How many seconds there are between two names of messages, at the most."""


class Agent:
    """A mail transfer agent at work.

    ``tell`` gets what happens where that is wanted, log lines among it; ``debug`` gets debugging output.
    ``make_context`` gives a context with nothing in it but the configuration. ``deliver_with`` delivers a
    message of the spool by its name, to other hosts only if its second argument is ""; as long as nobody sets
    it, messages stay there. ``how`` is what the caller said of when to deliver, who ``waits`` for it or not;
    ``beside`` gets what ``deliver_with`` is to have of messages that come of one while it is delivered.
    ``outward`` has the commands and connections that transports use, where those are others than the world's.
    ``note`` is told what becomes of each address of a message: it is "delivered", "failed", "deferred" or
    "discarded". Messages that are made while one ``is_trial`` is delivered are for trial as well.
    ``give_up_with`` is told why a message was not delivered where its caller waits (``mua_wrapper``).
    """

    def __init__(
        self,
        config: Config,
        profile: Profile,
        world: World,
        make_context: Callable[[], Context],
        *,
        tell: Callable[[str], None] | None = None,
        outward: Outward | None = None,
        debug: Callable[[str], None] | None = None,
    ) -> None:
        self.config = config
        self.profile = profile
        self.world = world
        self.outward: Outward = outward or world
        self.note: Callable[[Message, Address, str], None] = _unnoted
        self.give_up_with: Callable[[str], None] = _untold
        self.tell = tell
        self.debug = debug
        self.logs = Logs(world, config, tell)
        options = config.options
        directory = str(options.expanded.get("spool_directory") or options["spool_directory"] or "")
        owner = owner_of(config, world)
        self.spool = Spool(
            world,
            directory,
            is_split=bool(options.get("split_spool_directory")),
            logs=bool(options.get("message_logs", True)),
            owner=owner,
        )
        self.hints = SpoolHints(world.files, f"{directory}/db", world, owner)
        self.deliver_with: Callable[[str, str], object] = _leave
        self.how = ""
        self.waits = self.is_trial = False
        self.beside: list[tuple[str, str]] | None = None
        self._make_context = make_context
        self._last_name = ""

    def context(self, name: str = "") -> Context:
        """A context whose log lines bear the name of a message."""
        made = self._make_context()
        made.state[KEPT] = self.hints
        if self.spool.queue:
            made.facts["queue_name"] = self.spool.queue
        self.log_from(made, name)
        made.debug_with = self.debug
        if self.tell is not None:
            made.state[PRINTED] = self.tell
        return made

    def log_from(self, ctx: Context, name: str) -> None:
        """Let log lines of a context bear the name of a message."""
        start = f"{name} " if name else ""

        def log(text: str, panic: int) -> None:
            logs = self.logs
            if ctx.state.get(SILENT):
                logs.show(start + text)
            else:
                (logs.panic if panic == PANIC_ALONE else logs.both if panic else logs.main)(start + text)

        def log_selected(text: str, selector: str, told: str) -> None:
            if ctx.state.get(SILENT):
                self.logs.show(start + text, selector)
            else:
                self.logs.main(start + text, selector=selector, told=told and start + told)

        ctx.log_with, ctx.log_selected_with = log, log_selected

    def new_name(self) -> str:
        """The identification of a new message; no other has it."""
        number = self.config.options.get("localhost_number")
        while True:
            name = message_id(
                self.world.clock.now(),
                self.world.pid,
                int(number) if number and str(number).isdigit() else None,
                long=self.profile.at_least(LONG_IDS_SINCE),
            )
            if name != self._last_name:
                self._last_name = name
                return name
            self.world.clock.sleep(TICK)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """While nothing of what happens is told."""
        told = self.tell, self.logs.tell
        self.tell = self.logs.tell = None
        try:
            yield
        finally:
            self.tell, self.logs.tell = told

    def own_account(self) -> Account:
        """The account of the Exim user, under whom the agent itself submits messages."""
        from expander.world.account import Account as Known

        user = self.config.options["exim_user"]
        account = None if user is None else self.world.users.user(str(user))
        if account is None:
            uid = user if isinstance(user, int) else 0
            return Known(str(user or uid), uid, uid)
        return account


def _unnoted(_message: Message, _address: Address, _what: str) -> None:
    """Nobody wants to know."""


def _untold(_why: str) -> None:
    """Nobody waits for a message to be delivered."""


def _leave(_name: str, _here_only: str) -> None:
    """A message waits for the next run of the queue."""
