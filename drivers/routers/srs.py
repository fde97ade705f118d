"""SRS by the library libsrs_alt, as redirect routers of older releases do it (the options ``srs...``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail, Unsupported
from drivers.api.routing import DECLINE, DEFER, FAIL, TESTING, Refusal
from drivers.api.text import Tainted
from drivers.routers.finishing import defer
from drivers.values import listtext, srsalt, truth

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from drivers.api.routing import Work
    from drivers.values.srsalt import SrsSettings

FORWARD, REVERSE, BOTH = "forward", "reverse", "reverseandforward"


def sender(work: Work) -> str | None:
    """Do what the option ``srs`` wants: the return path for what comes of the router, None for the old one.

    A recipient is turned back into ``$srs_recipient``. Raises `Refusal` where it is none that was
    rewritten (the router declines), one of somebody else's (it fails), or where the settings are wrong.
    """
    if "srs" not in work.router.options:
        return None
    action = work.router["srs"]
    if action not in {FORWARD, REVERSE, BOTH} or not _is_wanted(work):
        return None
    insert, select = work.router["srs_dbinsert"], work.router["srs_dbselect"]
    if action == BOTH and bool(insert) is not bool(select):
        raise Refusal(DEFER)
    if action in {REVERSE, BOTH}:
        _turn_back(work, select)
    given = work.ctx.facts.get("sender_address", "")
    if action == REVERSE or work.purpose != TESTING or not given:
        return None
    return _turned(work, given, insert)


def _is_wanted(work: Work) -> bool:
    condition = work.router["srs_condition"]
    if not condition:
        return True
    return truth.holds(work.ctx, condition, f"{work.router.name} router")


def settings_of(ctx: Context) -> SrsSettings:
    """The settings of the library: ``srs_config`` has them in one text, else each has an option."""
    has = ctx.options.get
    given = listtext.split(str(has("srs_config") or ""))
    if given:
        secret, *numbers = [*given, *["" for _ in range(5)]][:5]
        age, length, stamp, hashed = (int(text) if text.isdigit() else None for text in numbers)
        return srsalt.SrsSettings(
            [secret],
            31 if age is None else age,
            6 if length is None else length,
            -1,
            stamp is None or bool(stamp),
            hashed is None or bool(hashed),
        )
    return srsalt.SrsSettings(
        listtext.split(str(has("srs_secrets") or "")),
        int(has("srs_maxage", 31)),
        int(has("srs_hashlength", 6)),
        int(has("srs_hashmin", -1)),
        has("srs_usetimestamp") is not False,
        has("srs_usehash") is not False,
    )


def _settings(work: Work) -> SrsSettings:
    settings = settings_of(work.ctx)
    problem = srsalt.wrong_with(settings)
    if problem:
        work.ctx.log(problem, panic=True)
        raise defer(work.address, problem)
    return settings


def _turn_back(work: Work, select: str) -> None:
    ctx, address = work.ctx, work.address.text
    ctx.facts["srs_orig_recipient"] = Tainted(address)
    settings = _settings(work)
    try:
        if select:
            ctx.facts["srs_db_key"] = Tainted(srsalt.kept_key(address))
            found = _expanded(work, select)
            if not found:
                raise Refusal(FAIL)
        else:
            found = srsalt.reverse(address, settings, ctx.world.clock.now())
    except srsalt.NotRewritten:
        raise Refusal(DECLINE) from None
    except srsalt.BadRewritten:
        raise Refusal(FAIL) from None
    ctx.facts["srs_recipient"] = Tainted(found)


def _turned(work: Work, given: str, insert: str) -> str:
    ctx = work.ctx
    ctx.facts["srs_orig_sender"] = Tainted(given)
    settings = _settings(work)
    alias = work.router["srs_alias"]
    domain = (_expanded(work, alias) if alias else "") or work.address.domain
    if not insert:
        return Tainted(srsalt.forward(given, domain, settings, ctx.world.clock.now()))
    key = srsalt.key_of(given, settings)
    ctx.facts.update(srs_db_address=Tainted(given), srs_db_key=key)
    if not _expanded(work, insert):
        raise Refusal(DEFER)
    return Tainted(srsalt.by_key(key, domain))


def _expanded(work: Work, text: str) -> str:
    try:
        return work.ctx.expand(text)
    except ForcedFail:
        return ""
    except Unsupported:
        raise
    except ExpansionError as problem:
        raise defer(work.address, f'failed to expand "{text}": {problem.message}') from None
