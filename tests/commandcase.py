r"""Case files of commands: configurations, and what Exim's own options say of them.

A case begins with a line ``==`` and a title. Then come the lines of the configuration behind ``| ``, after
those of `BASE`, and those of files behind ``+ NAME: ``. Each command is a line ``$ `` with the arguments as a
shell reads them; after it stand, once the installed Exim was asked, standard output (``> ``) and standard
error (``!! ``, without time stamps) line by line, and the exit status (``-> ``). ``@DIR@`` is the directory
of the files. Backslash escapes stand for bytes where a line begins with ``|.``, ``$.``, ``>.`` or ``!.``.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from loading.runner import Answer

FOLDER = Path(__file__).parent / "cases" / "commands"
BASE = """\
primary_hostname = mail.example.test
qualify_domain = example.test
qualify_recipient = rcpt.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
tls_advertise_hosts =
timezone = UTC
"""


class Command(NamedTuple):
    """A command with the configuration and the files that it is given, and the answer to it."""

    title: str
    text: str
    files: dict[str, str]
    line: str
    answer: Answer

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments."""
        return tuple(shlex.split(self.line))

    @property
    def id(self) -> str:
        """The name that a test run shows."""
        return f"{self.title}:{self.line}"

    def asked(self, program: Callable[[str, Path, tuple[str, ...]], Answer], directory: Path) -> Answer:
        """What a program answers."""
        for name in ("spool", "log"):
            (directory / name).mkdir(mode=0o777, exist_ok=True)
            (directory / name).chmod(0o777)
        for name, text in self.files.items():
            (directory / name).write_bytes(text.replace("@DIR@", str(directory)).encode("latin-1"))
        options = tuple(word.replace("@DIR@", str(directory)) for word in self.arguments)
        return program(BASE + self.text, directory, options)


def read(path: Path) -> list[Command]:
    """The commands of a file. Raises ``ValueError`` for a line that is none of a case."""
    commands: list[Command] = []
    title, text, line, files = "", "", "", {}
    output = error = ""
    for whole in [*path.read_bytes().decode("latin-1").split("\n"), "=="]:
        mark, _, rest = whole.partition(" ")
        if mark.endswith("."):
            mark, rest = mark[:-1], rest.encode("latin-1").decode("unicode_escape")
        if line and mark in {"==", "$"}:  # nobody has asked yet
            commands.append(Command(title, text, files, line, Answer("", "", 0)))
            line = ""
        if mark == "==":
            title, text, files = rest, "", {}
        elif mark == "|":
            text += f"{rest}\n"
        elif mark == "+":
            name, _, content = rest.partition(": ")
            files = {**files, name: f"{files.get(name, '')}{content}\n"}
        elif mark == "$":
            line, output, error = rest, "", ""
        elif mark == ">":
            output += f"{rest}\n"
        elif mark in {"!!", "!"}:
            error += f"{rest}\n"
        elif mark == "->":
            commands.append(Command(title, text, files, line, Answer(output, error, int(rest))))
            line = ""
        elif whole and not whole.startswith("#"):
            raise ValueError(f"{path}: not a line of a case: {whole!r}")
    return commands


def rewrite(path: Path, ask: Callable[[Command], Answer]) -> bool:
    """Write the answers to all commands of a file anew; true if that changes it."""
    before = path.read_bytes()
    kept = [line for line in before.decode("latin-1").split("\n") if line[:1] not in {">", "!", "-"}]
    commands = iter(read(path))
    lines: list[str] = []
    for line in kept:
        lines.append(line)
        if line.startswith("$"):
            answer = ask(next(commands))
            lines += [_shown(">", part) for part in answer.output.split("\n")[:-1]]
            lines += [_shown("!!", part) for part in answer.error.split("\n")[:-1]]
            lines.append(f"-> {answer.status}")
    after = "\n".join(lines).encode("latin-1")
    path.write_bytes(after)
    return after != before


def _shown(mark: str, text: str) -> str:
    """A line of an answer as it stands in the file: white space at its end would be lost on the way."""
    plain = text.isascii() and (text == "" or text.isprintable()) and text == text.rstrip()
    if plain:
        return f"{mark} {text}".rstrip()
    escaped = text.encode("unicode_escape").decode("ascii")
    return f"{mark[0]}. {escaped[:-1]}\\x20" if escaped.endswith(" ") else f"{mark[0]}. {escaped}"


def all_commands() -> list[Command]:
    """The commands of all files."""
    return [command for path in sorted(FOLDER.glob("*.case")) for command in read(path)]
