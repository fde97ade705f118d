"""The host that the environment asks to be taken for this one: its name, addresses, caller and users.

A test that was recorded on another machine only agrees if the program believes to be there. The
``EXIMULATE_*`` variables say so; what they leave out is the real machine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.api.text import from_argument
from expander.world.account import Account, is_number

HARNESS_SEED = 42


@dataclass(frozen=True, slots=True)
class VirtualHost:
    """What is known of the virtual host; None and empty where the real one counts.

    ``harness`` is true where the program behaves as an Exim built for its test suite does: fixed
    random numbers, no host names from the system's resolver. ``zones`` is a folder of zone files
    that answer all DNS questions; ``version`` the version to show.
    """

    harness: bool = False
    name: str | None = None
    addresses: tuple[str, ...] = ()
    caller: Account | None = None
    caller_group: str | None = None
    exim_user: str | None = None
    exim_group: str | None = None
    as_user: str | None = None
    zones: str | None = None
    version: str | None = None

    @property
    def seed(self) -> int | None:
        """The seed of the random numbers, None where they are to be really random."""
        return HARNESS_SEED if self.harness else None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> VirtualHost:
        """The virtual host described by the variables ``EXIMULATE_...`` of an environment.

        ``EXIMULATE_CALLER`` is ``login:uid:gid:gecos:home:group``; one that does not have this
        form is ignored. Never raises.
        """

        def value(word: str) -> str | None:
            return from_argument(environment.get(f"EXIMULATE_{word}", "")) or None

        caller, group = _caller(value("CALLER"))
        return cls(
            harness=value("HARNESS") == "1",
            name=value("HOSTNAME"),
            addresses=tuple((value("INTERFACES") or "").split()),
            caller=caller,
            caller_group=group,
            exim_user=value("EXIM_USER"),
            exim_group=value("EXIM_GROUP"),
            as_user=value("AS_USER"),
            zones=value("DNS_ZONES"),
            version=value("VERSION"),
        )


def _caller(text: str | None) -> tuple[Account | None, str | None]:
    """The account and the group's name in ``login:uid:gid:gecos:home:group``."""
    parts = (text or "").split(":")
    if len(parts) < 5 or not (is_number(parts[1]) and is_number(parts[2])):
        return None, None
    account = Account(parts[0], int(parts[1]), int(parts[2]), parts[3], parts[4])
    return account, parts[5] if len(parts) > 5 and parts[5] else None
