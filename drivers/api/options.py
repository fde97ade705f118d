"""Option types: how Exim reads the value of an option, and what it complains about."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from drivers.api.errors import ConfigError
from drivers.api.optionvalues import (
    SECONDS,
    several,
    show_fixed,
    show_group,
    show_kilobytes,
    show_km,
    show_late_time,
    show_listed_group,
    show_octal,
    show_plain,
    show_string,
    show_time,
    show_user,
)
from drivers.api.text import SPACE, lower
from drivers.values.listtext import split
from grammar.patterns import late_pattern
from grammar.record import Record

if TYPE_CHECKING:
    from drivers.api.outside import Account, Users

_INTEGER = late_pattern(r"[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)")
_OCTAL = late_pattern(r"[ \t\n\v\f\r]*([+-]?)([0-7]+)")
_FIXED = late_pattern(r"([+-]?[0-9]+)(?:\.([0-9]*))?")
_NUMBER = late_pattern(r"-?[0-9]+")
_TIME_PART = late_pattern(r"([0-9]+)([wdhms])")
_SHIFT = {"k": 10, "m": 20, "g": 30, "t": 40}
_SHIFT_OF_KILOBYTES = {**_SHIFT, "p": 50, "e": 60, "z": 70}
_LARGEST = (1 << 63) - 1
_LONGEST_TIME_LIST = 10


def wrap(number: int, bits: int = 32) -> int:
    """A number as a signed C integer of so many bits keeps it."""
    half = 1 << (bits - 1)
    return (number + half) % (2 * half) - half


class OptionType(Record):
    """A type of option.

    ``read(text, name, users)`` turns the text after the equals sign into the value; it raises
    `ConfigError` in Exim's words. ``show(value)`` gives the text that Exim prints for a value,
    None where it prints the bare name. ``unset`` is the value of an option that is not set and
    has no default.
    """

    name: str
    read: Callable[[str, str, Users | None], Any]
    show: Callable[[Any, Users | None], str]
    unset: Any


def _no_more(rest: str, what: str, name: str) -> None:
    """Complain about anything that follows a value."""
    rest = rest.strip(SPACE)
    if rest:
        hint = " (# is comment only at line start)" if rest.startswith("#") else ""
        raise ConfigError(f"extra characters follow {what}{name}{hint}")


def read_bool(text: str, name: str, _users: Users | None = None) -> bool:
    """A truth value: nothing, yes, true, no or false, in either case."""
    word = re.match(r"[A-Za-z][A-Za-z0-9_]*", text)
    value = lower(word[0]) if word else ""
    if text.strip(SPACE) == "":
        return True
    if value not in {"yes", "true", "no", "false"}:
        given = word[0] if word else ""
        raise ConfigError(f'"{given}" is not a valid value for the "{name}" option')
    _no_more(text[len(value) :], f'"{word[0] if word else ""}" for boolean option ', name)
    return value in {"yes", "true"}


def read_late_bool(text: str, name: str, users: Users | None = None) -> bool | str:
    """A truth value, or text with a dollar that is expanded when it is needed."""
    return read_string(text, name) if "$" in text else read_bool(text, name, users)


def _number(match: re.Match[str] | None, what: str, name: str, *, octal: bool = False) -> int:
    if not match:
        raise ConfigError(f"{what} expected for {name}")
    sign, digits = match.groups()
    base = 16 if digits[:2] in {"0x", "0X"} else 8 if octal or digits.startswith("0") else 10
    return -int(digits, base) if sign == "-" else int(digits, base)


def _integer(text: str, name: str, *, octal: bool = False) -> int:
    what = "octal integer" if octal else "integer"
    match = (_OCTAL if octal else _INTEGER).match(text)
    number = _number(match, what, name, octal=octal)
    assert match is not None
    end = match.end()
    unit = _SHIFT.get(lower(text[end : end + 1]))
    if unit:
        end += 1
        number <<= unit
    _bounded(number, 32, text)
    _no_more(text[end:], f"{what} value for ", name)
    return number


def _bounded(number: int, bits: int, text: str) -> None:
    half = 1 << (bits - 1)
    if not -half <= number < half:
        raise ConfigError(f'absolute value of integer "{text}" is too large (overflow)')


def read_int(text: str, name: str, _users: Users | None = None) -> int:
    """An integer of 32 bits, decimal, octal (0...) or hexadecimal (0x...), with K, M, G or T after it."""
    return _integer(text, name)


def read_kilobytes(text: str, name: str, _users: Users | None = None) -> int:
    """An integer that is kept in kilobytes; it counts those unless K, M, G, T, P, E or Z follows."""
    match = _INTEGER.match(text)
    number = _number(match, "integer", name)
    assert match is not None
    end = match.end()
    unit = _SHIFT_OF_KILOBYTES.get(lower(text[end : end + 1]))
    if unit:
        end += 1
        number <<= unit - 10
    _bounded(number, 64, text)
    _no_more(text[end:], "integer value for ", name)
    return number


def read_octal(text: str, name: str, _users: Users | None = None) -> int:
    """An octal integer of 32 bits; it may have K, M, G or T after it as well."""
    return _integer(text, name, octal=True)


def read_fixed(text: str, name: str, _users: Users | None = None) -> int | None:
    """A number with up to three decimals, kept as thousandths; None for one that these bits cannot hold."""
    match = _FIXED.match(text)
    if not match:
        raise ConfigError(f"fixed-point number expected for {name}")
    whole = wrap(max(-_LARGEST - 1, min(int(match[1]), _LARGEST)))
    if whole < 0:
        raise ConfigError(f'integer "{text}" is too large (overflow)')
    decimals = match[2] or ""
    _no_more(text[match.end() :], "fixed-point value for ", name)
    value = wrap(whole * 1000 + int((decimals + "000")[:3]))
    return None if value < 0 else value


def seconds(text: str) -> int:
    """A time such as ``2h30m`` in seconds, -1 if it is none; every number needs its unit."""
    total = at = 0
    while at < len(text):
        match = _TIME_PART.match(text, at)
        if not match or int(match[1]) > _LARGEST:
            return -1
        total += int(match[1]) * SECONDS[match[2]]
        at = match.end()
    return wrap(total) if text else -1


def read_time(text: str, name: str, _users: Users | None = None) -> int:
    """A time, in seconds."""
    value = seconds(text)
    if value < 0:
        raise ConfigError(f"invalid time value for {name}")
    return value


def read_late_time(text: str, name: str, users: Users | None = None) -> int | str:
    """A time, or text that begins with a dollar and is expanded when it is needed."""
    return text if text.startswith("$") else read_time(text, name, users)


def read_time_list(text: str, name: str, _users: Users | None = None) -> tuple[int, ...]:
    """Up to ten times that grow, with colons between them."""
    if not text:
        return ()
    values: list[int] = []
    for item in text.split(":"):
        if len(values) == _LONGEST_TIME_LIST:
            raise ConfigError(f"too many time values for {name}")
        value = read_time(item.strip(SPACE), name)
        if values and value <= values[-1]:
            raise ConfigError(f"time value out of order for {name}")
        values.append(value)
    return () if values == [0] or values[0] == 0 else tuple(values)


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "01234567":
        return chr(int(code, 8) & 255)
    if code[0] == "x":
        return chr(int(code[1:] or "0", 16))
    return {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}.get(code, code)


_ESCAPE = late_pattern(r"\\([0-7]{1,3}|x[0-9a-fA-F]{0,2}|.)", re.DOTALL)
_QUOTED = late_pattern(r'"((?:[^"\\]|\\.)*)("?)', re.DOTALL)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_escaped, text).partition("\0")[0]


def dequote(text: str) -> tuple[str, int]:
    """The value of a text that may be in double quotes, and how many characters of it were used.

    Without quotes the value goes on to the first white space.
    """
    match = _QUOTED.match(text)
    if match:
        return _unescape(match[1]), match.end()
    word = re.match(r"[^ \t\n\v\f\r]*", text)
    assert word is not None
    return word[0], word.end()


def read_string(text: str, name: str, _users: Users | None = None) -> str:
    """A text; in double quotes it may have backslash escapes."""
    match = _QUOTED.match(text)
    if not match:
        return text
    if match[2]:
        rest = text[match.end() :]
        if rest.startswith("#") or "#" not in rest:
            _no_more(rest, "string value for ", name)
        if rest.strip(SPACE):
            raise ConfigError(f"extra characters follow string value for {name}")
    elif not text[1:].endswith('"'):
        raise ConfigError(f"missing quote at end of string value for {name}")
    return _unescape(match[1])


def _number_of(text: str) -> int:
    """The number of a user or a group: read into 64 bits with a sign, of which the lower 32 count."""
    return max(-_LARGEST - 1, min(int(text), _LARGEST)) % (1 << 32)


class KnowsUsers(Protocol):
    """Whoever can be asked for a user."""

    def user(self, name: str) -> Account | None:
        """The user of that login name (or decimal number)."""


def find_user(text: str, users: KnowsUsers | None) -> tuple[int, int | None]:
    """The numbers of a user and of the user's group; the group is None for a bare number.

    Raises `ConfigError` if there is no such user.
    """
    if _NUMBER.fullmatch(text):
        return _number_of(text), None
    account = users.user(text) if users and text else None
    if account is None:
        raise ConfigError(f"user {text} was not found", cause="unknown-user", subject=text)
    return account.uid, account.gid


def find_group(text: str, users: Users | None) -> int:
    """The number of a group. Raises `ConfigError` if there is no such group."""
    if _NUMBER.fullmatch(text):
        return _number_of(text)
    gid = users.group(text) if users and text else None
    if gid is None:
        raise ConfigError(f"group {text} was not found", cause="unknown-group", subject=text)
    return gid


class BareNumber(int):
    """The number of a user who was not named, so that nothing is known of a group."""


def read_user(text: str, name: str, users: Users | None = None) -> int:
    """A user by name or number."""
    return _user_number(read_string(text, name), users)


def _user_number(text: str, users: Users | None) -> int:
    uid, gid = find_user(text, users)
    return BareNumber(uid) if gid is None else uid


def read_group(text: str, name: str, users: Users | None = None) -> int:
    """A group by name or number."""
    return find_group(read_string(text, name), users)


def read_late_user(text: str, name: str, users: Users | None = None) -> int | str:
    """A user by name or number, or text with a dollar that is expanded when it is needed."""
    value = read_string(text, name)
    return value if "$" in value else _user_number(value, users)


def read_late_group(text: str, name: str, users: Users | None = None) -> int | str:
    """A group by name or number, or text with a dollar that is expanded when it is needed."""
    value = read_string(text, name)
    return value if "$" in value else find_group(value, users)


def _items(text: str) -> list[str]:
    """The items of a list of users or groups.

    As many are looked at as there are colons plus one, whatever the separator.
    """
    return split(text)[: text.count(":") + 1]


def _each(items: list[str], find: Callable[[str], int]) -> tuple[int, ...]:
    """The number of each name. Raises the error for the first that has none, with those of the others."""
    numbers: list[int] = []
    errors: list[ConfigError] = []
    for item in items:
        try:
            numbers.append(find(item))
        except ConfigError as error:
            errors.append(error)
    if errors:
        errors[0].further = errors[1:]
        raise errors[0]
    return tuple(numbers)


def read_user_list(text: str, name: str, users: Users | None = None) -> tuple[int, ...]:
    """A list of users."""
    return _each(_items(read_string(text, name)), lambda item: find_user(item, users)[0])


def read_group_list(text: str, name: str, users: Users | None = None) -> tuple[int, ...]:
    """A list of groups."""
    return _each(_items(read_string(text, name)), lambda item: find_group(item, users))


TYPES: dict[str, OptionType] = {
    t.name: t
    for t in (
        OptionType("bool", read_bool, show_plain, unset=False),
        OptionType("late_bool", read_late_bool, show_plain, unset=False),
        OptionType("int", read_int, show_plain, unset=0),
        OptionType("int_km", read_int, show_km, unset=0),
        OptionType("kint", read_kilobytes, show_kilobytes, unset=0),
        OptionType("octal_int", read_octal, show_octal, unset=0),
        OptionType("fixed", read_fixed, show_fixed, unset=None),
        OptionType("time", read_time, show_time, unset=0),
        OptionType("late_time", read_late_time, show_late_time, unset=0),
        OptionType("time_list", read_time_list, several(show_time), unset=()),
        OptionType("string", read_string, show_string, unset=""),
        OptionType("rewrite_rules", read_string, show_string, unset=""),
        OptionType("user", read_user, show_user, unset=None),
        OptionType("group", read_group, show_group, unset=None),
        OptionType("late_user", read_late_user, show_user, unset=None),
        OptionType("late_group", read_late_group, show_group, unset=None),
        OptionType("user_list", read_user_list, several(show_user), unset=()),
        OptionType("group_list", read_group_list, several(show_listed_group), unset=()),
    )
}
