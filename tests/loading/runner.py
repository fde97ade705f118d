"""Runs both programs on one configuration: the installed Exim, and eximulate in a fork of this process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from drivers.api.errors import ConfigError
from expander.cli import main as command_line
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.real import RealWorld
from real_exim import PROGRAM

STAMP = re.compile(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{3})?( [+-]\d{4})?( \[\d+\])? ")
PROGRAM_NAME = re.compile(r"(?<= args: )\S+")
PROFILE = "debian-12"
LOOKS = ("-bV",)
WARMING = """
smtp_banner = ${lc:A}
.ifdef _HAVE_DKIM
.endif
begin acl
a:
  accept
begin routers
a:
  driver = accept
  transport = t
begin transports
t:
  driver = smtp
begin authenticators
a:
  driver = plaintext
  public_name = PLAIN
begin retry
* * F,1h,1m
begin rewrite
*@a b
"""


class Answer(NamedTuple):
    """What a program said of a configuration: standard output unless it is the version's, standard error, status."""

    output: str
    error: str
    status: int


def uniform(output: bytes, error: bytes, status: int, options: tuple[str, ...], directory: Path) -> Answer:
    """An answer without what differs from run to run."""
    texts = [data.decode("latin-1").replace(str(directory), "@DIR@") for data in (output, error)]
    shown = "" if options == LOOKS else texts[0]
    return Answer(shown, PROGRAM_NAME.sub("exim", STAMP.sub(as_kind, texts[1])), status)


def as_kind(stamp: re.Match[str]) -> str:
    """Of a time stamp which parts it has, where there are any but the usual ones."""
    return "".join(
        word for word, part in zip(("millisec ", "zone ", "pid "), stamp.groups(), strict=True) if part
    )


def write(text: str, directory: Path) -> Path:
    """Write a configuration; ``@DIR@`` in it stands for the directory."""
    file = directory / "exim.conf"
    file.write_bytes(text.replace("@DIR@", str(directory)).encode("latin-1"))
    return file


def ask_exim(text: str, directory: Path, options: tuple[str, ...] = LOOKS) -> Answer:
    """What the installed Exim says."""
    assert PROGRAM is not None
    file = write(text, directory)
    done = subprocess.run(
        [PROGRAM, "-C", str(file), *options],
        capture_output=True,
        check=False,
        env={"TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return uniform(done.stdout, done.stderr, done.returncode, options, directory)


def warm() -> None:
    """Import what every run needs, so that forks need not."""
    with TemporaryDirectory() as name:
        file = write(WARMING, Path(name))
        with suppress(ConfigError):
            load(str(file), profile=PROFILES[PROFILE], world=RealWorld())
    for module in ("expander.cli.exim", "expander.cli.bv", "expander.cli.bp", "expander.cli.start"):
        import_module(module)


def ask_eximulate(text: str, directory: Path, options: tuple[str, ...] = LOOKS) -> Answer:
    """What eximulate says, in a process of its own without the cost of starting one."""
    file = write(text, directory)
    out, err = directory / "stdout", directory / "stderr"
    child = os.fork()
    if child == 0:
        status = 99
        try:
            _become_program(out, err)
            sys.argv = ["exim", "-C", str(file), *options]
            status = command_line.run(sys.argv[1:])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:  # noqa: BLE001 - what a real process would show
            import traceback

            os.write(2, traceback.format_exc().encode())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _, state = os.waitpid(child, 0)
    return uniform(out.read_bytes(), err.read_bytes(), os.waitstatus_to_exitcode(state), options, directory)


def _become_program(out: Path, err: Path) -> None:
    """Let the streams and the environment of this process be those of a fresh one."""
    for number, path, flags in (
        (0, Path(os.devnull), os.O_RDONLY),
        (1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    home = os.environ.get("HOME", "")
    os.environ.clear()
    os.environ.update({"TZ": "UTC", "EXIMULATE_PROFILE": PROFILE, "HOME": home})
