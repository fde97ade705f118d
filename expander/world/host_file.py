"""Virtual hosts in files: the fields of `VirtualHost` in TOML. See "A host of your own" in the guide."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.api.text import from_argument, from_bytes, to_display
from expander.world.account import Account
from expander.world.virtual_host import HostFileError, VirtualHost

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_NUMBER = (1 << 32) - 2
"""Users and groups have numbers up to this one."""


def read_host(path: str) -> VirtualHost:
    """The host that a file describes; ``path`` is held text. Raises `HostFileError`."""
    import tomllib

    shown = to_display(path)
    try:
        data = tomllib.loads(Path(shown).read_text("utf-8"))
    except OSError as problem:
        raise HostFileError(f"cannot read {shown}: {problem.strerror}") from None
    except ValueError as problem:  # what is no TOML or no UTF-8, and paths with a NUL
        raise HostFileError(f"{shown}: {problem}") from None
    try:
        return _host(data, Path(shown).parent)
    except HostFileError as problem:
        raise HostFileError(f"{shown}: {problem}") from None


def _host(data: dict[str, Any], folder: Path) -> VirtualHost:
    users = tuple(_account(name, table) for name, table in _take(data, "users", _table, {}).items())
    groups = {
        from_argument(n): _number(f"groups.{n}", v) for n, v in _take(data, "groups", _table, {}).items()
    }
    zones = _take(data, "zones", _text, None)
    root = _take(data, "root", _text, None)
    files = {_path(n): _content(n, v, folder) for n, v in _take(data, "files", _table, {}).items()}
    harness = _take(data, "harness", _truth, False)  # noqa: FBT003 - the default
    host = VirtualHost(
        name=_take(data, "name", _text, None),
        addresses=_take(data, "addresses", _texts, ()),
        users=users,
        groups=tuple(groups.items()),
        caller=_take(data, "caller", _text, None),
        caller_groups=_take(data, "caller_groups", _texts, ()),
        exim_user=_take(data, "exim_user", _text, None),
        exim_group=_take(data, "exim_group", _text, None),
        zones=None if zones is None else from_argument(str(folder / to_display(zones))),
        version=_take(data, "version", _text, None),
        time=_take(data, "time", _moment, None),
        seed=_take(data, "seed", _number, None),
        harness=harness,
        files=tuple(files.items()),
        exists=tuple(map(_path, _take(data, "exists", _names, ()))),
        root=None if root is None else from_argument(str(folder / to_display(root))),
    )
    for name in data:
        raise HostFileError(f'unknown key "{name}" (known: {", ".join(VirtualHost.record_fields)})')
    return host


def _account(login: str, table: Any) -> Account:
    data = dict(_table(f"users.{login}", table))
    account = Account(
        from_argument(login),
        _take(data, "uid", _number, None),
        _take(data, "gid", _number, None),
        _take(data, "gecos", _text, ""),
        _take(data, "home", _text, "/"),
        _take(data, "shell", _text, "/bin/sh"),
    )
    if account.uid is None or account.gid is None:
        raise HostFileError(f"users.{login} needs uid and gid")
    for name in data:
        raise HostFileError(f'unknown key "users.{login}.{name}" (known: uid, gid, gecos, home, shell)')
    return account


def _take(data: dict[str, Any], name: str, read: Callable[[str, Any], Any], default: Any) -> Any:
    """The value of a key, which is removed."""
    return read(name, data.pop(name)) if name in data else default


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise HostFileError(f"{name} must be a string")
    return from_argument(value)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise HostFileError(f"{name} must be a list of strings")
    return tuple(_text(f"each of {name}", each) for each in value)


def _names(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise HostFileError(f"{name} must be a list of strings")
    return tuple(value)


def _path(name: str) -> str:
    """The name of a file, as held text."""
    if not name.startswith("/"):
        raise HostFileError(f'"{name}" is no absolute name of a file')
    return from_argument(name)


def _content(name: str, value: Any, folder: Path) -> str:
    """The text of a file, or what another file has in it, whose name counts from the folder."""
    if isinstance(value, str):
        return from_argument(value)
    if not isinstance(value, dict) or list(value) != ["file"] or not isinstance(value["file"], str):
        raise HostFileError(f'files."{name}" must be a string or {{ file = "..." }}')
    try:
        return from_bytes((folder / value["file"]).read_bytes())
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or "not a path"
        raise HostFileError(f"cannot read {folder / value['file']}: {reason}") from None


def _number(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_NUMBER:
        raise HostFileError(f"{name} must be a whole number from 0 to {LARGEST_NUMBER}")
    return value


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise HostFileError(f"{name} must be true or false")
    return value


def _moment(name: str, value: Any) -> float:
    """Seconds since 1970; a date and time without a zone is in UTC."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise HostFileError(f"{name} must be a date and time, or seconds since 1970")


def _table(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise HostFileError(f"{name} must be a table")
    return value
