"""The macros that every configuration finds defined: what the build has, by Exim's names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.acl.scanners import asks
from drivers.api.registry import entries
from drivers.api.text import upper
from expander.config import feature_macros as features
from expander.config.option_tables import GENERIC, driver_names, driver_options, main_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile

_SIGNED = (
    "From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:"
    "Content-ID:Content-Description:Resent-Date:Resent-From:Resent-Sender:Resent-To:Resent-Cc:"
    "Resent-Message-ID:In-Reply-To:References:List-Id:List-Help:List-Unsubscribe:List-Subscribe:"
    "List-Post:List-Owner:List-Archive"
)
_RESUMED = (
    "not requested or offered : 0x02 :client requested, no server ticket: 0x04 : 0x05 : 0x06 "
    ":client offered session, no server action: 0x08 :no client request: 0x0A "
    ":client requested new ticket, server provided: 0x0C :client offered session, not used: 0x0E "
    ":client offered session, server only provided new ticket: 0x10 :session resumed unasked: 0x12 "
    ":session resumed unasked: 0x14 : 0x15 : 0x16 :session resumed: 0x18 :session resumed unasked: 0x1A "
    ":session resumed unasked: 0x1C :session resumed: 0x1E :session resumed, also new ticket"
)
_SCANNERS = (
    ("cmdline", "CMDLINE"),
    ("sock", "SOCK"),
    ("avast", "AVAST"),
    ("mksd", "MKSD"),
    ("clamd", "CLAMD"),
    ("sophie", "SOPHIE"),
    ("kavdaemon", "KAVDAEMON"),
    ("fsecure", "FSECURE"),
    ("aveserver", "AVESERVER"),
    ("drweb", "DRWEB"),
    ("f-prot6d", "FPROT6D"),
    ("f-protd", "FPROTD"),
)
_APPENDFILE = ("MBX", "MAILSTORE", "MAILDIR")
_LINKED_SINCE = "4.99"
"""Since this release the drivers are not held in tables, and come in their order."""

ON = "y"


def _down(names: object) -> list[str]:
    return sorted(map(str, names), reverse=True)  # type: ignore[call-overload]


def _options(profile: Profile, family: str) -> Iterator[str]:
    """The macros of a family of drivers, the private options of each before its own name."""
    word = upper(family)
    drivers = driver_names(profile, family)
    for driver in drivers if profile.at_least(_LINKED_SINCE) else reversed(drivers):
        for name in _down(driver_options(profile, family, driver)):
            if not name.startswith("*"):
                yield f"_OPT_{word}_{upper(driver)}_{upper(name)}"
        yield f"_DRIVER_{word}_{upper(driver)}"
    for name in _down(driver_options(profile, family, GENERIC)):
        yield f"_OPT_{word}S_{upper(name)}"


def _acl_words(profile: Profile) -> Iterator[str]:
    kinds = {
        unit.name: kind
        for family, kind in (("acl-condition", "COND"), ("acl-modifier", "MOD"))
        for unit in entries(family)
        if profile.has(unit)
    }
    for name in _down(kinds):
        yield f"_ACL_{kinds[name]}_{upper(name)}"


def _named(profile: Profile) -> Iterator[tuple[str, str]]:
    if profile.built_with("dkim"):
        oversigned = ":".join(f"+{name}" for name in _SIGNED.split(":"))
        yield "_DKIM_OVERSIGN_HEADERS", oversigned
        yield "_DKIM_SIGN_HEADERS", _SIGNED
    yield from ((name, ON) for name in features.of_tls(profile))
    if profile.built_with("tls_resume"):
        yield "_RESUME_DECODE", _RESUMED
    yield from ((name, ON) for name in features.of_openssl(profile))
    for unit_name in _down(u.name for u in entries("log-selector") if profile.has(u)):
        yield f"_LOG_{upper(unit_name)}", ON


def _expansions(profile: Profile) -> Iterator[str]:
    """The macros of what expansions know; operators with an underscore stand behind the others."""
    for family, word in (("variable", "VAR"), ("condition", "COND"), ("operator", "OP"), ("item", "ITEM")):
        names = _down(unit.name for unit in entries(family) if profile.has(unit))
        if family == "operator":
            names.sort(key=lambda name: "_" in name)
        yield from (f"_EXP_{word}_{upper(name)}" for name in names)


def _switches(profile: Profile) -> Iterator[str]:
    if profile.at_least("4.97"):
        yield from _expansions(profile)
    for family in ("authenticator", "transport", "router"):
        yield from _options(profile, family)
    for name in _down(main_options(profile)):
        yield f"_OPT_MAIN_{upper(name)}"
    if profile.built_with("content_scan"):
        yield from (f"_HAVE_MALWARE_{name}" for scanner, name in _SCANNERS if asks(profile, scanner))
    if profile.built_with("sha3"):
        yield "_CRYPTO_HASH_SHA3"
    if profile.built_with("tls"):
        yield "_CRYPTO_SIGN_ED25519"
    yield from _acl_words(profile)
    yield from (f"_HAVE_TRANSPORT_APPEND_{n}" for n in _APPENDFILE if profile.built_with(n.lower()))
    yield from features.of_authenticators(profile)
    yield from features.of_experiments(profile)
    yield from features.of_lookups(profile)
    yield from features.of_build(profile)


@lru_cache(maxsize=16)
def predefined(profile: Profile) -> dict[str, str]:
    """The predefined macros of a profile, in the order in which Exim lists and replaces them.

    Most have the value ``y``; they are there to be asked for with ``.ifdef``. See "Builtin macros"
    in the manual.
    """
    return dict(_named(profile)) | dict.fromkeys(_switches(profile), ON)
