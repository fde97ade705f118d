"""Commands of filter files that deliver, and those that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.filters import Delivery, FilterError, Filtering, Stopped
from drivers.api.text import lower
from drivers.filter_commands.conditions import OBEYING, number
from drivers.filter_commands.declare import done_by_evaluator, filter_command
from drivers.filter_commands.shown import printed, start
from drivers.values import mailbox

if TYPE_CHECKING:
    from grammar.ast.filter import Command

LONGEST_MESSAGE = 1024
KEPT_OF_LONG = 1000


def _noerror(command: Command) -> str:
    return " (noerror)" if command.noerror else ""


def _set_up(run: Filtering, command: Command, delivery: Delivery) -> None:
    """Set a delivery up that is significant unless "unseen" stands before it."""
    if command.seen is not False:
        run.delivered = True
    run.deliver(delivery)


@filter_command(
    "deliver",
    syntax="deliver <mail address> [errors_to <mail address>]",
    section="The deliver command",
    form="ADDRESS",
)
def deliver(run: Filtering, command: Command) -> None:
    """Send the message on to an address.

    Raises `FilterError` for what is no address, and for a foreign one behind "errors_to" in a user's filter.
    """
    text = run.expand(command.values[0].text, "deliver")
    address = run.qualified(_parsed(run, text))
    errors_to = ""
    if len(command.values) > 1:
        errors_to = _errors_to(run, run.expand(command.values[1].text, "deliver"))
    if run.is_test:
        behind = f" errors_to {errors_to}" if errors_to else ""
        run.tell(f"{start(command, 'deliver')} message to: {address}{_noerror(command)}{behind}\n")
    _set_up(run, command, Delivery("address", address, None, errors_to, command.noerror))


def _parsed(run: Filtering, text: str) -> str:
    try:
        return mailbox.parse(text, mailbox.permitted(run.ctx.options, literals=True)).address
    except Failed as problem:
        raise FilterError(f'malformed address "{text}" in filter file: {problem.message}') from None


def _errors_to(run: Filtering, text: str) -> str:
    address = run.qualified(_parsed(run, text))
    if not run.is_system and lower(address) != lower(run.local_address):
        raise FilterError("errors_to must point to the caller's address")
    return address


@filter_command("save", syntax="save <file name> [<mode>]", section="The save command", form="FILE")
def save(run: Filtering, command: Command) -> None:
    """Append the message to a file, or put it into a directory if the name ends in a slash."""
    path = run.expand(command.values[0].text, "save")
    if not (run.is_test or path.startswith("/")):
        home = run.ctx.facts.get("home", "")
        if run.is_system and not home:
            raise FilterError(f'"{path}" is not an absolute path')
        path = f"{home}/{path}" if home and run.prepends_home else path
    if run.is_test:
        mode = "" if command.mode is None else f" {command.mode:04o}"
        run.tell(f"{start(command, 'save')} message to: {path}{mode}{_noerror(command)}\n")
    _set_up(run, command, Delivery("file", path, command.mode, "", command.noerror))


@filter_command("pipe", syntax="pipe <command>", section="The pipe command", form="TEXT")
def pipe(run: Filtering, command: Command) -> None:
    """Hand the message to a command, which is expanded only when it is run."""
    text = command.values[0].text
    if run.is_test:
        run.tell(f"{start(command, 'pipe')} message to: {text}{_noerror(command)}\n")
    ctx = run.ctx
    kept = tuple(ctx.captures), ctx.facts.get("thisaddress", "")
    _set_up(run, command, Delivery("pipe", text, None, "", command.noerror, {}, *kept))


@filter_command("add", syntax="add <number> to <user variable>", section="The add command", form="ADD")
def add(run: Filtering, command: Command) -> None:
    """Add a number to one of `$n0` to `$n9`.

    Raises `FilterError` for what is no number or no such variable.
    """
    text, name = (run.expand(item.text, "add") for item in command.values)
    amount = _whole(text)
    if name[:1] != "n" or len(name) > len("n0"):
        raise FilterError(f'unknown variable "{name}" in "add" command')
    digit = _whole(name[1:])
    variable = f"n{digit}"
    if run.is_test:
        run.tell(f"Add {amount} to {variable}\n")
    total = int(run.ctx.facts.get(variable, "0")) + amount
    run.ctx.facts[variable] = str((total + (1 << 31)) % (1 << 32) - (1 << 31))


def _whole(text: str) -> int:
    if not text:
        return 0
    found = number(text)
    if found is None or found[1]:
        raise FilterError(f'malformed number "{text}" in "add" command')
    return found[0]


@filter_command("logfile", syntax="logfile <file name> [<mode>]", section="Logging commands", form="FILE")
def logfile(run: Filtering, command: Command) -> None:
    """Name the file that `logwrite` writes to, and the mode for creating it."""
    path = run.expand(command.values[0].text, "logfile")
    if run.is_test:
        run.tell(f"{start(command, 'logfile')} {path}\n")
    run.log_file = (path, 0o600 if command.mode is None else command.mode)


@filter_command("logwrite", syntax="logwrite <text>", section="Logging commands", form="TEXT")
def logwrite(run: Filtering, command: Command) -> None:
    """Write a line to the file of `logfile`. Raises `FilterError` if there is none."""
    line = command.values[0].text
    text = run.expand(line if line.endswith("\n") else f"{line}\n", "logwrite")
    if run.is_test:
        run.tell(f'{start(command, "logwrite")} "{printed(text)}"\n')
        return
    run.write_log(text)


@filter_command("testprint", syntax="testprint <text>", section="The testprint command", form="TEXT")
def testprint(run: Filtering, command: Command) -> None:
    """Print a text where a filter is being tested."""
    text = run.expand(command.values[0].text, "testprint")
    if run.is_test:
        run.tell(f"Testprint: {printed(text)}\n")


@filter_command("finish", syntax="finish", section="The finish command", form="BARE")
def finish(run: Filtering, command: Command) -> None:
    """End the filter here."""
    if run.is_test:
        run.tell(f"{start(command, 'finish')}\n")
    raise Stopped("finish")


@filter_command(
    "headers",
    syntax="headers add <text> | headers remove <names> | headers charset <name>",
    section="The headers command",
    form="HEADERS",
)
def headers(run: Filtering, command: Command) -> None:
    """Add or remove header lines (system filters only), or choose the character set for decoding them."""
    action, value = command.values
    text = run.expand(value.text, "headers")
    if run.is_test:
        run.tell(f'Headers {action.text} "{printed(text)}"\n')
    if action.text == "charset":
        run.set_charset(text)
    else:
        run.change_headers(action.text, text)


def _reason(name: str, section: str, doc: str) -> None:
    def stop(run: Filtering, command: Command) -> None:
        text = run.expand(command.values[0].text, name) if command.values else ""
        if len(text) > LONGEST_MESSAGE:
            text = f"{text[:KEPT_OF_LONG]} ... (truncated)"
        if run.is_test:
            run.tell(f'{name.capitalize()} text "{printed(text)}"\n')
        raise Stopped(name, text)

    filter_command(
        name, syntax=f"{name} [[text] <text>]", doc=doc, section=section, form="REASON", disabled=True
    )(stop)


_reason("fail", "The fail command", "Fail the delivery; the text is told to the sender.")
_reason("freeze", "The freeze command", "Freeze the message; the text is logged.")
_reason("defer", "The fail command", "Put the delivery off; the text is logged.")


def _syntax(name: str, syntax: str, doc: str) -> None:
    filter_command(name, syntax=syntax, doc=doc, section=OBEYING, form="IF")(done_by_evaluator)


_syntax("if", "if <condition> then <commands>", "Obey commands if a condition is true.")
_syntax("elif", "elif <condition> then <commands>", "The same where no condition before was true.")
_syntax("else", "else <commands>", "Obey commands where no condition was true.")
_syntax("endif", "endif", "The end of what `if` begins.")
