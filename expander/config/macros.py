"""The macros that every configuration finds defined: what the build has, by Exim's names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from drivers.api.registry import entries
from drivers.api.text import upper
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
_TLS = (
    ("alpn", "TLS_ALPN"),
    ("ca_cache", "TLS_CA_CACHE"),
    ("ocsp_list", "TLS_OCSP_LIST"),
    ("ocsp", "TLS_OCSP"),
    ("tls", "TLS1_3"),
)
_SCANNERS = (
    ("cmdline", "CMDLINE"),
    ("sock", "SOCK"),
    ("avast", "AVAST"),
    ("clamd", "CLAMD"),
    ("sophie", "SOPHIE"),
    ("fsecure", "FSECURE"),
    ("drweb", "DRWEB"),
    ("f-prot6d", "FPROT6D"),
    ("f-protd", "FPROTD"),
)
_LOOKUPS = (
    "SQLITE",
    "PGSQL",
    "PASSWD",
    "NIS",
    "MYSQL",
    "LDAP",
    "JSON",
    "DSEARCH",
    "DNSDB",
    "DBM",
    "CDB",
    "LSEARCH",
    "LMDB",
    "NISPLUS",
    "ORACLE",
    "PSL",
    "REDIS",
    "TESTDB",
    "IBASE",
    "WHOSON",
)
_FEATURES = (
    ("tls_resume", "TLS_RESUME"), ("dane", "DANE"), ("srs", "SRS"), ("spf", "SPF"),
    ("tcp_fast_open", "TCP_FASTOPEN"), ("srs", "NATIVE_SRS"), ("socks", "SOCKS"), ("proxy", "PROXY"),
    ("prdr", "PRDR"), ("pipeconnect", "PIPE_CONNECT"), ("ocsp", "OCSP"), ("i18n", "I18N"),
    ("event", "EVENT"),
    ("dnssec", "DNSSEC"), ("dkim", "DKIM"), ("content_scan", "CONTENT_SCANNING"),
    ("move_frozen_messages", "MOVE_FROZEN_MESSAGES"), ("gnutls", "GNUTLS"), ("tls", "TLS"),
    ("dlfunc", "DLFUNC"),
    ("perl", "PERL"), ("pam", "PAM"), ("ipv6", "IPV6"), ("iconv", "ICONV"), ("crypteq", "CRYPTEQ"),
    ("arc", "ARC"), ("brightmail", "BRIGHTMAIL"), ("dcc", "DCC"), ("dmarc", "DMARC"), ("dscp", "DSCP"),
    ("esmtp_limits", "ESMTP_LIMITS"), ("wellknown", "WELLKNOWN"), ("xclient", "XCLIENT"),
    ("radius", "RADIUS"),
    ("pwcheck", "PWCHECK"), ("tcp_wrappers", "TCPWRAPPERS"), ("openssl", "OPENSSL"), ("lookup_lmdb", "LMDB"),
)  # fmt: skip
_TLS_OF = {"alpn": "tls", "ca_cache": "tls", "ocsp_list": "ocsp", "ocsp": "ocsp", "tls": "tls"}
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
    for feature, name in _TLS:
        if profile.built_with(_TLS_OF[feature]):
            yield f"_HAVE_{name}", ON
    if profile.built_with("tls_resume"):
        yield "_RESUME_DECODE", _RESUMED
    for unit_name in _down(u.name for u in entries("log-selector") if profile.has(u)):
        yield f"_LOG_{upper(unit_name)}", ON


def built_in(profile: Profile, feature: str) -> bool:
    """A build has one TLS library: a profile that knows both passes for one with GnuTLS."""
    if feature == "openssl" and profile.built_with("gnutls"):
        return False
    return profile.built_with(feature)


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
        yield from (f"_HAVE_MALWARE_{name}" for _, name in _SCANNERS)
    if profile.built_with("sha3"):
        yield "_CRYPTO_HASH_SHA3"
    if profile.built_with("tls"):
        yield "_CRYPTO_SIGN_ED25519"
    yield from _acl_words(profile)
    yield from (f"_HAVE_TRANSPORT_APPEND_{n}" for n in _APPENDFILE if profile.built_with(n.lower()))
    for name in _LOOKUPS:
        feature = "lookup_ldap" if name == "JSON" else f"lookup_{name.lower()}"
        if profile.built_with(feature):
            yield f"_HAVE_LOOKUP_{name}"
    yield from (f"_HAVE_{name}" for feature, name in _FEATURES if built_in(profile, feature))


@lru_cache(maxsize=16)
def predefined(profile: Profile) -> dict[str, str]:
    """The predefined macros of a profile, in the order in which Exim lists and replaces them.

    Most have the value ``y``; they are there to be asked for with ``.ifdef``. See "Builtin macros"
    in the manual.
    """
    return dict(_named(profile)) | dict.fromkeys(_switches(profile), ON)
