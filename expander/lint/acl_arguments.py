"""What Exim says of the arguments of conditions and modifiers that have a small language of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.acl import GAP
from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.values import boolean, interval
from drivers.values.listtext import pieces, split

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = re.compile(r"(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)?[kmg]?", re.IGNORECASE | re.ASCII)
UPDATE_MODES = ("leaky", "strict", "readonly")
OLD_MODE = "noupdate"
PER = ("per_addr", "per_byte", "per_cmd", "per_conn", "per_mail", "per_rcpt")
_OF_MESSAGE = frozenset("rcpt mail predata mime dkim data prdr not_smtp".split())
PERMITTED_PER = {
    "per_mail": ("per_mail", _OF_MESSAGE),
    "per_byte": ("per_mail", _OF_MESSAGE),
    "per_rcpt": ("per_rcpt", _OF_MESSAGE - {"mail"}),
    "per_addr": ("per_rcpt", frozenset({"rcpt"})),
}
"""Where rates may be updated that are counted so, and the name under which Exim refuses it elsewhere."""

_RATE = 'error in arguments to "ratelimit" condition: '


def ratelimit(text: str) -> str:
    """What is wrong with the arguments of ``ratelimit``; "" if Exim takes them."""
    limit, *rest = pieces(text, "/") or ("",)
    if GAP not in limit and not _LIMIT.fullmatch(limit):
        return f'{_RATE}"{limit}" is not a positive number'
    if not rest and GAP in limit:
        return ""
    if not rest:
        return f'{_RATE}"NULL" is not a time value'
    period, *options = rest
    if GAP not in period and not interval.parse(period):
        return f'{_RATE}"{period}" is not a time value'
    words = [lower(option) for option in options]
    for option in words:
        value = option.removeprefix("count=")
        if value != option and GAP not in value and not _LIMIT.fullmatch(value):
            return f'{_RATE}"{option}" is not a positive number'
    if len({word for word in words if word in UPDATE_MODES}) > 1:
        return f"{_RATE}conflicting update modes"
    if len([word for word in words if word in PER]) > 1:
        return f"{_RATE}conflicting per_* options"
    return ""


def ratelimit_phases(text: str) -> tuple[str, frozenset[str]] | None:
    """How a rate that is updated counts, and in which phases that is possible; None if in all."""
    words = [lower(option) for option in pieces(text, "/")][2:]
    if not {"leaky", "strict"} & {*words}:
        return None
    return next((PERMITTED_PER[word] for word in words if word in PERMITTED_PER), None)


def ratelimit_message(name: str) -> str:
    """What Exim says where a rate cannot be updated; with a place for the ACL's name."""
    return f'{_RATE}"{name}" must not have /leaky or /strict option, or cannot be used in {{}} ACL'


def ratelimit_keys(text: str) -> Iterator[str]:
    """The options of ``ratelimit`` that are none and therefore belong to the key."""
    for option in list(pieces(text, "/"))[2:]:
        word = lower(option)
        if (
            GAP not in word
            and word not in (*UPDATE_MODES, OLD_MODE, *PER)
            and not word.startswith(("count=", "unique="))
        ):
            yield option


def seen(text: str) -> str:
    """What is wrong with the arguments of ``seen``; "" if Exim takes them."""
    time, *options = pieces(text, "/") or ("",)
    if GAP not in time and interval.parse(time.removeprefix("-")) is None:
        return f"failed to parse '{text}'"
    for option in options:
        word = option.strip(SPACE)
        if (
            GAP not in word
            and word.startswith("refresh=")
            and interval.parse(word.removeprefix("refresh=")) is None
        ):
            return f"failed to parse '{text}'"
        if (
            GAP not in word
            and word not in ("readonly", "write")
            and not word.startswith(("key=", "refresh="))
        ):
            return f"unrecognised option '{option}' in '{text}'"
    return ""


def delay(text: str) -> str:
    """What is wrong with the time of ``delay``; "" if Exim takes it."""
    if GAP in text or interval.parse(text) is not None:
        return ""
    return f'syntax error in argument for "delay" modifier: "{text}" is not a time value'


def truth(text: str) -> bool | None:
    """The truth of a value of ``condition``, None for one that Exim refuses."""
    try:
        return boolean.strict(text)
    except Failed:
        return None


def udpsend(text: str) -> str:
    """What is wrong with the arguments of ``udpsend``; "" if Exim takes them."""
    items = split(text)
    if GAP in "".join(items[:2]):
        return ""
    if len(items) == 1:
        return 'missing destination port in "udpsend" modifier'
    if len(items) > 1 and not re.fullmatch(r"-?[0-9]+", items[1]):
        return 'bad destination port in "udpsend" modifier'
    return ""


def queue(text: str) -> str:
    """What is wrong with the name of a queue; "" if Exim takes it."""
    return f"Directory separator not permitted in queue name: '{text}'" if "/" in text else ""


def malware(text: str) -> str:
    """What is wrong with the options of ``malware``; "" if Exim takes them."""
    for option in list(pieces(text, "/"))[1:]:
        time = option.strip(SPACE).removeprefix("tmo=")
        if GAP not in time and time != option.strip(SPACE) and interval.parse(time) is None:
            return f"bad timeout value in '{option}'"
    return ""
