"""What a program is told of an address that was verified."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from drivers.api.routing import DEFER, FAIL, OK
from drivers.api.text import to_display

if TYPE_CHECKING:
    from expander.routing.verify import Verified

WORDS = {OK: "verifies", FAIL: "fails", DEFER: "cannot be verified now"}


@dataclass(frozen=True, slots=True)
class VerifiedAddress:
    """How an address verifies.

    ``outcome`` is "OK", "FAIL" or "DEFER". ``address`` is the address with a domain and rewritten.
    ``message`` is for the log, ``user_message`` for SMTP clients where there is one that may be told;
    ``error`` has the system's words for an error of its own. ``failure`` is what stands in
    ``$recipient_verify_failure`` and ``$sender_verify_failure``: "qualify" or "route".
    The data is that of the address where routing ended; ``variables`` are those of the form ``r_...``.
    """

    address: str
    outcome: str
    message: str = ""
    user_message: str = ""
    error: str = ""
    failure: str = ""
    address_data: str | None = None
    domain_data: str | None = None
    local_part_data: str | None = None
    variables: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, found: Verified) -> VerifiedAddress:
        """What a verification by the engine has come to."""
        return cls(**{field.name: getattr(found, field.name) for field in fields(cls)})

    def explain(self) -> str:
        """The outcome with its reason in a line of text."""
        why = ": ".join(text for text in (self.error, self.message) if text) or self.user_message
        said = WORDS.get(self.outcome, self.outcome)
        return to_display(f"{self.address}: {said}" + (f": {why}" if why and self.outcome != OK else ""))
