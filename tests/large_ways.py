"""The ways that a large message can go: how it comes in, and which transport it goes out by."""

from __future__ import annotations

from grammar.record import Record

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
keep_environment =
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
message_size_limit = 1G
bounce_return_size_limit = 1G
chunking_advertise_hosts = *
acl_smtp_rcpt = accept
acl_smtp_data = accept
never_users =
@MAIN@
begin routers
all:
  driver = accept
  transport = t
@ROUTER@
begin transports
t:
@TRANSPORT@
"""
MAILDIR = """
  driver = appendfile
  directory = @DIR@/mail
  maildir_format
  create_directory
  user = mail
  group = mail
"""
FILE = """
  driver = appendfile
  file = @DIR@/mail/box
  user = mail
  group = mail
  use_lockfile = false
"""
PIPE = """
  driver = pipe
  command = /bin/cat
  user = mail
  group = mail
"""
SMTP = """
  driver = smtp
  hosts = 127.0.0.1
  hosts_override
  allow_localhost
  port = @PORT@
  hosts_try_dane =
"""
TRUE = PIPE.replace("/cat", "/true")
LMTP = """
  driver = lmtp
  socket = @DIR@/lmtp
  user = mail
  group = mail
"""
REPLY = """
  driver = autoreply
  from = a@client.example
  to = $sender_address
  subject = reply
  text = something
  return_message
  user = mail
  group = mail
"""
SIGNED = """
  dkim_domain = client.example
  dkim_selector = s
  dkim_private_key = @DIR@/key
"""
LINE = b"a line of a message, with some more words  in it\r\n"
HEAD = b"Subject: a large message\r\nFrom: a@client.example\r\nTo: user@example.test\r\n\r\n"
HELLO = b"EHLO client.example\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<user@example.test>\r\n"


class Way(Record):
    """How a message comes in (``arguments``, ``form``) and goes out (``transport``).

    The form is that of standard input: "plain", "DATA", "BDAT" or "line", which is one line alone.
    """

    transport: str = MAILDIR
    arguments: tuple[str, ...] = ("-odi", "user")
    form: str = "plain"
    main: str = ""
    router: str = ""
    header: bytes = b""


BS, BATCH = ("-odi", "-bs"), ("-odi", "-bS")
FILTER = "\n  transport_filter = /bin/cat\n"
WAYS = {
    "plain arguments": Way(),
    "-t": Way(arguments=("-odi", "-t")),
    "-t, one line": Way(arguments=("-odi", "-t"), form="line"),
    "-bs, DATA": Way(arguments=BS, form="DATA"),
    "-bs, one line": Way(arguments=BS, form="DATA line"),
    "-bs, BDAT": Way(arguments=BS, form="BDAT"),
    "-bs, BDAT, one line": Way(arguments=BS, form="BDAT line"),
    "-bs, spool_wireformat": Way(arguments=BS, form="BDAT", main="spool_wireformat"),
    "-bs, with a signature": Way(
        arguments=BS,
        form="DATA",
        header=b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=client.example; s=s;"
        b" h=from; bh=AAAA; b=AAAA\r\n",
    ),
    "-bS": Way(arguments=BATCH, form="DATA"),
    "$message_body": Way(
        main="message_body_visible = 1M",
        router="  condition = ${if match{$message_body $message_body_end}{nothing of this}{no}{yes}}\n",
    ),
    "a file": Way(FILE),
    "a file, escaped": Way(FILE + '  check_string = "a line"\n  escape_string = ">a line"\n  use_crlf\n'),
    "a file, use_bsmtp": Way(FILE + "  use_bsmtp\n"),
    "a file, mbx_format": Way(FILE + "  mbx_format\n"),
    "mailstore": Way(MAILDIR.replace("maildir_format", "mailstore_format")),
    "a file, filtered": Way(FILE + FILTER),
    "a pipe": Way(TRUE),
    "a pipe that writes": Way(PIPE + "  return_output\n"),
    "a pipe, escaped": Way(TRUE + '  check_string = "a"\n  escape_string = ">a"\n'),
    "a pipe, filtered": Way(TRUE + FILTER),
    "autoreply": Way(REPLY),
    "autoreply, body_only": Way(REPLY + "  body_only\n"),
    "a bounce": Way(FILE.replace("file = @DIR@/mail/box", "file = /nowhere/box\n  create_file = belowhome")),
    "smtp, DATA": Way(SMTP + "  hosts_try_chunking =\n"),
    "smtp, BDAT": Way(SMTP),
    "smtp, DATA, signed": Way(SMTP + SIGNED + "  hosts_try_chunking =\n"),
    "smtp, BDAT, signed": Way(SMTP + SIGNED + "  dkim_canon = simple\n"),
    "smtp, DATA, filtered": Way(SMTP + FILTER + "  hosts_try_chunking =\n"),
    "smtp, BDAT, filtered": Way(SMTP + FILTER),
    "smtp, one line": Way(SMTP + "  message_linelength_limit = 1G\n", form="line"),
    "lmtp": Way(LMTP),
    "lmtp, filtered": Way(LMTP + FILTER),
    "queuefile": Way("\n  driver = queuefile\n  directory = @DIR@/mail\n"),
    "spool_wireformat, smtp, BDAT": Way(SMTP, arguments=BS, form="BDAT", main="spool_wireformat"),
}  # fmt: skip
"""The ways of the command line."""

SERVED = {"serve, DATA": "DATA", "serve, BDAT": "BDAT", "serve, one line": "DATA line"}
