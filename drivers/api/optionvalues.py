"""How Exim prints the values of options, by type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.text import printing

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.outside import Users

SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
"""The length of each unit of time."""

_SIGN_OF_GROUPS = 2**31


def show_time(value: int, _users: Users | None = None) -> str:
    """A time as Exim writes it: ``1w2d3h``."""
    rest, text = abs(value), "-" if value < 0 else ""
    for unit, length in SECONDS.items():
        count, rest = divmod(rest, length)
        text += f"{count}{unit}" if count else ""
    return text if text.strip("-") else "0s"


def show_late_time(value: int | str, users: Users | None = None) -> str:
    """A time, or the text that is expanded to one."""
    return printing(value) if isinstance(value, str) else show_time(value, users)


def show_kilobytes(value: int, _users: Users | None = None) -> str:
    """Kilobytes with the largest unit that leaves a whole number."""
    units = "KMGT"
    at = 0
    while value and not value % 1024 and at < len(units) - 1:
        value //= 1024
        at += 1
    return f"{value}{units[at]}" if value else "0"


def show_km(value: int, _users: Users | None = None) -> str:
    """A number as multiples of K or M where it is one."""
    for size, unit in ((1 << 20, "M"), (1 << 10, "K")):
        if value and not value % size:
            return f"{value // size}{unit}"
    return str(value)


def show_octal(value: int, _users: Users | None = None) -> str:
    """An octal number with a zero before it; one below zero as the bits that hold it."""
    return f"0{value % (1 << 32):o}" if value else "0"


def show_fixed(value: int, _users: Users | None = None) -> str:
    """Thousandths with at least one decimal."""
    whole, part = divmod(value, 1000)
    return f"{whole}.{f'{part:03}'.rstrip('0') or '0'}"


def show_user(value: int | str, users: Users | None = None) -> str:
    """The name of a user, or the number if the host does not know it."""
    account = users.user(str(value)) if users and isinstance(value, int) else None
    return account.login if account else str(value)


def several(show: Callable[[Any, Users | None], str]) -> Callable[[tuple[int, ...], Users | None], str]:
    """What shows a list of which one shows the values."""

    def show_all(values: tuple[int, ...], users: Users | None = None) -> str:
        return ":".join(show(value, users) for value in values)

    return show_all


def show_listed_group(value: int | str, users: Users | None = None) -> str:
    """The name of a group, or the number if the host does not know it."""
    found = users.group_name(value) if users and isinstance(value, int) else None
    return found or str(value)


def show_group(value: int | str, users: Users | None = None) -> str:
    """The name of a group, or the number, with a sign as Exim prints it where it is no list."""
    shown = show_listed_group(value, users)
    is_large = isinstance(value, int) and value >= _SIGN_OF_GROUPS and shown == str(value)
    return str(int(shown) - 2 * _SIGN_OF_GROUPS) if is_large else shown


def show_plain(value: Any, _users: Users | None = None) -> str:
    """The value as it is."""
    return str(value)


def show_string(value: str, _users: Users | None = None) -> str:
    """A text with escapes for what does not print."""
    return printing(value)
