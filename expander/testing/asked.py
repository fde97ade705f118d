"""What of a world somebody asks for, so that it is known what their work hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.outside import World
    from expander.testing.world import Facts

    Tell = Callable[[str, tuple[Any, ...]], None]

FILES = ("read", "stat", "lstat", "exists", "names", "local")
USERS = ("user", "group")


class PartAsked:
    """One part of a world; ``tell`` gets the name and the arguments of each call of one of the methods."""

    def __init__(self, part: Any, methods: Sequence[str], tell: Tell) -> None:
        self._part = part
        self._methods = frozenset(methods)
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name not in self._methods:
            return found

        def told(*given: Any, **named: Any) -> Any:
            self._tell(name, given)
            return found(*given, **named)

        return told


class WorldAsked:
    """A world, some parts of which are `PartAsked`."""

    def __init__(self, world: World, parts: Mapping[str, PartAsked]) -> None:
        self._world = world
        self.__dict__.update(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


class Grounds:
    """The facts that some work with a world hangs on: the files, users and groups that it has asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._world: World | None = None
        self._paths: set[str] = set()
        self._names: dict[str, str] = {}  # and by which method they were asked for last
        self._before: tuple[Any, ...] = ()

    def watched(self, world: World) -> World:
        """The world for the work."""
        self._world = world
        parts = {
            "files": PartAsked(world.files, FILES, lambda _, given: self._paths.add(str(given[0]))),
            "users": PartAsked(world.users, USERS, self._note),
        }
        made: Any = WorldAsked(world, parts)
        watched: World = made
        return watched

    def _note(self, method: str, given: tuple[Any, ...]) -> None:
        name = str(given[0])
        self._names.pop(name, None)
        self._names[name] = method

    @property
    def missing(self) -> str:
        """The line that would give the account that was asked for last; "" if that is there."""
        name, method = next(reversed(self._names.items()), ("", ""))
        if not name or self._world is None or getattr(self._world.users, method)(name) is not None:
            return ""
        return (
            f"given user {name} uid NUMBER gid NUMBER" if method == "user" else f"given group {name} NUMBER"
        )

    def settle(self) -> None:
        """The work is done: from now on `hold` compares with what was given for it."""
        self._before = self._asked_of(self._facts)

    def hold(self, facts: Facts) -> bool:
        """True if these facts would have given the same answers."""
        return self._asked_of(facts) == self._before

    def _asked_of(self, facts: Facts) -> tuple[Any, ...]:
        below = tuple(f"{path.rstrip('/')}/" for path in self._paths)
        files = {
            path: data for path, data in facts.files.items() if path in self._paths or path.startswith(below)
        }
        numbers = {name: (facts.users.get(name), facts.groups.get(name)) for name in self._names}
        return files, numbers, facts.name, tuple(facts.addresses)
