"""The lookups of text files that are read from the top: lsearch and its relatives."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, Failed, ForcedFail
from drivers.api.text import lower
from drivers.api.unit import Example, lookup
from drivers.lookups.kept import NotRegular, made_of
from drivers.lookups.lsearch_file import TextFile
from drivers.lookups.opening import open_failed
from drivers.values import ip
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import World
    from drivers.api.protocols import Context

    Entry = tuple[str, str, int]
    Find = Callable[[str], str | None]

SECTION = "File and database lookups"
FEATURE = "lookup_lsearch"
ONE_ELEMENT = "<\x01"
"""Before a text that is to be a list of one element, whatever is in it."""

WANTED = (
    "is not a valid iplsearch key (an IP address, with optional CIDR mask, is wanted): "
    "in a host list, use net-iplsearch as the search type"
)


def _opened(world: World, path: str) -> TextFile:
    """The file. Raises `Failed` for one that cannot be opened and for what is no ordinary file."""
    try:
        return made_of(world, path, TextFile)
    except NotRegular:
        raise Failed(f"{path} is not a regular file (lsearch lookup)") from None
    except OSError as error:
        raise open_failed(path, "linear search", error.errno or errno.EIO) from error


def _answer(file: TextFile, options: Sequence[str], found: Entry) -> str:
    return file.whole(found) if "ret=full" in options else file.data(found)


@lookup(
    "lsearch",
    syntax="lsearch{<file>}",
    section=SECTION,
    feature=FEATURE,
    style=SINGLE_KEY,
    examples=(
        Example(
            "${lookup{bob}lsearch{@DIR@/aliases}}",
            "bob@example.net, bob@example.org",
            files={"aliases": "# comment\nalice: /dev/null\nBob:  bob@example.net,\n  bob@example.org\n"},
        ),
        Example(
            "${lookup{two words}lsearch,ret=full{@DIR@/data}}",
            "two words: quoted",
            files={"data": '"two words": quoted\n'},
        ),
    ),
)
def lsearch(world: World, path: str, options: Sequence[str]) -> Find:
    """Find the first line of a text file that has the key.

    Upper and lower case count as the same. The result is the rest of the line, with the option
    ``ret=full`` the whole of it. Raises `Failed` for a file that cannot be opened.
    """
    file = _opened(world, path)

    def find(key: str) -> str | None:
        found = file.first(lower(key))
        return None if found is None else _answer(file, options, found)

    return find


@lookup(
    "iplsearch",
    syntax="iplsearch{<file>}",
    section=SECTION,
    feature=FEATURE,
    style=SINGLE_KEY,
    examples=(
        Example(
            "${lookup{192.0.2.77}iplsearch{@DIR@/nets}} ${lookup{2001:db8::1}iplsearch{@DIR@/nets}}",
            "office six",
            files={"nets": '192.0.2.0/24: office\n"2001:db8::/32": six\n'},
        ),
    ),
)
def iplsearch(world: World, path: str, options: Sequence[str]) -> Find:
    """Find the first line of a file whose network holds an IP address.

    Keys of the file with colons in them stand in quotes; those that are no addresses are passed over.
    Raises `Failed` for a file that cannot be opened, and `Deferred` if the key is no address.
    """
    file = _opened(world, path)

    def find(key: str) -> str | None:
        address = ip.parse(key)
        if address is None and key != "*":
            raise Deferred(f'"{key}" {WANTED}')
        for found in file.entries():
            if found[0] == key if address is None else _within(address, found[0]):
                return _answer(file, options, found)
        return None

    return find


def _wild(ctx: Context, path: str, options: Sequence[str], *, expanded: bool) -> Find:
    file = _opened(ctx.world, path)

    def find(key: str) -> str | None:
        compared = False
        for found in file.entries():
            pattern = found[0]
            if expanded:
                try:
                    pattern = ctx.expand(pattern)
                except ForcedFail:
                    continue
                except ExpansionError:
                    raise Deferred("") from None
            by_regex = pattern.startswith("^")
            if _fits(ctx, key, pattern):
                if by_regex and compared:
                    ctx.captures = [lower(key)]  # what the comparison before has left
                return _answer(file, options, found)
            compared = compared or not by_regex
        return None

    return find


def _fits(ctx: Context, key: str, pattern: str) -> bool:
    """True if a key of the file fits: any element of a list of strings may stand there, negated or not."""
    fits = ctx.match_list("string", key, ONE_ELEMENT + pattern) is not None
    if not fits and not pattern.startswith("!"):
        ctx.captures = []
    return fits


@lookup(
    "wildlsearch",
    syntax="wildlsearch{<file>}",
    section=SECTION,
    feature=FEATURE,
    style=SINGLE_KEY,
    captures=True,
    examples=(
        Example(
            "${lookup{joe12}wildlsearch{@DIR@/wild}} ${lookup{a.example.com}wildlsearch{@DIR@/wild}}",
            "pattern wildcard",
            files={"wild": "^joe\\N[0-9]+$\\N: pattern\n*.example.com: wildcard\n"},
        ),
    ),
)
def wildlsearch(ctx: Context, path: str, options: Sequence[str]) -> Find:
    """Find the first line of a text file whose wildcard matches, expanding it first.

    A key of the file may begin with an asterisk, be a pattern that begins with ``^``, or be another
    lookup. Raises `Failed` for a file that cannot be opened, `Deferred` for a key that does not expand.
    """
    return _wild(ctx, path, options, expanded=True)


@lookup(
    "nwildlsearch",
    syntax="nwildlsearch{<file>}",
    section=SECTION,
    feature=FEATURE,
    style=SINGLE_KEY,
    captures=True,
    examples=(
        Example(
            "${lookup{joe12}nwildlsearch{@DIR@/wild}}",
            "pattern",
            files={"wild": "^joe[0-9]+$: pattern\n"},
        ),
    ),
)
def nwildlsearch(ctx: Context, path: str, options: Sequence[str]) -> Find:
    """Find the first line of a text file whose wildcard matches, without expanding it.

    The keys of the file are those of `wildlsearch`. Raises `Failed` for a file that cannot be opened.
    """
    return _wild(ctx, path, options, expanded=False)


def _within(address: ip.Address, text: str) -> bool:
    network = ip.parse_network(text)
    if network is None:
        return False
    other, bits = network
    address, other = ip.plain(address), ip.plain(other)
    width = address.width if bits is None else min(bits, address.width)
    return address.version == other.version and address.masked(width) == other.masked(width)
