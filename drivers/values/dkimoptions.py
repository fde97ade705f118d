"""Signing as the options of the smtp transport want it: those of DKIM, and ``arc_sign``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from drivers.api.errors import Deferred, ExpansionError, ForcedFail, LimitReached, Unsupported
from drivers.api.text import lower
from drivers.values import arcsign, dkimkeys, dkimsign, listtext
from drivers.values.dkimcanon import RELAXED, SIMPLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.protocols import Context
    from drivers.values.dkimcanon import Body

NO_KEY = frozenset({"", "0", "false"})
UNREADABLE = "signing_init: privkey PEM-block import: The requested data were not available."
STRICT = "DKIM: message could not be signed, and dkim_strict is set. Deferring message delivery."
_NUMBER = re.compile(r"[+-]?[0-9]+")


class _Unsigned(Exception):
    """The message cannot be signed; the log has been told."""


def signatures(ctx: Context, options: Mapping[str, Any], lines: Sequence[bytes], body: Body) -> list[bytes]:
    """The header lines with the signatures that the ``dkim_...`` options ask for, the last made first.

    ``options`` are those of the transport before expansion, None or left out where they are not set.
    Header lines and body have CR and LF at the ends of lines. Where signing fails the log tells why, and
    there are none. Raises `Deferred` if the message then must not be sent (``dkim_strict``). See "Signing
    outgoing messages".
    """
    before = {name: ctx.facts.get(name) for name in ("dkim_domain", "dkim_selector")}
    try:
        return _signatures(ctx, options, lines, body)
    except _Unsigned:
        strict = options.get("dkim_strict")
        if strict and lower(_expanded(ctx, options, "dkim_strict")) in {"1", "true"}:
            ctx.log(STRICT)
            raise Deferred(STRICT) from None
        return []
    finally:
        for name, value in before.items():
            ctx.facts.pop(name, None)
            if value is not None:
                ctx.facts[name] = value


def _signatures(ctx: Context, options: Mapping[str, Any], lines: Sequence[bytes], body: Body) -> list[bytes]:
    made: list[bytes] = []
    domains = [lower(name) for name in listtext.split(_expanded(ctx, options, "dkim_domain")) if name]
    for domain in dict.fromkeys(domains):
        ctx.facts["dkim_domain"] = domain
        names = _expanded(ctx, options, "dkim_sign_headers") or dkimsign.SIGN_HEADERS
        for selector in listtext.split(_expanded(ctx, options, "dkim_selector")):
            ctx.facts["dkim_selector"] = selector
            how = _signing(ctx, options, names)
            if how is not None:
                made.insert(0, dkimsign.sign(lines, body, how))
    return made


def _signing(ctx: Context, options: Mapping[str, Any], names: str) -> dkimsign.Signing | None:
    """How to sign for the domain and the selector at hand, None for not at all."""
    form = _expanded(ctx, options, "dkim_canon") or RELAXED
    if form not in {RELAXED, SIMPLE}:
        ctx.log(f"DKIM: unknown canonicalization method '{form}', defaulting to 'relaxed'.\n")
        form = RELAXED
    key_text = _expanded(ctx, options, "dkim_private_key")
    if key_text in NO_KEY:
        return None
    key_text = _key(ctx, key_text)
    hash_type = _expanded(ctx, options, "dkim_hash") or "sha256"
    identity = _expanded(ctx, options, "dkim_identity")
    given = _expanded(ctx, options, "dkim_timestamps")
    now = int(ctx.world.clock.now())
    if hash_type not in dkimkeys.HASHES:
        ctx.log(f"DKIM: unrecognised hashname '{hash_type}'", panic=True)
        raise _Unsigned
    try:
        key = dkimkeys.private_key(key_text)
    except dkimkeys.BadKey:
        ctx.log(UNREADABLE, panic=True)
        ctx.log("DKIM: signing failed: PRIVKEY", panic=True)
        raise _Unsigned from None
    return dkimsign.Signing(
        ctx.facts["dkim_domain"],
        ctx.facts["dkim_selector"],
        key,
        hash_type,
        form,
        names,
        identity,
        now if given else None,
        now + _number(given) if given else None,
    )


def _key(ctx: Context, text: str) -> str:
    """The text of a key that is given, or the file that holds it."""
    if not text.startswith("/"):
        return text
    try:
        return ctx.world.files.read(text).decode("latin-1")
    except OSError:
        ctx.log(f"unable to open file for reading: {text}", panic=True)
        raise _Unsigned from None


def _expanded(ctx: Context, options: Mapping[str, Any], name: str) -> str:
    text = options.get(name)
    if not text:
        return ""
    try:
        return ctx.expand(str(text))
    except ForcedFail:
        return ""
    except (Unsupported, LimitReached):
        raise
    except ExpansionError as problem:
        ctx.log(f"failed to expand {name}: {problem.message}", panic=True)
        raise _Unsigned from problem


def _number(text: str) -> int:
    found = _NUMBER.match(text)
    return int(found[0]) if found else 0


def seal(ctx: Context, specification: str | None, lines: Sequence[bytes], body: Body) -> list[bytes]:
    """The header lines that the option ``arc_sign`` of the smtp transport adds; none where it asks for none.

    ``specification`` is its value before expansion: identity, selector, private key and options as a list.
    ``lines`` and ``body`` are as for `signatures`, new signatures included. What goes wrong is logged.
    """
    try:
        text = _expanded(ctx, {"arc_sign": specification}, "arc_sign")
        return arcsign.seal(lines, body, _sealing(ctx, text)) if text else []
    except _Unsigned:
        return []
    except arcsign.NotSealed as problem:
        if str(problem):
            ctx.log(str(problem))
        return []


def _sealing(ctx: Context, text: str) -> arcsign.Sealing:
    identity, selector, key_text, *further = [*listtext.elements(text), "", "", ""]
    for name, given in zip(arcsign.PARTS, (identity, selector, key_text), strict=True):
        if not given:
            raise arcsign.NotSealed(arcsign.BAD_SPECIFICATION.format(name))
    try:
        key = dkimkeys.private_key(_key(ctx, key_text))
    except dkimkeys.BadKey:
        raise arcsign.NotSealed(UNREADABLE) from None
    now = int(ctx.world.clock.now())
    created = expires = None
    for option in (word.strip() for word in further[0].split(",")):
        name, equals, value = option.partition("=")
        if name == "timestamps":
            created = now
        elif name == "expire":
            expires = (
                (now if value.startswith("+") else 0) + _number(value) if equals else now + arcsign.MONTH
            )
    return arcsign.Sealing(identity, selector, key, created, expires)
