"""The virtual host: the machine as the program sees it, where that is not the real one.

A test that was recorded on another machine only agrees if the program believes to be there. What a
virtual host leaves open is the real machine's. It is filled from the environment (``EXIMULATE_...``) or
from a file (see `expander.world.host_file`), and laid over the real world.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_argument
from expander.world.account import Account, is_number
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

HARNESS_SEED = 42


class HostFileError(Exception):
    """A file that describes no host; the text says why, for display."""


class VirtualHost(Record):
    """What is known of the virtual host; None and empty where the real one counts.

    ``name`` is the machine's own name, ``addresses`` those of its interfaces. ``users`` and ``groups``
    (names and numbers) lie over the real ones. ``caller`` is the login of the user who runs the
    program, ``caller_groups`` the names of groups that the caller is in besides the own one.
    ``exim_user`` and ``exim_group`` are the names that Exim was built to run under. ``zones`` is a folder
    of zone files that answer all DNS questions; ``version`` the version to show; ``time`` when
    the clock starts (seconds since 1970), which then stands still until somebody sleeps; ``seed`` fixes
    the random numbers. ``harness`` is true where the program behaves as an Exim built for its own
    test suite: whatever differs from run to run or from machine to machine is fixed or left out.

    ``files`` (names and contents as held text) and ``exists`` (names of files without contents, and of
    folders with a slash at their end) lie over the machine's files, and so does ``root``, a folder that
    stands for ``/``.
    """

    name: str | None = None
    addresses: tuple[str, ...] = ()
    users: tuple[Account, ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    caller: str | None = None
    caller_groups: tuple[str, ...] = ()
    exim_user: str | None = None
    exim_group: str | None = None
    zones: str | None = None
    version: str | None = None
    time: float | None = None
    seed: int | None = None
    harness: bool = False
    files: tuple[tuple[str, str], ...] = ()
    exists: tuple[str, ...] = ()
    root: str | None = None

    def user(self, name: str) -> Account | None:
        """The user of that login name or decimal number, if the virtual host has one."""
        for account in self.users:
            if name in {account.login, str(account.uid)}:
                return account
        return None

    def group(self, name: str) -> int | None:
        """The number of the group of that name, if the virtual host has one."""
        return next((gid for known, gid in self.groups if known == name), None)

    def group_name(self, gid: int) -> str | None:
        """The name of the group of that number, if the virtual host has one."""
        return next((known for known, number in self.groups if number == gid), None)


def from_environment(environment: Mapping[str, str]) -> VirtualHost:
    """The virtual host that the variables ``EXIMULATE_...`` of an environment describe.

    ``EXIMULATE_CALLER`` is ``login:uid:gid:gecos:home:group``; one that does not have this form is
    ignored, like a time that is not a number. Never raises.
    """

    def value(word: str) -> str | None:
        return from_argument(environment.get(f"EXIMULATE_{word}", "")) or None

    harness = value("HARNESS") == "1"
    exim_group = value("EXIM_GROUP")
    caller, groups = _caller(value("CALLER") or "")
    time = value("TIME") or ""
    return VirtualHost(
        name=value("HOSTNAME"),
        addresses=tuple((value("INTERFACES") or "").split()),
        users=(caller,) if caller else (),
        groups=groups,
        caller=value("AS_USER") or (caller.login if caller else None),
        # Exim's test suite is only run by members of Exim's group.
        caller_groups=(exim_group,) if harness and caller and exim_group else (),
        exim_user=value("EXIM_USER"),
        exim_group=exim_group,
        zones=value("DNS_ZONES"),
        version=value("VERSION"),
        time=float(time) if is_number(time) else None,
        seed=HARNESS_SEED if harness else None,
        harness=harness,
    )


def _caller(text: str) -> tuple[Account | None, tuple[tuple[str, int], ...]]:
    """The account and the group in ``login:uid:gid:gecos:home:group``."""
    parts = text.split(":")
    if len(parts) < 5 or not (is_number(parts[1]) and is_number(parts[2])):
        return None, ()
    account = Account(parts[0], int(parts[1]), int(parts[2]), parts[3], parts[4])
    return account, ((parts[5], account.gid),) if len(parts) > 5 and parts[5] else ()
