"""The virtual host of a run, out of its environment and the file that this may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import from_argument
from expander.world.virtual_host import HARNESS_SEED, VirtualHost, from_environment
from grammar.record import replaced

if TYPE_CHECKING:
    from collections.abc import Mapping


def of_this_run(environment: Mapping[str, str]) -> VirtualHost:
    """The virtual host of a run: what the environment says lies over the file that ``EXIMULATE_HOST`` names.

    Raises ``HostFileError`` for a file that describes no host.
    """
    own = from_environment(environment)
    if own.zones:
        own = replaced(own, zones=_absolute(own.zones))
    path = environment.get("EXIMULATE_HOST")
    if not path:
        return own
    from expander.world.host_file import read_host

    base = read_host(from_argument(path))
    fields = {field: getattr(own, field) or getattr(base, field) for field in VirtualHost.record_fields}
    fields["users"], fields["groups"] = own.users + base.users, own.groups + base.groups
    if base.harness and base.seed is None and own.seed is None:
        fields["seed"] = HARNESS_SEED
    for name in ("zones", "root"):
        if fields[name]:
            fields[name] = _absolute(fields[name])
    return VirtualHost(**fields)


def _absolute(path: str) -> str:
    """The path for later, when the program works in another directory."""
    from pathlib import Path

    return str(Path(path).absolute())
