"""Deliveries to another host with options, answers and messages at random, for both programs."""

from __future__ import annotations

from random import Random

from delivery_lab import CONFIG, Scenario
from random_deliveries import message, settable

OPTIONS = (
    "headers_add = X-Added: by transport",
    r"headers_add = X-One: 1\nX-Two: $local_part",
    "headers_remove = subject : x-*",
    "headers_rewrite = *@example.test new@other.test",
    "return_path = bounce@example.test",
    'return_path = ""',
    "delivery_date_add",
    "envelope_to_add",
    "return_path_add",
    "body_only",
    "message_size_limit = 400",
    "transport_filter = /bin/cat",
    'transport_filter = /bin/sed -e "s/line/LINE/g"',
    "rcpt_include_affixes",
    "disable_logging",
    "max_rcpt = 1",
    "max_rcpt = 2",
    "max_rcpt = 0",
    "helo_data = $local_part.example.test",
    "helo_data = [$sending_ip_address]",
    "size_addition = 0",
    "size_addition = -1",
    "authenticated_sender = auth@example.test\n  authenticated_sender_force",
    "authenticated_sender = auth@example.test",
    "connection_max_messages = 1",
    "connection_max_messages = 2",
    "address_retry_include_sender = false",
    "retry_include_ip_address = false",
    "retry_use_local_part",
    "interface = 127.0.0.1",
    "interface = 127.0.0.9",
    "hosts_avoid_pipelining = *",
    "hosts_avoid_esmtp = *",
    "hosts_try_chunking =",
    "hosts_try_prdr =",
    "delay_after_cutoff = false",
    "hosts_max_try = 1",
    "multi_domain = false",
    "message_linelength_limit = 200",
    "message_linelength_limit = 5000",
    "keepalive = false",
    "hosts_randomize = false",
    "hosts_override\n  hosts = 127.0.0.1",
    "tls_tempfail_tryclear = false",
    "hosts_require_tls = *",
    "hosts_pipe_connect = *",
)
ROUTER = (
    "headers_add = X-Router: $local_part",
    "headers_remove = to",
    "errors_to = bounces@example.test",
    'errors_to = ""',
    "address_data = some data",
    "local_part_prefix = x- : y-\n  local_part_prefix_optional",
    "unseen",
)
SELECTORS = (
    "outgoing_port",
    "outgoing_interface",
    "incoming_interface",
    "delivery_size",
    "sender_on_delivery",
    "return_path_on_delivery",
    "pipelining",
    "smtp_mailauth",
    "all_parents",
    "smtp_confirmation",
    "retry_defer",
)
HELLOS = (
    "250 peer hello",
    "250-peer hello\n250-SIZE 1000000\n250-8BITMIME\n250-PIPELINING\n250-DSN\n250 HELP",
    "250-peer\n250-PIPELINING\n250-CHUNKING\n250 HELP",
    "250-peer\n250-PIPELINING\n250-PRDR\n250-SIZE\n250 HELP",
    "250-peer\n250-SIZE 300\n250 HELP",
    "250-peer\n250-DSN\n250-CHUNKING\n250-SMTPUTF8\n250 HELP",
    "250-peer\n250-PIPELINING\n250-PIPECONNECT\n250 HELP",
    "500 what",
)
ANSWERS = (
    ("RCPT TO:<other", "550 5.1.1 no such user"),
    ("RCPT TO:<other", "450-later\n450 4.2.0 perhaps"),
    ("RCPT TO:<other", "452 too many"),
    ("RCPT", "550 nobody"),
    ("RCPT", "451 nobody now"),
    ("RCPT", ["250 ok", "552 too many"]),
    ("MAIL", "550-not\n550 you"),
    ("MAIL", "452 full"),
    ("MAIL", ["250 ok", "550 not again"]),
    ("DATA", "554 no"),
    ("DATA", "421 closing"),
    ("TEXT", "550 spam"),
    ("TEXT", "451 4.7.1 greylisted \xe4"),
    ("TEXT", "250-taken\n250 as 17"),
    ("BDAT", "550 no chunk"),
    ("CONNECT", "554 go away"),
    ("CONNECT", "220-hello\n220 there"),
    ("CONNECT", "421 busy"),
    ("QUIT", ""),
    ("RSET", "500 what"),
)
RECIPIENTS = (
    ("user@far.test",),
    ("user@far.test", "other@far.test"),
    ("user@far.test", "other@far.test", "third@else.test"),
    ("x-user@far.test", "other@far.test"),
    ("User@Far.Test", "user@far.test"),
)
NOTIFIES = ("", " NOTIFY=NEVER", " NOTIFY=SUCCESS,FAILURE", " NOTIFY=DELAY ORCPT=rfc822;a+2Bb@c.test")
RETURNS = ("", " RET=HDRS", " RET=FULL ENVID=one+2Btwo", " ENVID=x")


def scenario(random: Random) -> Scenario:
    """One delivery, and sometimes a further run of the queue."""
    options = settable(random.sample(OPTIONS, random.choice((0, 1, 2, 3, 4))))
    router = settable(random.sample(ROUTER, random.choice((0, 0, 1, 2))))
    selectors = " ".join(f"+{name}" for name in random.sample(SELECTORS, random.choice((0, 2, 5))))
    answers = dict(random.sample(ANSWERS, random.choice((0, 0, 1, 1, 2))))
    answers["EHLO"] = random.choice(HELLOS)
    recipients = random.choice(RECIPIENTS)
    text = message(random).decode("latin-1")
    first: tuple[str, ...] = ()
    main = f"log_selector = {selectors}\ndsn_advertise_hosts = *\nacl_smtp_rcpt = accept"
    if random.random() < 0.4:
        first = ("-bs", "-odi")
        text = _dialogue(random, recipients, text)
    return Scenario(
        transport="\n  ".join(options),
        router="\n  ".join(router),
        answers=answers,
        recipients=recipients,
        message=text,
        main=main,
        first=first,
        then=random.choice(((), (), (("-qff",),))),
        config=CONFIG,
    )


def _dialogue(random: Random, recipients: tuple[str, ...], text: str) -> str:
    """The message as a client brings it."""
    text = text.replace("\r\n", "\n").replace("\r", "").replace("\0", "")
    lines = ["EHLO client.test", f"MAIL FROM:<sender@example.test>{random.choice(RETURNS)}"]
    lines += [f"RCPT TO:<{each}>{random.choice(NOTIFIES)}" for each in recipients]
    body = "".join(f".{line}\r\n" if line.startswith(".") else f"{line}\r\n" for line in text.split("\n"))
    return "".join(f"{line}\r\n" for line in (*lines, "DATA")) + body + ".\r\nQUIT\r\n"
