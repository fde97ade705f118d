"""Findings that are known and wait: a file that names them without line numbers.

A finding is known by its code, its file, its message and the text that it marks, and by how often these
come together, so that changes elsewhere in the file do not bring it back.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from expander.lint.places import in_file
from expander.lint.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from expander.lint.finding import Finding

VERSION = 1

Key = tuple[str, str, str, str]
"""Code, file, message and marked text of a finding, for display."""


class BaselineError(Exception):
    """A baseline that cannot be used; the text says why, for display."""


def key_of(path: str, finding: Finding, folder: Path) -> Key:
    """What a finding in a file is known by; the file's path counts from ``folder`` where it is below it."""
    where = in_file(finding.span) if finding.span is not None else None
    name = shown(where.source.name if where is not None else path)
    marked = shown(where.text.strip()) if where is not None else ""
    return finding.code, _relative(name, folder), shown(finding.message), marked


def _relative(name: str, folder: Path) -> str:
    try:
        return Path(_whole(name)).relative_to(_whole(folder)).as_posix()
    except ValueError:
        return name


def _whole(path: str | Path) -> str:
    """The absolute path without detours; links are not followed."""
    return normpath(Path(path).absolute().as_posix())


def fingerprint(key: Key, occurrence: int) -> str:
    """A hash of a key, and of how many findings with that key come before."""
    text = "\0".join((*key, str(occurrence)))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


class Baseline:
    """How often each finding is known; asking for one takes it from those that are left."""

    def __init__(self, folder: Path, counts: Iterable[tuple[Key, int]] = ()) -> None:
        self.folder = folder
        self._counts = dict(counts)
        self._left = Counter(self._counts)

    def fresh(self) -> Baseline:
        """The same with nothing asked for."""
        return Baseline(self.folder, self._counts.items())

    def knows(self, path: str, finding: Finding) -> bool:
        """True if the finding is known, and counted so often."""
        key = key_of(path, finding, self.folder)
        if self._left[key] <= 0:
            return False
        self._left[key] -= 1
        return True


def read_baseline(path: str) -> Baseline:
    """The baseline in a file. Raises `BaselineError`."""
    try:
        data = json.loads(Path(path).read_text("utf-8"))
        counts = [(_key(entry), int(entry.get("count", 1))) for entry in data["findings"]]
    except OSError as problem:
        raise BaselineError(f"cannot read the baseline {path}: {problem.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BaselineError(f"{path} is no baseline (see --write-baseline)") from None
    return Baseline(Path(path).parent, counts)


def _key(entry: dict[str, Any]) -> Key:
    return str(entry["code"]), str(entry["file"]), str(entry["message"]), str(entry["text"])


def write_baseline(path: str, found: Iterable[tuple[str, Finding]]) -> int:
    """Write the findings of files as a baseline; how many they are. Raises `BaselineError`."""
    folder = Path(path).parent
    counts = Counter(key_of(name, finding, folder) for name, finding in found)
    entries = [
        {"code": code, "file": file, "message": message, "text": text, "count": count}
        for (code, file, message, text), count in sorted(counts.items())
    ]
    text = json.dumps({"version": VERSION, "findings": entries}, indent=2, ensure_ascii=False)
    try:
        Path(path).write_text(text + "\n", "utf-8")
    except OSError as problem:
        raise BaselineError(f"cannot write the baseline {path}: {problem.strerror}") from None
    return counts.total()
