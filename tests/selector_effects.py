"""For each word of ``log_selector`` something that is logged in another way with it than without it."""

from __future__ import annotations

from dataclasses import dataclass

CONFIG = """\
acl_smtp_rcpt = rcpt
acl_smtp_data = data
acl_smtp_etrn = accept
tls_advertise_hosts =
message_size_limit = 2K
trusted_users = root
smtp_accept_queue_per_connection = 1
smtp_etrn_command = /bin/true
@MORE@
begin acl
rcpt:
  deny local_parts = verify
       !verify = sender
  deny local_parts = unknown
       hosts = unknown.invalid
  warn local_parts = skip
       condition = nonsense
  accept
data:
  deny condition = ${if match{$h_subject:}{refuse}}
  accept
freezes:
  accept control = freeze
begin rewrite
*@old.test $1@example.test
begin routers
middle:
  driver = redirect
  data = ${if eq{$local_part}{a}{b}{${if eq{$local_part}{b}{box}fail}}}
later:
  driver = redirect
  local_parts = later
  allow_defer
  data = :defer: not now
local:
  driver = accept
  local_parts = box
  transport = box
begin transports
box:
  driver = appendfile
  file = @DIR@/mail/box
  user = mail
begin retry
* * F,1d,10m
"""
MESSAGE = "From: x@example.test\nMessage-ID: <given@x.test>\nSubject: greetings\n\nbody\n"
BARE = "From: x@example.test\n\nbody\n"
ENVELOPE = "EHLO client.test\nMAIL FROM:<box@example.test> BODY=8BITMIME\nRCPT TO:<box@example.test>\n"
SENT = f"{ENVELOPE}DATA\n{MESSAGE}.\n"


@dataclass(frozen=True)
class Logged:
    """What is done: the calls of the program, each with what it reads."""

    calls: tuple[tuple[tuple[str, ...], str], ...]
    more: str = ""
    sign: str = "+"


def session(text: str, sign: str = "+", more: str = "") -> Logged:
    """A session of a user who tells a client."""
    words = ("-odi", "-bs", "-oMa", "192.0.2.1.99", "-oMi", "192.0.2.5.25")
    return Logged(((words, text.replace("\n", "\r\n")),), more, sign)


def message(*recipients: str, text: str = MESSAGE, sign: str = "+", how: str = "-odi") -> Logged:
    """A message that a user hands in."""
    words = (how, "-oi", "-f", "box@example.test", *(f"{name}@example.test" for name in recipients))
    return Logged(((words, text),), "", sign)


LOCAL = message("box")
SELECTORS: dict[str, Logged] = {
    "8bitmime": session(f"{SENT}QUIT\n"),
    "acl_warn_skipped": session(
        "HELO a\nMAIL FROM:<box@example.test>\nRCPT TO:<skip@example.test>\nQUIT\n", "-"
    ),
    "address_rewrite": Logged(((("-odq", "-oi", "-f", "box@old.test", "box@old.test"), MESSAGE),)),
    "all": LOCAL,
    "all_parents": message("a"),
    "arguments": message("box", how="-odq"),
    "connection_reject": session("QUIT\n", "-", "host_reject_connection = *\n"),
    "delay_delivery": session(f"{SENT}{SENT}QUIT\n", "-"),
    "deliver_time": LOCAL,
    "delivery_size": LOCAL,
    "etrn": session("EHLO a\nETRN #x\nQUIT\n", "-"),
    "incoming_interface": session(f"{SENT}QUIT\n"),
    "incoming_port": session(f"{SENT}QUIT\n"),
    "lost_incoming_connection": session(f"{ENVELOPE}", "-"),
    "millisec": LOCAL,
    "msg_id": message("box", sign="-"),
    "msg_id_created": message("box", text=BARE),
    "pid": LOCAL,
    "pipelining": session(f"{SENT}QUIT\n"),
    "queue_run": Logged(((("-q",), ""),), "", "-"),
    "queue_time": LOCAL,
    "queue_time_overall": LOCAL,
    "receive_time": LOCAL,
    "received_recipients": LOCAL,
    "received_sender": LOCAL,
    "rejected_header": session(f"{ENVELOPE}DATA\nSubject: refuse\n\nx\n.\nQUIT\n", "-"),
    "rejected_headers": session(f"{ENVELOPE}DATA\nSubject: refuse\n\nx\n.\nQUIT\n", "-"),
    "retry_defer": Logged(
        (*message("later").calls, (("-q",), "")),
        "",
        "-",
    ),
    "return_path_on_delivery": LOCAL,
    "sender_on_delivery": LOCAL,
    "sender_verify_fail": session(
        "HELO a\nMAIL FROM:<nobody@example.test>\nRCPT TO:<verify@example.test>\nQUIT\n", "-"
    ),
    "size_reject": session(f"{ENVELOPE}DATA\n{MESSAGE}{'x' * 3000}\n.\nQUIT\n", "-"),
    "skip_delivery": Logged(
        (*message("box", how="-odq").calls, (("-q",), "")),
        "acl_not_smtp = freezes\n",
        "-",
    ),
    "smtp_connection": session("QUIT\n"),
    "smtp_incomplete_transaction": session(f"{ENVELOPE}QUIT\n"),
    "smtp_no_mail": session("EHLO a\nNOOP\nQUIT\n"),
    "smtp_protocol_error": session("EHLO a\nRCPT TO:<box@example.test>\nQUIT\n"),
    "smtp_syntax_error": session("EHLO a\nMAIL FROM:<a\nQUIT\n"),
    "subject": LOCAL,
    "unknown_in_list": session(
        "HELO a\nMAIL FROM:<box@example.test>\nRCPT TO:<unknown@example.test>\nQUIT\n"
    ),
}
ELSEWHERE: dict[str, str] = {
    "connection_id": "of releases that no Exim here has",
    "dkim": "test_dkim.py: messages with signatures",
    "dkim_verbose": "test_dkim.py: messages with signatures",
    "dmarc": "of releases that no Exim here has",
    "dmarc_verbose": "test_dmarc.py: messages with policies",
    "dnslist_defer": "test_acl_words_live.py: a name server that does not answer",
    "dnssec": "needs hosts whose names DNSSEC vouches for",
    "host_lookup_failed": "test_bh_findings_live.py: clients without a name",
    "ident_timeout": "test_ident.py: a peer that does not answer",
    "outgoing_interface": "test_remote_live.py: deliveries to a peer",
    "outgoing_port": "test_remote_live.py: deliveries to a peer",
    "protocol_detail": "test_tls_daemon_live.py: clients that hang up after QUIT",
    "proxy": "test_proxy_live.py: clients behind a proxy",
    "queue_time_exclusive": "test_delivery_times.py: messages that come slowly",
    "smtp_confirmation": "test_remote_live.py: deliveries to a peer",
    "smtp_mailauth": "test_remote_live.py: deliveries to a peer",
    "spf": "of releases that no Exim here has",
    "spf_verbose": "changes nothing, which `check` tells (EXO020)",
    "tls_certificate_verified": "test_remote_live.py: deliveries under TLS",
    "tls_cipher": "test_remote_live.py: deliveries under TLS",
    "tls_on_connect": "changes nothing, which `check` tells (EXO020)",
    "tls_peerdn": "test_remote_live.py: deliveries under TLS",
    "tls_resumption": "test_remote_live.py: deliveries under TLS that resume sessions",
    "tls_sni": "test_remote_live.py: deliveries under TLS",
}
"""Where the effect of other words shows, or why none does."""
