"""The lookups of NIS maps, on machines that belong to no NIS domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from drivers.api.errors import Failed, Unsupported
from drivers.api.text import from_bytes
from drivers.api.unit import lookup
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drivers.api.outside import World

DOMAIN = "/proc/sys/kernel/domainname"


def _open(world: World, _path: str, _options: Sequence[str]) -> NoReturn:
    try:
        domain = from_bytes(world.files.read(DOMAIN)).strip()
    except OSError:
        domain = ""
    if domain in {"", "(none)"}:
        raise Failed("failed to get default NIS domain")
    raise Unsupported("lookups in NIS maps are not supported by eximulate: it has no NIS client")


for _name, _doc in (
    ("nis", "Look a key up in an NIS map."),
    ("nis0", "Look a key that ends with a NUL up in an NIS map."),
):
    lookup(
        _name,
        syntax=f"{_name}{{<map>}}",
        section="File and database lookups",
        feature="lookup_nis",
        doc=_doc,
        style=SINGLE_KEY,
    )(_open)
