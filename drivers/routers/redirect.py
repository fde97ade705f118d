"""The redirect router: aliases, forward files and filters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail, Unsupported
from drivers.api.routing import DECLINE, DEFER, DISCARD, FAIL, OK, TESTING, Address, Inherited, Refusal
from drivers.api.text import lower
from drivers.api.unit import router
from drivers.routers import forward_list, privilege, redirect_file, rights, srs, syntax_report
from drivers.routers.finishing import (
    Ids,
    defer,
    errors_address,
    expand_data,
    ids,
    prepare,
    set_place,
    transport_named,
)
from drivers.values import mailbox
from drivers.values.filter_kind import FORWARD, kind_of

if TYPE_CHECKING:
    from drivers.api.routing import Work
    from drivers.routers.forward_list import ForwardList

_SMTP_CODE = re.compile(r"[245][0-9]{2}(?:[ \t]+[245]\.[0-9]{1,3}\.[0-9]{1,3})?[ \t]+", re.ASCII)
_RIGHTS = {
    "allow_defer": "defer",
    "allow_fail": "fail",
}


@router(
    "redirect",
    syntax="driver = redirect",
    section="The redirect router",
    feature="router_redirect",
)
def redirect(work: Work) -> str:
    """Put other addresses, files and pipes in the place of the address, from a list or a filter."""
    runs_as = ids(work)
    returns_to = srs.sender(work) if work.ctx.profile.built_with("srs_alt") else None
    text = _data(work, runs_as)
    if text is None:
        return DECLINE
    if not text and not work.router["file"] and not work.router["qualify_domain"]:
        return DECLINE  # there is nothing to read, and nothing that could go wrong while it is read
    kind = kind_of(text)
    if not work.router["file"] and (kind != FORWARD or privilege.INCLUDE in text):
        privilege.check(work, runs_as, "")
    if kind != FORWARD:
        return _filtered(work, text, kind, runs_as)
    with _Qualifying(work) as ready:
        if not ready:
            return DECLINE
        try:
            with rights.as_user(work, runs_as):
                found = _reader(work).read(text)
        except forward_list.ListError as problem:
            raise defer(work.address, _shown(work, "redirect", problem.message)) from None
    return _settled(work, found, returns_to)


BAD_REDIRECTION = -17
"""The number of Exim's own for data that cannot be obeyed."""


def _shown(work: Work, what: str, problem: str) -> str:
    work.address.number = BAD_REDIRECTION
    source = "data" if work.router.options.is_set("data") else "file"
    return f"error in {what} {source}: {problem}"


def _data(work: Work, runs_as: Ids) -> str | None:
    """The text that tells where mail goes, None where there is none. Raises `Refusal`."""
    chosen = work.router
    from_file = bool(chosen["file"])
    given = chosen["file"] if from_file else chosen["data"]
    try:
        text = work.ctx.expand(given)
    except ForcedFail:
        return None
    except Unsupported:
        raise
    except ExpansionError as problem:
        raise defer(work.address, f'failed to expand "{given}": {problem.message}') from None
    if not from_file:
        return text
    if not text.startswith("/"):
        raise defer(work.address, f'"{text}" is not an absolute path')
    try:
        privilege.check(work, runs_as, text)
        with rights.as_user(work, runs_as):
            return redirect_file.contents(work, text)
    except redirect_file.NoFileError:
        work.address.message = work.address.user_message = None
        return None
    except redirect_file.FileError as problem:
        raise defer(work.address, problem.message) from None


class _Qualifying:
    """For how long names without a domain get another one than the usual; not ready: the router declines."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._before = work.ctx.state.get("qualify_recipient")

    def __enter__(self) -> bool:
        work, state = self._work, self._work.ctx.state
        if work.router["qualify_preserve_domain"]:
            state["qualify_recipient"] = work.address.domain
        elif work.router["qualify_domain"]:
            domain = expand_data(work, work.router["qualify_domain"])
            if domain is None:
                return False
            state["qualify_recipient"] = domain
        return True

    def __exit__(self, *_exc: object) -> None:
        self._work.ctx.state["qualify_recipient"] = self._before


def _reader(work: Work) -> forward_list.Reader:
    chosen = work.router
    specials = {name for option, name in _RIGHTS.items() if chosen[option]}
    specials |= {"blackhole"} if not chosen["forbid_blackhole"] else set()
    specials |= {"include"} if not chosen["forbid_include"] else set()
    permitted = forward_list.Rights(
        frozenset(specials),
        chosen["include_directory"],
        bool(chosen["skip_syntax_errors"]),
        work.address.domain,
        not work.ctx.profile.at_least("4.97"),
        mailbox.permitted(work.ctx.options, literals=True),
    )
    by_rules = bool(chosen["rewrite"])
    reader = forward_list.Reader(
        permitted, work.ctx.world.files, lambda address: work.rewritten(address, by_rules=by_rules)
    )
    reader.reason_of = lambda number: rights.reason_of(work, number)
    return reader


def _settled(work: Work, found: ForwardList, returns_to: str | None) -> str:
    """Do what a list says; mail for what is in it returns to an address of its own, if there is one."""
    address = work.address
    if found.outcome == "defer":
        return refused(work, DEFER, found.message)
    children = [
        Address(item.text, unique=item.text, kind=item.kind, inherited=Inherited(srs_sender=returns_to))
        for item in found.items
    ]
    if found.outcome == "fail":
        return refused(work, FAIL, found.message, prepared=generate(work, children))
    if found.outcome == "blackhole":
        children = []
    elif found.skipped:
        faults = [(skipped.problem, skipped.text) for skipped in found.skipped]
        syntax_report.send(work, faults, others=bool(children))
        if not children:
            address.message = "syntax error in redirection data"
            return DECLINE
    elif not children:
        return DECLINE
    return delivered(work, children)


def delivered(work: Work, children: list[Address], nowhere: str = ":blackhole:") -> str:
    """The address is done with: children go on in its place; without any, the message goes ``nowhere``."""
    if children:
        generate(work, children)
    elif work.purpose == TESTING and not work.is_test:
        work.ctx.log(f"=> {nowhere} <{work.address.text}> R={work.router.name}")
        return DISCARD
    return OK


def refused(work: Work, outcome: str, message: str | None, *, prepared: Inherited | None = None) -> str:
    """The data itself refuses the address, for now or for good.

    ``prepared`` is what children have that go on all the same: where errors go is not asked again.
    """
    address = work.address
    if outcome == FAIL:
        errors = errors_address(work) if prepared is None else prepared.errors_address
        address.inherited.errors_address = errors
    if message is None:
        address.message = "forced rejection" if outcome == FAIL else "forced defer"
        return outcome
    if work.router["forbid_smtp_code"]:
        message = _SMTP_CODE.sub("", message, count=1) if _SMTP_CODE.match(message) else message
    address.message = address.user_message = message
    address.passes_message = True
    return outcome


def generate(work: Work, children: list[Address]) -> Inherited | None:
    """Let children go on, the first one first; what they have, None without any. Raises `Refusal`."""
    if not children:
        return None
    before = work.address.inherited
    kept = before.copied()
    work.address.inherited = kept
    prepare(work)
    for child in reversed(children):
        own_errors, rewritten = child.inherited.errors_address, child.inherited.srs_sender
        child.inherited = kept.copied()
        if rewritten is not None:
            child.inherited.srs_sender = child.inherited.errors_address = rewritten
        if own_errors is not None:
            child.inherited.errors_address = own_errors
        _adopt(work, child)
        work.go_on_with(child)
    work.address.inherited = before
    return kept


def _adopt(work: Work, child: Address) -> None:
    address, chosen = work.address, work.router
    child.parent = address
    child.start = chosen["redirect_router"]
    child.is_once = bool(chosen["one_time"])
    child.is_hidden = bool(chosen["hide_child_in_errmsg"])
    if chosen["check_ancestor"] and not child.kind and _is_ancestor(child, address):
        child.text = address.text  # it is a duplicate of what it would have been
    if not child.kind:
        return
    child.router = chosen
    set_place(work, child, ids(work))
    option = {"pipe": "pipe_transport", "reply": "reply_transport"}.get(child.kind, "file_transport")
    if child.kind == "file" and child.text.endswith("/"):
        option = "directory_transport"
    forbidden = {"pipe": "forbid_pipe", "file": "forbid_file", "reply": "forbid_filter_reply"}[child.kind]
    child.is_allowed = not chosen[forbidden]
    facts, variable = work.ctx.facts, f"address_{child.kind}"
    facts[variable] = child.text
    try:
        child.transport = transport_named(work, child, chosen[option], option)
    except Refusal:
        pass  # it is told where the child is looked at
    finally:
        facts.pop(variable, None)


def _is_ancestor(child: Address, address: Address) -> bool:
    for parent in (address, *address.ancestors()):
        cased = parent.router is not None and parent.router["caseful_local_part"]
        if child.text == parent.text or (not cased and lower(child.text) == lower(parent.text)):
            return True
    return False


def _filtered(work: Work, text: str, kind: str, runs_as: Ids) -> str:
    """Run a filter, if it may be there, and do what it says."""
    chosen = work.router
    name = {"exim": "Exim", "sieve": "Sieve"}[kind]
    if not chosen["allow_filter"]:
        return _faulty(work, "filtering not enabled")
    if chosen[f"forbid_{kind}_filter"]:
        return _faulty(work, f"{name} filtering not enabled")
    with _Qualifying(work) as ready:
        if not ready:
            return DECLINE
        work.address.message = work.address.user_message = None
        with rights.as_user(work, runs_as):
            result = work.run_filter(text, kind, chosen.options)
    if result.outcome == "error":
        return _faulty(work, result.message or "")
    if result.outcome == "defer":
        return refused(work, DEFER, result.message)
    if result.outcome == "fail":
        return refused(work, FAIL, result.message, prepared=generate(work, result.addresses))
    if result.outcome == "freeze":
        generate(work, result.addresses)
        work.address.message = result.message or "frozen by filter"
        work.address.freezes = True
        return DEFER
    if result.outcome == "delivered":
        return delivered(work, result.addresses, "discarded")
    if not result.addresses:
        return DECLINE
    itself = Address(work.address.text, unique=work.address.text)
    generate(work, [itself, *result.addresses])
    return OK


def _faulty(work: Work, problem: str) -> str:
    """A filter with errors, or that may not be there: the address waits, unless errors are passed over."""
    if not work.router["skip_syntax_errors"]:
        raise defer(work.address, _shown(work, "filter", problem))
    syntax_report.send(work, [(problem, "")], others=False)
    work.address.message = "syntax error in redirection data"
    return DECLINE
