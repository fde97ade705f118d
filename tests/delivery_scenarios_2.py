"""More deliveries to other hosts: what is remembered, notifications, other alphabets, lists of hosts."""

from __future__ import annotations

from delivery_lab import CONFIG, MESSAGE, Scenario
from delivery_peer import SILENT
from delivery_scenarios import ALL_SELECTORS, AUTH_PEER, BOTH_HOSTS, FULL, PLAIN_AUTH, PRDR, TWO

DSN = "250-peer.example.test\n250-PIPELINING\n250 DSN"
SESSION = ("-odi", "-bs")
UTF8 = "250-peer.example.test\n250-8BITMIME\n250 SMTPUTF8"
INTERNATIONAL = """EHLO client.test\r
MAIL FROM:<s\xc3\xa9nder@example.test> SMTPUTF8\r
RCPT TO:<\xc3\xbcser@far.test>\r
DATA\r
Subject: hello\r
\r
text\r
.\r
QUIT\r
"""
AFFIXES = "local_part_prefix = pre-\n  local_part_suffix = -post"


def session(mail: str, *recipients: str) -> str:
    """A message that comes by SMTP; what is given follows MAIL FROM: and RCPT TO:."""
    lines = ["EHLO client.test", f"MAIL FROM:{mail}", *(f"RCPT TO:{each}" for each in recipients)]
    return "\r\n".join([*lines, "DATA", "Subject: hello", "", "text", ".", "QUIT", ""])


IN_SESSION = "acl_smtp_rcpt = accept\ndsn_advertise_hosts = *\nsmtputf8_advertise_hosts = *\nhost_lookup ="

SCENARIOS: dict[str, Scenario] = {
    "a trial": Scenario(arguments=("-N",), recipients=TWO),
    "a host that was down is not tried again": Scenario(is_down=True, then=(("-q",),)),
    "a host that was down is tried by force": Scenario(is_down=True, then=(("-qff",),)),
    "a recipient that was put off": Scenario(answers={"RCPT": "450 later"}, then=(("-q",),)),
    "a sender that was put off": Scenario(answers={"MAIL": "450 later"}, then=(("-q",),)),
    "a text that was put off": Scenario(answers={"TEXT": "450 later"}, then=(("-q",),)),
    "one of two hosts was down": Scenario(
        route=BOTH_HOSTS, is_down=True, others=({"RCPT": "450 later"},), then=(("-q",),)
    ),
    "another message for a host that was down": Scenario(
        is_down=True, then=(("-odi", "-f", "sender@example.test", "other@far.test"),)
    ),
    "no rule for retries": Scenario(is_down=True, config=CONFIG.replace("*  *  F,2h,15m", "")),
    "a rule without tries": Scenario(is_down=True, config=CONFIG.replace("*  *  F,2h,15m", "*  *")),
    "notifications are passed on": Scenario(
        answers={"EHLO": DSN},
        first=SESSION,
        main=IN_SESSION,
        message=session(
            "<sender@example.test> RET=HDRS ENVID=abc",
            "<user@far.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;a@b",
        ),
    ),
    "no notifications are passed on": Scenario(
        answers={"EHLO": DSN},
        first=SESSION,
        main=IN_SESSION,
        message=session("<sender@example.test> RET=FULL", "<user@far.test> NOTIFY=NEVER"),
    ),
    "notifications to the last hop": Scenario(
        answers={"EHLO": DSN},
        first=SESSION,
        main=IN_SESSION,
        router="dsn_lasthop",
        message=session("<sender@example.test> RET=FULL ENVID=abc", "<user@far.test> NOTIFY=FAILURE"),
    ),
    "notifications to a host that knows none": Scenario(
        first=SESSION,
        main=IN_SESSION,
        message=session("<sender@example.test> RET=FULL ENVID=abc", "<user@far.test> NOTIFY=FAILURE"),
    ),
    "an authenticated sender that is named": Scenario(
        answers=AUTH_PEER,
        first=SESSION,
        main=IN_SESSION,
        auth=PLAIN_AUTH,
        transport="hosts_try_auth = *",
        message=session("<sender@example.test>", "<user@far.test>"),
    ),
    "other alphabets": Scenario(
        answers={"EHLO": UTF8}, first=SESSION, main=IN_SESSION, message=INTERNATIONAL
    ),
    "other alphabets that the host does not know": Scenario(
        first=SESSION, main=IN_SESSION, message=INTERNATIONAL
    ),
    "other alphabets that are converted": Scenario(
        first=SESSION, main=IN_SESSION, message=INTERNATIONAL, transport="utf8_downconvert = 1"
    ),
    "affixes": Scenario(recipients=("pre-user-post@far.test",), router=AFFIXES),
    "affixes are kept": Scenario(
        recipients=("pre-user-post@far.test",), router=AFFIXES, transport="rcpt_include_affixes"
    ),
    "capital letters": Scenario(recipients=("User@FAR.test",)),
    "the same recipient twice": Scenario(recipients=("user@far.test", "user@FAR.test")),
    "an address literal": Scenario(recipients=("user@far.test",), sender="a@[1.2.3.4]"),
    "an unknown host of the transport": Scenario(
        transport="hosts = nowhere.invalid\n  hosts_override", route="* 127.0.0.9"
    ),
    "one unknown host of two": Scenario(
        transport="hosts = nowhere.invalid : 127.0.0.1\n  hosts_override", route="* 127.0.0.9"
    ),
    "hosts of the transport by name": Scenario(
        transport="hosts = localhost\n  hosts_override\n  gethostbyname", route="* 127.0.0.9"
    ),
    "hosts of the transport that cannot be expanded": Scenario(
        transport="hosts = ${foo}\n  hosts_override", route="* 127.0.0.9"
    ),
    "hosts of the transport from outside": Scenario(
        transport="hosts = $domain\n  hosts_override", route="* 127.0.0.9"
    ),
    "no hosts at all": Scenario(
        config=CONFIG.replace(
            "driver = manualroute\n  route_list = @ROUTE@\n  self = send\n  host_find_failed = defer",
            "driver = accept",
        )
    ),
    "hosts of the transport alone": Scenario(
        config=CONFIG.replace(
            "driver = manualroute\n  route_list = @ROUTE@\n  self = send\n  host_find_failed = defer",
            "driver = accept",
        ),
        transport="hosts = 127.0.0.1",
    ),
    "PRDR with one recipient": Scenario(answers={"EHLO": PRDR}),
    "PRDR and the text is refused": Scenario(recipients=TWO, answers={"EHLO": PRDR, "TEXT": "550 spam"}),
    "PRDR and all are refused": Scenario(
        recipients=TWO, answers={"EHLO": PRDR, "TEXT": "353 each\n550 first\n550 second\n550 all"}
    ),
    "PRDR and one is put off": Scenario(
        recipients=TWO, answers={"EHLO": PRDR, "TEXT": "353 each\n250 first\n450 second\n250 all"}
    ),
    "PRDR and the end is refused": Scenario(
        recipients=TWO, answers={"EHLO": PRDR, "TEXT": "353 each\n250 first\n250 second\n550 all"}
    ),
    "many recipients": Scenario(recipients=[f"u{number}@far.test" for number in range(150)]),
    "many recipients in a pipeline": Scenario(
        recipients=[f"u{number}@far.test" for number in range(12)],
        answers={"EHLO": FULL},
        transport="max_rcpt = 5",
    ),
    "a list of the host by its name": Scenario(
        answers={"EHLO": FULL}, route="* localhost", transport="hosts_avoid_esmtp = localhost"
    ),
    "a list with another host": Scenario(
        answers={"EHLO": FULL}, transport="hosts_avoid_esmtp = 10.0.0.0/8 : !127.0.0.1"
    ),
    "a list of a network": Scenario(answers={"EHLO": FULL}, transport="hosts_avoid_esmtp = 127.0.0.0/8"),
    "the authenticated sender cannot be expanded": Scenario(transport="authenticated_sender = ${foo}"),
    "header lines that cannot be expanded": Scenario(transport="headers_add = ${foo}"),
    "a return path that cannot be expanded": Scenario(transport="return_path = ${foo}"),
    "a filter that fails": Scenario(transport="transport_filter = /bin/false"),
    "a filter that is missing": Scenario(transport="transport_filter = /nonexistent"),
    "an interface that is none": Scenario(transport="interface = nonsense"),
    "all selectors and a failure": Scenario(main=ALL_SELECTORS, answers={"RCPT": "550 no"}),
    "all selectors and a host that is down": Scenario(main=ALL_SELECTORS, is_down=True),
    "all selectors and a recipient that is put off": Scenario(main=ALL_SELECTORS, answers={"RCPT": "450 no"}),
    "a forged line": Scenario(message=MESSAGE + ".\nMAIL FROM:<x@y>\n"),
    "a text without an end of its line": Scenario(message="Subject: x\n\nno end"),
    "no text": Scenario(message="Subject: x\n\n"),
    "a long greeting": Scenario(answers={"CONNECT": "220-first\n220-second\n220 third"}),
    "the end comes late": Scenario(answers={"QUIT": SILENT}),
    "an answer of many lines": Scenario(answers={"RCPT": "550-first\n550-second\n550 third"}),
    "a recipient with a greeting that is late": Scenario(
        recipients=TWO,
        answers={"CONNECT": SILENT},
        transport="command_timeout = 1s",
        route=BOTH_HOSTS,
        others=({},),
    ),
    "a size that is none": Scenario(answers={"EHLO": "250-peer\n250 SIZE=100"}),
    "a file that is taken": Scenario(
        answers={"EHLO": "250-peer\n250-X-OTHER\n250-PIPELINING extra\n250 SIZE"}
    ),
}
