"""Asking the real Exim: many expansions in one process, in a directory and configuration of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from casefile import Outcome, Setup

PROGRAM = shutil.which("exim4", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or shutil.which(
    "exim", path=f"{os.environ.get('PATH', '')}:/usr/sbin"
)
BATCH = 2000
LONGEST_LINE = 1000
"""Exim cuts lines of standard input at 1,023 bytes."""

LONGEST_ARGUMENT = 255
CRASHED = "*** the real Exim crashed"
"""The answer to a text that ends the process: there is nothing to compare with."""

BASE_CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
keep_environment = ^CASE_
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
"""
"""What the configuration of every case begins with, for both programs."""

OPTIONS = {
    "sender_address": "-f",
    "sender_host_address": "-oMa",
    "sender_host_authenticated": "-oMaa",
    "authenticated_id": "-oMai",
    "authenticated_sender": "-oMas",
    "interface_address": "-oMi",
    "received_protocol": "-oMr",
    "sender_host_name": "-oMs",
    "sender_ident": "-oMt",
}
"""The variables that the command line can set."""


def can_ask(setup: Setup) -> bool:
    """True if the installed Exim can be put in the state that a case wants."""
    return (
        setup.profile == "debian-12"
        and setup.clock is None
        and all(name in OPTIONS for name in setup.variables)
        and all(name.startswith("CASE_") for name in setup.environment)
    )


def prepare(directory: Path, setup: Setup) -> Path:
    """Write the files and the configuration of a case into a directory; the configuration's path."""
    for name, text in setup.files.items():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.replace("@DIR@", str(directory)).encode("latin-1"))
    for name in ("spool", "log"):
        (directory / name).mkdir(exist_ok=True)
    config = directory / "case.conf"
    config.write_bytes(
        (base_config(setup.config) + setup.config).replace("@DIR@", str(directory)).encode("latin-1")
    )
    return config


def base_config(added: str) -> str:
    """The usual lines but for those whose options the added ones set."""
    names = {line.partition("=")[0].strip() for line in added.splitlines()}
    lines = BASE_CONFIG.splitlines(keepends=True)
    return "".join(line for line in lines if line.partition("=")[0].strip() not in names)


class RealExim:
    """The installed Exim with the state of one setup; answers expansions."""

    def __init__(self, directory: Path, setup: Setup) -> None:
        assert PROGRAM is not None
        self.directory = directory
        config = prepare(directory, setup)
        self.command = [PROGRAM, "-C", str(config)]
        for name, value in setup.variables.items():
            option = OPTIONS[name]
            self.command += [option, self.filled(value)]
        if setup.message:
            message = directory / "case.message"
            message.write_bytes(setup.message.encode("latin-1"))
            self.command += ["-bem", str(message)]
        else:
            self.command.append("-be")
        self.environment = {"PATH": os.environ.get("PATH", ""), "TZ": "UTC", **setup.environment}

    def filled(self, text: str) -> str:
        """The text with the directory in place of ``@DIR@``."""
        return text.replace("@DIR@", str(self.directory))

    def run(self, arguments: list[str], data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """One run; arguments are held text."""
        return subprocess.run(
            [*self.command, *(argument.encode("latin-1") for argument in arguments)],
            input=data,
            capture_output=True,
            check=False,
            cwd=self.directory,
            env=self.environment,
            timeout=120,
        )

    def alone(self, text: str) -> str:
        """The answer of a process that gets only this text; `CRASHED` if it does not live to give one."""
        if fits_line(text):
            done = self.run([], self.filled(text).encode("latin-1") + b"\n")
            answer = done.stdout.removeprefix(b"> ").removesuffix(b"> \n").removesuffix(b"\n")
        else:
            done = self.run([self.filled(text)])
            answer = done.stdout.removesuffix(b"\n")
        if done.returncode != 0:
            return CRASHED
        return answer.decode("latin-1").replace(str(self.directory), "@DIR@")

    def ask(self, texts: list[str]) -> list[str]:
        """The answers to texts, in order; most of them from few processes."""
        answers: dict[int, str] = {}
        lines = [number for number, text in enumerate(texts) if fits_line(text)]
        while lines:
            # Where the process dies, the text that it died of is asked again alone, the rest together.
            batch = lines[:BATCH]
            self._batch(texts, batch, answers)
            lines = lines[min(sum(number in answers for number in batch) + 1, len(batch)) :]
        return [answers[n] if n in answers else self.alone(text) for n, text in enumerate(texts)]

    def _batch(self, texts: list[str], numbers: list[int], answers: dict[int, str]) -> None:
        """Ask in one process; marker lines show where the answers end. A crash leaves some out."""
        data = b"".join(
            self.filled(texts[number]).encode("latin-1") + f"\n%%mark {number}%%\n".encode()
            for number in numbers
        )
        out = self.run([], data).stdout.decode("latin-1").replace(str(self.directory), "@DIR@")
        at = 0
        for number in numbers:
            marker = f"\n> %%mark {number}%%\n"
            end = out.find(marker, at)
            if end < 0:
                return
            answers[number] = out[at:end].removeprefix("> ")
            at = end + len(marker)


def fits_line(text: str) -> bool:
    """True if the text survives as one line of standard input."""
    return (
        bool(text)
        and len(text) < LONGEST_LINE
        and not any(c in text for c in "\n\0")
        and text[-1] not in "\\ \t\r\v\f"
        and not defines_macro(text)
    )


def defines_macro(text: str) -> bool:
    """True if an expansion test takes the text for the definition of a macro: it begins with a capital."""
    return "A" <= text[:1] <= "Z"


@cache
def decodes_in_part() -> bool:
    """Whether header lines are decoded but for words in sets of characters that are not known.

    Debian's package does so up to 4.96-15+deb12u10, and leaves such lines as they are from the next one on.
    """
    assert PROGRAM is not None
    with TemporaryDirectory() as folder:
        config, message = Path(folder) / "conf", Path(folder) / "message"
        config.write_text("keep_environment =\n", encoding="latin-1")
        message.write_text("X: =?utf-8?q?a?= =?x-nosuch?q?b?=\n\n", encoding="latin-1")
        command = [str(PROGRAM), "-C", str(config), "-bem", str(message), "$h_x:"]
        return b"=?" not in subprocess.run(command, capture_output=True, check=True).stdout


def can_say(text: str) -> bool:
    """True if there is a way to hand this text to Exim whole."""
    return fits_line(text) or ("\0" not in text and len(text) <= LONGEST_ARGUMENT and not defines_macro(text))


def as_answer(outcome: Outcome) -> str:
    """What an expansion test prints for an outcome."""
    return outcome.text if outcome.kind == "->" else f"Failed: {outcome.text}"


def as_outcome(answer: str, before: Outcome | None = None) -> Outcome:
    """The outcome that an answer stands for; a deferral looks like a failure, so ``before`` decides."""
    if not answer.startswith("Failed: "):
        return Outcome("->", answer)
    text = answer.removeprefix("Failed: ")
    if before and before.kind in {"fail", "defer", "!!"}:
        span = before.span if before.text == text else None
        return Outcome(before.kind, text, span)
    return Outcome("fail" if text.endswith('"fail" requested') else "!!", text)
