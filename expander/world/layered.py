"""Files that lie over others: texts by name, and a folder that stands for the root."""

from __future__ import annotations

import os
import zlib
from os import stat_result
from typing import TYPE_CHECKING, Any

from drivers.values.presence import is_there
from expander.world import account
from expander.world.memory_files import MemoryFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.outside import Account, Files, Users, World

_SUPPOSED = 1 << 30
"""From here on are the numbers of users that a host is only supposed to have; hardly anybody has them."""


class LayeredFiles:
    """The first of several file systems that has a path tells of it; written is to the last."""

    def __init__(self, *layers: Files) -> None:
        self._layers = layers

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""
        found: bytes = self._first(path, lambda files: files.read(path, limit))
        return found

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""
        found: stat_result = self._first(path, lambda files: files.stat(path))
        return found

    def exists(self, path: str) -> bool:
        """True if a path leads to something."""
        return is_there(self, path)

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""
        found: stat_result = self._first(path, lambda files: files.lstat(path))
        return found

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory in all layers, each once."""
        found: dict[str, None] = {}
        failures: list[OSError] = []
        for files in self._layers:
            try:
                found |= dict.fromkeys(files.names(path))
            except OSError as problem:
                failures.append(problem)
        if len(failures) == len(self._layers):
            raise failures[-1]
        return list(found)

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file of the lowest layer."""
        self._layers[-1].write(path, data, mode, append=append)

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder in the lowest layer."""
        self._layers[-1].make_folder(path, mode)

    def remove(self, path: str) -> None:
        """Remove a file of the lowest layer."""
        self._layers[-1].remove(path)

    def remove_folder(self, path: str) -> None:
        """Remove an empty folder of the lowest layer."""
        self._layers[-1].remove_folder(path)

    def local(self, path: str) -> str:
        """A real path that a library may open for reading."""
        found: str = self._first(path, lambda files: files.local(path) if files.stat(path) else path)
        return found

    def _first(self, path: str, ask: Callable[[Files], Any]) -> Any:
        """What the first layer says that has the path. Raises the ``OSError`` of the last one."""
        for files in self._layers[:-1]:
            try:
                return ask(files)
            except (FileNotFoundError, NotADirectoryError):
                continue
        return ask(self._layers[-1])


class TextFiles(MemoryFiles):
    """Files by absolute names."""

    def _file(self, path: str) -> str:
        if not path.startswith("/"):
            raise FileNotFoundError(2, os.strerror(2), path)
        return super()._file(path)


class FolderFiles:
    """The files of a folder that stands for the root; ``below`` are those of the machine."""

    def __init__(self, folder: str, below: Files) -> None:
        self._folder = folder.rstrip("/")
        self._below = below

    def read(self, path: str, limit: int | None = None) -> bytes:
        """The contents of a file, at most ``limit`` bytes of them."""
        return self._below.read(self._path(path), limit)

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""
        return self._below.stat(self._path(path))

    def exists(self, path: str) -> bool:
        """True if a path leads to something."""
        return is_there(self, path)

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""
        return self._below.lstat(self._path(path))

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory."""
        return self._below.names(self._path(path))

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file."""
        self._below.write(self._path(path), data, mode, append=append)

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder and those that it lies in, where they are missing."""
        self._below.make_folder(self._path(path), mode)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._below.remove(self._path(path))

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""
        self._below.remove_folder(self._path(path))

    def local(self, path: str) -> str:
        """A real path that a library may open for reading."""
        return self._below.local(self._path(path))

    def _path(self, path: str) -> str:
        """The path in the folder; one that is not absolute is not in it."""
        if not path.startswith("/"):
            raise FileNotFoundError(2, os.strerror(2), path)
        return self._folder + path


class ChangedWorld:
    """A world with other files or other users."""

    def __init__(self, world: World, files: Files | None = None, users: Users | None = None) -> None:
        self._world = world
        self.files = files or world.files
        self.users = users or world.users

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)


def with_files(world: World, texts: Mapping[str, bytes]) -> World:
    """The world with some more files, whose names need not be paths."""
    changed: World = ChangedWorld(world, LayeredFiles(NamedFiles(texts), world.files))
    return changed


class SupposedUsers:
    """The users and groups of a host, and some more by name; the same name always has the same number."""

    def __init__(self, below: Users, users: Sequence[str], groups: Sequence[str]) -> None:
        self._below = below
        self._users = {name: account.Account(name, _number(name), _number(name)) for name in users}
        self._groups = {name: _number(name) for name in groups}

    def user(self, name: str) -> Account | None:
        """The user of that login name (or decimal number)."""
        return self._users.get(name) or self._below.user(name)

    def group(self, name: str) -> int | None:
        """The number of the group of that name (or decimal number)."""
        return self._groups.get(name) or self._below.group(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._below, name)


def _number(name: str) -> int:
    return _SUPPOSED + zlib.crc32(name.encode("latin-1")) % _SUPPOSED


def with_users(world: World, users: Sequence[str], groups: Sequence[str]) -> World:
    """The world with some more users and groups."""
    supposed: Any = SupposedUsers(world.users, users, groups)
    changed: World = ChangedWorld(world, users=supposed)
    return changed


class NamedFiles(MemoryFiles):
    """Files by names that are taken as they are."""

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        super().__init__({f"/{name}": data for name, data in texts.items()})
        self._named = frozenset(texts)

    def _file(self, path: str) -> str:
        if path not in self._named:
            raise FileNotFoundError(2, os.strerror(2), path)
        return super()._file(path)
