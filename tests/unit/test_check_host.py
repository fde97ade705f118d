"""The host that a configuration is checked for: what this one lacks, and descriptions of others."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from expander.cli.verbs import run

CONFIG = """\
keep_environment =
exim_user = mailer-x
exim_group = mailers-x
trusted_users = mailer-x : uucp-x
.include {folder}/lists.conf
acl_smtp_rcpt = check_rcpt
begin acl
check_rcpt:
  .include {folder}/acl.conf
begin routers
local:
  driver = accept
  domains = +our_domains
  check_local_user
  transport = mailbox
begin transports
mailbox:
  driver = appendfile
  user = MAILBOX_USER
  file = /var/mail/box
"""
LISTS = "MAILBOX_USER = mailer-x\ndomainlist our_domains = example.com\n"
ACL = "  accept domains = +our_domains\n         verify = recipient\n"
USERS = "[users.mailer-x]\nuid = 701\ngid = 702\n[users.uucp-x]\nuid = 703\ngid = 703\n"
USERS += "[groups]\nmailers-x = 702\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "exim.conf"
    path.write_text(CONFIG.format(folder="/etc/another-x"))
    return path


def errors(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out = capsys.readouterr().out
    return [line.rpartition("[")[2].split()[0] for line in out.splitlines() if ": error: " in line]


def test_what_the_machine_lacks_is_told_apart(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(config)]) == 3
    assert set(errors(capsys)) == {"EXH001", "EXH002", "EXH003"}


def test_nothing_is_left_when_the_host_is_ignored(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--ignore", "host", str(config)]) == 0
    assert capsys.readouterr().out == "1 file checked, nothing to complain about\n"


def test_a_description_of_the_host_brings_users_and_texts(config: Path, tmp_path: Path) -> None:
    host = tmp_path / "host.toml"
    (tmp_path / "acl.txt").write_text(ACL)
    host.write_text(
        f'{USERS}[files]\n"/etc/another-x/lists.conf" = """\n{LISTS}"""\n'
        '"/etc/another-x/acl.conf" = { file = "acl.txt" }\n'
    )
    assert run(["check", "--host", str(host), str(config)]) == 0


def test_a_folder_can_stand_for_the_root_of_another_machine(tmp_path: Path) -> None:
    there = tmp_path / "machine" / "etc" / "another-x"
    there.mkdir(parents=True)
    (there / "exim.conf").write_text(CONFIG.format(folder="/etc/another-x"))
    (there / "lists.conf").write_text(LISTS)
    (there / "acl.conf").write_text(ACL)
    host = tmp_path / "host.toml"
    host.write_text(f'root = "machine"\n{USERS}')
    assert run(["check", "--host", str(host), "/etc/another-x/exim.conf"]) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_machine_is_checked_without_root(config: Path, tmp_path: Path) -> None:
    """The check is run by a user who may read nothing of the real machine's configuration."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        folder.chmod(0o755)
        (folder / "exim.conf").write_text(config.read_text())
        (folder / "host.toml").write_text(f'root = "machine"\n{USERS}')
        there = folder / "machine" / "etc" / "another-x"
        there.mkdir(parents=True)
        (there / "lists.conf").write_text(LISTS)
        (there / "acl.conf").write_text(ACL)
        arguments = ["check", "--host", str(folder / "host.toml"), str(folder / "exim.conf")]
        assert run(arguments) == 0  # imports all that is needed, which the other user may not reach
        assert as_nobody(lambda: run(arguments)) == 0
        (there / "acl.conf").chmod(0)
        assert as_nobody(lambda: run(arguments)) == 3
    finally:
        shutil.rmtree(folder)


def as_nobody(action: Callable[[], int]) -> int:
    """What the action gives in a process of a user without rights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            os._exit(action())
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_template_of_the_host_is_written(config: Path, tmp_path: Path) -> None:
    host = tmp_path / "host.toml"
    assert run(["check", "--make-host", str(host), str(config)]) == 0
    text = host.read_text()
    assert '[users."mailer-x"]' in text
    assert '"mailers-x" = ' in text
    assert '"/etc/another-x/lists.conf" = ""' in text
    assert run(["check", "--host", str(host), "--only", "host", str(config)]) == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[files]\n"a" = ""\n', '"a" is no absolute name of a file'),
        ('[files]\n"/a" = 1\n', 'files."/a" must be a string or { file = "..." }'),
        ('[files]\n"/a" = { file = "missing" }\n', "missing: No such file or directory"),
        ("exists = 1\n", "exists must be a list of strings"),
        ("root = 1\n", "root must be a string"),
    ],
)
def test_a_description_that_is_none(
    text: str, problem: str, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    host = tmp_path / "host.toml"
    host.write_text(text)
    assert run(["check", "--host", str(host), str(config)]) == 1
    assert problem in capsys.readouterr().err


def test_a_missing_user_brings_no_further_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "exim.conf"
    path.write_text(
        "keep_environment =\nexim_user = nosuch-x\nsystem_filter_user = nosuch-x\n"
        "begin routers\nq:\n  driver = queryprogram\n  command = /bin/true\n  command_user = nosuch-x\n"
        "r:\n  driver = redirect\n  data = x\n  allow_filter\n  user = nosuch-x\n"
        "begin transports\nt:\n  driver = pipe\n  command = /bin/true\n  user = nosuch-x\n"
        "  group = nosuch-y\n"
    )
    assert run(["check", str(path)]) == 3
    assert errors(capsys) == ["EXH001", "EXH001", "EXH001", "EXH001", "EXH001", "EXH002"]
