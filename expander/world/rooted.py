"""A folder that stands for the file system of a host: absolute paths land in it, owners are on record."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.text import from_bytes, to_bytes
from expander.world.acting import Acting
from expander.world.layered import FolderFiles
from expander.world.manifest import Manifest, Owned
from expander.world.memory_files import clean_path
from expander.world.real_files import RealFiles
from expander.world.real_storage import RealStorage
from expander.world.rights import Rights

if TYPE_CHECKING:
    from os import stat_result

    from drivers.api.storage import OpenFile

_AS_ITSELF = Rights(pretends=True)


class Root:
    """The folder. Paths cannot lead out of it, through links neither."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.realpath(os.fsencode(folder))
        self.manifest = Manifest(os.fsdecode(self.folder))

    def inside(self, path: str) -> str:
        """The held path of the machine for one of the host. Raises ``PermissionError`` for one outside."""
        clean = to_bytes(clean_path(path))
        found = self.folder + clean
        above = os.path.realpath(found.rpartition(b"/")[0])
        if above != self.folder and not above.startswith(self.folder + b"/"):
            raise PermissionError(13, "Permission denied", path)
        return from_bytes(found)

    def shown(self, path: str, found: stat_result) -> stat_result:
        """What stat() tells, with the owner and the mode that the host would have."""
        owned = self.manifest.of(path)
        if owned is None:
            return found
        values = list(found)
        values[0] = stat.S_IFMT(found.st_mode) | owned.mode
        values[4:6] = owned.uid, owned.gid
        return os.stat_result(values)


class RootedFiles(FolderFiles):
    """The files of the folder, by the paths that they have on the host."""

    def __init__(self, root: Root) -> None:
        super().__init__(from_bytes(root.folder), RealFiles(_AS_ITSELF))
        self._root = root

    def stat(self, path: str) -> stat_result:
        """What stat() tells; follows links."""
        return self._root.shown(path, super().stat(path))

    def lstat(self, path: str) -> stat_result:
        """What lstat() tells."""
        return self._root.shown(path, super().lstat(path))

    def _path(self, path: str) -> str:
        return self._root.inside(path)


class RootedStorage(Acting):
    """Changes of the folder: done under the numbers of this process, noted under those of the delivery."""

    def __init__(self, root: Root) -> None:
        super().__init__()
        self._root = root
        self._real = RealStorage(_AS_ITSELF)

    def open(self, path: str, flags: int, mode: int = 0o600) -> OpenFile:
        """Open a file with the flags of ``os.open()``."""
        inside = self._root.inside(path)
        is_new = bool(flags & os.O_CREAT) and not os.path.lexists(to_bytes(inside))
        opened = self._real.open(inside, flags | os.O_NOFOLLOW, mode | stat.S_IRUSR | stat.S_IWUSR)
        if is_new:
            self._root.manifest.note(path, Owned(mode & 0o7777, *self._acting))
        return RootedFile(opened, self._root, path)

    def make_folder(self, path: str, mode: int) -> None:
        """Make one folder."""
        self._real.make_folder(self._root.inside(path), mode | stat.S_IRWXU)
        self._root.manifest.note(path, Owned(mode & 0o7777, *self._acting))

    def rename(self, path: str, to: str) -> None:
        """Give a file another name, in place of whatever has it."""
        self._real.rename(self._root.inside(path), self._root.inside(to))
        self._root.manifest.move(path, to)

    def link(self, path: str, to: str) -> None:
        """Give a file a second name, which must be free."""
        self._real.link(self._root.inside(path), self._root.inside(to))
        owned = self._root.manifest.of(path)
        if owned is not None:
            self._root.manifest.note(to, owned)

    def remove(self, path: str) -> None:
        """Take away the name of a file."""
        self._real.remove(self._root.inside(path))
        self._root.manifest.forget(path)

    def set_times(self, path: str, accessed: float, modified: float) -> None:
        """Change when a file was read and written, in seconds since 1970."""
        self._real.set_times(self._root.inside(path), accessed, modified)


class RootedFile:
    """An open file of the folder; its owner and its mode are on record only."""

    def __init__(self, file: OpenFile, root: Root, path: str) -> None:
        self._file = file
        self._root = root
        self._path = path

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all that are left without a size."""
        return self._file.read(size)

    def write(self, data: bytes) -> None:
        """Write all of the bytes where the file stands."""
        self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place: where the file stands then."""
        return self._file.seek(offset, whence)

    def truncate(self, size: int) -> None:
        """Cut the file to so many bytes."""
        self._file.truncate(size)

    def stat(self) -> stat_result:
        """What fstat() tells, as the host would have it."""
        return self._root.shown(self._path, self._file.stat())

    def set_mode(self, mode: int) -> None:
        """Note other permission bits."""
        found = self.stat()
        self._root.manifest.note(self._path, Owned(mode & 0o7777, found.st_uid, found.st_gid))

    def set_owner(self, uid: int, gid: int) -> None:
        """Note another owner and group; -1 leaves one as it is."""
        found = self.stat()
        owner = uid if uid >= 0 else found.st_uid, gid if gid >= 0 else found.st_gid
        self._root.manifest.note(self._path, Owned(stat.S_IMODE(found.st_mode), *owner))

    def lock(self, *, shared: bool = False, whole: bool = False) -> None:
        """Take a lock. Raises ``OSError`` if another process has one."""
        self._file.lock(shared=shared, whole=whole)

    def sync(self) -> None:
        """Wait until all is on the disk."""
        self._file.sync()

    def close(self) -> None:
        """Close the file, which gives back its locks."""
        self._file.close()


def made_root(folder: str) -> Root:
    """A folder to be a host's root, made if it is missing. Raises ``OSError``."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    return Root(folder)
