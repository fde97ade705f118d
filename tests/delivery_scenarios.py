"""Deliveries to other hosts that are put to eximulate and to the real Exim alike."""

from __future__ import annotations

from delivery_lab import CONFIG, Scenario
from delivery_peer import SILENT

TWO = ("user@far.test", "other@far.test")
THREE = (*TWO, "third@else.test")
FULL = "250-peer.example.test\n250-SIZE 1000000\n250-8BITMIME\n250-PIPELINING\n250-DSN\n250 HELP"
CHUNKING = "250-peer.example.test\n250-PIPELINING\n250 CHUNKING"
EACH = "353 each\n250 first\n550 second\n250 all"
PRDR = "250-peer.example.test\n250-PIPELINING\n250 PRDR"
PLAIN_AUTH = """\
plain:
  driver = plaintext
  public_name = PLAIN
  client_send = ^me^secret
"""
LOGIN_AUTH = """\
login:
  driver = plaintext
  public_name = LOGIN
  client_send = : me : secret
"""
CRAM_AUTH = """\
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  client_name = me
  client_secret = secret
"""
AUTH_PEER = {"EHLO": "250-peer.example.test\n250 AUTH PLAIN LOGIN", "AUTH": "235 welcome"}
ALL_SELECTORS = (
    "log_selector = +outgoing_port +outgoing_interface +delivery_size +sender_on_delivery "
    "+incoming_interface +return_path_on_delivery +pipelining +deliver_time +queue_time +smtp_mailauth"
)
BOTH_HOSTS = '* "<+ 127.0.0.1:@PORT0@ + 127.0.0.1:@PORT1@"'
WIDE = "Subject: wide\n\n" + "caf\xe9 \xfc\n"

TLS_PEER = {"EHLO": ["250-peer\n250 STARTTLS", "250-peer\n250-SIZE\n250 HELP"]}
OWN = "tls_verify_certificates = @DIR@/own.pem"
TLS_SELECTORS = "log_selector = +tls_peerdn +tls_sni +tls_cipher +tls_certificate_verified"
TLS_VARIABLES = (
    "X: b=$tls_out_bits c=$tls_out_cipher s=$tls_out_cipher_std v=$tls_out_ver d=$tls_out_peerdn "
    "cv=$tls_out_certificate_verified sni=$tls_out_sni old=$tls_cipher o=$tls_out_ocsp "
    "r=$tls_out_resumption dn=$tls_out_dane pc=${certextract{subject}{$tls_out_peercert}}"
)

SCENARIOS: dict[str, Scenario] = {
    "one recipient": Scenario(),
    "the host is down": Scenario(is_down=True),
    "the recipient is refused": Scenario(answers={"RCPT": "550 no such user"}),
    "the recipient is put off": Scenario(answers={"RCPT": "450 later"}),
    "the greeting refuses": Scenario(answers={"CONNECT": "554 not you"}),
    "the greeting puts off": Scenario(answers={"CONNECT": "421 too busy"}),
    "the greeting is missing": Scenario(answers={"CONNECT": ""}),
    "EHLO is not known": Scenario(answers={"EHLO": "500 what"}),
    "EHLO and HELO are refused": Scenario(answers={"EHLO": "550 no", "HELO": "550 no"}),
    "EHLO is put off": Scenario(answers={"EHLO": "451 not now"}),
    "EHLO is left without an answer": Scenario(answers={"EHLO": ""}),
    "the sender is refused": Scenario(answers={"MAIL": "550 bad sender"}),
    "the sender is put off": Scenario(answers={"MAIL": "451 sender later"}),
    "DATA is refused": Scenario(answers={"DATA": "554 no data"}),
    "DATA is put off": Scenario(answers={"DATA": "451 no data yet"}),
    "the message is refused": Scenario(answers={"TEXT": "550 spam"}),
    "the message is put off": Scenario(answers={"TEXT": "451 try again"}),
    "the message is refused in many lines": Scenario(answers={"TEXT": "550-this is\n550-spam\n550 really"}),
    "the peer hangs up after the message": Scenario(answers={"TEXT": ""}),
    "the peer hangs up after the sender": Scenario(answers={"MAIL": ""}),
    "the peer hangs up after the recipient": Scenario(answers={"RCPT": ""}),
    "the peer hangs up after DATA": Scenario(answers={"DATA": ""}),
    "an answer is no answer": Scenario(answers={"MAIL": "what do you want"}),
    "an answer to a recipient is no answer": Scenario(answers={"RCPT": "nonsense"}),
    "two recipients": Scenario(recipients=TWO),
    "two domains": Scenario(recipients=THREE),
    "two domains apart": Scenario(recipients=THREE, transport="multi_domain = false"),
    "one recipient at a time": Scenario(recipients=TWO, transport="max_rcpt = 1"),
    "two at a time": Scenario(recipients=THREE, transport="max_rcpt = 2"),
    "one of two is refused": Scenario(recipients=TWO, answers={"RCPT TO:<other": "550 gone"}),
    "one of two is put off": Scenario(recipients=TWO, answers={"RCPT TO:<other": "450 later"}),
    "one of two is too many": Scenario(
        recipients=TWO, answers={"RCPT": ["250 ok", "452 too many", "250 ok"]}
    ),
    "both are put off": Scenario(recipients=TWO, answers={"RCPT": "452 too many"}),
    "pipelining": Scenario(recipients=TWO, answers={"EHLO": FULL}),
    "pipelining and one is refused": Scenario(
        recipients=TWO, answers={"EHLO": FULL, "RCPT TO:<other": "550 gone"}
    ),
    "pipelining and all are refused": Scenario(
        recipients=TWO, answers={"EHLO": FULL, "RCPT": "550 gone", "DATA": "503 nobody"}
    ),
    "pipelining and the sender is refused": Scenario(
        answers={"EHLO": FULL, "MAIL": "550 bad sender", "RCPT": "503 no sender", "DATA": "503 nobody"}
    ),
    "pipelining is avoided": Scenario(
        recipients=TWO, answers={"EHLO": FULL}, transport="hosts_avoid_pipelining = *"
    ),
    "ESMTP is avoided": Scenario(answers={"EHLO": FULL}, transport="hosts_avoid_esmtp = *"),
    "the name is another": Scenario(transport="helo_data = client.example.test"),
    "the name cannot be expanded": Scenario(transport="helo_data = ${foo}"),
    "an 8-bit message": Scenario(answers={"EHLO": FULL}, message=WIDE),
    "an 8-bit message to an old host": Scenario(message=WIDE),
    "an 8-bit message that is said to be one": Scenario(
        answers={"EHLO": FULL}, message=WIDE, arguments=("-B8BITMIME",)
    ),
    "no size": Scenario(transport="size_addition = -1"),
    "another size": Scenario(transport="size_addition = 10"),
    "the message is larger than the host permits": Scenario(
        answers={"EHLO": "250-peer\n250 SIZE 100", "MAIL": "552 too large"}
    ),
    "the message is larger than the transport permits": Scenario(transport="message_size_limit = 20"),
    "chunking": Scenario(answers={"EHLO": CHUNKING}),
    "chunking is not tried": Scenario(answers={"EHLO": CHUNKING}, transport="hosts_try_chunking ="),
    "chunking and the text is refused": Scenario(answers={"EHLO": CHUNKING, "BDAT": "550 spam"}),
    "chunking and the recipient is refused": Scenario(answers={"EHLO": CHUNKING, "RCPT": "550 gone"}),
    "a bounce address": Scenario(router="errors_to = errors@example.test"),
    "no sender": Scenario(sender="<>"),
    "a return path": Scenario(transport="return_path = other@example.test"),
    "headers are added and removed": Scenario(
        transport="headers_add = X-New: yes\n  headers_remove = subject",
        router="headers_add = X-Router: $domain",
    ),
    "headers are rewritten": Scenario(transport="headers_rewrite = *@example.test new@else.test f"),
    "lines of the delivery": Scenario(transport="return_path_add\n  envelope_to_add\n  delivery_date_add"),
    "the header alone": Scenario(transport="headers_only"),
    "the body alone": Scenario(transport="body_only"),
    "authentication": Scenario(answers=AUTH_PEER, auth=PLAIN_AUTH, transport="hosts_try_auth = *"),
    "authentication in steps": Scenario(
        answers={
            "EHLO": "250-peer\n250 AUTH LOGIN",
            "AUTH": "334 VXNlcm5hbWU6",
            "bWU=": "334 UGFzc3dvcmQ6",
            "c2VjcmV0": "235 welcome",
        },
        auth=LOGIN_AUTH,
        transport="hosts_try_auth = *",
        main="log_selector = +smtp_mailauth",
    ),
    "authentication by challenge": Scenario(
        answers={
            "EHLO": "250-peer\n250 AUTH CRAM-MD5",
            "AUTH": "334 PDE4OTYuNjk3MTcwOTUyQHBvc3Q+",
            "bWU": "235 welcome",
        },
        auth=CRAM_AUTH,
        transport="hosts_try_auth = *",
    ),
    "authentication is refused": Scenario(
        answers={**AUTH_PEER, "AUTH": "535 wrong"}, auth=PLAIN_AUTH, transport="hosts_try_auth = *"
    ),
    "required authentication is refused": Scenario(
        answers={**AUTH_PEER, "AUTH": "535 wrong"}, auth=PLAIN_AUTH, transport="hosts_require_auth = *"
    ),
    "required authentication is put off": Scenario(
        answers={**AUTH_PEER, "AUTH": "454 later"}, auth=PLAIN_AUTH, transport="hosts_require_auth = *"
    ),
    "required authentication is not offered": Scenario(auth=PLAIN_AUTH, transport="hosts_require_auth = *"),
    "the authenticated sender": Scenario(
        answers=AUTH_PEER,
        auth=PLAIN_AUTH,
        transport="hosts_try_auth = *\n  authenticated_sender = me@example.test",
    ),
    "the authenticated sender by force": Scenario(
        answers=AUTH_PEER,
        transport="authenticated_sender = me@example.test\n  authenticated_sender_force",
    ),
    "an identity": Scenario(
        answers=AUTH_PEER,
        auth=PLAIN_AUTH + "  client_set_id = me\n",
        transport="hosts_try_auth = *",
        main=ALL_SELECTORS,
    ),
    "all selectors": Scenario(main=ALL_SELECTORS, answers={"EHLO": FULL}, recipients=TWO),
    "no confirmation": Scenario(main="log_selector = -smtp_confirmation"),
    "the first host is down": Scenario(route='* "<+ 127.0.0.2 + 127.0.0.1"'),
    "the first host puts off": Scenario(
        route=BOTH_HOSTS,
        answers={"CONNECT": "421 busy"},
        others=({},),
    ),
    "the first host refuses": Scenario(
        route=BOTH_HOSTS,
        answers={"CONNECT": "554 go away"},
        others=({},),
    ),
    "the first host takes one of two": Scenario(
        route=BOTH_HOSTS,
        recipients=TWO,
        answers={"RCPT TO:<other": "450 later"},
        others=({},),
    ),
    "both hosts put off": Scenario(
        route=BOTH_HOSTS,
        answers={"RCPT": "450 later"},
        others=({"RCPT": "451 not here"},),
    ),
    "the first host refuses the recipient": Scenario(
        route=BOTH_HOSTS,
        answers={"RCPT": "550 no"},
        others=({},),
    ),
    "the first host refuses the sender": Scenario(
        route=BOTH_HOSTS,
        answers={"MAIL": "550 no"},
        others=({},),
    ),
    "the first host puts the sender off": Scenario(
        route=BOTH_HOSTS,
        answers={"MAIL": "450 no"},
        others=({},),
    ),
    "the first host puts the text off": Scenario(
        route=BOTH_HOSTS,
        answers={"TEXT": "450 no"},
        others=({},),
    ),
    "the first host refuses the name": Scenario(
        route=BOTH_HOSTS,
        answers={"EHLO": "550 no", "HELO": "550 no"},
        others=({},),
    ),
    "the first host hangs up at the sender": Scenario(
        route=BOTH_HOSTS,
        answers={"MAIL": ""},
        others=({},),
    ),
    "the first host hangs up at the recipient": Scenario(
        route=BOTH_HOSTS,
        answers={"RCPT": ""},
        others=({},),
    ),
    "the first host hangs up after the text": Scenario(
        route=BOTH_HOSTS,
        answers={"TEXT": ""},
        others=({},),
    ),
    "the first host is slow with the sender": Scenario(
        route=BOTH_HOSTS,
        answers={"MAIL": SILENT},
        others=({},),
        transport="command_timeout = 1s",
    ),
    "the first host is slow with the recipient": Scenario(
        route=BOTH_HOSTS,
        answers={"RCPT": SILENT},
        others=({},),
        transport="command_timeout = 1s",
    ),
    "the first host wants to know the client": Scenario(
        route=BOTH_HOSTS,
        answers={},
        others=(AUTH_PEER,),
        auth=PLAIN_AUTH,
        transport="hosts_require_auth = *",
    ),
    "the first host has no TLS": Scenario(
        route=BOTH_HOSTS,
        answers={},
        others=({},),
        transport="hosts_require_tls = *",
    ),
    "the first host of two is down": Scenario(route=BOTH_HOSTS, is_down=True, others=({},)),
    "both hosts are down": Scenario(route='* "<+ 127.0.0.1:@PORT0@ + 127.0.0.2:@PORT0@"', is_down=True),
    "pipelining and the text is refused": Scenario(answers={"EHLO": FULL, "TEXT": "550 spam"}),
    "pipelining and DATA is refused": Scenario(answers={"EHLO": FULL, "DATA": "550 spam"}),
    "pipelining and DATA is refused for nobody": Scenario(
        answers={"EHLO": FULL, "DATA": "550 spam", "RCPT": "450 later"}
    ),
    "pipelining and the peer wants the text for nobody": Scenario(
        answers={"EHLO": FULL, "RCPT": "450 later"}
    ),
    "pipelining and the peer hangs up at the sender": Scenario(answers={"EHLO": FULL, "MAIL": ""}),
    "pipelining and the peer hangs up at the recipient": Scenario(answers={"EHLO": FULL, "RCPT": ""}),
    "pipelining and the answer to the recipient is slow": Scenario(
        answers={"EHLO": FULL, "RCPT": SILENT, "DATA": SILENT}, transport="command_timeout = 1s"
    ),
    "chunking a large message": Scenario(
        answers={"EHLO": CHUNKING}, message="Subject: large\n\n" + "a line of the text\n" * 2000
    ),
    "chunking without pipelining": Scenario(
        answers={"EHLO": "250-peer\n250 CHUNKING"},
        message="Subject: large\n\n" + "a line of the text\n" * 2000,
    ),
    "PRDR and one is refused": Scenario(recipients=TWO, answers={"EHLO": PRDR, "TEXT": EACH}),
    "one host is enough": Scenario(
        route=BOTH_HOSTS,
        transport="hosts_max_try = 1",
        answers={"CONNECT": "421 busy"},
        others=({},),
    ),
    "a host to fall back on": Scenario(
        transport="fallback_hosts = <+ 127.0.0.1:@PORT1@", answers={"CONNECT": "421 busy"}, others=({},)
    ),
    "hosts of the transport": Scenario(
        router="", transport="hosts = 127.0.0.1\n  hosts_override", route="* 127.0.0.9"
    ),
    "PRDR": Scenario(recipients=TWO, answers={"EHLO": PRDR, "TEXT": "250 taken"}),
    "PRDR is not tried": Scenario(recipients=TWO, answers={"EHLO": PRDR}, transport="hosts_try_prdr ="),
    "LMTP": Scenario(transport="protocol = lmtp", peer={"lmtp": True}, recipients=TWO),
    "LMTP and one is refused": Scenario(
        transport="protocol = lmtp",
        peer={"lmtp": True},
        recipients=TWO,
        answers={"TEXT": ["250 first", "550 second"]},
    ),
    "LMTP and one is put off": Scenario(
        transport="protocol = lmtp",
        peer={"lmtp": True},
        recipients=TWO,
        answers={"TEXT": ["450 first", "250 second"]},
    ),
    "LMTP and no quota": Scenario(
        transport="protocol = lmtp\n  lmtp_ignore_quota",
        peer={"lmtp": True},
        answers={"LHLO": "250-peer\n250 IGNOREQUOTA"},
    ),
    "TLS is required and not offered": Scenario(transport="hosts_require_tls = *"),
    "TLS is refused": Scenario(answers={"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "554 no TLS"}),
    "TLS is put off": Scenario(answers={"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "454 no TLS now"}),
    "TLS is avoided": Scenario(answers={"EHLO": "250-peer\n250 STARTTLS"}, transport="hosts_avoid_tls = *"),
    "the greeting comes too late": Scenario(answers={"CONNECT": SILENT}, transport="command_timeout = 1s"),
    "an answer comes too late": Scenario(answers={"MAIL": SILENT}, transport="command_timeout = 1s"),
    "an answer to the recipient comes too late": Scenario(
        answers={"RCPT": SILENT}, transport="command_timeout = 1s"
    ),
    "the answer to the text comes too late": Scenario(
        answers={"TEXT": SILENT}, transport="final_timeout = 1s"
    ),
    "an interface": Scenario(transport="interface = 127.0.0.1", main=ALL_SELECTORS),
    "an interface that this host lacks": Scenario(transport="interface = 192.0.2.9"),
    "lines are too long": Scenario(message="Subject: long\n\n" + "x" * 1200 + "\n"),
    "longer lines are permitted": Scenario(
        message="Subject: long\n\n" + "x" * 1200 + "\n", transport="message_linelength_limit = 2000"
    ),
    "a host that is this one": Scenario(config=CONFIG.replace("  allow_localhost\n", "")),
    "a port that is none": Scenario(config=CONFIG.replace("port = @PORT@", "port = nonsense")),
    "hosts that are missing": Scenario(route='* ""'),
    "a delivery that may not be logged": Scenario(transport="disable_logging"),
    "a filter of the transport": Scenario(transport="transport_filter = /bin/sed s/first/1st/"),
    "variables": Scenario(
        transport="headers_add = X: h=$host a=$host_address p=$host_port t=$transport_name r=$return_path",
        route="* localhost",
    ),
    "TLS 1.3": Scenario(
        answers=TLS_PEER, tls="1.3", main=TLS_SELECTORS, transport=f"headers_add = {TLS_VARIABLES}"
    ),
    "TLS and the name of the host": Scenario(
        answers=TLS_PEER, tls="1.3", main=TLS_SELECTORS, transport="tls_sni = mx.far.test"
    ),
    "TLS and verification": Scenario(answers=TLS_PEER, tls="1.3", transport="tls_verify_hosts = *"),
    "TLS and verification where TLS is required": Scenario(
        answers=TLS_PEER, tls="1.3", transport="tls_verify_hosts = *\n  hosts_require_tls = *"
    ),
    "TLS and a known certificate": Scenario(
        answers=TLS_PEER,
        tls="1.3",
        transport=f"tls_verify_hosts = *\n  {OWN}\n  tls_verify_cert_hostnames =",
    ),
    "TLS and a certificate of another": Scenario(
        answers=TLS_PEER,
        tls="1.3",
        transport=f"tls_verify_hosts = *\n  {OWN}",
    ),
    "TLS at once": Scenario(
        tls="1.3", main=TLS_SELECTORS, peer={"at_once": True}, transport="protocol = smtps"
    ),
    "TLS is put off and must be": Scenario(
        answers={"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "454 no TLS now"},
        transport="tls_tempfail_tryclear = false",
    ),
    "TLS is refused and required": Scenario(
        answers={"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": "554 no TLS now"},
        transport="hosts_require_tls = *",
    ),
    "the peer hangs up at STARTTLS": Scenario(answers={"EHLO": "250-peer\n250 STARTTLS", "STARTTLS": ""}),
    "a certificate that is missing": Scenario(
        answers=TLS_PEER, tls="1.3", transport="tls_certificate = /nonexistent"
    ),
    "authentication under TLS": Scenario(
        answers={"EHLO": ["250-peer\n250 STARTTLS", "250-peer\n250 AUTH PLAIN"], "AUTH": "235 ok"},
        tls="1.3",
        auth=PLAIN_AUTH,
        transport="hosts_try_auth = *",
    ),
    "chunking under TLS": Scenario(
        answers={"EHLO": ["250-peer\n250 STARTTLS", "250-peer\n250-PIPELINING\n250 CHUNKING"]}, tls="1.3"
    ),
}
