"""The one shape that every named thing of Exim's language has, and its registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from grammar.record import Record

T = TypeVar("T")

NO_FACTS: Mapping[str, Any] = MappingProxyType({})
LONGEST_SHOWN = 60


class Example(Record):
    """An input with what it comes to, and the state that it needs.

    ``given`` holds values for variables by name, as `expander.setting.assign` takes them
    (``h_subject`` is a header line); ``config`` lines of the configuration; ``message`` a whole message
    to read; ``files`` the contents of files by name, in the folder that ``@DIR@`` stands for in the
    other texts; ``clock`` the time in seconds since 1970.
    """

    text: str
    output: str
    given: Mapping[str, str] = NO_FACTS
    config: str = ""
    message: str = ""
    files: Mapping[str, str] = NO_FACTS
    clock: float | None = None

    def state(self) -> list[str]:
        """The state in lines for people, each a setting with its kind before it."""
        lines = [f"given ${name} = {_short(value)}" for name, value in self.given.items()]
        lines += [f"config: {line}" for line in self.config.splitlines()]
        lines += [f"message: {line}".rstrip() for line in self.message.splitlines()]
        lines += [f"file {name}: {line}" for name, text in self.files.items() for line in text.splitlines()]
        return lines if self.clock is None else [*lines, f"time: {self.clock:.0f}"]


def _short(value: str) -> str:
    first, newline, _ = value.partition("\n")
    whole = not newline.strip() and len(first) <= LONGEST_SHOWN
    return first if whole and first == value.rstrip("\n") else f"{first[:LONGEST_SHOWN]}..."


def as_examples(examples: Mapping[str, str] | Iterable[Example] | None) -> tuple[Example, ...]:
    """Examples that need no state may be given as a mapping of texts to outputs."""
    if isinstance(examples, Mapping):
        return tuple(Example(text, output) for text, output in examples.items())
    return tuple(examples or ())


class Unit(Record):
    """One named thing of the language: what it is called, since when, and what it does.

    ``since`` and ``until`` are releases: the first that has the name and the first that
    lacks it again. ``feature`` names the build feature that it needs. ``facts`` holds what
    only its family needs: the shape of its arguments, an option's type, the taint rule.
    """

    family: str
    name: str
    syntax: str
    impl: Any
    written: str
    since: str = "4.00"
    until: str | None = None
    feature: str | None = None
    section: str = ""
    examples: tuple[Example, ...] = ()
    facts: Mapping[str, Any] = NO_FACTS

    @property
    def doc(self) -> str:
        """The documentation, without the indentation that it is written with."""
        from inspect import cleandoc

        return cleandoc(self.written)

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.doc.partition("\n")[0]

    def wants(self, parameter: str) -> bool:
        """True if the implementation asks for this as its first parameter (``ctx``, ``world``)."""
        return _first_parameter(self.impl) == parameter


def _first_parameter(impl: Any) -> str | None:
    """The name of the first parameter of a function that Python code defines."""
    code = getattr(impl, "__code__", None)
    return code.co_varnames[0] if code is not None and code.co_argcount else None


class UnknownUnitError(LookupError):
    """A fault of the project's own: a unit was asked for that the index does not have."""


UNITS: dict[tuple[str, str], Unit] = {}


def register(unit: Unit) -> None:
    """Let a unit be found. Raises ``ValueError`` for a name that is taken or a unit without documentation."""
    if not unit.written or unit.written.isspace():
        message = f"{unit.family} {unit.name} has no documentation"
        raise ValueError(message)
    key = unit.family, unit.name
    if key in UNITS:
        message = f"{unit.family} {unit.name} is defined twice"
        raise ValueError(message)
    UNITS[key] = unit


def define(  # noqa: PLR0913 - each is a column of the unit's description
    family: str,
    name: str,
    *,
    syntax: str,
    since: str = "4.00",
    until: str | None = None,
    feature: str | None = None,
    section: str = "",
    examples: Mapping[str, str] | Iterable[Example] | None = None,
    doc: str | None = None,
    **facts: Any,
) -> Callable[[T], T]:
    """Register what it decorates as the unit ``name`` of ``family``.

    The documentation is ``doc`` or the docstring. Raises ``ValueError`` for a name that is
    taken or a unit without documentation: both are faults of the project, found at import.
    """

    def keep(impl: T) -> T:
        text = doc or getattr(impl, "__doc__", None) or ""
        register(
            Unit(
                family,
                name,
                syntax,
                impl,
                text,
                since,
                until,
                feature,
                section,
                as_examples(examples),
                MappingProxyType(facts),
            )
        )
        return impl

    return keep


operator = partial(define, "operator")
item = partial(define, "item")
condition = partial(define, "condition")
variable = partial(define, "variable")
lookup = partial(define, "lookup")
router = partial(define, "router")
transport = partial(define, "transport")
authenticator = partial(define, "authenticator")
acl_verb = partial(define, "acl-verb")
acl_condition = partial(define, "acl-condition")
acl_modifier = partial(define, "acl-modifier")
acl_control = partial(define, "acl-control")
rule = partial(define, "rule")
