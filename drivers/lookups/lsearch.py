"""The lookups of text files that are read from the top: lsearch and its relatives."""

from __future__ import annotations

import errno
import stat
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, Failed, ForcedFail
from drivers.api.text import SPACE, from_bytes, lower
from drivers.api.unit import Example, lookup
from drivers.lookups.opening import open_failed
from drivers.values import ip
from drivers.values.fields import quoted_word
from drivers.values.lookup_type import SINGLE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.outside import World
    from drivers.api.protocols import Context

    Find = Callable[[str], str | None]

SECTION = "File and database lookups"
FEATURE = "lookup_lsearch"
ONE_ELEMENT = "<\x01"
"""Before a text that is to be a list of one element, whatever is in it."""

WANTED = (
    "is not a valid iplsearch key (an IP address, with optional CIDR mask, is wanted): "
    "in a host list, use net-iplsearch as the search type"
)


def lines_of(world: World, path: str) -> list[str]:
    """The lines of a file without their ends.

    Raises `Failed` for a file that cannot be opened and for what is no ordinary file.
    """
    try:
        if not stat.S_ISREG(world.files.stat(path).st_mode):
            raise Failed(f"{path} is not a regular file (lsearch lookup)")
        text = from_bytes(world.files.read(path))
    except OSError as error:
        raise open_failed(path, "linear search", error.errno or errno.EIO) from error
    return text.split("\n")


def entries(lines: Sequence[str]) -> Iterator[tuple[str, str, int]]:
    """The key and what follows it, of each line that begins with one, with the number of the next line.

    A key ends at a colon or white space, in quotes at the closing quote or the end of the line.
    """
    for number, line in enumerate(lines, 1):
        if not line or line[0] == "#" or line[0] in SPACE:
            continue
        text = line.rstrip(SPACE)
        if text.startswith('"'):
            key, end = quoted_word(text, 0)
        else:
            end = next((at for at, char in enumerate(text) if char == ":" or char in SPACE), len(text))
            key = text[:end]
        yield key, text[end:], number


def data_of(rest: str, lines: Sequence[str], following: int) -> str:
    """The data after a key: one colon may stand before it, and lines that begin with white space go on.

    A comment or an empty line ends it, whatever comes after.
    """
    text = rest.lstrip(SPACE)
    return continued(text[1:].lstrip(SPACE) if text.startswith(":") else text, lines, following)


def continued(text: str, lines: Sequence[str], following: int) -> str:
    """A text with the lines that continue it, one blank at each junction."""
    for line in lines[following:]:
        if not line or line[0] not in SPACE or not line.strip(SPACE):
            break
        text += " " + line.strip(SPACE)
    return text


def _answer(lines: Sequence[str], options: Sequence[str], found: tuple[str, str, int]) -> str:
    key, rest, following = found
    if "ret=full" in options:
        return continued(key + rest, lines, following)
    return data_of(rest, lines, following)


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
    lines = lines_of(world, path)

    def find(key: str) -> str | None:
        wanted = lower(key)
        for found in entries(lines):
            if lower(found[0]) == wanted:
                return _answer(lines, options, found)
        return None

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
    lines = lines_of(world, path)

    def find(key: str) -> str | None:
        address = ip.parse(key)
        if address is None and key != "*":
            raise Deferred(f'"{key}" {WANTED}')
        for found in entries(lines):
            if found[0] == key if address is None else _within(address, found[0]):
                return _answer(lines, options, found)
        return None

    return find


def _wild(ctx: Context, path: str, options: Sequence[str], *, expanded: bool) -> Find:
    lines = lines_of(ctx.world, path)

    def find(key: str) -> str | None:
        compared = False
        for found in entries(lines):
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
                return _answer(lines, options, found)
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
