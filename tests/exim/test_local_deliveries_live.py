"""Who local deliveries run as, what is refused of what comes from outside, what errors do: by both."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import installed
import pytest
from delivered import Sent, both, differences

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not installed.possible(), reason="needs root and name spaces"),
]
MAIN = "trusted_users = root\nnever_users = root\ndomainlist local_domains = @\nacl_smtp_rcpt = accept\n"
BODY = b"Subject: x\n\nhi\n"
HERE = "mail.example.test"


def compare(config: str, sent: list[Sent], **files: str) -> None:
    """Give the same to both and compare all that is left; ``files`` of those names are there before."""

    def prepare(mail: Path) -> None:
        for name, text in files.items():
            (mail.parent / name).write_text(text)
            (mail.parent / name).chmod(0o600 if name == "private" else 0o644)

    directory = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        exim, ours = both(directory, MAIN + config, sent, prepare)
    finally:
        shutil.rmtree(directory)
    assert differences(exim, ours) == []
    assert exim.main


def to(*names: str) -> list[Sent]:
    """A message to each."""
    return [Sent(("-odi", "-f", "a@far.test", f"{name}@{HERE}"), BODY) for name in names]


def session(*recipients: str) -> Sent:
    """A message to all in one session."""
    lines = ["helo test", "mail from:<a@far.test>", *(f"rcpt to:<{name}>" for name in recipients)]
    return Sent(
        ("-bs", "-odi"), "".join(f"{line}\r\n" for line in (*lines, "data", "", ".", "quit")).encode()
    )


def routes(**routers: str) -> str:
    """The routers, each for the local part of its name."""
    return "begin routers\n" + "".join(
        f"r_{name}:\n  local_parts = {name}\n{lines}" for name, lines in routers.items()
    )


BOX = "  driver = appendfile\n  home_directory = /\n  file = @DIR@/mail/$local_part_data\n"
LOCAL = "  driver = accept\n  check_local_user\n"


def test_deliveries_run_as_the_local_user_where_nothing_else_is_said() -> None:
    config = routes(
        mail=f"{LOCAL}  transport = box\n",
        games=f"{LOCAL}  transport = box\n  group = daemon\n",
        bin=f"{LOCAL}  transport = grouped\n",
        root=f"{LOCAL}  transport = box\n",
        man=f"{LOCAL}  transport = owned\n  user = 7\n  group = 7\n",
        news=f"{LOCAL}  transport = owned\n",
        lp=f"{LOCAL}  transport = piped\n  group = man\n",
        uucp="  driver = redirect\n  check_local_user\n  file_transport = file\n  data = @DIR@/mail/x\n",
        proxy="  driver = redirect\n  check_local_user\n  group = mail\n  file_transport = file\n"
        "  data = @DIR@/mail/y\n",
    )
    config += (
        f"begin transports\nbox:\n{BOX}grouped:\n{BOX}  group = mail\n  mode = 0660\n"
        f"owned:\n{BOX}  user = backup\n"
        "piped:\n  driver = pipe\n  home_directory = /\n  command = /bin/sh -c 'id > @DIR@/mail/ids'\n"
        "file:\n  driver = appendfile\n  home_directory = /\n"
    )
    compare(config, to("mail", "games", "bin", "root", "man", "news", "lp", "uucp", "proxy"))


def test_what_lists_say_of_one_recipient_is_not_taken_for_another() -> None:
    config = (
        "begin routers\naway:\n  driver = redirect\n  domains = !+local_domains\n  data = :blackhole:\n"
        f"here:\n{LOCAL}  transport = box\nbegin transports\nbox:\n{BOX}"
    )
    here = f"mail@{HERE}"
    compare(config, [session(here, "b@far.test"), session("a@far.test", here), session(here)])


def test_names_from_outside_are_refused_in_redirections_too() -> None:
    redirect, owner = "  driver = redirect\n", "  user = Debian-exim\n"
    config = routes(
        command=f"{redirect}  data = |echo $local_part\n  pipe_transport = piped\n",
        file=f"{redirect}  data = @DIR@/mail/$local_part\n  file_transport = file\n",
        folder=f"{redirect}  data = @DIR@/mail/$local_part/\n  directory_transport = file\n",
        good=f"{redirect}  data = @DIR@/mail/$local_part_data/\n  directory_transport = file\n",
        word="  driver = accept\n  transport = word\n",
        first="  driver = accept\n  transport = first\n",
    )
    config += (
        f"begin transports\npiped:\n  driver = pipe\n{owner}file:\n  driver = appendfile\n{owner}"
        f"word:\n  driver = pipe\n  command = /bin/echo $local_part\n{owner}"
        f"first:\n  driver = pipe\n  command = $local_part\n{owner}"
    )
    compare(config, to("command", "file", "folder", "good", "word", "first"))


def test_an_empty_address_for_errors_lets_them_be_ignored() -> None:
    config = (
        'begin routers\nall:\n  driver = accept\n  errors_to = ""\n  transport = no\n'
        "begin transports\nno:\n  driver = pipe\n  command = /bin/false\n  user = Debian-exim\n"
    )
    compare(config, to("x"))


EVENT = "  event_action = ${acl{told}{$event_name}{$event_data}{$local_part}{$domain}}\n"
TOLD = "begin acl\ntold:\n  warn logwrite = event $acl_arg1 <$acl_arg2> <$acl_arg3> <$acl_arg4>\n  accept\n"
FILTER = "  driver = redirect\n  allow_filter\n  user = games\n  pipe_transport = p\n  reply_transport = r\n"
OTHERS = "box:\n  driver = accept\n  transport = box\n"
TRANSPORTS = (
    "begin transports\nbox:\n  driver = appendfile\n  file = @DIR@/mail/box\n  user = Debian-exim\n"
    f"p:\n  driver = pipe\n  user = Debian-exim\n  return_output\n{EVENT}"
    f"r:\n  driver = autoreply\n  to = $reply_address\n  user = Debian-exim\n{EVENT}"
    f"f:\n  driver = appendfile\n  user = Debian-exim\n{EVENT}"
)


def test_a_log_file_that_a_filter_may_not_write_is_an_error_of_the_filter() -> None:
    config = routes(
        log=f"{FILTER}  skip_syntax_errors\n  syntax_errors_to = pm@{HERE}\n  syntax_errors_text = Oh.\n"
        "  file = @DIR@/filter\n  router_home_directory = @DIR@\n",
        plain=f"{FILTER}  file = @DIR@/filter\n  router_home_directory = @DIR@\n",
    )
    text = '# Exim filter\nlogfile $home/private\nlogwrite "x"\n'
    compare(TOLD + config + OTHERS + TRANSPORTS, to("log", "plain"), filter=text, private="")


def test_the_command_of_a_filter_knows_what_was_captured_where_it_was_set_up() -> None:
    text = (
        '# Exim filter\nif foranyaddress $h_to: ($thisaddress matches "^(.*)@") then\n'
        'pipe "/bin/echo +$thisaddress+ $1"\nendif\n'
    )
    message = f"Subject: x\nTo: one@{HERE}\n\nhi\n".encode()
    sent = [Sent(("-odi", "-f", "a@far.test", f"{name}@{HERE}"), message) for name in ("user", "other")]
    config = routes(user=f"{FILTER}  file = @DIR@/filter\n  user = Debian-exim\n") + OTHERS + TRANSPORTS
    compare(TOLD + config.replace("  user = games\n", ""), sent[:1], filter=text)
    main = (
        "system_filter = @DIR@/filter\nsystem_filter_pipe_transport = p\nsystem_filter_user = Debian-exim\n"
    )
    compare(main + TOLD + "begin routers\n" + OTHERS + TRANSPORTS, sent, filter=text)
    # Exim itself knows what is tainted, a child that obeys the filter for somebody does not tell.
    main = main.replace("system_filter_user = Debian-exim\n", "")
    compare(main + TOLD + "begin routers\n" + OTHERS + TRANSPORTS, sent, filter=text)


def test_events_of_failures_that_nobody_is_told_of_come_behind_them() -> None:
    config = routes(
        quiet=f'{FILTER}  data = #Exim filter\\n seen noerror pipe "/bin/false"\n',
        loud="  driver = redirect\n  pipe_transport = p\n  data = |/bin/false\n",
        file="  driver = redirect\n  forbid_file\n  file_transport = f\n  data = /tmp/none\n",
        reply=f'{FILTER}  data = #Exim filter\\n seen mail text "Thanks."\n',
    )
    bad = Sent(("-odi", "-f", "a@far.test", f"reply@{HERE}"), b'Subject: x\nFrom: "me" x@y\n\nhi\n')
    compare(TOLD + config + OTHERS + TRANSPORTS, [*to("quiet", "loud", "file", "reply"), bad])


def test_a_bounce_whose_time_is_over_is_given_up() -> None:
    config = (
        "begin routers\nall:\n  driver = accept\n  transport = md\nbegin transports\nmd:\n"
        "  driver = appendfile\n  directory = @DIR@/mail/md\n  maildir_format\n  quota = 30/no_check\n"
        "  quota_filecount = 1\n  user = Debian-exim\n"
    )
    compare(config, to("one", "two"))


def test_what_a_query_says_of_a_delay_is_not_in_the_bounce_once_it_is_given_up() -> None:
    query = "  driver = queryprogram\n  transport = box\n  command_user = Debian-exim\n  command = /bin/echo "
    words = ("DEFER some words", "FREEZE some words", "FAIL some words", "DECLINE", "REDIRECT x@far.test")
    names = ("delay", "freeze", "fail", "no", "on")
    config = routes(**{name: f"{query}{word}\n" for name, word in zip(names, words, strict=True)})
    compare(TOLD + config + OTHERS + TRANSPORTS, to(*names))


def test_too_many_files_are_told_of_rather_than_too_many_bytes() -> None:
    names = {"few": "2", "more": "3", "enough": "9", "unchecked": "2/no_check"}
    config = routes(**{name: f"  driver = accept\n  transport = {name}\n" for name in names})
    config += "begin transports\n" + "".join(
        f"{name}:\n  driver = appendfile\n  directory = @DIR@/mail/{name}\n  maildir_format\n"
        f"  quota = 1K\n  quota_filecount = {most}\n  user = Debian-exim\n"
        for name, most in names.items()
    )
    large = [sent._replace(data=BODY + b"0123456789\n" * 90) for sent in to(*names)]
    compare(config + "begin retry\n* * F,1d,1h\n", to(*names) + large)
