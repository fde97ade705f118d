"""Commands that are sent before the greeting: what a host offered before is remembered for that.

See the option ``hosts_pipe_connect`` in "The smtp transport".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.authentication import mechanisms
from drivers.api.remote import CLOSED
from drivers.api.text import lower, printing
from drivers.transports.smtp_offers import offered
from drivers.transports.smtp_trouble import Trouble, of_silence
from drivers.values.hints import hints_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from drivers.transports.smtp_attempt import Attempt
    from drivers.values.smtp_client import Reply

DATABASE = "misc"
GREETING, HELLO = "greeting", "hello"
LAST = {"DATA": "pipelined DATA", "BDAT": "pipelined end of data"}
"""What is told of the last command, where more than one was sent."""

WORD = "PIPECONNECT"
BITS = {
    "STARTTLS": 0x01,
    "IGNOREQUOTA": 0x02,
    "PRDR": 0x04,
    "SMTPUTF8": 0x08,
    "DSN": 0x10,
    "PIPELINING": 0x20,
    "SIZE": 0x40,
    "CHUNKING": 0x80,
    WORD: 0x100,
}
"""What Exim's record has for each extension."""

_NEEDED = BITS[WORD] | BITS["PIPELINING"]
_OWN_ADDRESS = "sending_ip_address"


class Memory:
    """What is remembered of a host, in clear and under TLS.

    ``is_used`` tells that commands go before the reply to the hello that they follow, ``owed`` which replies
    of the host are still to come.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._key = f"{attempt.host.address}:{attempt.port}.EHLO"
        self._ctx = attempt.job.ctx
        self._names = [lower(name) for name in attempt.job.client_mechanisms]
        self.is_used = False
        self.owed: list[str] = []
        self._is_secured = False
        with self._ctx.world.storage.as_itself():
            found = hints_of(self._ctx).read(DATABASE, self._key)
        lasting = int(self._ctx.options.get("retry_data_expire") or 0)
        is_known = found is not None and "clear" in found and self._now() - found["time"] <= lasting
        self._known: dict[str, Any] | None = found if is_known else None

    def _now(self) -> int:
        return int(self._ctx.world.clock.now())

    @property
    def _phase(self) -> str:
        return "crypted" if self._is_secured else "clear"

    def begin(self, *, secured: bool) -> bool:
        """True if commands may go at once now that the connection is there, or under TLS."""
        self._is_secured = secured
        known = self._known
        self.is_used = known is not None and known[self._phase] & _NEEDED == _NEEDED
        return self.is_used

    @property
    def offers(self) -> frozenset[str]:
        """The extensions that are remembered."""
        bits = self._known[self._phase] if self._known else 0
        return frozenset(name for name, bit in BITS.items() if bits & bit) | (
            {"AUTH"} if self.mechanisms else set()
        )

    @property
    def mechanisms(self) -> Sequence[str]:
        """The mechanisms of AUTH that are remembered."""
        bits = self._known[f"{self._phase}_auths"] if self._known else 0
        return [name for at, name in enumerate(self._names) if name and bits >> at & 1]

    def note(self, hello: str, offers: frozenset[str]) -> None:
        """Remember what a host offers, or forget it where that does not permit commands at once."""
        bits = sum(bit for name, bit in BITS.items() if name in offers)
        fits = bits & _NEEDED == _NEEDED
        if not fits and not self._is_secured:
            self.forget()
            return
        offered = {lower(name) for name in mechanisms(hello)}
        auths = sum(1 << at for at, name in enumerate(self._names) if name and name in offered)
        record = dict(self._known or {"clear": 0, "crypted": 0, "clear_auths": 0, "crypted_auths": 0})
        if not fits and not self._known:
            return
        record[self._phase], record[f"{self._phase}_auths"] = (bits, auths) if fits else (0, 0)
        is_new = self._known is None or any(record[name] != value for name, value in self._known.items())
        self.is_used = self.is_used and fits
        if is_new:
            self._known = record | {"time": self._now()}
            self._keep(self._known)

    def take_owed(self, sent: str, patience: float) -> None:
        """Read what the host had to say before it could answer ``sent``. Raises `Trouble`."""
        attempt, owed = self._attempt, self.owed
        sent, self.owed = LAST.get(attempt.wire.sent[:4], sent), []
        for what in owed:
            try:
                reply = attempt.wire.reply(patience)
            except TimeoutError:
                raise of_silence(sent) from None
            is_wrong = reply.is_malformed or not reply.text
            if reply.text and (is_wrong or (what == GREETING and reply.code != "2")):
                self.forget()
            if what == GREETING:
                attempt.take_greeting(reply, late=sent)
                continue
            if is_wrong:
                raise refused(reply, sent)
            attempt.sent.hello = reply.text
            attempt.job.event("smtp:ehlo", printing(reply.text))
            self.note(reply.text, offered(reply.text) if reply.code == "2" else frozenset())
            attempt.sent.early_pipelining = self.is_used

    def forget(self) -> None:
        """Nothing is known of the host any more."""
        self.is_used = False
        if self._known is not None:
            self._known = None
            self._keep(None)

    def _keep(self, record: dict[str, Any] | None) -> None:
        with self._ctx.world.storage.as_itself():
            hints_of(self._ctx).update(DATABASE, {self._key: record})


def memory(attempt: Attempt) -> Memory | None:
    """What is remembered of the host if the options want that."""
    chosen = attempt.job.transport
    if "hosts_pipe_connect" not in chosen.options or not attempt.lists("hosts_pipe_connect"):
        return None
    if chosen["protocol"] != "smtp" or chosen["socks_proxy"]:
        return None
    if attempt.lists("hosts_avoid_esmtp") or attempt.lists("hosts_avoid_pipelining"):
        return None
    name = str(chosen["helo_data"] or "")
    if not chosen["interface"] and _OWN_ADDRESS in name and f"def:{_OWN_ADDRESS}" not in name:
        return None  # the name is wanted before the address is known
    return Memory(attempt)


def refused(reply: Reply, sent: str) -> Trouble:
    """What a greeting or a reply to a hello says that came behind further commands."""
    if not reply.text:
        trouble = Trouble(f"Remote host closed connection in response to {sent}", CLOSED)
    else:
        shown = printing(reply.text)
        words = f"SMTP error from remote mail server after {sent}: {shown}"
        trouble = Trouble(words, text=reply.text, quits=True, of_message=True)
    trouble.of_greeting = True
    return trouble
