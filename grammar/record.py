"""Records and states: what ``dataclass(slots=True)`` gives, frozen or not, made in a tenth of the time.

A short run makes some eighty classes of plain data, and an expansion that was never seen makes a
node of the tree for every few bytes. The classes of the standard library cost a third of a millisecond
each to make, and a frozen one twice the time of a plain one to fill. Here the constructor is compiled
after some records were made, and that nothing is changed later is the type checker's to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

R = TypeVar("R", bound="Record")
T = TypeVar("T")

_FILLED_BY_HAND = 16
"""How many records of a class are filled field by field before its constructor is compiled."""


class _MadeBy:
    """The default of a field that every state has its own of."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.factory = factory


def made_by(*, default_factory: Callable[[], T]) -> T:
    """A field's default: what the factory gives for each state anew."""
    return _MadeBy(default_factory)  # type: ignore[return-value] # the class puts it in its place


@dataclass_transform(frozen_default=True)
class RecordType(type):
    """Makes record classes: the annotated names of the body are the fields, in order."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], body: dict[str, Any], *, eq: bool = True, slots: bool = True
    ) -> RecordType:
        """A class; ``eq=False``: records are the same only if they are one; ``slots=False``: it caches."""
        own = [f for f, kind in body.get("__annotations__", {}).items() if not kind.startswith("ClassVar")]
        defaults = {field: body.pop(field) for field in own if field in body}
        body["__slots__"] = tuple(own) if slots else (*own, "__dict__")
        inherited = [base for base in bases if isinstance(base, RecordType)]
        body["record_fields"] = (*(f for base in inherited for f in base.record_fields), *own)
        body["_defaults"] = {**{f: v for base in inherited for f, v in base._defaults.items()}, **defaults}  # noqa: SLF001
        if not eq:
            body["__eq__"], body["__hash__"] = object.__eq__, object.__hash__
        made = super().__new__(mcs, name, bases, body)
        if "__init__" not in body and own:
            made.__init__ = _constructor_of(made)  # type: ignore[misc]
        return made

    record_fields: tuple[str, ...]
    _defaults: dict[str, Any]


def _constructor_of(made: RecordType) -> Callable[..., None]:
    """A constructor that fills the first records field by field, then compiles the real one.

    Half of the classes that a short run meets have a few records only, which do not pay for that.
    """
    names, defaults = made.record_fields, made._defaults  # noqa: SLF001 - these two are one
    known = frozenset(names)
    left = _FILLED_BY_HAND

    def first(self: Any, *values: Any, **named: Any) -> None:
        nonlocal left
        left -= 1
        given = dict(zip(names, values)) | named  # noqa: B905 - too many values are seen below
        size = len(values) + len(named)
        whole = defaults | given if size < len(names) else given
        if left < 0 or len(given) != size or whole.keys() != known:
            made.__init__ = constructor = _compiled(made)  # type: ignore[misc]
            constructor(self, *values, **named)  # also says what is wrong with the values
            return
        for name, value in whole.items():
            setattr(self, name, value.factory() if type(value) is _MadeBy else value)

    return first


def _compiled(made: RecordType) -> Callable[..., None]:
    names, defaults = made.record_fields, made._defaults  # noqa: SLF001 - these two are one
    parameters = ", ".join(f"{name}=_defaults[{name!r}]" if name in defaults else name for name in names)
    lines = "\n ".join(f"self.{name} = {_value(name, defaults.get(name))}" for name in names)
    space: dict[str, Any] = {"_defaults": defaults}
    exec(f"def __init__(self, {parameters}):\n {lines}", space)  # noqa: S102 - of names in our own code
    constructor: Callable[..., None] = space["__init__"]
    constructor.__qualname__ = f"{made.__qualname__}.__init__"
    return constructor


def _value(name: str, default: Any) -> str:
    if not isinstance(default, _MadeBy):
        return name
    return f"{name}.factory() if {name} is _defaults[{name!r}] else {name}"


class Record(metaclass=RecordType):
    """Plain data with named fields; compared and hashed by its class and all fields."""

    record_fields: ClassVar[tuple[str, ...]] = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).record_fields)

    def __hash__(self) -> int:
        return hash((type(self), *[getattr(self, name) for name in type(self).record_fields]))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self).record_fields)
        return f"{type(self).__name__}({values})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in type(self).record_fields)


@dataclass_transform(field_specifiers=(made_by,), eq_default=False)
class StateType(RecordType):
    """Makes classes as `RecordType` does, for what changes."""


class State(metaclass=StateType):
    """Named fields that change; two states are the same only if they are one."""

    record_fields: ClassVar[tuple[str, ...]] = ()


def replaced(record: R, **changes: Any) -> R:
    """A copy of a record with some fields changed."""
    values = {name: getattr(record, name) for name in type(record).record_fields}
    return type(record)(**values | changes)
