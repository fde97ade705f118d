"""Conditions on IP addresses and on rewritten senders: isip, isip4, isip6, inbound_srs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.api.unit import condition
from drivers.values import ip, prvs
from grammar.shapes import ConditionShape

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion conditions"
ONE = ConditionShape(form="strings")


def _telling(wanted: tuple[int, ...]) -> Callable[[Context, str], bool]:
    """A condition on the version of an address in the form that says why it is none."""

    def told(ctx: Context, text: str) -> bool:
        version = ip.version(text)
        if not version and ctx.narrator is not None:
            if "/" in text:
                ctx.narrator.plain("failed: netmask found, but not requested")
            else:
                kind = "as IPv6" if ":" in text else "IPv4"
                ctx.narrator.plain(f"failed: IP address string not parsable {kind}")
        return version in wanted

    return told


@condition(
    "isip",
    syntax="isip {<string>}",
    section=SECTION,
    shape=ONE,
    narrated=_telling((4, 6)),
    examples={"${if isip{::1}{y}{n}}": "y", "${if isip{1.2.3.4/24}{y}{n}}": "n"},
)
def isip(text: str) -> bool:
    """True if the string is an IPv4 or IPv6 address, without a mask."""
    return ip.version(text) != 0


@condition(
    "isip4",
    syntax="isip4 {<string>}",
    section=SECTION,
    shape=ONE,
    narrated=_telling((4,)),
    examples={"${if isip4{1.2.3.4}{y}{n}}": "y"},
)
def isip4(text: str) -> bool:
    """True if the string is an IPv4 address, without a mask."""
    return ip.version(text) == 4


@condition(
    "isip6",
    syntax="isip6 {<string>}",
    section=SECTION,
    shape=ONE,
    narrated=_telling((6,)),
    examples={"${if isip6{1.2.3.4}{y}{n}}": "n"},
)
def isip6(text: str) -> bool:
    """True if the string is an IPv6 address, without a mask."""
    return ip.version(text) == 6


@condition(
    "inbound_srs",
    syntax="inbound_srs {<local part>}{<secret>}",
    since="4.94",
    feature="srs",
    section=SECTION,
    shape=ConditionShape(
        form="strings",
        least=2,
        most=2,
        complaints={"few": "too few arguments or bracketing error for inbound_srs"},
    ),
    examples={"${if inbound_srs{joe}{secret}{y}{n}}": "n"},
)
def inbound_srs(ctx: Context, local_part: str, secret: str) -> bool:
    """True if a local part is one that ``srs_encode`` made with this secret, not too long ago.

    ``$srs_recipient`` becomes the original address as soon as the local part has the form. An empty
    secret checks nothing but the form.
    """
    parts = prvs.srs_parts(local_part)
    if parts is None:
        if ctx.narrator is not None:
            ctx.narrator.plain("no match for SRS'd local-part pattern")
        return False
    digest, stamp, domain, local = parts
    original = prvs.srs_address(local, domain)
    ctx.facts["srs_recipient"] = original
    if not secret:
        return True
    if not prvs.srs_current(stamp, ctx.world.clock.now()):
        if ctx.narrator is not None:
            ctx.narrator.plain("SRS too old")
        return False
    return digest == prvs.srs_hash(original, secret)
