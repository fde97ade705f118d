"""The options of callouts: what stands behind ``callout`` in ``verify``."""

from __future__ import annotations

from drivers.api.text import SPACE, lower
from drivers.values import interval
from drivers.values.listtext import pieces
from grammar.record import State


class CalloutOptions(State):
    """How to call out; times are in seconds.

    ``connect`` and ``patience`` bound connecting and each answer, ``most`` all of it. ``sender`` is
    the sender that is given, ``postmaster_sender`` the one for the postmaster, if that is asked for at all;
    with ``use_tptsender`` it is the one with which the transport would deliver. With ``holds`` the
    connection stays open for further recipients.
    """

    defer_ok: bool = False
    uses_cache: bool = True
    random: bool = False
    full_postmaster: bool = False
    use_sender: bool = False
    use_postmaster: bool = False
    use_tptsender: bool = False
    patience: int = 30
    connect: int | None = None
    most: int | None = None
    sender: str = ""
    postmaster_sender: str | None = None
    holds: bool = False


def callout_options(text: str) -> CalloutOptions | None:
    """The options of the callout that a value of ``verify`` asks for, None if it asks for none."""
    found: CalloutOptions | None = None
    postmaster = defer_ok = False
    for word in list(pieces(text, "/"))[1:]:
        name, _, value = (part.strip(SPACE) for part in word.partition("="))
        if lower(name) == "check_postmaster":
            postmaster = True
        elif lower(name) == "callout_defer_ok":
            defer_ok = True
        elif lower(name) == "callout":
            found = found or CalloutOptions()
            for part in pieces(value, ","):
                _take(found, part.strip(SPACE))
    if found is not None:
        found.defer_ok = found.defer_ok or defer_ok
        if postmaster and found.postmaster_sender is None:
            found.postmaster_sender = ""
    return found


def _take(options: CalloutOptions, part: str) -> None:
    name, _, value = (piece.strip(SPACE) for piece in part.partition("="))
    word = lower(name)
    if word in {"defer_ok", "random", "use_sender", "use_postmaster", "use_tptsender"}:
        setattr(options, word, True)
    elif word == "no_cache":
        options.uses_cache = False
    elif word in {"postmaster", "fullpostmaster"}:
        options.full_postmaster = options.full_postmaster or word != "postmaster"
        options.postmaster_sender = options.postmaster_sender or ""
    elif word == "mailfrom":
        options.sender = value
    elif word == "postmaster_mailfrom":
        options.postmaster_sender = value
    elif word == "connect":
        options.connect = interval.parse(value)
    elif word == "maxwait":
        options.most = interval.parse(value)
    elif word == "hold":
        options.holds = True
    elif part:
        options.patience = interval.parse(part) or options.patience
