"""Lists as sessions and ACLs match them: told of, remembered, and leaving data in variables.

What a named list says of the client holds for the session, what it says of the sender for the message, and
what it says of a recipient for the checks of that recipient: see `new_sender` and `new_recipient`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from drivers.api.errors import Deferred, ExpansionError
from drivers.api.text import lower
from expander.lists import address as addresses
from expander.lists import client, domain, host, local_part
from expander.lists.remembered import (
    DOMAINS,
    HOSTS,
    HOSTS_WITHOUT_DATA,
    KNOWN,
    LOCAL_PARTS,
    Question,
    known,
    recall,
)
from expander.lists.subject import Subject, UndecidedError, caseful_setting, no_settings, of_domain
from expander.lists.walk import matched, unexpanded

if TYPE_CHECKING:
    from expander.expand.context import Context

OK, FAIL, DEFER = "OK", "FAIL", "DEFER"
OF_CLIENT, OF_SENDER, OF_SENDER_DOMAIN = "client", "sender", "sender_domain"
OF_DOMAIN, OF_LOCAL_PART = "domain", "local_part"
OF_RECIPIENT = (OF_DOMAIN, OF_LOCAL_PART)
OF_MESSAGE = (OF_SENDER, OF_SENDER_DOMAIN, *OF_RECIPIENT)


LEFT_DATA = frozenset({"sender_data", "recipient_data", "domain_data", "local_part_data"})
"""The variables in which lists leave what they have found."""


class Answer(NamedTuple):
    """`OK`, `FAIL` or `DEFER`; the data that the list has; why it is not decided, None for no words."""

    word: str
    data: str | None = None
    message: str | None = None


_NO, _YES = Answer(FAIL), Answer(OK)


def new_sender(ctx: Context) -> None:
    """A message begins or is given up: forget what lists say of the sender, and ``$sender_data``."""
    scopes: dict[str, Any] | None = ctx.state.get(KNOWN)
    if scopes:
        for scope in OF_MESSAGE:
            if scope in scopes:
                del scopes[scope]
    facts = ctx.facts
    for name in LEFT_DATA:
        if name in facts:
            del facts[name]


def new_recipient(ctx: Context) -> None:
    """Checks of a recipient begin: forget what lists say of another, and ``$domain_data``.

    ``$local_part_data`` stays until a list of local parts is matched again.
    """
    scopes: dict[str, Any] | None = ctx.state.get(KNOWN)
    if scopes:
        for scope in OF_RECIPIENT:
            if scope in scopes:
                del scopes[scope]
    ctx.facts.pop("domain_data", None)


def host_matches(ctx: Context, list_text: str, *, option: str = "", sets_data: bool = True) -> Answer:
    """Whether the client of the session is in a host list, as it is before its expansion.

    ``option`` is the main option that holds the list. With ``sets_data`` what a lookup in the list found
    is in ``$host_data`` afterwards. Raises `Fatal` where Exim ends. See "Host lists" in the manual.
    """
    text = ctx.facts.get("sender_host_address", "")
    before = recall(ctx, HOSTS if sets_data else HOSTS_WITHOUT_DATA, list_text, text, OF_CLIENT)
    if isinstance(before, Answer):
        if sets_data:
            _set(ctx, "host_data", before.data)
        return before
    try:
        listed = ctx.expand(list_text)
        answer = (_NO if not listed else _YES if listed == "*" else None) if ctx.tell_checks is None else None
    except ExpansionError as problem:
        answer = _unexpanded(ctx, list_text, problem, of_hosts=True)
    if answer is not None:
        if sets_data:
            ctx.facts.pop("host_data", None)
        return answer
    subject = Subject(ctx, "host", text, client.match_element, host.unknown_setting, shown="host")
    subject.cache, subject.keeps_value = known(ctx.state, OF_CLIENT), sets_data
    answer = _asked(subject, listed, list_text, option, before)
    if sets_data:
        _set(ctx, "host_data", subject.value)
    return answer


def given_host_matches(ctx: Context, name: str, address: str, list_text: str, *, option: str = "") -> Answer:
    """Whether a host that is not the client is in a host list; what is known of the client is not asked.

    While elements are matched, the variables of the client are of the host. Raises `Fatal`.
    """
    try:
        listed = ctx.expand(list_text)
    except ExpansionError as problem:
        return _unexpanded(ctx, list_text, problem, of_hosts=True)
    if ctx.tell_checks is None and listed in {"", "*"}:
        return _YES if listed else _NO
    facts, shown = ctx.facts, {"sender_host_address": address, "sender_host_name": name}
    before = {fact: facts.get(fact) for fact in shown}
    facts.update(shown)
    try:
        subject = Subject(ctx, "host", address, client.match_element, host.unknown_setting)
        subject.keeps_value = False
        return _answer(subject, listed, list_text, option)
    finally:
        for fact, value in before.items():
            if value is None:
                facts.pop(fact, None)
            else:
                facts[fact] = value


def domain_matches(
    ctx: Context,
    name: str,
    list_text: str,
    *,
    option: str = "",
    scope: str = OF_DOMAIN,
    data: str = "domain_data",
) -> Answer:
    """Whether a domain is in a domain list, as it is before its expansion.

    ``scope`` says whose domain it is, for what is remembered: `OF_DOMAIN`, `OF_SENDER_DOMAIN`, "" for none.
    ``data`` is the variable that is set, if any. See "Domain lists" in the manual.
    """
    before = recall(ctx, DOMAINS, list_text, name, scope)
    if isinstance(before, Answer):
        if data:
            _set(ctx, data, before.data)
        return before
    with of_domain(ctx, list_text, lower(name)):
        listed = _listed(ctx, list_text)
    if isinstance(listed, Answer):
        if data:
            ctx.facts.pop(data, None)
        return listed
    subject = Subject(ctx, "domain", name, domain.match_element, no_settings, domain=lower(name))
    subject.cache = known(ctx.state, scope)
    answer = _asked(subject, listed, list_text, option, before)
    if data:
        _set(ctx, data, subject.value)
    return answer


def local_part_matches(ctx: Context, text: str, list_text: str, *, data: str = "local_part_data") -> Answer:
    """Whether a local part is in a list of local parts, as it is before its expansion."""
    before = recall(ctx, LOCAL_PARTS, list_text, text, OF_LOCAL_PART)
    if isinstance(before, Answer):
        if data:
            _set(ctx, data, before.data)
        return before
    listed = _listed(ctx, list_text)
    if isinstance(listed, Answer):
        if data:
            ctx.facts.pop(data, None)
        return listed
    subject = Subject(ctx, "localpart", text, local_part.match_element, caseful_setting, local_part=text)
    subject.cache = known(ctx.state, OF_LOCAL_PART)
    answer = _asked(subject, listed, list_text, "", before)
    if data:
        _set(ctx, data, subject.value)
    return answer


def address_matches(
    ctx: Context, text: str, list_text: str, *, scope: str = "", data: str = "", option: str = ""
) -> Answer:
    """Whether an address is in an address list, as it is before its expansion.

    ``scope`` is `OF_SENDER` for the sender of the message; of other addresses nothing is remembered. ``data``
    is the variable that is set ("sender_data", "recipient_data"); it keeps its value where no element
    of the list says anything of it. See "Address lists" in the manual.
    """
    try:
        listed = ctx.expand(list_text)
        decided = None if listed or ctx.tell_checks is not None else _NO
    except ExpansionError as problem:
        decided = _unexpanded(ctx, list_text, problem)
    if decided is not None:
        before = ctx.facts.get(data)
        return decided if before is None or decided.word != FAIL else Answer(FAIL, before)
    local, at, tail = text.rpartition("@")
    name = lower(tail) if at else ""
    whole = f"{local}@{name}" if at else text
    subject = Subject(
        ctx, "address", whole, addresses.match_element, caseful_setting, domain=name, local_part=local
    )
    subject.shown = text
    subject.value = ctx.facts.get(data) if data else None
    subject.cache = known(ctx.state, scope)
    answer = _answer(subject, listed, list_text, option)
    if data:
        _set(ctx, data, subject.value)
    return answer


def string_matches(ctx: Context, text: str, list_text: str) -> Answer:
    """Whether a text is in a list of strings, as it is before its expansion: authenticators, ciphers."""
    listed = _listed(ctx, list_text)
    if isinstance(listed, Answer):
        return listed
    subject = Subject(ctx, "string", text, local_part.match_string, no_settings)
    return _answer(subject, listed, list_text, "")


def _set(ctx: Context, name: str, value: str | None) -> None:
    if value is None:
        ctx.facts.pop(name, None)
    else:
        ctx.facts[name] = value


def _listed(ctx: Context, list_text: str) -> str | Answer:
    """The list after its expansion, or the answer where there is nothing to go through."""
    try:
        text = ctx.expand(list_text)
    except ExpansionError as problem:
        return _unexpanded(ctx, list_text, problem)
    return text if text or ctx.tell_checks is not None else _NO  # nobody wants to be told


def _unexpanded(ctx: Context, list_text: str, problem: ExpansionError, *, of_hosts: bool = False) -> Answer:
    if unexpanded(ctx, list_text, problem) is problem:
        return _NO
    return _undecided(ctx.state, of_hosts=of_hosts)


def _undecided(state: dict[str, Any], *, of_hosts: bool) -> Answer:
    # Only for hosts Exim shows that a lookup before has left no words.
    left = state.get("search_message")
    return Answer(DEFER, None, left if of_hosts else left or None)


def _asked(subject: Subject, listed: str, list_text: str, option: str, question: Question | None) -> Answer:
    """What a list says; that is remembered where it was asked a question."""
    if question is None:
        return _answer(subject, listed, list_text, option)
    question.begin(subject.ctx)
    answer = _answer(subject, listed, list_text, option)
    return answer if answer.word == DEFER else question.keep(subject.ctx, answer)


def _answer(subject: Subject, listed: str, list_text: str, option: str) -> Answer:
    try:
        found = matched(subject, listed, list_text, option=option)
    except (UndecidedError, Deferred):
        return _undecided(subject.ctx.state, of_hosts=subject.kind == "host")
    if subject.value is None:
        return _YES if found else _NO
    return Answer(OK if found else FAIL, subject.value)
