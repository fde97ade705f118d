"""The lookups in a public suffix list."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes
from drivers.api.unit import lookup
from drivers.lookups.opening import open_failed
from drivers.values.lookup_type import SINGLE_KEY
from drivers.values.publicsuffix import PublicSuffixes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import World

SECTION = "File and database lookups"
SINCE = "4.100-dev"
FEATURE = "lookup_psl"


def _opened(world: World, path: str, kind: str) -> PublicSuffixes:
    try:
        data = world.files.read(path)
    except OSError as error:
        raise open_failed(path, f"{kind} search", error.errno or errno.EIO) from error
    return PublicSuffixes(from_bytes(data).split("\n"))


@lookup("psl", syntax="psl{<file>}", since=SINCE, section=SECTION, feature=FEATURE, style=SINGLE_KEY)
def psl(world: World, path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Give the public suffix of a domain.

    The file is a public suffix list. Nothing is found where no rule of it holds: there is no
    rule for the domains that the list leaves out. The result has the form of the key (UTF-8 or
    A-labels), in lower case. Raises `Failed` for a file that cannot be opened.
    """
    return _opened(world, path, "psl").suffix


@lookup("regdom", syntax="regdom{<file>}", since=SINCE, section=SECTION, feature=FEATURE, style=SINGLE_KEY)
def regdom(world: World, path: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    """Give the registered domain of a domain: its public suffix with one component more.

    The file is a public suffix list. Nothing is found where no rule of it holds, and for a
    domain that is a public suffix itself by a wildcard. Raises `Failed` for a file that cannot be opened.
    """
    return _opened(world, path, "regdom").registered
