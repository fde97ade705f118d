"""A file system over another one, which is never changed: what is written is in the upper one alone."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from drivers.api.errors import Refused
from drivers.values.presence import has_name
from expander.world.layered import LayeredFiles
from expander.world.memory_files import clean_path, error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from os import stat_result

    from drivers.api.outside import Files
    from drivers.api.storage import OpenFile, Storage

T = TypeVar("T")


class OverlayFiles(LayeredFiles):
    """The files of ``upper``, and where it has none those of ``lower``, which stay as they are."""

    def __init__(self, upper: Files, lower: Files) -> None:
        super().__init__(upper, lower)
        self.upper = upper
        self.lower = lower
        self.own: Callable[[str, stat_result], None] = lambda _path, _found: None
        """Gives a copy the owner and the mode of the file."""
        self.hidden: tuple[str, ...] = ()
        """The beginnings of paths below which the lower file system is taken for empty."""
        self.removed: set[str] = set()
        """The paths of files of the lower file system that are gone as seen from here."""

    def names(self, path: str) -> Sequence[str]:
        """The entries of a directory in both, each once."""
        found: dict[str, None] = {}
        failures: list[OSError] = []
        for files in (self.upper,) if self._is_hidden(path) else (self.upper, self.lower):
            try:
                found |= dict.fromkeys(files.names(path))
            except OSError as problem:
                failures.append(problem)
        if len(failures) > 1 or (failures and self._is_hidden(path)):
            raise failures[-1]
        start = clean_path(path).rstrip("/")
        return [name for name in found if f"{start}/{name}" not in self.removed]

    def write(self, path: str, data: bytes, mode: int = 0o640, *, append: bool = False) -> None:
        """Create, replace or extend a file of the upper one."""
        self.raise_file(path) if append else self.raise_folder(path)
        self.upper.write(path, data, mode, append=append)
        self.removed.discard(clean_path(path))

    def make_folder(self, path: str, mode: int = 0o750) -> None:
        """Make a folder and those that it lies in, where they are missing."""
        self.raise_folder(f"{path}/")
        self.upper.make_folder(path, mode)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.take_away(path, self.upper.remove)

    def remove_folder(self, path: str) -> None:
        """Remove a folder that is empty."""
        if self.names(path):
            raise error(errno.ENOTEMPTY, path)
        self.take_away(path, self.upper.remove_folder)

    # How it is kept that the lower one is not changed.

    def raise_folder(self, path: str) -> None:
        """Have the folders of a path in the upper file system too, as far as the lower has them."""
        above = clean_path(path if path.endswith("/") else path.rpartition("/")[0] or "/")
        missing = []
        while above != "/" and not has_name(self.upper, above):
            missing.append(above)
            above = above.rpartition("/")[0] or "/"
        for folder in reversed(missing):
            if not self._is_below(folder) or not stat.S_ISDIR(self.lower.stat(folder).st_mode):
                return
            self.upper.make_folder(folder, stat.S_IMODE(self.lower.stat(folder).st_mode))

    def raise_file(self, path: str) -> None:
        """Have a copy of a file in the upper file system, if the lower has it."""
        self.raise_folder(path)
        clean = clean_path(path)
        if clean in self.removed or has_name(self.upper, path) or not self._is_below(path):
            return
        found = self.lower.stat(path)
        if stat.S_ISREG(found.st_mode):
            self.upper.write(path, self.lower.read(path), stat.S_IMODE(found.st_mode))
            self.own(path, found)

    def take_away(self, path: str, remove: Callable[[str], None]) -> None:
        """Remove a path from the upper file system, and hide that of the lower."""
        if self.hide_below(path):
            with suppress(FileNotFoundError, NotADirectoryError):
                remove(path)
            return
        remove(path)

    def hide_below(self, path: str) -> bool:
        """Have a path of the lower file system be gone as seen from here; False if it has none."""
        clean = clean_path(path)
        if clean in self.removed or not self._is_below(path):
            return False
        self.removed.add(clean)
        return True

    def _is_below(self, path: str) -> bool:
        return not self._is_hidden(path) and has_name(self.lower, path)

    def _is_hidden(self, path: str) -> bool:
        return bool(self.hidden) and f"{clean_path(path)}/".startswith(self.hidden)

    def _first(self, path: str, ask: Callable[[Files], T]) -> T:
        try:
            return ask(self.upper)
        except (FileNotFoundError, NotADirectoryError):
            if clean_path(path) in self.removed or self._is_hidden(path):
                raise
        return ask(self.lower)


class OverlayStorage:
    """Changes of the upper file system. Failures are ``OSError`` as a file system has them."""

    def __init__(self, files: OverlayFiles, upper: Storage) -> None:
        self._files = files
        self._upper = upper
        self._written: dict[str, None] = {}
        files.own = self._own

    def open(self, path: str, flags: int, mode: int = 0o600) -> OpenFile:
        """Open a file with the flags of ``os.open()``; one of the lower file system is copied before."""
        files = self._files
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            if flags & os.O_EXCL and has_name(self._files, path):
                raise error(errno.EEXIST, path)
            if flags & os.O_APPEND and flags & os.O_WRONLY:
                files.raise_folder(path)  # what stands in a log already is not looked at
            else:
                files.raise_file(path)
        else:
            with suppress(OSError, Refused):
                files.raise_file(path)
        opened = self._upper.open(path, flags, mode)
        files.removed.discard(clean_path(path))
        if flags & (os.O_WRONLY | os.O_RDWR):
            self._note(path)
        return opened

    def _own(self, path: str, found: stat_result) -> None:
        file = self._upper.open(path, os.O_RDWR)
        try:
            file.set_owner(found.st_uid, found.st_gid)
            file.set_mode(stat.S_IMODE(found.st_mode))
        finally:
            file.close()

    def make_folder(self, path: str, mode: int) -> None:
        """Make one folder."""
        if has_name(self._files, path):
            raise error(errno.EEXIST, path)
        self._files.raise_folder(path)
        self._upper.make_folder(path, mode)

    def rename(self, path: str, to: str) -> None:
        """Give a file another name, in place of whatever has it."""
        self._files.raise_file(path)
        self._files.raise_folder(to)
        self._upper.rename(path, to)
        self._files.hide_below(path)
        self._files.removed.discard(clean_path(to))
        self._written.pop(clean_path(path), None)
        self._note(to)

    def link(self, path: str, to: str) -> None:
        """Give a file a second name, which must be free."""
        if has_name(self._files, to):
            raise error(errno.EEXIST, to)
        self._files.raise_file(path)
        self._files.raise_folder(to)
        self._upper.link(path, to)
        self._files.removed.discard(clean_path(to))
        self._note(to)

    def remove(self, path: str) -> None:
        """Take away the name of a file."""
        self._files.take_away(path, self._upper.remove)
        self._written.pop(clean_path(path), None)

    def take(self) -> list[str]:
        """The paths of files written since the last call, in their order, without those that are gone."""
        found, self._written = list(self._written), {}
        return found

    def _note(self, path: str) -> None:
        clean = clean_path(path)
        self._written.pop(clean, None)
        self._written[clean] = None

    def set_times(self, path: str, accessed: float, modified: float) -> None:
        """Change when a file was read and written, in seconds since 1970."""
        self._files.raise_file(path)
        self._upper.set_times(path, accessed, modified)

    @property
    def acting(self) -> tuple[int, int] | None:
        """The user and the group under whose numbers files are handled, None for the process's own."""
        return self._upper.acting

    @contextmanager
    def acting_as(self, uid: int, gid: int, *, with_groups: bool = False) -> Iterator[None]:
        """For how long files are handled under the numbers of another user and groups."""
        with self._upper.acting_as(uid, gid, with_groups=with_groups):
            yield

    @contextmanager
    def as_itself(self) -> Iterator[None]:
        """For how long files are handled under the numbers of the process itself again."""
        with self._upper.as_itself():
            yield
