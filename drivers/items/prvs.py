"""Items for signed return paths: prvs, prvscheck, srs_encode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.unit import Example, item
from drivers.items.counted import counted
from drivers.values import mailbox
from drivers.values import prvs as signed
from grammar.shapes import ItemShape

if TYPE_CHECKING:
    from drivers.api.outside import World
    from drivers.api.protocols import Context, Run

SECTION = "Expansion items"
_NO_DOMAIN = "prvs first argument must be a qualified email address"


def _told(ctx: Context, address: str, secret: str, key: str = "0") -> str:
    """The item ``prvs`` in the form that tells what it does."""
    tagged = prvs(ctx.world, address, secret, key)
    if ctx.narrator is not None:
        ctx.narrator.say(f"prvs: hash source is '{tagged[len('prvs=') :][:4]}{address}'")
    return tagged


@item(
    "prvs",
    narrated=_told,
    syntax="${prvs{<address>}{<secret>}{<keynumber>}}",
    since="4.52",
    section=SECTION,
    shape=counted("prvs", 2, 3),
    taint=(0,),
    examples=(
        Example(
            "${prvs{alice@example.org}{secret}{3}}", "prvs=3682554858=alice@example.org", clock=1_700_000_000
        ),
        Example(
            "${prvscheck{${prvs{alice@example.org}{secret}}}{secret}{${if def:prvscheck_result{good}}}}",
            "good",
        ),
    ),
)
def prvs(world: World, address: str, secret: str, key: str = "0") -> str:
    """The address with a tag in front that proves that we sent it, good for a week (BATV).

    Raises `Failed` for an address without a domain, for a key number that is not one digit, and for
    a secret of more than 64 bytes.
    """
    local, at, domain = address.rpartition("@")
    if not (local and at and domain):
        raise Failed(_NO_DOMAIN)
    if not (len(key) == 1 and "0" <= key <= "9"):
        raise Failed("prvs third argument must be a single digit")
    if len(secret) > signed.LONGEST_SECRET:
        raise Failed("prvs hmac-sha1 conversion failed")
    day = signed.prvs_day(world.clock.now())
    return f"prvs={key}{day}{signed.prvs_hash(address, secret, key, day)}={address}"


def _check_words(message: str, address: str) -> str:
    """Exim counts what follows an address with a tag in another way."""
    tagged = message.startswith("Too many") and signed.prvs_parts(address) is not None
    return "Too many arguments for 'prvscheck' (max is 1)" if tagged else message


@item(
    "prvscheck",
    syntax="${prvscheck{<address>}{<secret>}{<string>}}",
    since="4.52",
    section=SECTION,
    shape=ItemShape(
        least=2,
        most=3,
        complaints={
            "few": "Not enough arguments for 'prvscheck' (min is 1)",
            "many": "Too many arguments for 'prvscheck' (max is 2)",
            "close": "missing '}' after 'prvscheck'",
        },
    ),
    lazy=(1, 2),
    words_by_first=_check_words,
    examples={"[${prvscheck{a@b.example}{secret}{ok}}]": "[]"},
)
def prvscheck(ctx: Context, address: str, secret: Run, text: Run | None = None) -> str:
    """Check the tag of an address.

    Without a tag the result is empty. Otherwise ``$prvscheck_address`` and ``$prvscheck_keynum`` are
    set while the secret and the last string are expanded, ``$prvscheck_result`` becomes "1" if the
    tag is genuine and not too old, and the result is the last string or, if that is empty, the
    address without its tag. Raises `Failed` for a secret of more than 64 bytes.
    """
    parts = signed.prvs_parts(address)
    if parts is None:
        secret(ctx)
        if text is not None:
            text(ctx)
        return ""
    ctx.captures = parts
    _, key, day, digest, local, domain = parts
    plain = f"{local}@{domain}"
    facts = ctx.facts
    facts["prvscheck_address"], facts["prvscheck_keynum"] = plain, key
    say = ctx.narrator.say if ctx.narrator is not None else str
    for what, part in (
        ("localpart", local),
        ("key number", key),
        ("daystamp", day),
        ("hash", digest),
        ("domain", domain),
    ):
        say(f"prvscheck {what}: {part}")
    try:
        key_text = secret(ctx)
        if len(key_text) > signed.LONGEST_SECRET:
            raise Failed("hmac-sha1 conversion failed")
        expected = signed.prvs_hash(plain, key_text, key, day)
        good = digest == expected and signed.prvs_current(day, ctx.world.clock.now())
        facts["prvscheck_result"] = "1" if good else ""
        say(f"prvs: hash source is '{key}{day}{plain}'")
        say(f"prvscheck: received hash is {digest}")
        say(f"prvscheck:      own hash is {expected}")
        say(f"prvscheck: {_verdict(good=good, same=digest == expected)}")
        return (text(ctx) if text is not None else "") or plain
    finally:
        facts["prvscheck_address"] = facts["prvscheck_keynum"] = ""


def _verdict(*, good: bool, same: bool) -> str:
    """What ``-d+expand`` shows of a check, with Exim's spelling of the variable."""
    if good:
        return "success, $pvrs_result set to 1"
    return f"{'signature expired' if same else 'hash failure'}, $pvrs_result unset"


@item(
    "srs_encode",
    syntax="${srs_encode{<secret>}{<return path>}{<original domain>}}",
    since="4.94",
    feature="srs",
    section=SECTION,
    shape=counted("srs_encode", 3, 3),
    taint=(1, 2),
    examples={"[${srs_encode{key}{}{example.org}}]": "[]"},
)
def srs_encode(world: World, secret: str, return_path: str, domain: str) -> str:
    """Rewrite a return path so that bounces come back to us and are known again (SRS0).

    The empty return path stays empty. Raises `Failed` for an address that cannot be read.
    """
    if not return_path:
        return ""
    sender = mailbox.parse(return_path)
    # Exim takes the quotes away and leaves the backslashes where they are.
    quote = '"' if sender.local_part.startswith('"') else ""
    local = sender.local_part.replace('"', "") if quote else sender.local_part
    stamp = signed.srs_stamp(world.clock.now())
    digest = signed.srs_hash(return_path, secret)
    return f"{quote}SRS0={digest}={stamp}={sender.domain}={local}{quote}@{domain}"
