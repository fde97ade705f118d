"""Exim's own test suite, run against eximulate: how many of its scripts agree.

    python tests/suite.py SUITE [--only WORDS] [--scripts NUMBERS] [-j N] [--keep DIR] [--pretend]

SUITE is a folder with a runner ``suite.py`` and the scripts and expected files in ``data/``. Where it is not
there, nothing is run and the status is 0. Everything that the scripts call and that is not among the data
is in ``tests/suite_helpers`` and is built in a folder of its own, beside links to the data. The superuser
runs the scripts as a real login, to whom eximulate is installed setuid, as Exim is.
"""

from __future__ import annotations

import argparse
import grp
import json
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import sysconfig
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

HELPERS = Path(__file__).parent / "suite_helpers"
EXIMULATE = Path(sys.executable).parent / "eximulate"
PACKAGES = f"{HELPERS.parents[1]}:{sysconfig.get_path('purelib')}"
EXIM_USER, CALLER, GECOS = "eximdrv", "eximcaller", "Exim Caller"
IDENTITY = f"{CALLER}:1199:1199:{GECOS}:/home/{CALLER}:{CALLER}"
HOST_NAME = "mx.eximulate.test"
TRACES = (
    "2 4 18 20 38 42 44 56 58 60 62 64 66 68 70 80 86 124 138 304 308 312 342 362 384 394 422 432 524 534 "
    "584 588 626 634 1000 1002 2202 2204 2208 2552 3408 3410"
)
"""Scripts of which the standard error is no full debugging output."""

RUNS = {
    "tier1": ("rc,stdout", "tier1", 106),
    "tier2": ("rc,stdout", "tier2", 153),
    "mail": ("rc,stdout,mail,log", "tier2", 145),
    "traces": ("rc,stdout,stderr", TRACES, 36),
}
"""What is compared, of which scripts, and how many of them agree at least, run by root as a real login."""


class Bench:
    """A folder with the data, helpers and programs of a run."""

    def __init__(self, suite: Path, folder: Path, *, pretends: bool) -> None:
        self.suite, self.folder = suite, folder
        self.is_root = os.geteuid() == 0
        self.is_real = self.is_root and not pretends
        self.options: list[str] = ["--host", "synthetic", "--hostname", HOST_NAME]

    def build(self) -> None:
        self.folder.chmod(0o755)
        self._link_data()
        if self.is_root:
            add_logins()
        self._compile("bin/fd.c", self.folder / "bin/fd")
        self._compile("bin/loaded.c", self.folder / "bin/loaded", "-shared", "-fPIC")
        self._script("bin/mtpscript", (HELPERS / "bin/mtpscript.py").read_text(), f"#!{self._python}")
        self._script("utils/exim_dumpdb", self._dumpdb())
        self.options += ["--bin", str(self.folder / "bin"), "--utils", str(self.folder / "utils")]
        self._install_exim()
        self._describe_host()

    def _link_data(self) -> None:
        data = self.folder / "data"
        data.mkdir()
        for source in (self.suite / "data").iterdir():
            if source.name != "aux-fixed":
                (data / source.name).symlink_to(source)
        shutil.copytree(self.suite / "data/aux-fixed", data / "aux-fixed", symlinks=True)
        for path in ((data / "aux-fixed"), *(data / "aux-fixed").rglob("*")):
            if not path.is_symlink():  # data that nobody may write to would be seen as such
                path.chmod(path.stat().st_mode | 0o200)
        for helper in (HELPERS / "aux-fixed").iterdir():
            shutil.copy(helper, data / "aux-fixed")

    def _compile(self, source: str, target: Path, *flags: str) -> None:
        target.parent.mkdir(exist_ok=True)
        subprocess.run(["cc", "-O1", "-Wall", *flags, "-o", target, HELPERS / source], check=True)

    def _script(self, name: str, text: str, first: str = "#!/bin/sh") -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{first}\n{text}")
        path.chmod(0o755)

    @cached_property
    def _python(self) -> str:
        return python_for_all() if self.is_root else sys.executable

    def _dumpdb(self) -> str:
        """The newest release has an option -L for any file; hints the installed program tells."""
        ours = f'PYTHONPATH="{PACKAGES}" exec "{self._python}" -P -m expander dumpdb "$@"'
        return f'case $1 in -*) {ours};; esac\nexec {shutil.which("exim_dumpdb")} "$@"\n'

    def _install_exim(self) -> None:
        program = EXIMULATE
        if self.is_root:
            self.options += ["--exim-exim", str(self._install("exim_exim", EXIM_USER, 0o6755))]
        if self.is_real:
            program = self._install("exim", "root", 0o4755)
            self.options += ["--caller", CALLER]
        elif self.is_root:
            self.options += ["--identity", IDENTITY]
        self.options += ["--exim", str(program)]

    def _install(self, name: str, owner: str, mode: int) -> Path:
        """A program that runs eximulate under the rights of a user; for nobody but the caller."""
        program, account = self.folder / "setuid" / name, pwd.getpwnam(owner)
        words = {"PYTHON": self._python, "PACKAGES": PACKAGES}
        self._compile("setuid.c", program, *(f'-D{word}="{value}"' for word, value in words.items()))
        os.chown(program.parent, 0, pwd.getpwnam(CALLER).pw_gid)
        program.parent.chmod(0o750)
        os.chown(program, account.pw_uid, account.pw_gid)
        program.chmod(mode)
        return program

    def _describe_host(self) -> None:
        """Write down for helpers what only Exim is told of the host."""
        own = pwd.getpwuid(os.geteuid())
        group = EXIM_USER if self.is_root else grp.getgrgid(own.pw_gid).gr_name
        values = {
            "HARNESS": "1",
            "HOSTNAME": HOST_NAME,
            "VERSION": "x.yz",
            "EXIM_USER": EXIM_USER if self.is_root else own.pw_name,
            "EXIM_GROUP": group,
        }
        if not self.is_real:
            mine = (own.pw_name, own.pw_uid, own.pw_gid, own.pw_gecos, own.pw_dir, group)
            values["CALLER"] = IDENTITY if self.is_root else ":".join(map(str, mine))
        text = "".join(f"export EXIMULATE_{name}={shlex.quote(value)}\n" for name, value in values.items())
        (self.folder / "data/aux-fixed/host").write_text(text)

    def run(self, checks: str, scripts: str, jobs: int, kept: Path | None, name: str) -> int:
        """How many of the scripts agree; which do not is told."""
        answer = self.folder / "answer.json"
        words = [
            str(HELPERS / "runner.py"),
            str(self.suite / "suite.py"),
            "--suite",
            str(self.folder / "data"),
            "-j",
            str(jobs),
        ]
        words += [*self.options, "--check", checks, "--json", str(answer), "-q"]
        words += ["--diff", str(kept / name), "--all-diffs"] if kept else []
        subprocess.run([sys.executable, *words, *scripts.split()], check=False, stdout=subprocess.DEVNULL)
        found = json.loads(answer.read_text())
        if kept:
            shutil.copy(answer, kept / f"{name}.json")
        failing = [row["script"].rpartition("/")[2] for row in found["scripts"] if row["status"] != "pass"]
        print(f"{name} ({checks}): {found['totals']['pass']} of {found['totals']['scripts']}", flush=True)
        print(f"  not: {' '.join(failing) or 'none'}", flush=True)
        return int(found["totals"]["pass"])


def add_logins() -> None:
    """The users of the scripts, where the machine has them not: that of Exim, and a member of its group."""
    for login, words in ((EXIM_USER, []), (CALLER, ["-c", GECOS, "-G", EXIM_USER])):
        try:
            pwd.getpwnam(login)
        except KeyError:
            subprocess.run(["useradd", "-r", "-m", "-U", *words, login], check=True)


def python_for_all() -> str:
    """An interpreter of this version that every user can run."""
    shown = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for path in (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3"):
        try:
            ended = subprocess.run([path, "-c", shown], user=CALLER, check=False, cwd="/")
        except OSError:
            continue
        if ended.returncode == 0:
            return path
    raise SystemExit("no interpreter of this version that other users can run")


def main() -> int:
    told = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told.add_argument("suite", type=Path)
    told.add_argument("--only", default=" ".join(RUNS), help=f"which of {', '.join(RUNS)}")
    told.add_argument("--scripts", help="run these scripts instead")
    told.add_argument("-j", type=int, default=1, help="scripts at the same time")
    told.add_argument("--keep", type=Path, help="where differences are written")
    told.add_argument(
        "--pretend", action="store_true", help="for root: a caller of whom eximulate is only told"
    )
    given = told.parse_args()
    if not (given.suite / "suite.py").exists():
        print(f"no test suite in {given.suite}: skipped")
        return 0
    with TemporaryDirectory(prefix="suite.") as folder:
        bench = Bench(given.suite.resolve(), Path(folder), pretends=given.pretend)
        bench.build()
        kept, fewer = given.keep and given.keep.absolute(), []
        for name in given.only.split():
            checks, scripts, least = RUNS[name]
            agree = bench.run(checks, given.scripts or scripts, given.j, kept, name)
            fewer += [name] if agree < least and bench.is_real and not given.scripts else []
    if fewer:
        print(f"fewer than before: {' '.join(fewer)}")
    return 1 if fewer else 0


if __name__ == "__main__":
    sys.exit(main())
