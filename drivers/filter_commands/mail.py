"""The commands of filter files that send a message: "Mail commands"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from drivers.api.filters import Delivery, FilterError, Filtering
from drivers.filter_commands.declare import filter_command
from drivers.filter_commands.shown import printed, start

if TYPE_CHECKING:
    from grammar.ast.filter import Command

OPTIONS = (
    "to",
    "cc",
    "bcc",
    "from",
    "reply_to",
    "subject",
    "extra_headers",
    "text",
    "file",
    "log",
    "once",
    "once_repeat",
)
_HEADERS = frozenset(OPTIONS[:6])
_DEFAULTS = {
    "subject": "On vacation",
    "file": ".vacation.msg",
    "log": ".vacation.log",
    "once": ".vacation",
    "once_repeat": "7d",
}
_BROKEN_FOLD = re.compile(r"\n(?![ \t])")
_BROKEN_HEADERS = re.compile(r"\n(?![ \t]|[!-9;-~]+:)")
_NOT_PRINTING = re.compile(r"[^\t -~]")
_LABEL = 7


def _expanded(run: Filtering, command: Command, name: str, text: str) -> str:
    """An option's value. Raises `FilterError` for what may not stand in a header line or in a name."""
    word = command.name.text
    value = run.expand(text, word)
    shown = printed(value)
    if name in _HEADERS and _BROKEN_FOLD.search(value):
        raise FilterError(rf'\n not followed by space in "{shown[:1024]}" in {word} command')
    if name == "extra_headers" and _BROKEN_HEADERS.search(value):
        raise FilterError(
            rf'\n not followed by space or valid header name in "{shown[:1024]}" in {word} command'
        )
    if name in {"file", "log", "once", "once_repeat"} and _NOT_PRINTING.search(value):
        raise FilterError(f'non-printing character in "{shown}" in {word} command')
    return value


def _send(run: Filtering, command: Command, defaults: Mapping[str, str]) -> None:
    word = command.name.text
    if not run.ctx.facts.get("return_path"):
        if run.is_test:
            run.tell(f"{word} command ignored because return_path is empty\n")
        return
    given = {name: item.text for name, item in command.options.items()}
    texts = {**defaults, **given}
    options = {name: _expanded(run, command, name, texts[name]) for name in OPTIONS if name in texts}
    expands = "expand" in given or ("file" not in given and "file" in defaults)
    if expands:
        options["expand"] = ""
    if "return" in given:
        options["return"] = ""
    if run.is_test:
        _tell(run, command, options, is_vacation=bool(defaults))
    to = options["to"] if "to" in options else run.expand("$reply_address", word)
    run.deliver(Delivery("reply", to, None, "", command.noerror, options))


def _tell(run: Filtering, command: Command, options: Mapping[str, str], *, is_vacation: bool) -> None:
    marks = (" (vacation)" if is_vacation else "") + (" (noerror)" if command.noerror else "")
    to = printed(options["to"]) if "to" in options else "<default>"
    lines = [f"{start(command, 'mail')} to: {to}{marks}"]
    for name in OPTIONS[1:]:
        if name in options:
            behind = " (expanded)" if name == "file" and "expand" in options else ""
            lines.append(f"{name:>{_LABEL + run.margin}}: {printed(options[name])}{behind}")
    if "return" in options:
        lines.append("Return original message")
    run.tell("".join(f"{line}\n" for line in lines))


_SYNTAX = (
    "[to|cc|bcc <addresses>] [from|reply_to <address>] [subject|extra_headers|text <text>] "
    "[[expand] file <name>] [return message] [log <name>] [once <name>] [once_repeat <interval>]"
)


@filter_command("mail", syntax=f"mail {_SYNTAX}", section="Mail commands", form="MAIL", options=OPTIONS)
def mail(run: Filtering, command: Command) -> None:
    """Send a message, by default to the address for replies; not where the message is a bounce.

    Raises `FilterError` for texts that would break the new message's header.
    """
    _send(run, command, {})


@filter_command(
    "vacation", syntax=f"vacation {_SYNTAX}", section="Mail commands", form="MAIL", options=OPTIONS
)
def vacation(run: Filtering, command: Command) -> None:
    """The same with defaults for telling people that their mail will not be read for a time."""
    _send(run, command, _DEFAULTS)
