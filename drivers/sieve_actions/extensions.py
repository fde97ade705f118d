"""What a script can ask for by ``require``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.sieve_actions.declare import extension

if TYPE_CHECKING:
    from drivers.api.sieve import Sieve


def _always(_sieve: Sieve) -> str:
    return ""


@extension("vacation", syntax='require "vacation";', since="4.42")
def vacation(sieve: Sieve) -> str:
    """The command ``vacation``, where ``sieve_vacation_directory`` says where its records are kept."""
    return "" if sieve.settings.vacations else "vacation disabled"


@extension("enotify", syntax='require "enotify";', since="4.70")
def enotify(sieve: Sieve) -> str:
    """The command ``notify`` and its tests, where ``sieve_enotify_mailto_owner`` says who notifies."""
    return "" if sieve.settings.owner is not None else "enotify disabled"


for _name, _doc in {
    "copy": "The argument ``:copy``: the message is kept all the same.",
    "encoded-character": "Bytes and characters by their numbers: ``${hex:40}``, ``${unicode:20ac}``.",
    "envelope": "The test ``envelope``.",
    "fileinto": "The command ``fileinto``.",
    "subaddress": "The parts ``:user`` and ``:detail`` of addresses.",
    "comparator-i;octet": "The comparator ``i;octet``, which is there anyway.",
    "comparator-i;ascii-casemap": "The comparator ``i;ascii-casemap``, which is there anyway.",
    "comparator-en;ascii-casemap": "The comparator ``en;ascii-casemap``, which is there anyway.",
    "comparator-i;ascii-numeric": "The comparator ``i;ascii-numeric``.",
}.items():
    extension(_name, syntax=f'require "{_name}";', since="4.24", doc=_doc)(_always)
