"""The values of the condition ``verify``: the keyword, what it takes, and what Exim says of mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.acl import GAP
from drivers.api.text import SPACE, lower
from drivers.values import interval
from drivers.values.listtext import pieces
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile

_WITH_HEADERS = frozenset("mime dkim data prdr not_smtp quit notquit".split())
_WITH_SENDER = frozenset("mail rcpt predata data not_smtp".split())


class Keyword(NamedTuple):
    """A keyword of ``verify``; ``phases`` are those in which it may be used, none for all.

    ``options`` tells whether any may follow: "none", "any", "own" (words of its own, never refused),
    "address" (those of address verification). ``value`` permits an equals sign.
    """

    name: str
    options: str
    phases: frozenset[str] = frozenset()
    value: bool = False
    feature: str | None = None


KEYWORDS = {
    keyword.name: keyword
    for keyword in (
        Keyword("arc", "any", frozenset({"data"}), feature="arc"),
        Keyword("certificate", "none"),
        Keyword("csa", "any"),
        Keyword("header_names_ascii", "none", _WITH_HEADERS),
        Keyword("header_sender", "address", _WITH_HEADERS),
        Keyword("header_syntax", "none", _WITH_HEADERS),
        Keyword("helo", "none"),
        Keyword("not_blind", "blind", _WITH_HEADERS),
        Keyword("recipient", "address", frozenset({"rcpt"})),
        Keyword("reverse_host_lookup", "any"),
        Keyword("sender", "address", _WITH_SENDER, value=True),
    )
}

EXPECTED = (
    'expected "sender[=address]", "recipient", "helo", "header_syntax", "header_sender", '
    '"header_names_ascii" or "reverse_host_lookup" at start of ACL condition "verify {}"'
)
ADDRESS_WORDS = ("defer_ok", "no_details", "success_on_redirect", "callout_defer_ok", "check_postmaster")
CALLOUT_WORDS = (
    "defer_ok",
    "fullpostmaster",
    "hold",
    "no_cache",
    "postmaster",
    "random",
    "use_postmaster",
    "use_sender",
)
_TPT = "use_tptsender"
_VALUES = ("connect", "mailfrom", "maxwait", "postmaster_mailfrom")
_TIMES = ("connect", "maxwait")
_NAME = late_pattern(r"[^/= \t]*")


def keyword(profile: Profile, text: str) -> Keyword | None:
    """The keyword that a value begins with, None if there is no such one. Case does not count."""
    found = KEYWORDS.get(lower(_head(text)))
    return found if found is not None and profile.built_with(found.feature) else None


def _head(text: str) -> str:
    found = _NAME.match(text)
    return found[0] if found else ""


def problems(profile: Profile, text: str) -> Iterator[str]:
    """What Exim says of a value, first mistake first; nothing for one that it takes."""
    if GAP in _head(text):
        return
    found = keyword(profile, text)
    rest = text[len(_head(text)) :].lstrip(SPACE)
    if found is None or (rest and not rest.startswith("/") and not (found.value and rest.startswith("="))):
        yield EXPECTED.format(text)
        return
    _, *options = pieces(text, "/")
    if found.options == "none" and options:
        yield f"unexpected '/' found in \"{text}\" (this verify item has no options)"
    elif found.options == "blind":
        wrong = next((option for option in options if lower(option) not in ("case_insensitive", GAP)), None)
        if wrong is not None:
            yield f'unknown option "{wrong}" in ACL condition "verify {text}"'
    elif found.options == "address":
        yield from _address(profile, found, text, options)


def _address(profile: Profile, found: Keyword, text: str, options: list[str]) -> Iterator[str]:
    """The options of address verification."""
    for option in options:
        name, equals, value = (part.strip(SPACE) for part in option.partition("="))
        word = lower(option.strip(SPACE))
        if word in ADDRESS_WORDS or word == "callout" or not word or GAP in name:
            continue
        if lower(name) == "callout" and equals:
            yield from _callout(profile, found, text, value)
        elif lower(name) == "quota" and profile.at_least("4.96"):
            yield from _quota(found, text, value)
        elif word.startswith("callout"):
            yield f'\'=\' expected after "callout" in ACL condition "{text}"'
        else:
            yield f'unknown option "{option}" in ACL condition "verify {text}"'


def _callout(profile: Profile, found: Keyword, text: str, value: str) -> Iterator[str]:
    given = [lower(part) for part in pieces(value, ",")]
    for part in given:
        name, equals, time = (piece.strip(SPACE) for piece in part.partition("="))
        if GAP in part or part in CALLOUT_WORDS or (part == _TPT and profile.at_least("4.97")):
            continue
        if name in _VALUES:
            if not equals:
                yield f'\'=\' expected after "{name}" in ACL verify condition "{text}"'
            elif name in _TIMES and interval.parse(time) is None:
                yield _bad_time(text)
            elif name == "mailfrom" and found.name != "header_sender":
                yield (
                    '"mailfrom" is allowed as a callout option only for verify=header_sender '
                    f'(detected in ACL condition "{text}")'
                )
        elif interval.parse(part) is None:
            yield _bad_time(text)
    yield from _who(profile, found, given)


def _who(profile: Profile, found: Keyword, given: list[str]) -> Iterator[str]:
    """Whose address a callout gives as the sender."""
    newer = profile.at_least("4.97")
    those = [
        word for word in ("use_sender", _TPT, "use_postmaster") if word in given and (newer or word != _TPT)
    ]
    if found.name == "recipient" and len(those) > 1:
        names = "use_sender, use_tptsender and use_postmaster" if newer else "use_sender and use_postmaster"
        yield f"only one of {names} can be set for a recipient callout"
    elif found.name != "recipient" and those:
        if newer:
            yield ("use_sender, use_tptsender or use_postmaster cannot be usedfor a sender verify callout")
        else:
            yield "use_sender or use_postmaster cannot be used for a sender verify callout"


def _quota(found: Keyword, text: str, value: str) -> Iterator[str]:
    if found.name != "recipient":
        yield "can only verify quota of recipient"
        return
    for part in pieces(value, ","):
        name, _, time = part.partition("=")
        if (
            lower(name.strip(SPACE)) in ("cachepos", "cacheneg")
            and GAP not in time
            and interval.parse(time.strip(SPACE)) is None
        ):
            yield _bad_time(text)


def _bad_time(text: str) -> str:
    return f'bad time value in ACL condition "verify {text}"'
