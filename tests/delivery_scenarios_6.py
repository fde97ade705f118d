"""Deliveries through SOCKS proxies, and with commands before the greeting, by eximulate and the real Exim."""

from __future__ import annotations

from collections.abc import Mapping

from delivery_lab import Scenario
from delivery_peer import Answer
from delivery_scenarios import ALL_SELECTORS, LOGIN_AUTH, OWN, PLAIN_AUTH, TWO
from socks_peer import CONNECT, METHOD, NAME, WAITS

PROXY = "socks_proxy = 127.0.0.1 port=@SOCKS0@"
BY_NAME = f"{PROXY} auth=name name=me pass=secret"
ALL = f"{ALL_SELECTORS} +proxy"
VARIABLES = "$proxy_session $proxy_local_address $proxy_external_address $proxy_external_port $host_address"


def refused(code: int) -> bytes:
    """What a proxy says that does not connect."""
    return bytes((5, code, 0, 1, 0, 0, 0, 0, 0, 0))


SCENARIOS: dict[str, Scenario] = {
    "a proxy": Scenario(transport=PROXY, proxies=[{}], main=ALL),
    "a proxy and an interface": Scenario(
        transport=f"{PROXY}\n  interface = 127.0.0.3", proxies=[{}], main=ALL
    ),
    "two messages by a proxy": Scenario(
        transport=f"{PROXY}\n  max_rcpt = 1", proxies=[{}], recipients=TWO, main=ALL
    ),
    "a recipient is refused behind a proxy": Scenario(
        transport=PROXY, proxies=[{}], answers={"RCPT": "550 no"}, main=ALL
    ),
    "variables of a proxy": Scenario(
        transport=f"{PROXY}\n  helo_data = $proxy_external_port\n  headers_add = X: {VARIABLES}", proxies=[{}]
    ),
    "variables without a proxy": Scenario(transport=f"headers_add = X: {VARIABLES}", main=ALL),
    "a name for a proxy": Scenario(transport=BY_NAME, proxies=[{METHOD: b"\5\2"}]),
    "a name that a proxy refuses": Scenario(transport=BY_NAME, proxies=[{METHOD: b"\5\2", NAME: b"\1\1"}]),
    "a name that a proxy does not want": Scenario(transport=BY_NAME, proxies=[{}]),
    "a proxy wants a name": Scenario(transport=PROXY, proxies=[{METHOD: b"\5\2"}]),
    "a proxy hangs up over a name": Scenario(transport=BY_NAME, proxies=[{METHOD: b"\5\2", NAME: None}]),
    "a proxy takes no method": Scenario(transport=PROXY, proxies=[{METHOD: b"\5\xff"}]),
    "a proxy of another version": Scenario(transport=PROXY, proxies=[{METHOD: b"\4\0"}]),
    "a proxy of another version at last": Scenario(transport=PROXY, proxies=[{CONNECT: b"\4" + bytes(9)}]),
    "a proxy hangs up": Scenario(transport=PROXY, proxies=[{METHOD: None}]),
    "a proxy hangs up over the host": Scenario(transport=PROXY, proxies=[{CONNECT: None}]),
    "a proxy says nothing": Scenario(transport=f"{PROXY} tmo=1", proxies=[{METHOD: WAITS}]),
    "a proxy is short": Scenario(transport=PROXY, proxies=[{METHOD: b"\5"}]),
    "a proxy tells a name": Scenario(transport=PROXY, proxies=[{CONNECT: b"\5\0\0\3\x03abc\0\x19"}]),
    **{
        f"a proxy refuses with {code}": Scenario(transport=PROXY, proxies=[{CONNECT: refused(code)}])
        for code in range(1, 10)
    },
    "the next host by a proxy": Scenario(
        transport=PROXY, route="* 127.0.0.1:127.0.0.2", proxies=[{CONNECT: refused(5)}]
    ),
    "a proxy is not there": Scenario(transport="socks_proxy = 127.0.0.1 port=1"),
    "no proxy in the list": Scenario(transport="socks_proxy = ${if eq{1}{2}{a}}"),
    "a forced failure for a proxy": Scenario(transport="socks_proxy = ${if eq{1}{2}{a}fail}"),
    "a list of proxies that cannot be expanded": Scenario(transport="socks_proxy = ${foo}"),
    "options of a proxy that nobody knows": Scenario(
        transport=f"{PROXY} foo=bar auth auth=md5 weight=0", proxies=[{}]
    ),
    "a port of a proxy that is none": Scenario(transport="socks_proxy = 127.0.0.1 port=abc"),
    "a proxy by name": Scenario(transport=PROXY.replace("127.0.0.1", "localhost"), proxies=[{}]),
    "the first proxy is not there": Scenario(
        transport="socks_proxy = 127.0.0.1 port=1 pri=2 : 127.0.0.1 port=@SOCKS0@", proxies=[{}]
    ),
    "the second proxy comes first": Scenario(
        transport="socks_proxy = 127.0.0.1 port=1 : 127.0.0.1 port=@SOCKS0@ pri=5", proxies=[{}]
    ),
    "the first proxy refuses": Scenario(
        transport=f"{PROXY} pri=5 : 127.0.0.1 port=@SOCKS1@", proxies=[{CONNECT: refused(1)}, {}]
    ),
    "a list of proxies with a separator of its own": Scenario(
        transport="socks_proxy = <; 127.0.0.1 port=@SOCKS0@", proxies=[{}]
    ),
}
SCENARIOS |= {
    f"the interface in the log: {selectors} {answer}": Scenario(
        main=f"log_selector = {selectors}", answers={"RCPT": answer}
    )
    for selectors in ("+incoming_interface", "+incoming_interface +outgoing_port -outgoing_interface")
    for answer in ("250 ok", "550 no", "450 no")
}
SCENARIOS |= {
    f"affixes in any case: {option}": Scenario(
        transport=option,
        router="local_part_prefix = x-\n  local_part_prefix_optional",
        recipients=("X-User@Far.test", "Other@far.test"),
    )
    for option in ("", "rcpt_include_affixes")
}
LEFT_OUT = "Return-path: <a@b>\nEnvelope-to: x\nFrom: a@b\nDelivery-date: z\nBcc: c@d\n\nhi\n"
SESSION = "EHLO x\r\nMAIL FROM:<sender@example.test>\r\nRCPT TO:<user@far.test>\r\nDATA\r\n"
SCENARIOS |= {
    f"a host confirms with {text}": Scenario(answers={"TEXT": f"250 {text}"})
    for text in ("caf\xe9", "a\\b", 'a "b"', "a\tb", "one")
}
SCENARIOS |= {
    "a host confirms in two lines": Scenario(answers={"TEXT": "250-taken\n250 as 17"}),
    "the spool has lines that are left out": Scenario(message=LEFT_OUT, answers={"RCPT": "450 no"}),
    "the spool has lines that are left out of a session": Scenario(
        message=f"{SESSION}{LEFT_OUT}.\nQUIT\n".replace("\r", "").replace("\n", "\r\n"),
        first=("-bs", "-odi"),
        main="acl_smtp_rcpt = accept",
        answers={"RCPT": "450 no"},
    ),
}
WISHES = {"never": " NOTIFY=NEVER", "failure": " NOTIFY=FAILURE", "delay": " NOTIFY=DELAY"}
PATHS = (
    "log_selector = +return_path_on_delivery +sender_on_delivery\n"
    "dsn_advertise_hosts = *\nacl_smtp_rcpt = accept"
)


def session(*wishes: str) -> str:
    """A message by SMTP to as many recipients as there are wishes for notifications."""
    lines = ["EHLO x", "MAIL FROM:<sender@example.test>"]
    lines += [f"RCPT TO:<user{at}@far.test>{WISHES[wish]}" for at, wish in enumerate(wishes)]
    return "".join(f"{line}\r\n" for line in (*lines, "DATA", "Subject: x", "", "hi", ".", "QUIT"))


SCENARIOS |= {
    f"failures where the senders wants to know of {', '.join(wishes)}": Scenario(
        message=session(*wishes), first=("-bs", "-odi"), main=PATHS, answers={"RCPT": "550 no"}
    )
    for wishes in (
        ("never", "failure"),
        ("failure", "never"),
        ("never", "failure", "never"),
        ("failure", "delay", "never"),
        ("never", "never"),
    )
}
SCENARIOS |= {
    "the path of a message with long lines": Scenario(message=f"Subject: x\n\n{'x' * 1100}\n", main=PATHS),
    "the path of a message that is too large": Scenario(transport="message_size_limit = 10", main=PATHS),
    "a filter and chunks": Scenario(
        transport="transport_filter = /bin/cat",
        answers={"EHLO": "250-peer\n250-PIPELINING\n250-CHUNKING\n250 HELP"},
    ),
}

# Commands before the greeting: ``hosts_pipe_connect``.

EARLY = "hosts_pipe_connect = *"
OFFER = "250-peer.example.test\n250-PIPELINING\n250-PIPECONNECT\n"
FITS = f"{OFFER}250 HELP"
NO_MORE = "250-peer.example.test\n250-PIPELINING\n250 HELP"
AGAIN = ("-odi", "-f", "sender@example.test", "--", "user@far.test")
BOTH = (*AGAIN, "other@far.test")
QUEUED = ("-odq", *AGAIN[1:])
GREETED = "220 peer.example.test ESMTP"
CLIENTS = PLAIN_AUTH + LOGIN_AUTH
TRIES = f"{EARLY}\n  hosts_try_auth = *"
SECURES = f"{EARLY}\n  {OWN}"
BEFORE_TLS, WITHIN_TLS = f"{OFFER}250-STARTTLS\n250 HELP", f"{OFFER}250-SIZE 1000\n250 HELP"


def early(
    hello: Answer,
    *then: tuple[str, ...],
    transport: str = EARLY,
    answers: Mapping[str, Answer] | None = None,
    auth: str = "",
    tls: str = "",
) -> Scenario:
    """A message, and then others to the same host, which greets late."""
    return Scenario(
        transport=transport,
        answers={**(answers or {}), "EHLO": hello},
        then=then or (AGAIN,),
        main="log_selector = +pipelining",
        peer={"late": True},
        auth=auth,
        tls=tls,
    )


SCENARIOS |= {
    "commands before the greeting": early(FITS, AGAIN, BOTH),
    "commands before the greeting, one recipient at a time": early(
        FITS, BOTH, transport=f"{EARLY}\n  max_rcpt = 1"
    ),
    "commands before the greeting, two messages": early(FITS, QUEUED, QUEUED, ("-qq",)),
    "no commands before the greeting any more": early([FITS, NO_MORE], AGAIN, AGAIN),
    "a host offers more than before": early([FITS, f"{OFFER}250 SIZE 1000"], AGAIN, AGAIN),
    "a host offers all that it can": early(f"{OFFER}250-SIZE\n250-DSN\n250-8BITMIME\n250-PRDR\n250 SMTPUTF8"),
    "commands before the greeting are not offered": early(NO_MORE),
    "commands before the greeting without pipelining": early("250-peer\n250 PIPECONNECT"),
    "commands before the greeting are not wanted": early(FITS, transport=""),
    "commands before the greeting with HELO": early(FITS, transport=f"{EARLY}\n  hosts_avoid_esmtp = *"),
    **{
        f"a greeting that comes late: {greeting or 'none'}": early(
            FITS, AGAIN, AGAIN, answers={"CONNECT": [GREETED, greeting, GREETED]}
        )
        for greeting in ("554 not you", "junk", "")
    },
    **{
        f"a hello that is answered late: {hello or 'not at all'}": early([FITS, hello, FITS], AGAIN, AGAIN)
        for hello in ("500 what", "421 not now", "junk", "")
    },
    "late refusal of the sender": early(FITS, answers={"MAIL": ["250 ok", "550 no"]}),
    "late refusal of a recipient": early(FITS, BOTH, answers={"RCPT": ["250 ok", "550 no", "250 ok"]}),
    "late refusal of the text": early(FITS, answers={"DATA": ["354 go on", "550 no"]}),
    "a name that needs the address": early(FITS, transport=f"{EARLY}\n  helo_data = $sending_ip_address"),
    "a name that asks for the address": early(
        FITS,
        transport=f"{EARLY}\n  helo_data = ${{if def:sending_ip_address{{$sending_ip_address}}{{none}}}}",
    ),
    "a name that knows the address": early(
        FITS, transport=f"{EARLY}\n  helo_data = $sending_ip_address\n  interface = 127.0.0.1"
    ),
    "AUTH before the greeting": early(
        f"{OFFER}250 AUTH PLAIN LOGIN", transport=TRIES, auth=CLIENTS, answers={"AUTH": "235 ok"}
    ),
    "AUTH before the greeting is refused": early(
        f"{OFFER}250 AUTH PLAIN LOGIN", transport=TRIES, auth=CLIENTS, answers={"AUTH": ["235 ok", "535 no"]}
    ),
    "AUTH is not offered any more": early(
        [f"{OFFER}250 AUTH PLAIN", FITS],
        AGAIN,
        AGAIN,
        transport=TRIES,
        auth=CLIENTS,
        answers={"AUTH": "235 ok"},
    ),
    "STARTTLS before the greeting": early(
        [BEFORE_TLS, WITHIN_TLS] * 3, AGAIN, AGAIN, transport=SECURES, tls="1.3"
    ),
    "STARTTLS before the greeting alone": early([BEFORE_TLS, NO_MORE] * 2, transport=SECURES, tls="1.3"),
    "STARTTLS is refused late": early(
        [BEFORE_TLS, WITHIN_TLS] * 2, transport=SECURES, tls="1.3", answers={"STARTTLS": ["220 go", "454 no"]}
    ),
}
