"""Goes through a list from left to right: negation, named lists, files, and what the end means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Deferred, ExpansionError, ForcedFail
from drivers.api.text import SPACE, is_tainted, lower
from drivers.values import listtext
from expander.lists.constant import constant_list
from expander.lists.listfile import lines_of
from expander.lists.subject import (
    IGNORE,
    INCLUDE,
    KINDS,
    WITHOUT_NAMED,
    NotKnownError,
    UndecidedError,
    of_domain,
)
from expander.lists.telling import told_of

if TYPE_CHECKING:
    from drivers.api.protocols import Context
    from expander.lists.subject import Subject
    from expander.lists.telling import Told


def matched(subject: Subject, list_text: str, given: str = "", *, option: str = "") -> bool:
    """True if the list has the subject; ``given`` is the list before its expansion.

    The first element that matches decides. At the end of the list the answer is no, unless the last
    element was a negated one; settings such as ``+caseful`` are none of its elements. What is told of
    the match names the list by ``option``, the option that holds it, or else shows it. See "Domain, host,
    address, and local part lists" in the manual.
    """
    ctx = subject.ctx
    if list_text == given and ctx.tell_checks is None and not subject.caseful:
        constant = constant_list(subject.kind, given)
        if constant is not None:
            return constant.ask(subject)
    outer = subject.tainted, subject.on_unknown, subject.on_defer
    subject.tainted = type(list_text) is not str and is_tainted(list_text)
    subject.on_unknown = subject.on_defer = ""
    told = None if ctx.tell_checks is None else told_of(subject, list_text, option)
    try:
        return _walk(subject, list_text, option, given, told)
    except _SettledError as end:
        return end.answer
    finally:
        subject.tainted, subject.on_unknown, subject.on_defer = outer
        if told is not None:
            told.closes()


class _SettledError(Exception):
    """The match ends here with an answer, as what cannot be found out wants it."""

    def __init__(self, *, answer: bool) -> None:
        super().__init__(answer)
        self.answer = answer


TROUBLE = (NotKnownError, Deferred, UndecidedError)
"""What is raised where a pattern cannot tell."""

_SPECIAL = frozenset("!+/")
"""How elements begin that are more than a pattern."""


def _walk(subject: Subject, list_text: str, option: str, given: str, told: Told | None) -> bool:
    wanted = asked = True
    for element in listtext.elements(list_text):
        if told is not None:
            told.element(element)
        elif element[:1] not in _SPECIAL:  # what nearly all elements are
            asked = wanted = True
            try:
                if subject.match(subject, element):
                    return True
            except TROUBLE as problem:
                _settle(subject, problem, element, element, None)
            continue
        if subject.setting(subject, element):
            continue
        asked = wanted = not element.startswith("!")
        pattern = element if wanted else element[1:].lstrip(SPACE)
        if pattern.startswith("/"):
            why, asked = "", wanted
            if told is not None:
                told.in_file = True
            whole = option or f'"{given or list_text}"'
            for line in lines_of(subject, element, pattern, whole):
                body = line[1:].lstrip(SPACE) if line.startswith("!") else line
                asked = wanted is (body is line)
                if _asked(subject, body, line, told):
                    # That line is the value, whatever a lookup in it found.
                    subject.value = body
                    why = f'matched "{line}" in {pattern}'
                    break
            if told is not None:
                told.in_file = False
        elif pattern.startswith("+") and subject.kind not in WITHOUT_NAMED:
            why = _named(subject, pattern[1:], element, told)
        else:
            why = f'matched "{element}"' if _asked(subject, pattern, element, told) else ""
        if why:
            if told is not None:
                told.answer(why, yes=wanted)
            return asked
    if told is not None:
        told.answer("end of list", yes=not asked, last=True)
    return not asked


def _asked(subject: Subject, pattern: str, shown: str, told: Told | None) -> bool:
    """Whether a pattern matches, after what the list says of trouble with it.

    Raises `_SettledError` where that ends the match, and what the pattern raises if it stays open.
    """
    try:
        return subject.match(subject, pattern)
    except TROUBLE as problem:
        _settle(subject, problem, pattern, shown, told)
    return False


def _settle(subject: Subject, problem: Exception, pattern: str, shown: str, told: Told | None) -> None:
    """Go on if the trouble with a pattern is to be ignored. Raises what `_asked` does."""
    if isinstance(problem, NotKnownError):
        _settle_unknown(subject, str(problem), told)
    elif isinstance(problem, Deferred):
        why = f'DNS lookup of "{pattern}" deferred'  # whatever it was
        if subject.on_defer == IGNORE:
            if told is not None:
                told.ignored(why, "defer")
        elif subject.on_defer == INCLUDE:
            subject.ctx.log(f"{why}: accepted by +include_defer")
            raise _SettledError(answer=True) from None
        else:
            subject.ctx.state.setdefault("search_message", problem.message)
            _tell_deferred(told, shown)
            raise problem
    else:
        _tell_deferred(told, shown)
        raise problem


def _tell_deferred(told: Told | None, shown: str) -> None:
    if told is not None:
        told.deferred(shown)


def _settle_unknown(subject: Subject, why: str, told: Told | None) -> None:
    """Go on if what is unknown is to be ignored, else end the match."""
    included = subject.on_unknown == INCLUDE
    if subject.on_unknown == IGNORE:
        if told is not None:
            told.ignored(why, "unknown")
        return
    if told is not None:
        told.forced(why, yes=included)
    if included:
        subject.ctx.log(f"{why}: accepted by +include_unknown")
    elif _is_logged(subject.ctx):
        subject.ctx.log(f"list matching forced to fail: {why}")
    raise _SettledError(answer=included)


def _is_logged(ctx: Context) -> bool:
    from drivers.values.log_selector import selects

    return selects(ctx, "unknown_in_list")


def _named(subject: Subject, name: str, element: str, told: Told | None) -> str:
    """Why a named list decides, "" if it does not; what it is known to answer is not asked again."""
    ctx = subject.ctx
    text = ctx.named_list(subject.kind, name)
    if text is None or name in subject.within:
        ctx.log(f'unknown named {KINDS[subject.kind]} list "+{name}"', panic=True)
        raise UndecidedError
    if told is not None:
        told.begins(name)
    if subject.cache is not None and name in subject.cache:
        found, values = subject.cache[name]
        if told is not None or (values and subject.keeps_value):
            key = _key(subject)
            if told is not None:
                told.known(name, values.get(key), yes=found)
            if subject.keeps_value and key in values:
                subject.value = values[key]
        return f'matched "{element}" - cached' if found else ""
    outer, subject.within = subject.within, (*subject.within, name)
    lasting, cache = subject.lasting, subject.cache
    subject.lasting = ctx.remembers_list(subject.kind, name)
    if not subject.lasting:
        subject.cache = None  # nor is anything within it remembered
    try:
        found = matched(subject, _expanded_for(subject, text), text)
    except ForcedFail:
        found = False
    except (UndecidedError, Deferred):
        if told is not None:
            told.ends(name)
        _tell_deferred(told, element)
        raise
    finally:
        subject.within, subject.cache = outer, cache
    if told is not None:
        told.ends(name)
    if cache is not None and subject.lasting:
        cache[name] = found, {_key(subject): subject.value} if subject.keeps_value else {}
        if told is not None and subject.value is not None:
            told.kept(name, _key(subject), subject.value)
    subject.lasting = lasting and subject.lasting
    return f'matched "{element}"' if found else ""


def _key(subject: Subject) -> str:
    """Under what a value is remembered; ``+caseful`` within a list makes it another than before."""
    return subject.text if subject.caseful else lower(subject.text)


def _expanded_for(subject: Subject, list_text: str) -> str:
    if subject.kind != "domain":
        return expanded(subject.ctx, list_text)
    with of_domain(subject.ctx, list_text, subject.domain):
        return expanded(subject.ctx, list_text)


def expanded(ctx: Context, list_text: str) -> str:
    """The list expanded. What cannot be is logged, and leaves the match undecided."""
    try:
        return ctx.expand(list_text)
    except ExpansionError as problem:
        reason = unexpanded(ctx, list_text, problem)
        if reason is problem:
            raise
        raise reason from problem


def unexpanded(ctx: Context, list_text: str, problem: ExpansionError) -> ForcedFail | UndecidedError:
    """What comes of a list that cannot be expanded, after this was told or logged."""
    if isinstance(problem, ForcedFail):
        if ctx.tell_checks is not None:
            ctx.tell_checks(f'expansion of "{list_text}" forced failure: assume not in this list')
        return problem
    ctx.log(f'failed to expand "{list_text}" while checking a list: {problem.message}', panic=True)
    return UndecidedError()
