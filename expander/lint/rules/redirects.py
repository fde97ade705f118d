"""What redirect routers say in plain text: special items, pipes, files, addresses, and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.values import mailbox
from expander.lint.beginnings import outcomes
from expander.lint.finding import ERROR, WARNING, Edit, Finding, Fix, Note
from expander.lint.places import part_of
from expander.lint.redirection import grows, shape_of, stays_in
from expander.lint.routing import preconditions
from expander.lint.rule import rule
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

SECTION = "The redirect router"
_ROUTER = "begin routers\naliases:\n  driver = redirect\n"
_BOX = "begin transports\nbox:\n  driver = appendfile\n"


class _Item:
    """One item of the data: its text, where it stands, and whether all of it is known."""

    def __init__(self, text: str, span: Span, *, whole: bool) -> None:
        self.text = text
        self.span = span
        self.whole = whole

    @property
    def shown(self) -> str:
        """The text for a message."""
        return self.text if self.whole else f"{self.text}..."

    def begins(self, word: str) -> bool:
        return lower(self.text).startswith(word)


def _redirects(survey: Survey) -> Iterator[tuple[Instance, ExpandedText]]:
    """The redirect routers with data."""
    for router in survey.config.routers:
        text = survey.by_option.get(("router", router.name, "data"))
        if router.driver == "redirect" and text is not None:
            yield router, text


def _items(survey: Survey, text: ExpandedText) -> Iterator[_Item]:
    """What the data come to as far as it is plain text: all items, or the beginning of the first."""
    for found in outcomes(survey, text.source):
        known = found.text
        if known.lstrip(SPACE).startswith("#"):
            continue
        for piece in mailbox.split(known.replace("\n", ",")) if found.whole else [known]:
            item = piece.strip(SPACE)
            if item.startswith('"') and item.endswith('"') and item[1:2] in {"|", "/", ":"}:
                item = item[1:-1]
            if item:
                yield _Item(item, part_of(found.span, item), whole=found.whole)
            if item.startswith(":") and not item.startswith(":include:"):
                break


@rule(
    "EXR005",
    "redirection-not-permitted",
    section=SECTION,
    bad=_ROUTER + "  data = ${lookup{$local_part}lsearch{/etc/aliases}{$value}{:fail: no such user}}\n",
    good=_ROUTER + "  data = ${lookup{$local_part}lsearch{/etc/aliases}{$value}{:fail: no such user}}\n"
    "  allow_fail\n",
)
def redirection_not_permitted(survey: Survey) -> Iterator[Finding]:
    """The data of a router have an item that its options do not permit.

    `:fail:` needs `allow_fail` and `:defer:` needs `allow_defer`; without them the address is deferred with
    an error instead. The options `forbid_...` turn others off.
    """
    for router, text in _redirects(survey):
        for item in _items(survey, text):
            for word in ("fail", "defer"):
                if item.begins(f":{word}:") and router[f"allow_{word}"] is not True:
                    message = f'error in redirect data: "{item.shown}" is not permitted'
                    note = Note(f"allow_{word} is missing")
                    fix = _allow(router, f"allow_{word}")
                    yield Finding("EXR005", message, item.span, notes=(note,), fix=fix)
            if item.begins(":blackhole:") and router["forbid_blackhole"] is True:
                message = f'error in redirect data: "{item.shown}" is not permitted'
                yield Finding("EXR005", message, item.span, notes=(Note("forbid_blackhole is set"),))
            if item.begins(":include:") and router["forbid_include"] is True:
                yield Finding("EXR005", "error in redirect data: included files not permitted", item.span)
            if item.begins("|") and router["forbid_pipe"] is True:
                yield Finding("EXR005", "error in redirect data: delivery to pipe forbidden", item.span)


def _allow(router: Instance, option: str) -> Fix | None:
    setting = router.setting("data")
    if setting is None:
        return None
    end = Span(setting.span.source, setting.span.end, setting.span.end)
    return Fix(f"add {option}", (Edit(end, f"\n  {option}"),))


@rule(
    "EXR006",
    "redirect-without-transport",
    section=SECTION,
    bad=_ROUTER + "  data = |/usr/local/bin/deliver $local_part_data\n",
    good=_ROUTER + "  data = |/usr/local/bin/deliver $local_part_data\n  pipe_transport = pipe\n"
    "begin transports\npipe:\n  driver = pipe\n",
)
def redirect_without_transport(survey: Survey) -> Iterator[Finding]:
    """The data of a router name a command, a file or a directory, and no transport is set for it.

    The address is deferred.
    """
    for router, text in _redirects(survey):
        for item in _items(survey, text):
            missing = _missing_transport(router, item)
            if missing is not None:
                yield Finding("EXR006", f"{missing} unset in {router.name} router", item.span)


def _missing_transport(router: Instance, item: _Item) -> str | None:
    """The option that an item needs and that is not set."""
    given = router.options.is_set
    if item.begins("|"):
        return None if given("pipe_transport") or router["forbid_pipe"] is True else "pipe_transport"
    if not item.begins("/") or item.text == "/dev/null" or router["forbid_file"] is True:
        return None
    if not item.whole:
        names_path = "@" not in item.span.source.text
        missing = names_path and not given("file_transport") and not given("directory_transport")
        return "file_transport" if missing else None
    if "@" in item.text:
        return None
    needed = "directory_transport" if item.text.endswith("/") else "file_transport"
    return None if given(needed) else needed


@rule(
    "EXR007",
    "bad-redirect-address",
    section=SECTION,
    bad=_ROUTER + "  data = ann@example.org : bob@example.org\n",
    good=_ROUTER + "  data = ann@example.org, bob@example.org\n",
)
def bad_redirect_address(survey: Survey) -> Iterator[Finding]:
    """The data of a router have an address that cannot be read.

    Addresses are separated by commas or stand in lines of their own. The address that is redirected is
    deferred; with `skip_syntax_errors` the item is left out.
    """
    for router, text in _redirects(survey):
        for item in _items(survey, text):
            if not item.whole or item.text.startswith(("|", "/")) or _is_special(item):
                continue
            try:
                mailbox.parse(item.text.removeprefix("\\"))
            except Failed as problem:
                message = f'error in redirect data: {problem.message} in "{item.text}"'
                skips = router["skip_syntax_errors"] is True
                yield Finding("EXR007", message, item.span, severity=WARNING if skips else ERROR)


def _is_special(item: _Item) -> bool:
    words = (":fail:", ":defer:", ":blackhole:", ":unknown:", ":include:")
    return any(item.begins(word) for word in words)


@rule(
    "EXR004",
    "routing-loop",
    section=SECTION,
    bad=_ROUTER + "  data = list-$local_part@$domain\n",
    good=_ROUTER + "  data = list-$local_part@$domain\n  no_repeat_use\n",
)
def routing_loop(survey: Survey) -> Iterator[Finding]:
    """A router makes an address longer and runs again for what it made, until Exim sees a routing loop.

    The new address goes through all routers from the top. A precondition that it does not meet,
    `no_repeat_use` or `redirect_router` ends that.
    """
    for at, router in enumerate(survey.config.routers):
        text = survey.by_option.get(("router", router.name, "data"))
        if router.driver != "redirect" or text is None or router["repeat_use"] is not True:
            continue
        if router.options.is_set("redirect_router") or not _asks_for_domain_alone(router):
            continue
        shape = shape_of(survey.tree(text.source))
        if shape is None or not grows(shape) or not stays_in(shape, router):
            continue
        if all(_asks_for_domain_alone(earlier) for earlier in survey.config.routers[:at]):
            span = Span(text.source, 0, len(text.source.text))
            severity = WARNING if at else ERROR
            message = f"routing loop: the router {router.name} runs again for the address that it made"
            yield Finding("EXR004", message, span, severity=severity)


def _asks_for_domain_alone(router: Instance) -> bool:
    """True for a router that looks at nothing but the domain and the sender."""
    return {name for name, _ in preconditions(router)} <= {"domains", "senders"}
