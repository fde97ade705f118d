"""What ``-v`` shows of deliveries to other hosts: the conversation, line by line, with both programs."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import namespace
from delivery_lab import Scenario, same

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not namespace.possible("/etc/exim4"), reason="no other place for the configuration"),
]
TOGETHER = {"EHLO": "250-peer\n250-PIPELINING\n250-SIZE\n250 HELP"}
CHUNKS = {"EHLO": "250-peer\n250-PIPELINING\n250-CHUNKING\n250 HELP"}
EARLY = {"EHLO": "250-peer\n250-PIPELINING\n250-PIPECONNECT\n250 HELP"}
SECURE = {"EHLO": "250-peer\n250-PIPELINING\n250-STARTTLS\n250 HELP"}
PAIR = ("user@far.test", "other@far.test")
V = ("-v",)
AGAIN = [("-v", "-odi", "-f", "sender@example.test", "user@far.test")]
LATER = ("-odi", "-odqs", "-f", "sender@example.test", "user@far.test")
LARGE = "Subject: x\n\n" + "line\n" * 5000
LMTP = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
keep_environment =
begin routers
all:
  driver = accept
  transport = there
begin transports
there:
  driver = lmtp
  socket = @DIR@/sock
  user = Debian-exim
begin retry
* * F,2h,15m
"""


def lmtp(**answers: str) -> Scenario:
    """A delivery to two recipients by the lmtp transport."""
    return Scenario(
        config=LMTP,
        path="sock",
        sender="<>",
        peer={"lmtp": True},
        answers=answers,
        recipients=PAIR,
        arguments=V,
    )


SCENARIOS = {
    "taken": Scenario(arguments=V),
    "together": Scenario(answers=TOGETHER, recipients=PAIR, arguments=V),
    "chunks": Scenario(answers=CHUNKS, arguments=V),
    "more chunks": Scenario(answers=CHUNKS, arguments=V, message=LARGE),
    "a chunk is refused": Scenario(answers={**CHUNKS, "BDAT": "550 no"}, arguments=V, message=LARGE),
    "nobody is taken": Scenario(answers={**TOGETHER, "RCPT": "550 no"}, arguments=V, sender="<>"),
    "the sender is put off": Scenario(answers={**TOGETHER, "MAIL": "450 no"}, arguments=V),
    "the text is put off": Scenario(answers={**TOGETHER, "TEXT": "450 no"}, arguments=V),
    "the text is refused": Scenario(answers={"TEXT": "550 no"}, arguments=V, sender="<>"),
    "nobody answers the text": Scenario(answers={**TOGETHER, "TEXT": ""}, arguments=V),
    "nobody answers the sender": Scenario(answers={"MAIL": ""}, arguments=V),
    "nonsense": Scenario(answers={"MAIL": "what"}, arguments=V),
    "busy": Scenario(answers={"CONNECT": "421 busy"}, arguments=V),
    "down": Scenario(is_down=True, arguments=V),
    "down, slowly": Scenario(is_down=True, transport="hosts_try_fastopen =", arguments=V),
    "an interface": Scenario(transport="interface = 127.0.0.9", arguments=V),
    "HELO": Scenario(answers={"EHLO": "500 what"}, arguments=V),
    "silence": Scenario(
        transport="command_timeout = 1s", answers={"RCPT": "..."}, arguments=V
    ),
    "one by one": Scenario(answers=TOGETHER, transport="max_rcpt = 1", recipients=PAIR, arguments=V),
    "too many": Scenario(
        answers={**TOGETHER, "RCPT TO:<other": ["452 many", "250 ok"]}, recipients=PAIR, arguments=V
    ),
    "a filter": Scenario(answers=CHUNKS, transport="transport_filter = /bin/cat", arguments=V),
    "a secret": Scenario(
        answers={"EHLO": "250-peer\n250 AUTH PLAIN", "AUTH": "235 ok"},
        transport="hosts_try_auth = *",
        auth="plain:\n  driver = plaintext\n  public_name = PLAIN\n  client_send = ^user^secret",
        arguments=V,
    ),
    "TLS": Scenario(answers=SECURE, tls="1.3", arguments=V),
    "before the greeting": Scenario(
        answers=EARLY, transport="hosts_pipe_connect = *", arguments=V, then=AGAIN
    ),
    "LMTP over TCP": Scenario(transport="protocol = lmtp", peer={"lmtp": True}, arguments=V),
    "others wait": Scenario(answers=TOGETHER, first=LATER, then=[LATER, ("-v", "-qff")]),
    "others wait, nobody is taken": Scenario(
        answers={**TOGETHER, "TEXT": "550 no"}, first=LATER, then=[LATER, ("-v", "-qff")]
    ),
    "LMTP": lmtp(),
    "LMTP refuses": lmtp(RCPT="550 no"),
    "LMTP hangs up": lmtp(TEXT=""),
    "LMTP says yes and no": lmtp(TEXT="450-no\n450 later"),
}  # fmt: skip

BEGUN = re.compile(r"(?m)^delivering .*\n")


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_same_is_shown(name: str) -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        ours, real = same(SCENARIOS[name], Path(place))
    if name.startswith("others wait"):  # of processes side by side either may be the first to say so
        assert BEGUN.findall(ours.output) == BEGUN.findall(real.output)
        ours.output, real.output = (BEGUN.sub("", each.output) for each in (ours, real))
    for what in ("output", "heard", "log", "kept"):
        assert getattr(ours, what) == getattr(real, what)
    assert re.search(r"(?m)^  [SL]MTP", real.output) or name == "down, slowly"
