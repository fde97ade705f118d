"""Who owns the files of a folder that stands for a host, and their modes, as that host would have it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from expander.world.memory_files import clean_path

FOLDER = ".eximulate"
NAME = "manifest"


class Owned(NamedTuple):
    """The mode, without the kind of the file, and the numbers of the owner and the group."""

    mode: int
    uid: int
    gid: int


class Manifest:
    """The owners and modes of files below ``root``, by the paths that they have on the host.

    They are kept in the file ``.eximulate/manifest`` there, a JSON object for each change; of several with
    the same path the last one holds. Several processes may add to it.
    """

    def __init__(self, root: str) -> None:
        self.path = str(Path(root) / FOLDER / NAME)
        self._read = 0
        self._owned: dict[str, Owned | None] = {}

    def of(self, path: str) -> Owned | None:
        """What is known of a path."""
        self._catch_up()
        return self._owned.get(clean_path(path))

    def all(self) -> dict[str, Owned]:
        """All that is known, by path."""
        self._catch_up()
        return {path: owned for path, owned in sorted(self._owned.items()) if owned is not None}

    def note(self, path: str, owned: Owned) -> None:
        """Have a path owned so."""
        self._add({"path": clean_path(path), "mode": f"{owned.mode:04o}", "uid": owned.uid, "gid": owned.gid})

    def move(self, path: str, to: str) -> None:
        """A file has another name."""
        owned = self.of(path)
        if owned is not None:
            self.note(to, owned)
            self.forget(path)

    def forget(self, path: str) -> None:
        """A file is gone."""
        if self.of(path) is not None:
            self._add({"path": clean_path(path), "gone": True})

    def _add(self, change: dict[str, object]) -> None:
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, json.dumps(change).encode() + b"\n")
        finally:
            os.close(descriptor)

    def _catch_up(self) -> None:
        """Read what was added since the last time, by whomever."""
        try:
            with open(self.path, "rb") as file:  # noqa: PTH123 - read from a place on
                file.seek(self._read)
                fresh = file.read()
        except OSError:
            return
        whole = fresh.rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        for line in whole.splitlines():
            with suppress(ValueError, KeyError, TypeError):
                change = json.loads(line)
                gone = change.get("gone")
                self._owned[change["path"]] = (
                    None if gone else Owned(int(change["mode"], 8), int(change["uid"]), int(change["gid"]))
                )
