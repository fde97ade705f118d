"""The checker's settings of a project: ``eximulate.toml``, or ``[tool.eximulate]`` of ``pyproject.toml``.

See "Settings of a project" in the guide. Paths in the file count from its folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.api.text import from_argument
from expander.lint.finding import SEVERITIES
from expander.lint.policy import OFF
from expander.lint.words import UnknownWordError, codes_of, meant
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE = "eximulate.toml"
PROJECT = "pyproject.toml"

_NO_MACROS: Mapping[str, str] = {}
_NO_CODES: frozenset[str] = frozenset()


class SettingsError(Exception):
    """Settings that cannot be used; the text says why and where, for display."""


class CheckSettings(Record):
    """What is asked of the checker; None where nothing is said.

    The fields are those of `expander.lint.policy.Policy`, and ``baseline``, the path of a file.
    """

    level: str | None = None
    only: frozenset[str] | None = None
    ignored: frozenset[str] = _NO_CODES
    severities: Mapping[str, str] = _NO_MACROS
    per_file: tuple[tuple[str, frozenset[str]], ...] = ()
    baseline: str | None = None


class Settings(Record):
    """The settings of a project.

    ``path`` is the file, "" where there is none; ``host`` the path of a host's description; ``macros``
    are those of ``-D``; ``profiles`` has further settings by the name of a profile.
    """

    path: str = ""
    profile: str | None = None
    host: str | None = None
    macros: Mapping[str, str] = _NO_MACROS
    check: CheckSettings = CheckSettings()
    profiles: tuple[tuple[str, CheckSettings], ...] = ()

    def checks(self, profile: str) -> CheckSettings:
        """What is asked of the checker for a profile."""
        base = self.check
        for name, more in self.profiles:
            if name == profile:
                base = CheckSettings(
                    more.level or base.level,
                    base.only if more.only is None else more.only,
                    base.ignored | more.ignored,
                    {**base.severities, **more.severities},
                    (*base.per_file, *more.per_file),
                    more.baseline or base.baseline,
                )
        return base


def find_settings(folder: Path) -> Path | None:
    """The file with the settings for a folder: in it or above it, up to the root of a repository."""
    for each in (folder, *folder.parents):
        if (each / FILE).is_file():
            return each / FILE
        project = each / PROJECT
        if project.is_file() and "tool.eximulate" in project.read_text("utf-8", errors="replace"):
            return project
        if (each / ".git").exists():
            return None
    return None


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises `SettingsError`, with the line where it can be told."""
    import tomllib

    try:
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except OSError as problem:
        raise SettingsError(f"cannot read {path}: {problem.strerror}") from None
    except ValueError as problem:
        raise SettingsError(f"{path}: {problem}") from None
    prefix = ""
    if path.name == PROJECT:
        data, prefix = data.get("tool", {}).get("eximulate", {}), "tool.eximulate."
    reader = _Reader(path, text, prefix)
    return reader.settings(data)


class _Wrong(Exception):
    """A value that is not what its key takes."""


class _Reader:
    """Reads the tables of one file."""

    def __init__(self, path: Path, text: str, prefix: str) -> None:
        self.path = path
        self.text = text
        self.prefix = prefix

    def settings(self, data: Any) -> Settings:
        table = _Table(self, "", data)
        settings = Settings(
            path=str(self.path),
            profile=table.take("profile", _text),
            host=self._beside(table.take("host", _text)),
            macros=dict(table.pairs("macros", _text)),
            check=self._check("check", table.take("check", _any)),
            profiles=tuple(
                (
                    name,
                    self._check(
                        f"profiles.{name}.check", _Table(self, f"profiles.{name}", each).only("check")
                    ),
                )
                for name, each in table.pairs("profiles", _table)
            ),
        )
        table.end()
        return settings

    def _check(self, name: str, data: Any) -> CheckSettings:
        if data is None:
            return CheckSettings()
        table = _Table(self, name, data)
        settings = CheckSettings(
            level=table.take("level", _one_of(*SEVERITIES)),
            only=table.take("only", _codes),
            ignored=table.take("ignore", _codes) or _NO_CODES,
            severities={
                code: severity
                for word, severity in table.pairs("severity", _one_of(*SEVERITIES, OFF))
                for code in table.convert(f"severity.{word}", [word], _codes)
            },
            per_file=tuple(
                (from_argument(str(self.path.parent / pattern)), codes)
                if "/" in pattern and not pattern.startswith(("/", "*"))
                else (from_argument(pattern), codes)
                for pattern, codes in table.pairs("per-file-ignores", _codes)
            ),
            baseline=self._beside(table.take("baseline", _text)),
        )
        table.end()
        return settings

    def _beside(self, name: str | None) -> str | None:
        return None if name is None else str(self.path.parent / name)

    def error(self, key: str, problem: str) -> SettingsError:
        line = _line_of(self.text, f"{self.prefix}{key}")
        where = f"{self.path}:{line}" if line else str(self.path)
        return SettingsError(f"{where}: {problem}")


class _Table:
    """A table whose keys are taken one by one; what is left is unknown."""

    def __init__(self, reader: _Reader, name: str, data: Any) -> None:
        self.reader = reader
        self.name = name
        if not isinstance(data, dict):
            raise reader.error(name, f"{name or 'the settings'} must be a table")
        self.left = dict(data)
        self.known: list[str] = []

    def full(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def convert(self, key: str, value: Any, read: Callable[[Any], Any]) -> Any:
        try:
            return read(value)
        except (_Wrong, UnknownWordError) as problem:
            raise self.reader.error(self.full(key), f"{self.full(key)}: {problem}") from None

    def take(self, key: str, read: Callable[[Any], Any]) -> Any:
        self.known.append(key)
        return self.convert(key, self.left.pop(key), read) if key in self.left else None

    def pairs(self, key: str, read: Callable[[Any], Any]) -> list[tuple[str, Any]]:
        """The keys and values of a table inside this one."""
        inner = self.take(key, _table) or {}
        return [(name, self.convert(f"{key}.{name}", value, read)) for name, value in inner.items()]

    def only(self, key: str) -> Any:
        """The value of the only key that there may be."""
        value = self.take(key, _any)
        self.end()
        return value

    def end(self) -> None:
        for key in self.left:
            hint = meant(key, self.known) or f"known: {', '.join(self.known)}"
            raise self.reader.error(self.full(key), f'unknown key "{self.full(key)}" ({hint})')


def _any(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Wrong("a string is expected")
    return value


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong("a table is expected")
    return value


def _codes(value: Any) -> frozenset[str]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _Wrong("a list of codes, names or groups of rules is expected")
    return codes_of(words)


def _one_of(*words: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in words:
            raise _Wrong(f"one of {', '.join(words)} is expected")
        return str(value)

    return read


def _line_of(text: str, key: str) -> int:
    """The line in which a key or the heading of a table stands, 0 if it is written in another way."""
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        bare = line.strip()
        if bare.startswith("["):
            table = bare.strip("[]").replace('"', "").replace(" ", "")
            full = table
        else:
            name, equals, _ = bare.partition("=")
            if not equals or bare.startswith("#"):
                continue
            name = name.strip().replace('"', "").replace(" ", "")
            full = f"{table}.{name}" if table else name
        if full == key or (key.startswith(f"{full}.") and not bare.startswith("[")):
            return number
    return 0
