"""Carries out one condition or modifier of an ACL statement."""

from __future__ import annotations

from functools import lru_cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from drivers.api import registry
from drivers.api.acl import DEFER, DROP, ERROR, FAIL, OK, AclProblem
from drivers.api.errors import Deferred, ExpansionError, ForcedFail, Unsupported
from drivers.api.text import is_plain
from expander.acl import called
from expander.acl.run import not_yet

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from drivers.api.profile import Profile
    from drivers.api.unit import Unit
    from expander.acl.bound import Bound
    from expander.acl.run import Run
    from grammar.ast.config import Clause

DONE_HERE: dict[str, str] = {
    "hosts": "expander.acl.lists:hosts",
    "domains": "expander.acl.lists:domains",
    "local_parts": "expander.acl.lists:local_parts",
    "senders": "expander.acl.lists:senders",
    "sender_domains": "expander.acl.lists:sender_domains",
    "recipients": "expander.acl.lists:recipients",
    "authenticated": "expander.acl.lists:authenticated",
    "encrypted": "expander.acl.lists:encrypted",
    "dkim_signers": "expander.acl.lists:dkim_signers",
    "dkim_status": "expander.acl.lists:dkim_status",
    "atrn_domains": "expander.acl.waiting_mail:atrn_domains",
    "condition": "expander.acl.plain:condition",
    "logwrite": "expander.acl.plain:logwrite",
    "continue": "expander.acl.plain:continue_",
    "control": "expander.acl.control:control",
    "verify": "expander.acl.verify:verify",
    "log_reject_target": "expander.acl.plain:log_reject_target",
}
"""Where the words are carried out that need what drivers cannot see; units name the place of the others."""

SET_ON_SIGNATURE = "dkim verdict set"
"""Under this name the state has whether an ACL has set a verdict on a signature."""

BOUND = frozenset(
    "acl authenticated encrypted hosts domains local_parts senders recipients sender_domains".split()
)
"""The conditions of which something may be known beforehand: those with lists, and other ACLs."""

_NEGATED = (OK, FAIL, DROP)

WITHOUT_TRACE = frozenset({"message", "log_message", "endpass"})


@lru_cache(maxsize=128)
def unit_of(name: str) -> Unit:
    """The unit of a condition or modifier."""
    found = registry.find("acl-condition", name) or registry.find("acl-modifier", name)
    assert found is not None, name
    return found


@lru_cache(maxsize=128)
def implementation(name: str) -> Callable[[Any, str], str] | None:
    """What carries a word out, None if nothing does."""
    path = DONE_HERE.get(name) or unit_of(name).facts.get("done_by") or ""
    if not path:
        return None
    module, _, function = str(path).partition(":")
    found: Callable[[Any, str], str] = getattr(import_module(module), function)
    return found


class Prepared:
    """What is known of a condition or modifier beforehand.

    ``phases`` are those that permit it, ``function`` is what carries it out; None where that was not asked
    for yet. ``bound`` answers where nobody is told of the work; ``is_glance`` tells that this changes
    nothing. ``only_kept`` tells of words that take effect at the end of the statement, ``may_be_bound`` of
    conditions of which something may be known beforehand.
    """

    __slots__ = (
        "bound",
        "clause",
        "function",
        "is_constant",
        "is_expanded",
        "is_glance",
        "may_be_bound",
        "name",
        "negated",
        "only_kept",
        "phases",
        "text",
        "unit",
    )

    def __init__(self, clause: Clause, profile: Profile) -> None:
        self.clause = clause
        self.name = clause.name.text
        self.negated = clause.negated
        self.text = clause.value.text if clause.value is not None else ""
        self.is_constant = is_plain(self.text) and "\0" not in self.text
        self.unit = unit_of(self.name)
        self.is_expanded = bool(self.unit.facts["expanded"])
        self.phases = phases_of(self.unit, profile)
        self.only_kept = self.name in WITHOUT_TRACE
        self.may_be_bound = self.name in BOUND
        self.function: Callable[[Run, str], str] | None = None
        self.bound: Bound | None = None
        self.is_glance = False


Done = tuple[Prepared, str, str]
"""A condition or modifier that was carried out, its value after expansion, and what it came to."""


def carry_out(run: Run, word: Prepared) -> str:
    """The outcome of a condition or modifier, negation obeyed: "OK", "FAIL", "DEFER", "DISCARD", "ERROR"...

    The messages that it leaves are in ``run``. Raises `Unsupported` for what is known by name only.
    """
    text = argument = run.argument = word.text
    ctx = run.ctx
    if word.is_expanded and not (word.is_constant and ctx.trace is None and ctx.narrator is None):
        try:
            argument = ctx.expand(text)
        except ForcedFail:
            return OK  # Exim goes on as if the line were not there
        except Unsupported:
            raise
        except ExpansionError as problem:
            run.log_message = f'failed to expand ACL string "{text}": {problem.quoted}'
            return DEFER if isinstance(problem, Deferred) else ERROR
    if run.traced:
        _trace(run, word.clause, text, argument)
    if run.where not in word.phases:
        verb = "use" if word.unit.family == "acl-modifier" else "test"
        run.log_message = f"cannot {verb} {word.name} condition in {run.phase} ACL"
        return ERROR
    try:
        outcome = (word.function or function_of(word))(run, argument)
    except AclProblem as problem:
        run.log_message, run.message = problem.log_message, problem.message
        outcome = problem.word
    run.argument = argument
    if word.negated and outcome in _NEGATED:
        return FAIL if outcome == OK else OK
    return outcome


def bind_word(run: Run, word: Prepared) -> Bound:
    """What answers for such a condition where nobody is told of the work."""
    from expander.acl.bound import bind

    made = bind(run.ctx, word)
    if made is not not_yet:
        word.bound = made
    return made


def phases_of(unit: Unit, profile: Profile) -> Container[str]:
    """The phases in which the release permits a word."""
    found: Container[str] = profile.as_of(unit.facts["older"], unit.facts["phases"])
    return found


def may_be_used(run: Run, unit: Unit) -> bool:
    """True if the release permits a word in the phase of the run."""
    return run.where in phases_of(unit, run.ctx.profile)


def function_of(word: Prepared) -> Callable[[Run, str], str]:
    """What carries a word out; only now its module is imported. Raises `Unsupported`."""
    found: Callable[[Run, str], str] | None
    if word.name == "acl":
        found = called.call
    elif word.name == "set":
        assert word.clause.argument is not None
        found = partial(_set, word.clause.argument.text)
    else:
        found = implementation(word.name)
    if found is None:
        raise Unsupported(f'the word "{word.name}" of ACLs is not supported by eximulate yet')
    word.function = found
    return found


def _set(variable: str, run: Run, value: str) -> str:
    """The modifier ``set``."""
    store(run, variable, value)
    return OK


def store(run: Run, variable: str, value: str) -> None:
    """Give a variable a value: one of ACLs, or one about a DKIM signature."""
    ctx = run.ctx
    if variable.startswith("acl_"):
        (ctx.acl_c if variable.startswith("acl_c") else ctx.acl_m)[variable[len("acl_c") :]] = value
    else:
        ctx.facts[variable] = value
        ctx.state[SET_ON_SIGNATURE] = True


def _trace(run: Run, clause: Clause, text: str, argument: str) -> None:
    """Tell what is checked, and what it came to where that is something else."""
    name = clause.name.text
    if clause.argument is not None:
        name = f"{name} {clause.argument.text}"
    head = f"check {'!' if clause.negated else ''}{name} "
    further = "" if argument == text else f"\n{' ' * len(head)}= {argument}"
    run.debug(f"{head}= {text}{further}")
