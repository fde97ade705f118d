"""What a single router lacks, or says to no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from drivers.values.listtext import split
from expander.lint.beginnings import outcomes
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.places import in_file, macros_at, part_of, whole
from expander.lint.route_list import route_of, route_rules
from expander.lint.routing import constant_truth, text_of
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from grammar.source import Span

_SMTP = "begin transports\nsmtp:\n  driver = smtp\n"
_GENERIC = "Generic options for routers"
_BOX = "begin transports\nbox:\n  driver = appendfile\n  file = /var/mail/all\n"


@rule(
    "EXR001",
    "router-without-transport",
    section="The manualroute router",
    bad="begin routers\nsmarthost:\n  driver = manualroute\n  route_list = * mail.example.org\n",
    good="begin routers\nsmarthost:\n  driver = manualroute\n  route_list = * mail.example.org\n"
    "  transport = smtp\n" + _SMTP,
)
def router_without_transport(survey: Survey) -> Iterator[Finding]:
    """A router that finds hosts names no transport, neither itself nor in its routes.

    Verifying works, and every delivery is deferred. Exim refuses such a router when it loads the
    configuration only where the driver has no other way to name a transport.
    """
    names = {transport.name for transport in survey.config.transports}
    for router in survey.config.routers:
        if router.driver != "manualroute" or router["verify_only"] is not False:
            continue
        if router.options.is_set("transport"):
            continue
        rules = list(route_rules(router))
        text = survey.by_option.get(("router", router.name, "route_data"))
        if text is not None:
            found = outcomes(survey, text.source)
            if not all(one.whole for one in found):
                continue
            rules = [route_of(text.source, one.text, one.span.start) for one in found if one.text.strip()]
        if any(not {word for word, _ in one.words} & names for one in rules):
            yield Finding("EXR001", f"Error in {router.name} router: no transport defined", router.span)


@rule(
    "EXR008",
    "constant-condition",
    severity=WARNING,
    section=_GENERIC,
    bad="begin routers\nusers:\n  driver = accept\n  condition = no\n  transport = box\n" + _BOX,
    good="begin routers\nusers:\n  driver = accept\n  condition = ${if def:h_x:}\n  transport = box\n" + _BOX,
)
def constant_condition(survey: Survey) -> Iterator[Finding]:
    """A condition of a router is plain text: the router never runs, or the condition does nothing.

    Any text but `no`, `false`, `0` and an empty one counts as true, the name of a variable
    without its dollar sign as well.
    """
    for text in survey.texts:
        if text.section != "router" or text.name != "condition" or macros_at(whole(text.source)):
            continue
        truth = constant_truth(text.source.text)
        if truth is False:
            message = f"the router {text.holder} never runs: its condition is false"
            yield Finding("EXR008", message, whole(text.source), severity=WARNING)
        elif truth is True:
            plain = text.source.text.strip(SPACE).lower() in {"yes", "true", "1"}
            yield Finding(
                "EXR008",
                f"the condition of the router {text.holder} is always true",
                whole(text.source),
                severity=REMARK if plain else WARNING,
            )


@rule(
    "EXR009",
    "precondition-never-met",
    severity=WARNING,
    section=_GENERIC,
    bad="begin routers\npostmaster:\n  driver = accept\n  local_parts = postmaster@example.org\n"
    "  transport = box\n" + _BOX,
    good="begin routers\npostmaster:\n  driver = accept\n  local_parts = postmaster\n"
    "  domains = example.org\n  transport = box\n" + _BOX,
)
def precondition_never_met(survey: Survey) -> Iterator[Finding]:
    """A list of domains or of local parts has a whole address in it, or nothing at all.

    Only a part of the address is compared with the list: what has an `@` in it matches none, and a router
    with an empty list never runs.
    """
    for router in survey.config.routers:
        for name, part in (("domains", "domain"), ("local_parts", "local part")):
            text = text_of(router, name)
            setting = router.setting(name)
            if text is None or setting is None:
                continue
            if not text.strip(SPACE) and _written_empty(setting.span):
                message = f"the router {router.name} never runs: its list {name} is empty"
                yield Finding("EXR009", message, router.span, severity=WARNING)
            for item in split(text) if "$" not in text else []:
                bare = item.removeprefix("!").strip(SPACE)
                if _is_address(bare):
                    message = f'no {part} matches "{bare}"'
                    yield Finding("EXR009", message, part_of(setting.span, bare), severity=WARNING)


def _written_empty(value: Span) -> bool:
    """True if nothing stands in the file where the value is, not even a macro without a value."""
    place = in_file(value)
    line = place.source.line(place.position()[0])
    return not line.partition("=")[2].strip(f'{SPACE}"')


def _is_address(item: str) -> bool:
    """True for an item that is a whole address, not a pattern, a lookup, or the word for the local host."""
    local, at, domain = item.rpartition("@")
    return bool(at and local and domain) and not set(item) & set(";/^\\[") and not item.startswith("+")


@rule(
    "EXR010",
    "bad-required-file",
    section=_GENERIC,
    bad="begin routers\nusers:\n  driver = accept\n  require_files = mail/inbox\n  transport = box\n" + _BOX,
    good="begin routers\nusers:\n  driver = accept\n  require_files = /var/mail/inbox\n  transport = box\n"
    + _BOX,
)
def bad_required_file(survey: Survey) -> Iterator[Finding]:
    """A name in `require_files` is no absolute path: all addresses that the router meets are deferred."""
    for router in survey.config.routers:
        text, setting = text_of(router, "require_files"), router.setting("require_files")
        if text is None or setting is None or "$" in text:
            continue
        for item in split(text):
            bare = item.lstrip("+!").strip(SPACE)
            if "/" in bare and not bare.startswith("/"):
                message = f'require_files: "{bare}" is not absolute'
                yield Finding("EXR010", message, part_of(setting.span, bare))


@rule(
    "EXR017",
    "affix-not-optional",
    severity=WARNING,
    section=_GENERIC,
    bad="begin routers\nusers:\n  driver = accept\n  check_local_user\n  local_part_suffix = +* : -*\n"
    "  transport = box\n" + _BOX,
    good="begin routers\nusers:\n  driver = accept\n  check_local_user\n  local_part_suffix = +* : -*\n"
    "  local_part_suffix_optional\n  transport = box\n" + _BOX,
)
def affix_not_optional(survey: Survey) -> Iterator[Finding]:
    """Every router that delivers to users asks for a suffix or a prefix of the local part.

    Without `local_part_suffix_optional` a router does not run for an address that has no suffix, so plain
    addresses are taken by no router.
    """
    users = [router for router in survey.config.routers if _delivers_to_users(router)]
    for affix in ("local_part_suffix", "local_part_prefix"):
        if users and all(_needs(router, affix) for router in users):
            setting = users[-1].setting(affix)
            message = f"the router {users[-1].name} does not run for addresses without {affix}"
            note = Note(f"{affix}_optional is missing")
            span = setting.span if setting is not None else users[-1].span
            yield Finding("EXR017", message, span, severity=WARNING, notes=(note,))


def _delivers_to_users(router: Instance) -> bool:
    return router.driver == "accept" and router["check_local_user"] is True and not router["verify_only"]


def _needs(router: Instance, affix: str) -> bool:
    return router.options.is_set(affix) and router[f"{affix}_optional"] is not True
