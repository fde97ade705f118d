"""Deliveries by the lmtp transport that are put to eximulate and to the real Exim alike."""

from __future__ import annotations

from typing import Any

from delivery_lab import CONFIG, Scenario
from delivery_peer import SILENT
from delivery_scenarios import ALL_SELECTORS, TWO

CONFIG_OF_LMTP = CONFIG.replace(
    """  driver = smtp
  port = @PORT@
  allow_localhost
""",
    """  driver = lmtp
""",
).replace(
    "driver = manualroute\n  route_list = @ROUTE@\n  self = send\n  host_find_failed = defer",
    "driver = accept",
)
SOCKET: dict[str, Any] = {"config": CONFIG_OF_LMTP, "path": "sock", "peer": {"lmtp": True}}
BY_SOCKET = "socket = @DIR@/sock\n  user = Debian-exim\n"
SERVER = """#!/usr/bin/python3
import sys
o=sys.stdout
def say(t):
    o.write(t+"\\r\\n"); o.flush()
mode=sys.argv[1] if len(sys.argv)>1 else ""
say("220 hello")
rc=0
while True:
    l=sys.stdin.readline()
    if not l: break
    l=l.strip()
    open(sys.argv[2],"a").write(l+"\\n")
    if l.startswith("DATA"):
        say("354 go")
        while True:
            l=sys.stdin.readline()
            open(sys.argv[2],"a").write(l)
            if l.strip()==".": break
        for i in range(rc): say("250 ok %d"%i)
        rc=0
    elif l.startswith("QUIT"): say("221 bye"); break
    elif l.startswith("RCPT"):
        if mode=="bad": say("550 no "+l)
        else: rc+=1; say("250 rcpt")
    else: say("250 ok")
"""
COMMAND = "command = @DIR@/lmtpd %s @DIR@/heard\n  user = Debian-exim\n  batch_max = 5"
SCENARIOS: dict[str, Scenario] = {
    "one recipient": Scenario(transport=BY_SOCKET, **SOCKET),
    "two recipients apart": Scenario(transport=BY_SOCKET, recipients=TWO, **SOCKET),
    "two recipients together": Scenario(transport=BY_SOCKET + "  batch_max = 10", recipients=TWO, **SOCKET),
    "one of two is refused": Scenario(
        transport=BY_SOCKET + "  batch_max = 10",
        recipients=TWO,
        answers={"RCPT TO:<other": "550 no"},
        **SOCKET,
    ),
    "one of two is put off": Scenario(
        transport=BY_SOCKET + "  batch_max = 10",
        recipients=TWO,
        answers={"RCPT TO:<other": "450 no"},
        **SOCKET,
    ),
    "the text is refused for one": Scenario(
        transport=BY_SOCKET + "  batch_max = 10",
        recipients=TWO,
        answers={"TEXT": ["550 first", "250 two"]},
        **SOCKET,
    ),
    "the text is put off for one": Scenario(
        transport=BY_SOCKET + "  batch_max = 10",
        recipients=TWO,
        answers={"TEXT": ["450-first\n450 more", "250 two"]},
        **SOCKET,
    ),
    "one of two is refused, then DATA is put off": Scenario(
        transport=BY_SOCKET + "  batch_max = 10",
        recipients=TWO,
        answers={"RCPT TO:<other": "550 no", "DATA": "450 later"},
        **SOCKET,
    ),
    "one of two is put off, and nothing follows DATA": Scenario(
        transport=BY_SOCKET + "  batch_max = 10\n  timeout = 2s",
        recipients=TWO,
        answers={"RCPT TO:<other": "450 no", "DATA": SILENT},
        **SOCKET,
    ),
    "one of two is refused, and nothing follows the text": Scenario(
        transport=BY_SOCKET + "  batch_max = 10\n  timeout = 2s",
        recipients=TWO,
        answers={"RCPT TO:<other": "550 no", "TEXT": SILENT},
        **SOCKET,
    ),
    "DATA is refused": Scenario(transport=BY_SOCKET, answers={"DATA": "550 no"}, **SOCKET),
    "DATA is put off": Scenario(transport=BY_SOCKET, answers={"DATA": "451 no"}, **SOCKET),
    "the sender is refused": Scenario(transport=BY_SOCKET, answers={"MAIL": "550 no"}, **SOCKET),
    "the sender is put off": Scenario(transport=BY_SOCKET, answers={"MAIL": "451 no"}, **SOCKET),
    "LHLO is refused": Scenario(transport=BY_SOCKET, answers={"LHLO": "550 no"}, **SOCKET),
    "the greeting refuses": Scenario(transport=BY_SOCKET, answers={"CONNECT": "554 no"}, **SOCKET),
    "the greeting puts off": Scenario(transport=BY_SOCKET, answers={"CONNECT": "450 no"}, **SOCKET),
    "the greeting is missing": Scenario(transport=BY_SOCKET, answers={"CONNECT": ""}, **SOCKET),
    "the server hangs up after the text": Scenario(transport=BY_SOCKET, answers={"TEXT": ""}, **SOCKET),
    "the server hangs up at the recipient": Scenario(transport=BY_SOCKET, answers={"RCPT": ""}, **SOCKET),
    "an answer is no answer": Scenario(transport=BY_SOCKET, answers={"RCPT": "huh"}, **SOCKET),
    "an answer is late": Scenario(transport=BY_SOCKET + "  timeout = 1s", answers={"MAIL": SILENT}, **SOCKET),
    "the answer to the recipient is late": Scenario(
        transport=BY_SOCKET + "  timeout = 1s", answers={"RCPT": SILENT}, **SOCKET
    ),
    "the answer to the text is late": Scenario(
        transport=BY_SOCKET + "  timeout = 1s", answers={"TEXT": SILENT}, **SOCKET
    ),
    "nobody listens": Scenario(transport="socket = @DIR@/other\n  user = Debian-exim", **SOCKET),
    "no quota": Scenario(
        transport=BY_SOCKET + "  ignore_quota", answers={"LHLO": "250-x\n250 IGNOREQUOTA"}, **SOCKET
    ),
    "extensions are offered": Scenario(
        transport=BY_SOCKET, answers={"LHLO": "250-x\n250-SIZE 1000\n250-PIPELINING\n250 DSN"}, **SOCKET
    ),
    "all selectors": Scenario(transport=BY_SOCKET, main=ALL_SELECTORS, **SOCKET),
    "the socket cannot be expanded": Scenario(transport="socket = ${foo}", **SOCKET),
    "header lines": Scenario(
        transport=BY_SOCKET
        + "  headers_add = X: y\n  return_path_add\n  delivery_date_add\n  envelope_to_add",
        **SOCKET,
    ),
    "a command": Scenario(transport=COMMAND % "ok", config=CONFIG_OF_LMTP, files={"lmtpd": SERVER}),
    "a command for two": Scenario(
        transport=COMMAND % "ok", config=CONFIG_OF_LMTP, recipients=TWO, files={"lmtpd": SERVER}
    ),
    "a command that refuses": Scenario(
        transport=COMMAND % "bad", config=CONFIG_OF_LMTP, recipients=TWO, files={"lmtpd": SERVER}
    ),
    "a command that is missing": Scenario(
        transport="command = @DIR@/nothing\n  user = Debian-exim", config=CONFIG_OF_LMTP
    ),
    "a command that ends": Scenario(
        transport="command = /bin/false\n  user = Debian-exim", config=CONFIG_OF_LMTP
    ),
    "a command that cannot be expanded": Scenario(
        transport="command = /bin/false ${foo}\n  user = Debian-exim", config=CONFIG_OF_LMTP
    ),
    "an argument from outside": Scenario(
        transport="command = /bin/cat $local_part\n  user = Debian-exim", config=CONFIG_OF_LMTP
    ),
}
