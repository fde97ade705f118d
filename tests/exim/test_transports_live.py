"""Mailboxes are, byte for byte, what the installed Exim makes of the same messages and configuration."""

from __future__ import annotations

import os
import pwd
import tempfile
from pathlib import Path

import installed
import pytest
from delivered import Sent, both, differences

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]

RIGHTS = "  user = Debian-exim\n  group = mail\n"
RETRY = "begin retry\n* * F,1h,1h\n"
HEAD = b"From: a@example.test\nTo: b@example.test\nSubject: test\nX-One: 1\nX-two: 2\n\n"
MESSAGE = HEAD + b"hello\nFrom me\n>From you\n.dot\n\xe4\xf6\xfc\nno end"
GROUP = 8
OWNER = pwd.getpwnam(installed.USER).pw_uid if installed.possible() else 0


def file(more: str = "", path: str = "@DIR@/mail/$local_part_data") -> str:
    return f"  driver = appendfile\n  file = {path}\n{RIGHTS}{more}"


def folder(more: str = "", path: str = "@DIR@/mail/$local_part_data") -> str:
    return f"  driver = appendfile\n  directory = {path}\n{RIGHTS}{more}"


def pipe(command: str, more: str = "") -> str:
    return f"  driver = pipe\n  command = {command}\n{RIGHTS}{more}"


def reply(more: str) -> str:
    return f"  driver = autoreply\n  to = root@example.test\n  subject = re\n{RIGHTS}{more}"


def compare(transports: dict[str, str], sent: list[tuple[str, bytes]], **more: str) -> None:
    """Deliver each message to its recipient, whose name is that of the transport, by both."""
    text = more.get("main", "") + "begin routers\n"
    for name in transports:
        text += f"r_{name}:\n  driver = accept\n  local_parts = {name}\n  transport = {name}\n"
    text += "begin transports\n" + "".join(f"{name}:\n{lines}" for name, lines in transports.items())
    directory = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        messages = [Sent(("-odi", name), data) for name, data in sent]
        exim, ours = both(directory, text + more.get("extra", "") + RETRY, messages, prepare)
    finally:
        import shutil

        shutil.rmtree(directory)
    assert differences(exim, ours) == []
    assert exim.main


def prepare(mail: Path) -> None:
    """What is there before: mailboxes of the wrong kind, owner and mode."""

    def put(name: str, data: str = "", mode: int = 0o600, uid: int = OWNER, gid: int = GROUP) -> None:
        path = mail / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(data)
        path.chmod(mode)
        for made in (path, *(one for one in path.parents if mail in one.parents)):
            os.chown(made, uid, gid)

    put("target", "old\n")
    for name, to in (("link", "target"), ("linka", "target"), ("linkn", "fresh")):
        (mail / name).symlink_to(to)
        os.chown(mail / name, OWNER, GROUP, follow_symlinks=False)
    (mail / "isdir").mkdir()
    put("dirisfile")
    put("mdisfile")
    put("mdnewisfile/new")
    put("owner", uid=1)
    put("ownern", uid=1, mode=0o666)
    put("group", gid=1)
    put("wide", mode=0o666)
    put("narrow", mode=0o400)
    put("narrown", mode=0o600)
    put("fmt", "From x\n")
    put("fmto", "*mbx*\r\n" + "0" * 2041)
    put("fmtg", "*mbx*\r\n")
    put("fmtu", "xx")
    put("text", "file $local_part_data\nline\n")
    put("size1/maildirsize", "10240S,0C\n9990 3\n")
    put("size2/maildirsize", "10240S\n9000 3\n900 1\n")
    put("size3/maildirsize", "10240S,0C\nbla\n")
    for name in ("size1", "size2", "size3"):
        (mail / name / "tmp").mkdir()
        os.chown(mail / name / "tmp", OWNER, GROUP)


FORMATS = {
    "mbox": file(),
    "mbx": file("  mbx_format\n"),
    "maild": folder("  maildir_format\n"),
    "store": folder("  mailstore_format\n"),
}
MESSAGES = {
    "plain": MESSAGE,
    "nothing": b"",
    "no body": HEAD,
    "one line": HEAD + b"x\n",
    "from lines": HEAD + b"From a\nFrom\nfrom b\n From c\n\nFrom d\nFromage\n>From e\n>>From f\n",
    "from at once": b"Subject: x\n\nFrom the start\n",
    "crlf": b"Subject: x\r\nTo: y@z\r\n\r\nline\r\nFrom x\r\n\r\nend",
    "bare cr": HEAD + b"a\rb\r\rFrom c\n\rd\r",
    "eight bits": b"Subject: \xe4\xff\n\n" + bytes(range(1, 256)) + b"\n",
    "zeros": HEAD + b"a\0b\n\0\0\nc",
    "long line": HEAD + b"x" * 70_000 + b"\ny\n",
    "folded": b"Subject: a\n b\n\tc\nX-Empty:\nX-Space:   \n\nbody\n",
    "many lines": HEAD + b"a line of the message\n" * 5000,
}
"""Forty and more with those below: each of these in four formats."""


def test_messages_of_all_kinds() -> None:
    compare(FORMATS, [(name, data) for data in MESSAGES.values() for name in FORMATS])


def test_a_large_message() -> None:
    data = HEAD + b"a line of the message\nFrom here on\n\xe4\xf6\n" * 530_000
    assert len(data) > 20_000_000
    compare({"mbox": FORMATS["mbox"], "maild": FORMATS["maild"]}, [("mbox", data), ("maild", data)])


def test_what_stands_in_mailboxes() -> None:
    transports = {
        "lines": file("  return_path_add\n  envelope_to_add\n  delivery_date_add\n"),
        "crlf": file("  use_crlf\n"),
        "crlfx": file("  use_crlf\n  message_prefix = a\\r\\nb\\n\n  message_suffix = x\\n\n"),
        "maildt": folder("  maildir_format\n  maildir_tag = ,S=$message_size\n"),
        "mtag": folder("  maildir_format\n  maildir_tag = a /b\n"),
        "mtagf": folder("  maildir_format\n  maildir_tag = ${if eq{1}{2}{x}fail}\n"),
        "storep": folder(
            "  mailstore_format\n  mailstore_prefix = pre $local_part\n  mailstore_suffix = suf\n"
        ),
        "plain": folder(),
        "named": folder("  directory_file = $local_part_data-x\n"),
        "edits": file(
            "  headers_add = X-A: one\\nX-B: two $local_part\n  headers_remove = subject : x-*\n"
            "  headers_rewrite = *@example.test rw@rw.test ft\n"
        ),
        "forced": file("  headers_add = ${if eq{1}{2}{a}fail}\n"),
        "body": file("  body_only\n"),
        "head": file("  headers_only\n"),
        "bsmtp": file("  use_bsmtp\n"),
        "bsmtpc": file("  use_bsmtp\n  use_crlf\n  message_prefix = HELO me\\n\n"),
        "noesc": file("  check_string =\n"),
        "dot": file("  check_string = .\n  escape_string = ..\n"),
        "filt": file("  transport_filter = /bin/sed s/hello/HELLO/\n"),
        "shadow": file("  shadow_transport = copies\n"),
        "shno": file("  shadow_transport = copies\n  shadow_condition = no\n"),
        "mbxp": file("  mbx_format\n  message_prefix = abc\\n\n  message_suffix = xyz\\n\n"),
        "rp": file("  return_path = bounce+$local_part@x.test\n  return_path_add\n"),
        "rpe": file('  return_path = ""\n  return_path_add\n'),
        "mode": file("  mode = 0664\n"),
        "dmode": file("  mode = 0640\n  directory_mode = 0750\n", "@DIR@/mail/$local_part_data/a/b"),
        "small": file("  message_size_limit = 300\n"),
        "nolog": file("  disable_logging\n"),
        "flock": file("  use_flock_lock\n"),
        "null": file("", "/dev/null"),
    }
    copies = "copies:\n" + file("", "@DIR@/mail/copies")
    compare(transports, [(name, MESSAGE) for name in transports], extra=copies)


def test_quotas() -> None:
    warning = "To: postmaster@example.test\\nFrom: me@example.test\\nSubject: x\\n\\nlarge $local_part\\n"
    transports = {
        "q": file("  quota = 500\n"),
        "qi": file("  quota = 500\n  quota_is_inclusive = false\n"),
        "qn": file("  quota = 500/no_check\n"),
        "qw": file("  quota = 5000\n  quota_warn_threshold = 10%\n"),
        "qwo": file(f"  quota_warn_threshold = 500\n  quota_warn_message = {warning}\n"),
        "qd": file("  quota = 0.5K\n"),
        "qbad": file("  quota = 12x\n"),
        "qexp": file("  quota = ${xx}\n"),
        "qperc": file("  quota = 5000\n  quota_warn_threshold = 101%\n"),
        "mdq": folder("  maildir_format\n  quota = 500\n"),
        "mdqf": folder("  maildir_format\n  quota = 50K\n  quota_filecount = 1\n"),
        "mdqs": folder("  maildir_format\n  quota = 500\n  maildir_use_size_file\n"),
        "mdqn": folder("  maildir_format\n  maildir_use_size_file\n"),
        "mdfold": folder(
            "  maildir_format\n  quota = 5000\n  maildir_use_size_file\n"
            "  maildirfolder_create_regex = /\\.[^/]+\\$\n",
            "@DIR@/mail/$local_part_data/.x",
        ),
        "mdtrash": folder(
            "  maildir_format\n  quota = 500\n  maildir_use_size_file\n"
            "  maildir_quota_directory_regex = ^(?:cur|new|\\.(?!Trash).*)\\$\n",
            "@DIR@/mail/$local_part_data/.Trash",
        ),
        "mdtop": folder(
            "  maildir_format\n  quota = 700\n  quota_directory = @DIR@/mail/$local_part_data/top\n",
            "@DIR@/mail/$local_part_data/top/sub",
        ),
        "mdqrx": folder(
            "  maildir_format\n  maildir_tag = ,S=9\n  quota_size_regex = ,S=(\\d+)\n  quota = 450\n"
        ),
        "mbs": file("  quota = 500\n  mailbox_size = 400\n"),
        "plq": folder("  quota = 700\n"),
        "stq": folder("  mailstore_format\n  quota = 700\n"),
        "size1": folder("  maildir_format\n  quota = 10K\n  maildir_use_size_file\n"),
        "size2": folder("  maildir_format\n  quota = 10K\n  maildir_use_size_file\n"),
        "size3": folder("  maildir_format\n  quota = 10K\n  maildir_use_size_file\n"),
    }
    compare(transports, [(name, MESSAGE) for name in [*transports] * 2])


def test_refusals() -> None:
    home = "  create_file = {}\n  home_directory = @DIR@/mail{}\n"
    transports = {
        "must": file("  file_must_exist\n"),
        "link": file(),
        "linka": file("  allow_symlink\n"),
        "linkn": file("  allow_symlink\n"),
        "isdir": file(),
        "dirisfile": folder(),
        "mdisfile": folder("  maildir_format\n"),
        "mdnewisfile": folder("  maildir_format\n"),
        "owner": file(),
        "ownern": file("  check_owner = false\n"),
        "group": file("  check_group\n"),
        "wide": file(),
        "narrow": file(),
        "narrown": file("  mode_fail_narrower = false\n  mode = 0640\n"),
        "nodird": folder("  create_directory = false\n", "@DIR@/mail/$local_part_data/a"),
        "nodirm": folder("  maildir_format\n  create_directory = false\n", "@DIR@/mail/$local_part_data/a"),
        "inhome": file(home.format("inhome", "")),
        "bhome": file(home.format("belowhome", "/x")),
        "inhomem": folder("  maildir_format\n" + home.format("inhome", "")),
        "fmt": file('  file_format = "From : fmt :\\n*mbx* : other"\n'),
        "fmto": file('  file_format = "From : fmto :\\n*mbx* : other"\n'),
        "fmtg": file('  file_format = "From : fmtg :\\n*mbx* : gone"\n'),
        "fmtu": file('  file_format = "From : fmtu :\\n*mbx* : gone"\n'),
        "rel": file("", "relative/$local_part_data"),
        "taint": file("", "@DIR@/mail/$local_part"),
        "xpand": file("", "@DIR@/mail/${nothing}"),
        "dfilef": folder("  directory_file = ${if eq{1}{2}{a}fail}\n"),
        "mpre": file("  message_prefix = ${xx}\n"),
        "hadd": file("  headers_add = ${xx}\n"),
        "stpre": folder("  mailstore_format\n  mailstore_prefix = ${xx}\n"),
        "rpf": file("  return_path = ${xx}\n"),
        "sizeb": file("  message_size_limit = a\n"),
        "baduser": "  driver = appendfile\n  file = @DIR@/mail/u\n  user = ${if eq{1}{1}{nosuchuser}}\n",
        "never": "  driver = appendfile\n  file = @DIR@/mail/u\n  user = root\n",
        "cwd": file("  current_directory = relative\n"),
        "cwdno": file("  current_directory = /no/such\n"),
        "filtx": file("  transport_filter = /bin/false\n"),
        "filtno": file("  transport_filter = /no/such\n"),
        "filte": file("  transport_filter = /bin/cat ${xx}\n"),
    }
    other = "other:\n" + file("  mbx_format\n")
    compare(transports, [(name, MESSAGE) for name in transports], extra=other)


def test_commands_and_replies() -> None:
    out = "@DIR@/mail/out.$local_part_data"
    kept = f'/bin/sh -c "cat > {out}"'
    transports = {
        "cat": pipe(kept),
        "crlfp": pipe(kept, "  use_crlf\n"),
        "bsp": pipe(kept, "  use_bsmtp\n"),
        "chk": pipe(kept, '  check_string = "From "\n  escape_string = ">From "\n  message_suffix = Y\n'),
        "env": pipe(
            f'/bin/sh -c "env | grep -v -e ^PWD= -e ^_= -e SHLVL -e MESSAGE_ID | sort > {out}; pwd >> {out};'
            f' umask >> {out}; id >> {out}"',
            "  environment = A=1:B=two three\n  umask = 027\n",
        ),
        "fail": pipe("/bin/false"),
        "fail75": pipe('/bin/sh -c "exit 75"'),
        "fail200": pipe('/bin/sh -c "exit 200"'),
        "failt": pipe('/bin/sh -c "exit 3"', "  temp_errors = 3:4\n"),
        "ign": pipe("/bin/false", "  ignore_status\n"),
        "noexec": pipe("/no/such/command"),
        "noexecf": pipe("/no/such/command", "  freeze_exec_fail\n"),
        "nopath": pipe("nosuchcommand"),
        "restr": pipe("/bin/cat", "  restrict_to_path\n"),
        "allow": pipe("/bin/cat", "  allow_commands = /bin/echo\n"),
        "sig": pipe('/bin/sh -c "kill -9 \\$\\$"'),
        "outl": pipe("/bin/echo hello", "  log_output\n"),
        "outr": pipe('/bin/sh -c "echo one; echo two"', "  return_output\n"),
        "outrf": pipe('/bin/sh -c "echo one >&2; exit 1"', "  return_fail_output\n"),
        "tmo": pipe("/bin/sleep 10", "  timeout = 1s\n"),
        "tainted": pipe("/bin/echo $local_part", "  log_output\n"),
        "xp": pipe("/bin/echo ${xx}"),
        "nocmd": "  driver = pipe\n" + RIGHTS,
        "envx": pipe("/bin/cat", "  environment = ${xx}\n"),
        "filtf": pipe("/bin/cat", "  transport_filter = /bin/false\n"),
        "creator": f'  driver = pipe\n  pipe_as_creator\n  command = /bin/sh -c "id > {out}"\n',
        "ar": reply("  text = hello\n  log = @DIR@/mail/arlog\n"),
        "arf": reply("  file = @DIR@/mail/text\n  file_expand\n  return_message\n"),
        "arn": reply("  file = @DIR@/mail/nofile\n"),
        "arh": reply("  return_message\n  headers_only\n  text = x\n"),
    }
    compare(transports, [(name, MESSAGE) for name in transports])
