"""Combinations of options of routers and transports that are permitted and hardly ever meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import SPACE, lower
from drivers.values.listtext import split
from expander.lint.finding import WARNING, Finding, Note
from expander.lint.naming import reaches
from expander.lint.routing import preconditions, text_of
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey

_REMOTE = frozenset({"dnslookup", "manualroute", "ipliteral", "queryprogram"})
"""The routers that find other hosts."""

_LOCAL_NAME = re.compile(r"\+(?:my_|our_)?local(?:_?domains?)?", re.ASCII)
_ROUTER = "begin routers\nall:\n  driver = accept\n  transport = out\nbegin transports\nout:\n"
_DNS = "begin routers\ndns:\n  driver = dnslookup\n  transport = out\n"
_LOCAL = "users:\n  driver = accept\n  check_local_user\n  verify_only\n"
_SMTP = "begin transports\nout:\n  driver = smtp\n"


@rule(
    "EXR033",
    "local-domains-looked-up",
    severity=WARNING,
    section="The dnslookup router",
    bad=_DNS + _LOCAL + _SMTP,
    good=_DNS + "  domains = ! example.org\n  no_more\n" + _LOCAL + _SMTP,
)
def local_domains_looked_up(survey: Survey) -> Iterator[Finding]:
    """A router looks up all domains in the DNS, and behind it stand routers for local users.

    For a domain of its own Exim finds itself there, takes that for a loop, and freezes the message. The
    option `domains` keeps the local domains away from the router. Where that names the host itself (``@``),
    or the list of local domains, without an exclamation mark, it is the wrong way round.
    """
    routers = survey.config.routers
    for router in routers:
        if (
            router.driver == "dnslookup"
            and not router.options.is_set("self")
            and _is_for_local_domains(survey, router)
        ):
            setting = router.setting("domains")
            span = router.span if setting is None else setting.span
            message = f"the router {router.name} looks up the local domains, and no others"
            note = Note("an exclamation mark is missing: domains = ! +local_domains")
            yield Finding("EXR033", message, span, severity=WARNING, notes=(note,))
    for at, router in enumerate(routers):
        if router.driver != "dnslookup" or preconditions(router) or router.options.is_set("self"):
            continue
        users = next((one for one in routers[at + 1 :] if one["check_local_user"] is True), None)
        if users is not None and router["more"] is not False:
            message = f"the router {router.name} looks up the local domains as well"
            notes = (
                Note(f"{users.name} is for local users", users.span),
                Note("domains = ! +local_domains is missing"),
            )
            yield Finding("EXR033", message, router.span, severity=WARNING, notes=notes)


def _is_for_local_domains(survey: Survey, router: Instance) -> bool:
    """True for a router whose domains are those of this host, where other routers deliver for them.

    They are if ``@`` is one of them, or if the list is called one of local domains. Where no router is left
    for all the rest of the world, that is sign enough.
    """
    others = [one for one in survey.config.routers if one is not router]
    delivers = any(one["check_local_user"] is True for one in others)
    alone = not any(one.driver in _REMOTE for one in others)
    for item in split(text_of(router, "domains") or ""):
        named = survey.config.named_list("domain", item[1:]) if item.startswith("+") else item
        if "@" in split(named or "") and (delivers or alone):
            return True
        if named is not None and _LOCAL_NAME.fullmatch(item):
            return True
    return False


@rule(
    "EXR034",
    "directory-without-format",
    severity=WARNING,
    section="Private options for appendfile",
    bad=_ROUTER + "  driver = appendfile\n  directory = /home/all/Maildir\n",
    good=_ROUTER + "  driver = appendfile\n  directory = /home/all/Maildir\n  maildir_format\n",
)
def directory_without_format(survey: Survey) -> Iterator[Finding]:
    """A directory by the name of Maildir is delivered to without `maildir_format`.

    Each message then becomes a file in the directory itself, where programs that read a maildir do not
    look.
    """
    for transport in survey.config.transports:
        directory, setting = text_of(transport, "directory"), transport.setting("directory")
        if transport.driver != "appendfile" or directory is None or setting is None:
            continue
        formats = [name for name in ("maildir_format", "mailstore_format") if name in transport.options]
        if "maildir" in lower(directory) and not any(transport[name] is True for name in formats):
            message = "maildir_format is not set: messages become single files in the directory"
            yield Finding("EXR034", message, setting.span, severity=WARNING)


@rule(
    "EXR035",
    "hosts-not-used",
    severity=WARNING,
    section="Private options for smtp",
    bad=_DNS + _SMTP + "  hosts = mail.example.org\n",
    good=_DNS + _SMTP + "  hosts = mail.example.org\n  hosts_override\n",
)
def hosts_not_used(survey: Survey) -> Iterator[Finding]:
    """The `hosts` of a transport are never used: all routers that name it find hosts of their own.

    The hosts of a router come first, unless the transport has `hosts_override`.
    """
    called = reaches(survey)
    for transport in survey.config.transports:
        setting = transport.setting("hosts") if transport.driver == "smtp" else None
        by = called.get(transport.name, [])
        if setting is None or not by or transport["hosts_override"] is True:
            continue
        if all(option == "transport" and _finds_hosts(router) for router, option in by):
            names = " and ".join(dict.fromkeys(router.name for router, _ in by))
            message = f"these hosts are not used: {names} finds hosts itself"
            note = Note("hosts_override puts them before those of the router")
            yield Finding("EXR035", message, setting.span, severity=WARNING, notes=(note,))


def _finds_hosts(router: Instance) -> bool:
    """True for a router that never hands an address on without hosts."""
    return router.driver in {"dnslookup", "ipliteral"} or (
        router.driver == "manualroute" and bool((text_of(router, "route_data") or "").strip(SPACE))
    )


@rule(
    "EXR036",
    "no-client-authenticator",
    severity=WARNING,
    section="Private options for smtp",
    bad=_DNS + _SMTP + "  hosts_require_auth = *\n",
    good=_DNS + _SMTP + "  hosts_require_auth = *\n"
    "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
    "  client_send = ^user^password\n",
)
def no_client_authenticator(survey: Survey) -> Iterator[Finding]:
    """A transport requires or tries authentication, and no authenticator works as a client.

    With `hosts_require_auth` deliveries are deferred; with `hosts_try_auth` they go out without
    authentication.
    """
    if survey.incomplete or any(_is_client(one) for one in survey.config.authenticators):
        return
    for transport in survey.config.transports:
        for name in ("hosts_require_auth", "hosts_try_auth"):
            hosts, setting = text_of(transport, name), transport.setting(name)
            if transport.driver == "smtp" and hosts and setting is not None and "$" not in hosts:
                message = f"{name} is set, but no authenticator works as a client"
                yield Finding("EXR036", message, setting.span, severity=WARNING)


def _is_client(authenticator: Instance) -> bool:
    """True if any option for the client's side is set, or the driver could not be read."""
    if not authenticator.driver or authenticator.driver in {"external", "tls"}:
        return True
    return any(name.startswith("client_") for name in authenticator.options.settings)
