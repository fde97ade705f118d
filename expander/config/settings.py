"""Setting options: one option line of the main section or of a driver, by Exim's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from drivers.api.errors import ConfigError, ExpansionError
from drivers.api.options import OptionType, find_user, read_string
from drivers.api.text import SPACE
from drivers.values.listtext import pieces, quote, separator
from expander.config.model import Options, Setting
from expander.config.option_tables import ALIASES

if TYPE_CHECKING:
    from drivers.api.outside import Users
    from drivers.api.unit import Unit
    from grammar.ast.config import Option, Word
    from grammar.source import Span

NEGATIONS = ("no_", "not_")
_BOTH = {
    "verify": ("verify_sender", "verify_recipient"),
    "fail_verify": ("fail_verify_sender", "fail_verify_recipient"),
}
_BOOLS = ("bool", "late_bool")
_EXPANDED = ("user_list", "group_list")


def _gathered(old: str, new: str, mark: str) -> str:
    """One list, with the option's own separator, of what several settings list, each with its own.

    Exim puts elements one behind the other as they are, so that empty ones at the start are lost.
    """
    given, body = separator(new)
    if body == new:
        given = mark
    for element in pieces(body.lstrip(SPACE), given):
        old += (mark if old else "") + quote(element, mark)
    return old


def _and_conditions(old: str | None, new: str) -> str:
    if old is None:
        return new
    return f"${{if and{{{{bool_lax{{{old}}}}}{{bool_lax{{{new}}}}}}}}}"


def _find(options: Options, name: str) -> tuple[Unit | None, bool]:
    """The option of that name, and whether the name negates it."""
    unit = options.unit(name)
    if unit is not None and unit.facts["settable"]:
        return unit, False
    for prefix in NEGATIONS:
        if name.startswith(prefix):
            unit = options.unit(name.removeprefix(prefix))
            if unit is not None:
                return unit, True
    return None, False


def apply(
    options: Options,
    line: Option,
    users: Users,
    unknown: Callable[[str], str],
    expand: Callable[[str], str],
) -> str:
    """Set the option that a line names, and give its name.

    ``unknown`` words the complaint about a name that does not exist; ``expand`` is for lists of users
    and groups. Raises `ConfigError` with Exim's message, without the frame around it.
    """
    written = line.name.text
    unit, negated = _find(options, written)
    if unit is None:
        raise ConfigError(unknown(written), line.name.span, cause="unknown-option")
    name = unit.name.rpartition(".")[2]
    option_type: OptionType = unit.impl
    repeats = unit.facts["repeats"]
    if name in options.given and not repeats:
        message = f'"{written}" option set for the second time'
        raise ConfigError(message, line.name.span, cause="option-set-twice")
    if negated and option_type.name not in _BOOLS:
        raise ConfigError("negation prefix applied to a non-boolean option", line.name.span)
    options.given.add(name)
    if line.hide:
        options.hidden.add(name)
    try:
        if option_type.name in _EXPANDED and line.value is not None:
            value: Any = _expanded(line.value.text.rstrip(SPACE), option_type, written, users, expand)
        else:
            value = _value(line, option_type, written, users, negated=negated)
    except ConfigError as error:
        if line.value is not None:
            for each in (error, *error.further):
                each.span = each.span or _place(line.value, each.subject)
        _keep_name(options, name, line, error)
        raise
    if repeats:
        old = options.settings[name].value if name in options.settings else None
        value = _and_conditions(old, value) if repeats == "and" else _gathered(old or "", value, repeats)
    span = (line.value or line.name).span
    text = line.value.text if line.value else ""
    targets = _BOTH.get(name, ()) if unit.facts["hidden"] else ()
    for target in targets or (ALIASES.get(name, name),):
        options.settings[target] = Setting(value, text, span, hidden=line.hide)
    if option_type.name == "late_user":
        _imply_group(options, name, text, users, span)
    return name


def _place(value: Word, subject: str) -> Span:
    """Where the name stands that a value is refused for, or the whole value."""
    at = value.text.find(subject) if subject else -1
    return value.span if at < 0 else value.span.part(at, at + len(subject))


def _keep_name(options: Options, name: str, line: Option, error: ConfigError) -> None:
    """Where a user or a group is missing, reading may go on: the option is set all the same.

    A driver's is set to the name, as one that is looked up later; the main section's keep their defaults.
    """
    if error.cause in {"unknown-user", "unknown-group"} and line.value is not None:
        text = line.value.text
        target = ALIASES.get(name, name)
        unit = options.unit(name)
        if unit is not None and unit.impl.name in {"user", "group"}:
            return
        kept: Any = () if unit is not None and unit.impl.unset == () else read_string(text, name)
        options.settings[target] = Setting(kept, text, line.value.span, hidden=line.hide)


def _value(line: Option, option_type: OptionType, written: str, users: Users, *, negated: bool) -> Any:
    if option_type.name in _BOOLS:
        if negated or (line.value is None and line.trailer is not None):
            rest = line.trailer or line.value
            if rest is not None or (negated and line.value is not None):
                text = line.trailer.text if line.trailer else ""
                hint = " (# is comment only at line start)" if text.startswith("#") else ""
                raise ConfigError(f"extra characters follow boolean option {written}{hint}")
        if negated:
            return False
        return True if line.value is None else option_type.read(line.value.text, written, users)
    if line.value is None:
        if line.trailer is not None:
            raise ConfigError(f'missing "=" after {written}', line.trailer.span)
        raise ConfigError(f"unexpected end of line (data missing) after {written}", line.name.span)
    return option_type.read(line.value.text.rstrip(SPACE), written, users)


def _expanded(
    text: str, option_type: OptionType, name: str, users: Users, expand: Callable[[str], str]
) -> Any:
    """The value of an option that is expanded as soon as it is read."""
    try:
        return option_type.read(expand(read_string(text, name)), name, users)
    except ExpansionError as error:
        raise ConfigError(f"failed to expand {name}: {error.message}") from None


def _imply_group(options: Options, name: str, text: str, users: Users, span: object) -> None:
    """A user given by name brings the user's group along, where the group is not set itself."""
    group = "command_group" if name == "command_user" else "group"
    word = read_string(text, name)
    if group in options.settings or "$" in word:
        return
    _, gid = find_user(word, users)
    if gid is not None:
        options.assume(group, gid)
