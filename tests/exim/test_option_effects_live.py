"""Options of routers and transports change what is done with a message, by both programs in the same way."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import tempfile
from pathlib import Path

import installed
import pytest
from delivered import Left, Sent, both, differences

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]
HERE = "mail.example.test"
USER = "  user = Debian-exim\n  group = mail\n"
FILTER = (
    "driver = redirect\n  allow_filter\n  user = Debian-exim\n"
    "  reply_transport = reply\n  file_transport = file"
)
SIEVE = f"{FILTER}\n  data = #Sieve filter\\n"
REQUIRES = 'require ["envelope","fileinto","subaddress"];\\n'
ELSEWHERE = '{ redirect "other@mail.example.test"; }'
INCLUDED = "driver = redirect\n  data = :include:@DIR@/list\n  user = Debian-exim"
FILE = "driver = appendfile\n  file = @DIR@/mail/%s"
FOLDER = "driver = appendfile\n  directory = @DIR@/mail/%s\n  maildir_format"
PIPE = "driver = pipe\n  command = /bin/sh -c "
REPLY = "driver = autoreply\n  to = $sender_address\n  text = hello"
ACCEPT = "driver = accept\n  transport = %s"


def exim_filter(*lines: str) -> str:
    """A router with a filter."""
    text = r"\n".join(("#Exim filter", *lines))
    return f"{FILTER}\n  data = {text}"


def asking(value: str) -> str:
    """A router with a filter that delivers elsewhere if an expansion gives y."""
    value = value.replace("$", r"\$")  # it is for the filter to expand
    return exim_filter(f'if "{value}" is "y" then deliver other@{HERE} endif')


ROUTERS: dict[str, tuple[str, str]] = {
    "disable_logging": ("driver = redirect\n  data = :fail: no", "disable_logging"),
    "log_as_local": ("driver = accept\n  transport = box", "log_as_local = false"),
    "allow_freeze": (exim_filter('freeze "no"'), "allow_freeze"),
    "forbid_exim_filter": (exim_filter("finish"), "forbid_exim_filter"),
    "forbid_sieve_filter": (f"{SIEVE}stop;", "forbid_sieve_filter"),
    "forbid_filter_dlfunc": (asking("${dlfunc{/no/such}{f}}"), "forbid_filter_dlfunc"),
    "forbid_filter_existstest": (asking("${if exists{/etc/passwd}{y}}"), "forbid_filter_existstest"),
    "forbid_filter_logwrite": (
        exim_filter("logfile @DIR@/mail/log.%s", 'logwrite "x"'), "forbid_filter_logwrite"
    ),
    "forbid_filter_lookup": (asking("${lookup{root}lsearch{/etc/passwd}{y}}"), "forbid_filter_lookup"),
    "forbid_filter_readfile": (asking("${if def:h_to:{${readfile{@DIR@/y}}}}"), "forbid_filter_readfile"),
    "forbid_filter_readsocket": (asking("${readsocket{/no/such}{x}{1s}{}{y}}"), "forbid_filter_readsocket"),
    "forbid_filter_perl": (asking("${perl{f}}"), "forbid_filter_perl"),
    "forbid_filter_reply": (exim_filter('mail text "x"'), "forbid_filter_reply"),
    "forbid_filter_run": (asking("${run{/bin/true}{y}}"), "forbid_filter_run"),
    "forbid_include": (INCLUDED, "forbid_include"),
    "include_directory": (INCLUDED, "include_directory = /etc"),
    "forbid_smtp_code": ("driver = redirect\n  data = :fail: 553 no\n  allow_fail", "forbid_smtp_code"),
    "ignore_eacces": ("driver = redirect\n  file = /root/%s/x\n  user = Debian-exim", "ignore_eacces"),
    "ignore_enotdir": ("driver = redirect\n  file = /etc/passwd/x\n  user = Debian-exim", "ignore_enotdir"),
    "sieve_useraddress": (
        f'{SIEVE}{REQUIRES}if envelope :user "to" "me" {ELSEWHERE}', "sieve_useraddress = me"
    ),
    "sieve_subaddress": (
        f'{SIEVE}{REQUIRES}if envelope :detail "to" "me" {ELSEWHERE}', "sieve_subaddress = me"
    ),
    "transport_current_directory": (ACCEPT.replace("%s", "where"), "transport_current_directory = /usr"),
    "transport_home_directory": ("driver = accept\n  transport = home", "transport_home_directory = /usr"),
}  # fmt: skip
TRANSPORTS: dict[str, tuple[str, str]] = {
    "allow_symlink": (FILE.replace("%s", "link"), "allow_symlink"),
    "mailbox_filecount": (f"{FOLDER}\n  quota = 1M\n  quota_filecount = 99", "mailbox_filecount = 99"),
    "mailbox_size": (f"{FILE}\n  quota = 1000", "mailbox_size = 999"),
    "mode_fail_narrower": (FILE.replace("%s", "narrow"), "mode_fail_narrower = false"),
    "file_optional": (f"{REPLY}\n  file = @DIR@/none", "file_optional"),
    "never_mail": (REPLY, f"never_mail = *@{HERE}"),
    "freeze_signal": (PIPE + '"kill -9 0"', "freeze_signal"),
    "freeze_exec_fail": ("driver = pipe\n  command = /bin/nothing", "freeze_exec_fail"),
    "log_defer_output": (PIPE + '"echo x; exit 75"', "log_defer_output"),
    "log_fail_output": (PIPE + '"echo x; exit 1"', "log_fail_output"),
    "timeout_defer": (PIPE + '"sleep 9"\n  timeout = 1s', "timeout_defer"),
    "ignore_status": (PIPE + '"exit 1"', "ignore_status"),
    "temp_errors": (PIPE + '"exit 1"', "temp_errors = 1"),
    "umask": (PIPE + '"umask"\n  log_output', "umask = 077"),
    "restrict_to_path": ("driver = pipe\n  command = cat", "restrict_to_path\n  path = /none"),
    "maildirfolder_create_regex": (FOLDER, r"maildirfolder_create_regex = /t"),
    "directory_mode": (FOLDER, "directory_mode = 0750"),
    "quota_is_inclusive": (f"{FILE}\n  quota = 300", "quota_is_inclusive = false"),
}  # fmt: skip
OTHERS = f"""\
begin transports
box:
  driver = appendfile
  file = @DIR@/mail/box.$local_part_data
{USER}file:
  driver = appendfile
  create_file = anywhere
{USER}reply:
  driver = autoreply
{USER}where:
  driver = pipe
  command = /bin/pwd
  log_output
{USER}home:
  driver = pipe
  command = /bin/sh -c "echo $home"
  log_output
{USER}"""
MESSAGE = f"From: sender@{HERE}\nTo: t@{HERE}\nSubject: test\n\nhello\n".encode()


def prepare(mail: Path) -> None:
    """The files that options are about."""
    for name, text in (("list", f"other@{HERE}\n"), ("text", "of $local_part\n"), ("y", "y")):
        (mail.parent / name).write_text(text)
        (mail.parent / name).chmod(0o644)
    (mail / "target").write_text("")
    (mail / "link").symlink_to("target")
    (mail / "narrow").write_text("")
    for name in ("target", "link", "narrow"):
        if name != "link":
            (mail / name).chmod(0o400 if name == "narrow" else 0o600)
        account = pwd.getpwnam("Debian-exim")
        os.chown(mail / name, account.pw_uid, account.pw_gid, follow_symlinks=False)


def config() -> tuple[str, list[str]]:
    """Each option twice: a recipient without it and one with it; the recipients' names."""
    routers, transports, names = "", "", []
    for number, (base, option) in enumerate((*ROUTERS.values(), *TRANSPORTS.values())):
        is_router = number < len(ROUTERS)
        for mark, line in (("n", ""), ("y", f"  {option}\n")):
            name = f"{mark}{number:02}"
            names.append(name)
            router = base if is_router else ACCEPT
            routers += f"r{name}:\n  {router.replace('%s', name)}\n  local_parts = {name}\n"
            if is_router:
                routers += line
            else:
                transports += f"{name}:\n  {base.replace('%s', name)}\n{USER}{line}"
    end = "ends:\n  driver = accept\n  local_parts = sender : other\n  transport = box\n"
    main = f"domainlist local_domains = {HERE}\nbegin routers\n"
    return f"{main}{routers}{end}{OTHERS}{transports}begin retry\n* * F,1h,1h\n", names


@pytest.fixture(scope="module")
def results() -> tuple[Left, Left]:
    text, names = config()
    directory = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        sent = [Sent(("-odi", "-f", f"sender@{HERE}", f"{name}@{HERE}"), MESSAGE) for name in names]
        return both(directory, text, sent, prepare)
    finally:
        shutil.rmtree(directory)


def of(left: Left, name: str) -> list[str]:
    """What a run has left of the message to a recipient, without the recipient's name."""
    blocks = re.split(rb"(?m)^(?=DATE MSGID <= sender)", b"\n".join(left.main))
    _, names = config()
    text = blocks[1:][names.index(name)].decode("latin-1")
    files = [f"{path} {fact}" for path, fact in left.files.items() if name in path]
    return [part.replace(name, "NAME") for part in (text, *files, str(left.ended[names.index(name)]))]


def test_both_do_the_same(results: tuple[Left, Left]) -> None:
    assert differences(*results) == []


@pytest.mark.parametrize("number", range(len(ROUTERS) + len(TRANSPORTS)), ids=[*ROUTERS, *TRANSPORTS])
def test_an_option_has_an_effect(results: tuple[Left, Left], number: int) -> None:
    for left in results:
        assert of(left, f"n{number:02}") != of(left, f"y{number:02}")
