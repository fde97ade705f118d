"""What Exim checks when it sets up a driver, and when it has read all drivers of a section."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from expander.config.model import Config, Instance
    from expander.config.reporting import Reporter

    Problems = Iterator[str]

_SELF = ("defer", "freeze", "fail", "pass", "send")
_SELF_PROBLEM = " is not valid for the self option"
_REROUTE = late_pattern(r"reroute:")
_HOST_FIND_FAILED = ("default", "ignore", "decline", "defer", "fail", "freeze", "pass")
_NEEDS_TRANSPORT = ("accept", "dnslookup", "ipliteral")
_FORBIDS_TRANSPORT = ("iplookup", "redirect")
_LOCAL = ("appendfile", "autoreply", "lmtp", "pipe", "queuefile")
_WITHOUT_GROUP = ("appendfile", "autoreply", "lmtp", "pipe")
_CREATE_FILE = ("anywhere", "belowhome", "inhome")
_NEED_PUBLIC_NAME = ("cram_md5", "cyrus_sasl")
"""Authenticators whose own name does not stand for the public one."""


class Missing(str):
    """What Exim says where an option is needed that is not set."""

    __slots__ = ()
    cause = "missing-required-option"


def _cause(problem: str) -> str:
    return getattr(problem, "cause", "driver-conflict")


def check_instance(instance: Instance, report: Reporter, expand: Callable[[str], str]) -> None:
    """Check one driver: its generic options, then those that its own kind combines.

    ``expand`` is for those that Exim expands when it starts.
    """
    for problem in _for_driver(instance):
        report.for_driver(instance.family, instance.name, problem, instance.span, cause=_cause(problem))
    for problem in _plain(instance):
        report.plain(problem, instance.span, cause=_cause(problem))
    if instance.driver == "iplookup" and instance.options.is_set("response_pattern"):
        report.pattern(instance["response_pattern"], instance.span)
    if instance.driver == "cyrus_sasl":
        from expander.config.sasl import check_mechanism

        check_mechanism(instance, report, expand)


def _for_driver(instance: Instance) -> Problems:
    """Complaints with the driver's name in their heading."""
    check = _CHECKS.get((instance.family, instance.driver))
    if check is not None:
        yield from check(instance)


def _manualroute(router: Instance) -> Problems:
    if router["host_find_failed"] not in _HOST_FIND_FAILED[1:]:
        yield "unrecognized setting for host_find_failed option"
    if router["host_all_ignored"] not in _HOST_FIND_FAILED[2:]:
        yield "unrecognized setting for host_all_ignored option"
    if router.options.is_set("route_list") == router.options.is_set("route_data"):
        problem = "route_list or route_data (but not both) must be specified"
        yield problem if router.options.is_set("route_list") else Missing(problem)


def _iplookup(router: Instance) -> Problems:
    if not router.options.is_set("port") or router["port"] < 0:
        yield Missing("a port must be specified")
    if router.options.is_set("protocol") and router["protocol"] not in {"udp", "tcp"}:
        yield "protocol not specified as udp or tcp"
    if not router.options.is_set("hosts"):
        yield Missing("a host list must be specified")


def _queryprogram(router: Instance) -> Problems:
    if not router.options.is_set("command"):
        yield Missing("a command specification is required")
    if router["command_user"] is None:
        yield Missing("command_user must be specified")


def _redirect(router: Instance) -> Problems:
    options = router.options
    if options.is_set("file") and options.is_set("data"):
        yield 'only one of "file" or "data" must be specified'
    elif not options.is_set("file") and not options.is_set("data"):
        yield Missing('one of "file" or "data" must be specified')
    if router["one_time"]:
        if router["headers_add"] or router["headers_remove"]:
            yield '"headers_add" and "headers_remove" are not permitted with "one_time"'
        if router["unseen"]:
            yield '"unseen" may not be used with "one_time"'
    if options.is_set("qualify_domain") and router["qualify_preserve_domain"]:
        yield 'only one of "qualify_domain" or "qualify_preserve_domain" must be set'
    if router["allow_filter"] and router["user"] is None and not router["check_local_user"]:
        yield Missing('"user" or "check_local_user" must be set with "allow_filter"')


def _appendfile(transport: Instance) -> Problems:
    options = transport.options
    given = options.is_set
    locks = ("use_lockfile", "use_fcntl_lock", "use_flock_lock", "use_mbx_lock")
    if not any(transport[name] for name in locks if name in options):
        yield "no locking configured"
    if given("file") and given("directory"):
        yield 'only one of "file" or "directory" can be specified'
    if given("directory"):
        maildir = transport["maildir_format"] if "maildir_format" in options else False
        mailstore = transport["mailstore_format"] if "mailstore_format" in options else False
        if maildir and mailstore:
            yield "only one of maildir and mailstore may be specified"
        for name in ("quota_filecount", "quota_directory"):
            if given(name) and not given("quota") and given("directory"):
                yield Missing(f"quota must be set if {name} is set")
    elif given("file"):
        for name in ("quota_filecount", "quota_directory"):
            if given(name):
                yield f'{name} must not be set without "directory"'


def _spa(authenticator: Instance) -> Problems:
    given = authenticator.options.is_set
    if given("client_username") != given("client_password"):
        yield "one of client_username and client_password cannot be set without the other"


_CHECKS: dict[tuple[str, str], Callable[[Instance], Problems]] = {
    ("router", "manualroute"): _manualroute,
    ("router", "iplookup"): _iplookup,
    ("router", "queryprogram"): _queryprogram,
    ("router", "redirect"): _redirect,
    ("transport", "appendfile"): _appendfile,
    ("authenticator", "spa"): _spa,
}


def _plain(instance: Instance) -> Problems:
    """Complaints that name the driver in their text only."""
    if instance.family != "transport":
        return
    name, driver = instance.name, instance.driver
    user = instance["user"]
    if driver == "lmtp" and instance.options.is_set("command") == instance.options.is_set("socket"):
        problem = f"one (and only one) of command or socket must be set for the {name} transport"
        yield problem if instance.options.is_set("command") else Missing(problem)
    if (
        driver == "pipe"
        and instance["pipe_as_creator"]
        and (instance.options.is_set("user") or instance.options.is_set("group"))
    ):
        yield f"both pipe_as_creator and an explicit uid/gid are set for the {name} transport"
    if driver in _WITHOUT_GROUP and isinstance(user, int) and instance["group"] is None:
        yield f"user set without group for the {name} transport"
    if driver == "appendfile":
        where = instance["create_file"]
        if where and where not in _CREATE_FILE and not where.startswith("/"):
            yield f"invalid value given for \"create_file\" for the {name} transport: '{where}'"
    if driver == "pipe":
        yield from _pipe(instance)
    if driver == "smtp" and 0 in (
        instance["command_timeout"],
        instance["data_timeout"],
        instance["final_timeout"],
    ):
        yield f"command, data, or final timeout value is zero for {name} transport"


def _pipe(transport: Instance) -> Problems:
    name = transport.name
    errors = transport["temp_errors"]
    if errors != "*" and not re.fullmatch(r"[0-9: \t]*", errors):
        yield f"temp_errors must be a list of numbers or an asterisk for the {name} transport"
    if transport["use_shell"]:
        if transport["allow_commands"]:
            yield f"both allow_commands and use_shell set for {name} transport"
        if transport["restrict_to_path"]:
            yield f"both restrict_to_path and use_shell set for {name} transport"
    if transport["return_output"] and transport["return_fail_output"]:
        yield f"both return_output and return_fail_output set for {name} transport"
    if transport["log_output"] and transport["log_fail_output"]:
        yield f"both log_output and log_fail_output set for the {name} transport"


def check_section(family: str, config: Config, report: Reporter) -> None:
    """Check all drivers of a family against each other when the section has been read."""
    check = {"router": _routers, "transport": _transports, "authenticator": _authenticators}[family]
    for problem, instance in check(config.instances(family)):
        if problem.endswith(_SELF_PROBLEM):
            report.for_driver(family, instance.name, problem, instance.span, cause="bad-value")
        else:
            report.plain(problem, instance.span, cause=_cause(problem))


def _routers(routers: list[Instance]) -> Iterator[tuple[str, Instance]]:
    names = [router.name for router in routers]
    for at, router in enumerate(routers):
        has_transport = router.options.is_set("transport")
        if router.driver in _FORBIDS_TRANSPORT and has_transport:
            yield f"{router.name} router:\n  a transport must not be defined for this router", router
        needed = router.driver in _NEEDS_TRANSPORT and not router["verify_only"]
        if needed and not has_transport:
            yield Missing(f"{router.name} router:\n  a transport is required for this router"), router
        text = router["self"]
        if text not in _SELF and not _REROUTE.match(text):
            yield f"{text}{_SELF_PROBLEM}", router
        for option in ("redirect_router", "pass_router"):
            if not router.options.is_set(option):
                continue
            target = router[option]
            if target not in names:
                yield f'new_router "{target}" not found for "{router.name}" router', router
            elif option == "pass_router" and names.index(target) <= at:
                yield f'new_router "{target}" does not follow "{router.name}" router', router


def _transports(transports: list[Instance]) -> Iterator[tuple[str, Instance]]:
    for transport in transports:
        if transport.options.is_set("shadow_transport") and transport.driver not in _LOCAL:
            yield f"shadow transport not allowed on non-local transport {transport.name}", transport
        if transport["body_only"] and transport["headers_only"]:
            yield (
                f"{transport.name} transport: body_only and headers_only are mutually exclusive",
                transport,
            )


def sides(authenticator: Instance) -> set[str]:
    """Whether an authenticator works as a server, as a client or as both."""
    given = authenticator.options.is_set
    servers = {
        "plaintext": ("server_condition",),
        "cram_md5": ("server_secret",),
        "spa": ("server_password",),
        "dovecot": ("server_socket",),
        "external": ("server_condition",),
        "tls": (),  # it is not asked for by a client
    }
    clients = {
        "plaintext": ("client_send",),
        "cram_md5": ("client_secret",),
        "spa": ("client_username",),
        "external": ("client_send",),
        "gsasl": ("client_username",),
    }
    driver = authenticator.driver
    if driver in {"cyrus_sasl", "heimdal_gssapi"}:
        return {"server"}
    sides = {"server"} if any(map(given, servers.get(driver, ("server_condition",)))) else set()
    return sides | ({"client"} if any(map(given, clients.get(driver, ()))) else set())


def _authenticators(found: list[Instance]) -> Iterator[tuple[str, Instance]]:
    for at, one in enumerate(found):
        name = one["public_name"]
        if not one.options.is_set("public_name") and one.driver in _NEED_PUBLIC_NAME:
            yield Missing(f"no public name specified for the {one.name} authenticator"), one
            continue
        for other in found[at + 1 :]:
            if lower(other["public_name"]) != lower(name):
                continue
            for side in ("client", "server"):
                if side in sides(one) & sides(other):
                    yield (
                        (
                            f"two {side} authenticators ({one.name} and {other.name}) "
                            f"have the same public name ({name})"
                        ),
                        one,
                    )
