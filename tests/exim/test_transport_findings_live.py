"""Deliveries that options of drivers change, as both programs make them: options that meet each other."""

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
HERE = "mail.example.test"
USER = "  user = Debian-exim\n  group = mail\n"
FILE = "driver = appendfile\n  file = @DIR@/mail/%s"
FOLDER = "driver = appendfile\n  directory = @DIR@/mail/%s"
PLAIN = b"Subject: x\n\nhi\n"
WRITES = "driver = pipe\n  command = /bin/sh -c "
SAYS = WRITES + '"cat > /dev/null; echo x"'
IDS = "driver = pipe\n  command = /usr/bin/id\n  log_output"
OTHERS = f"""\
box:
  driver = appendfile
  file = @DIR@/mail/box
{USER}shadow:
  driver = appendfile
  file = @DIR@/mail/shadow
  envelope_to_add
{USER}bad:
  driver = pipe
  command = /bin/sh -c "echo out; exit 1"
  return_fail_output
  log_fail_output
{USER}later:
  driver = pipe
  command = /bin/sh -c "exit 75"
{USER}nowhere:
  driver = appendfile
  file = relative
{USER}"""
MAIN = "acl_not_smtp = judge\nbegin acl\njudge:\n@ACL@  accept\n"


def compare(
    transports: list[tuple[str, str]],
    sent: list[tuple[tuple[str, ...], bytes]] = [(("%s",), PLAIN)],  # noqa: B006 - nobody changes it
    acl: str = "",
    arguments: tuple[str, ...] = (),
) -> None:
    """Deliver the messages by each transport with its router's options; "%s" is the name of both."""
    config = MAIN.replace("@ACL@", acl) + "begin routers\n"
    messages = []
    for number, (_, router) in enumerate(transports):
        name = f"t{number}"
        config += f"r{number}:\n  driver = accept\n  local_parts = {name}\n  transport = {name}\n"
        config += "  local_part_prefix = x- : y-\n  local_part_prefix_optional\n"
        config += f"  {router}\n" if router else ""
        for recipients, data in sent:
            to = [f"{recipient % name}@{HERE}" for recipient in recipients]
            messages.append(Sent((*arguments, "-odi", "-f", f"sender@{HERE}", "--", *to), data))
    config += (
        "boxes:\n  driver = accept\n  local_parts = sender : other\n  transport = box\nbegin transports\n"
    )
    for number, (options, router) in enumerate(transports):
        user = "" if "user =" in options or "user =" in router else USER
        config += f"t{number}:\n  {options.replace('%s', f't{number}')}\n{user}"
    directory = Path(tempfile.mkdtemp(prefix="eximulate-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        exim, ours = both(directory, f"{config}{OTHERS}begin retry\n* * F,1h,1h\n", messages)
    finally:
        shutil.rmtree(directory)
    assert differences(exim, ours) == []
    assert exim.main


def test_nothing_is_logged_of_what_a_driver_does_that_disables_logging() -> None:
    false = "driver = pipe\n  command = /bin/false"
    compare(
        [
            (FILE, "disable_logging"),
            (f"{false}\n  temp_errors = 1", "disable_logging"),
            (f"{false}\n  temp_errors = 1\n  disable_logging", ""),
            (f"{false}\n  disable_logging", 'errors_to = ""'),
            (false, 'errors_to = ""\n  disable_logging'),
            (FILE, "disable_logging\n  condition = ${if bool{a}}"),
            (FILE, "disable_logging\n  address_data = ${lookup{x}lsearch{/no/such}}"),
            (FILE, "disable_logging\n  condition = no\n  no_more\n  cannot_route_message = no"),
            (f"{FILE}\n  home_directory = relative\n  disable_logging", ""),
            (f"{FILE}\n  shadow_transport = bad\n  disable_logging", ""),
            (f"{SAYS}\n  log_output\n  disable_logging", ""),
        ]
    )


def test_commands_have_the_groups_of_their_user_where_who_says_the_user_wants_it() -> None:
    user = "user = postgres"
    compare(
        [
            (f"{IDS}\n  {user}\n  initgroups", ""),
            (f"{IDS}\n  {user}", "initgroups"),
            (f"{IDS}\n  initgroups", user),
            (IDS, f"{user}\n  initgroups"),
            (f"{IDS}\n  {user}\n  initgroups", user),
            (f"{IDS}\n  {user}", f"{user}\n  initgroups"),
            (f"{IDS}\n  {user}\n  initgroups\n  group = mail", ""),
            (f"{IDS}\n  group = mail", f"{user}\n  initgroups"),
            (
                f"{FILE}\n  create_directory = false\n  transport_filter = /bin/sh -c 'cat > /dev/null; id'",
                f"{user}\n  initgroups",
            ),
        ]
    )


def test_affixes_are_told_to_others_and_logged_then() -> None:
    keeps = "rcpt_include_affixes"
    compare(
        [
            (f"{FILE}\n  use_bsmtp", ""),
            (f"{FILE}\n  use_bsmtp\n  {keeps}", ""),
            (f"{FILE}\n  {keeps}", ""),
            (f"{FOLDER}\n  mailstore_format", ""),
            (f"{FOLDER}\n  mailstore_format\n  {keeps}", ""),
            (f"driver = pipe\n  command = /bin/false\n  {keeps}", ""),
            (f"driver = pipe\n  command = /bin/false\n  use_bsmtp\n  {keeps}", ""),
        ],
        [(("x-%s",), PLAIN)],
    )


def test_messages_go_together_where_their_batch_is_the_same_one() -> None:
    compare(
        [
            (f"{FILE}\n  batch_max = 9\n  batch_id = $local_part_prefix", ""),
            (f"{FILE}\n  batch_max = 9\n  batch_id = same", ""),
            (f"{FOLDER}\n  mailstore_format", ""),
        ],
        [(("x-%s", "%s"), PLAIN)],
    )


def test_the_envelope_of_a_mailstore_has_the_sender() -> None:
    store = f"{FOLDER}\n  mailstore_format"
    compare([(store, f"errors_to = other@{HERE}"), (f"{store}\n  return_path = a@b", ""), (store, "")])


def test_where_files_may_be_made_does_not_matter_without_a_home() -> None:
    compare(
        [
            (f"{place}\n  create_file = {where}{home}", "")
            for place in (FILE, FOLDER, f"{FOLDER}\n  maildir_format")
            for where in ("inhome", "belowhome")
            for home in ("", "\n  home_directory = /var")
        ]
    )


def test_what_is_wrong_with_the_copy_for_another_transport_is_told_without_its_kind() -> None:
    compare(
        [
            (f"{FILE}\n  shadow_transport = bad", ""),
            (f"{FILE}\n  shadow_transport = later", ""),
            (f"{FILE}\n  shadow_transport = nowhere", ""),
            (f"{SAYS}\n  return_output\n  shadow_transport = shadow", ""),
            (f"{SAYS}\n  return_output\n  shadow_transport = bad", ""),
            (f"{FILE}\n  batch_max = 5\n  shadow_transport = bad", ""),
        ],
        [(("%s", "x-%s"), PLAIN)],
    )


def test_a_warning_is_about_what_was_written() -> None:
    limits = "quota = 1500\n  quota_warn_threshold"
    compare(
        [
            (f"{FOLDER}\n  {limits} = 10%\n  body_only", ""),
            (f"{FILE}\n  {limits} = 10%\n  headers_only", ""),
            (f"{FILE}\n  {limits} = 340", ""),
            (f"{FILE}\n  {limits} = 310", ""),
            (f"{FOLDER}\n  {limits} = 10%", ""),
        ]
    )


def test_a_folder_that_is_missing_is_told_of_before_a_quota() -> None:
    small = "quota = 100\n  create_directory = false"
    compare([(f"{FOLDER}\n  {small}\n  {kind}", "") for kind in ("", "maildir_format", "mailstore_format")])


def test_replies_to_nobody_and_to_wrong_addresses() -> None:
    reply = "driver = autoreply\n  "
    compare(
        [
            (f"{reply}text = x", ""),
            (f'{reply}to = ""', ""),
            (f"{reply}to = broken <<a@b", ""),
            (f"{reply}to = unqualified", ""),
            (f"{reply}cc = undisclosed-recipients:;", ""),
            (f"{reply}to = sender@{HERE}\n  never_mail = *", ""),
            (f"{reply}to = sender@{HERE}\n  from = <<a@b", ""),
        ]
    )


def test_a_command_that_is_refused_is_told_whole() -> None:
    pipe = "driver = pipe\n  restrict_to_path\n  command = "
    compare([(f"{pipe}/bin/echo $h_subject: a", ""), (f"{pipe}'/bin/e''cho'", "")])


def test_messages_that_are_sent_again_have_another_identification() -> None:
    own = b"Message-Id: <id@far.test>\n"
    again = b"Resent-Message-Id: <x@y>\n"
    heads = [
        own + b"Resent-To: a@b\n",
        own + again,
        own + b"References: <a@b>\nResent-To: x@y\n" + again,
        b"References: <a@b>\nResent-To: x@y\nIn-Reply-To: <f@g>\n" + again,
        own + b"Resent-To: a@b\nIn-Reply-To: <f@g>\n",
        own + again.lower(),
    ]
    replies = "driver = autoreply\n  text = x\n  to = $sender_address"
    compare(
        [("driver = pipe\n  command = /bin/false", ""), (replies, "")],
        [(("%s",), head + b"\n") for head in heads],
    )


COUNTS = f"{FILE}\n  headers_add = X: $message_size $body_linecount $message_linecount $message_body_size"
BODIES = (
    b"", b"\n", b"\n\n", b"\n\n\n", b"Subject: x\n", b"Subject: x\n\n", b"Subject: x\n\n\n", b"a b\n", b"\nx",
    b"\nx\n", b" \n", b"x\n\n", b"\r\n\r\n", b"\r\n\r\n\r\n", b"Subject: x\r\n\r\na\rb\r\n", b"\n\0\n",
    b"a b\nc\n", b"Subject: x\n\n\r\r", b"\n\nx", b"\n\n\n\nx\n\n", b"a b", b"\n.\n", b"\na\n.\nb\n",
    b"\n\n.\n",
    b"\na\n..\n\nb", b"\n.", b"\na\n.", b"\na\n.b\n", b"\na\r\n.\r\nb", b"\n.\r\n", b".\n", b"a b\n.\n",
    b"Subject: x\n.\n",
)  # fmt: skip


@pytest.mark.parametrize("arguments", [(), ("-oi",)])
def test_lines_of_bodies_are_counted(arguments: tuple[str, ...]) -> None:
    compare([(COUNTS, "")], [(("%s",), data) for data in BODIES], arguments=arguments)


@pytest.mark.parametrize("how", ["-oem", "-oee", "-oep", "-oeq"])
@pytest.mark.parametrize("message", ["", "  message = not you\n", "  log_message = aha\n"])
@pytest.mark.parametrize("verb", ["deny", "defer", "deny verify = not_blind\n  deny"])
def test_refusals_of_messages_that_come_without_smtp(verb: str, message: str, how: str) -> None:
    compare([(FILE, "")], acl=f"  {verb}\n{message}", arguments=(how,))
