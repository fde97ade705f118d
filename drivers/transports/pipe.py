"""The pipe transport: the message is the standard input of a command."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, ForcedFail
from drivers.api.text import is_tainted, tainted_like
from drivers.api.transports import DEFER, FAIL, PANIC, Failure
from drivers.api.unit import transport
from drivers.transports import exit_status
from drivers.transports.writing import texts
from drivers.values import listtext
from drivers.values.commandline import cut

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from drivers.api.routing import Address
    from drivers.api.transports import Job

SHELL = "/bin/sh"
MOST_SETTINGS = 40
_THE_PIPE = ("$address_pipe", "${address_pipe}")
"""The words of a command that stand for all words of the pipe."""

_THE_ADDRESSES = ("$pipe_addresses", "${pipe_addresses}")
"""Those that stand for all addresses."""

PIECE = 16384
"""So many bytes of output are read at once."""

E2BIG = 7
NOBODY = "NULL"
"""What stands for the local part of several addresses, and for their domain where they have not the same."""

LARGE = 1 << 20
"""Messages of more bytes are not held."""

TRUNCATED = b"\n\n*** Too much output - remainder discarded ***\n"


@transport("pipe", syntax="driver = pipe", section="The pipe transport", feature="transport_pipe")
def pipe(job: Job) -> None:
    """Give the message to a command, and go by how it ends and by what it writes."""
    chosen, first = job.transport, job.addresses[0]
    command = _command(job)
    words = _shell_words(job, command) if chosen["use_shell"] else _words(job, command)
    environment = _environment(job)
    if job.is_trial:
        return
    message = _of_message(job) if job.size > LARGE else b"".join(_of_message(job))
    try:
        ended = job.outward.programs.run(
            words,
            input=message,
            timeout=float(chosen["timeout"] or 3600),
            environment=environment,
            merge_stderr=True,
            directory=job.directory,
            ids=job.ids,
            umask=int(chosen["umask"]),
            keeps=True,
        )
    except TimeoutError:
        outcome = DEFER if chosen["timeout_defer"] else FAIL
        _tell_users(job)
        raise Failure(outcome, 0, "pipe delivery process timed out") from None
    except OSError:
        _ended(job, exit_status.NOT_EXECUTED, words)
        return
    most = int(chosen["max_output"] or 0)
    whole = (most // PIECE + 1) * PIECE  # what is read at once is kept
    assert ended.kept is not None
    with ended.kept as file:
        output = file.read(whole if most else -1)
    is_cut = 0 < most < len(output)
    first.output = output[:whole] + TRUNCATED if is_cut else output
    _ended(job, -signal.SIGKILL if is_cut else ended.status, words)  # who says too much is killed


def _of_message(job: Job) -> Iterator[bytes]:
    """The message piece by piece. Raises `Failure`."""
    try:
        yield from texts(job)
    except Failure as problem:
        if not problem.is_of_message:
            if problem.outcome != PANIC:
                _tell_users(job)  # the transport filter took too long
            raise
        words = problem.message[:1].upper() + problem.message[1:]
        raise Failure(problem.outcome, problem.number, words) from None


def _command(job: Job) -> str:
    """The command line, not expanded. Raises `Failure`."""
    chosen, first = job.transport, job.addresses[0]
    forced = "force_command" in chosen.options and chosen["force_command"]
    if first.kind == "pipe" and not forced:
        command = tainted_like(first.text.removeprefix("|").lstrip(" \t\n"), first.text)
    else:
        command = chosen["command"] or ""
    if first.expands:
        command = str(command)  # what is not expanded yet is text of the filter
    if is_tainted(command):
        what = f"command for {chosen.name} transport"
        raise Failure(PANIC, 0, f"Tainted '{command}' ({what}) not permitted")
    if not command:
        raise Failure(DEFER, 0, f"no command specified for {chosen.name} transport")
    return command


def _is_expanded(job: Job) -> bool:
    first = job.addresses[0]
    forced = "force_command" in job.transport.options and job.transport["force_command"]
    return first.kind != "pipe" or first.expands or bool(forced)


def _expand(job: Job, text: str, command: str) -> str:
    name = job.transport.name
    try:
        return job.ctx.expand(text)
    except ForcedFail as problem:
        words = problem.message
    except ExpansionError as problem:
        words = problem.message
    outcome = FAIL if job.addresses[0].expands else PANIC
    what = f'Expansion of "{text}" from command "{command}" in {name} transport'
    raise Failure(outcome, 0, f"{what} failed: {words}")


def _words(job: Job, command: str) -> list[str]:
    """The command and its arguments, each expanded by itself. Raises `Failure`."""
    chosen = job.transport
    words: list[str] = []
    for piece in cut(command):
        if piece in _THE_ADDRESSES:
            words += [_plain(address) for address in job.addresses]
        elif piece in _THE_PIPE and _is_expanded(job):
            words += _address_pipe(job)
        else:
            word = _expand(job, piece, command) if _is_expanded(job) and "$" in piece else piece
            if is_tainted(word):
                what = f"Tainted arg {len(words)} for {chosen.name} transport command: '{word}'"
                raise Failure(FAIL, 0, what)
            words.append(word)
    if not words:
        raise Failure(PANIC, 0, f"null command name for {chosen.name} transport")
    words[0] = _program(job, words[0], command)
    return words


def _address_pipe(job: Job) -> list[str]:
    text = job.ctx.facts.get("address_pipe", "").removeprefix("|")
    return [job.ctx.expand(piece) for piece in cut(text)]


def _plain(address: Address) -> str:
    return str(address.text)


def _program(job: Job, name: str, command: str) -> str:
    """The path of the command. Raises `Failure` for one that may not be run, or is not there."""
    chosen = job.transport
    permitted = chosen["allow_commands"]
    if permitted:
        found = list(listtext.elements(job.expand("allow_commands")))
        if name in found:
            return name if name.startswith("/") else _searched(job, name)
        if not chosen["restrict_to_path"]:
            what = f'"{name}" command not permitted by {chosen.name} transport'
            raise Failure(FAIL, 0, what)
    if chosen["restrict_to_path"] and "/" in name:
        what = f'"/" found in "{command}" (command for {chosen.name} transport) - failed for security reasons'
        raise Failure(FAIL, 0, what)
    return name if name.startswith("/") else _searched(job, name)


def _searched(job: Job, name: str) -> str:
    for folder in listtext.elements(_path(job)):
        path = f"{folder}/{name}"
        try:
            job.ctx.world.files.stat(path)
        except OSError:
            continue
        return path
    what = f'"{name}" command not found for {job.transport.name} transport'
    raise Failure(FAIL, 0, what)


def _shell_words(job: Job, command: str) -> list[str]:
    """The words that let a shell read the command. Raises `Failure`."""
    chosen = job.transport
    if chosen["restrict_to_path"] or chosen["allow_commands"]:
        what = f"use_shell conflicts with restrict_to_path or allow_commands in {chosen.name} transport"
        raise Failure(PANIC, 0, what)
    text = command
    if "$pipe_addresses" in text:
        text = text.replace("$pipe_addresses", " ".join(_plain(address) for address in job.addresses))
    if _is_expanded(job):
        try:
            text = job.ctx.expand(text)
        except ExpansionError as problem:
            outcome = FAIL if job.addresses[0].expands else PANIC
            what = f'Expansion of command "{text}" in {chosen.name} transport'
            raise Failure(outcome, 0, f"{what} failed: {problem.message}") from None
    return [SHELL, "-c", text]


def _environment(job: Job) -> dict[str, str]:
    """The variables that the command gets. Raises `Failure`."""
    facts, options, first = job.ctx.facts, job.ctx.options, job.addresses[0]
    is_batch, domain = len(job.addresses) > 1, facts.get("domain", "")
    name = NOBODY if is_batch else facts.get("local_part", "")
    found = {
        "LOCAL_PART": name,
        "LOGNAME": name,
        "USER": name,
        "LOCAL_PART_PREFIX": facts.get("local_part_prefix", ""),
        "LOCAL_PART_SUFFIX": facts.get("local_part_suffix", ""),
        "DOMAIN": NOBODY if is_batch and not domain else domain,
        "HOME": job.home,
        "MESSAGE_ID": job.message,
        "PATH": _path(job),
        "RECIPIENT": _recipient(facts),
        "QUALIFY_DOMAIN": str(options["qualify_domain"]),
        "SENDER": facts.get("sender_address", ""),
        "SHELL": SHELL,
    }
    if first.hosts:
        found["HOST"] = first.hosts[0].name
    if options.get("timezone"):
        found["TZ"] = str(options["timezone"])
    settings = _settings(job)
    for setting in settings:
        name, _, value = setting.partition("=")
        found[name] = value
    if len(settings) > MOST_SETTINGS - len(found) + len(settings):
        raise Failure(DEFER, E2BIG, f"too many environment settings for {job.transport.name} transport")
    return found


def _settings(job: Job) -> list[str]:
    """What the option ``environment`` adds. Raises `Failure`."""
    text = str(job.transport["environment"] or "")
    try:
        return list(listtext.elements(job.ctx.expand(text))) if text else []
    except ExpansionError as problem:
        words = f'failed to expand string "{text}" for {job.transport.name} transport: {problem.message}'
        raise Failure(DEFER, 0, words) from None


def _path(job: Job) -> str:
    """Where commands are looked for; a text that cannot be expanded stands for itself."""
    text = str(job.transport["path"] or "")
    try:
        return job.ctx.expand(text)
    except ExpansionError:
        return text


def _recipient(facts: Mapping[str, str]) -> str:
    """What the variables tell of the address, whole again."""
    names = ("local_part_prefix", "local_part", "local_part_suffix")
    return f"{''.join(facts.get(name, '') for name in names)}@{facts.get('domain', '')}"


def _tell_users(job: Job) -> None:
    """What bounces say in the place of what the log is told."""
    for address in job.addresses:
        address.user_message = "local delivery failed"


def _ended(job: Job, status: int, words: Sequence[str]) -> None:
    """Raise `Failure` if the way in which the command has ended wants that."""
    chosen = job.transport
    if status == 0:
        return
    if status < 0 and chosen["freeze_signal"]:
        what = f'Child process of {chosen.name} transport (running command "{_line(job)}")'
        text = f"was terminated by signal {-status} ({exit_status.signal_name(-status)})"
        raise Failure(DEFER, 0, f"{what} {text}", freezes=True)
    if status == exit_status.NOT_EXECUTED and chosen["freeze_exec_fail"]:
        what = f'pipe process failed to exec "{_line(job)}"'
        raise Failure(DEFER, 0, what, freezes=True)
    if chosen["ignore_status"]:
        return
    _tell_users(job)
    what = f"Child process of {chosen.name} transport"
    if status < 0:
        text = f"was terminated by signal {-status} ({exit_status.signal_name(-status)})"
        raise Failure(FAIL, 0, f'{what} (running command "{_line(job)}") {text}')
    meaning = exit_status.meaning(status)
    text = f"{what} returned {status}{f' ({meaning})' if meaning else ''} from command: {_quoted(words[0])}"
    temporary = str(chosen["temp_errors"] or "")
    is_temporary = temporary == "*" or str(status) in listtext.elements(temporary)
    raise Failure(DEFER if is_temporary else FAIL, 0, text)


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word or "\t" in word else word


def _line(job: Job) -> str:
    """The command as it was given."""
    return _command(job)
