"""What goes wrong in conversations with hosts, told by events, logs and hints; what messages leave behind."""

from __future__ import annotations

from delivery_lab import CONFIG, Scenario
from delivery_peer import SILENT
from delivery_scenarios import BOTH_HOSTS, CHUNKING, FULL, THREE, TLS_PEER, TWO
from delivery_scenarios_2 import IN_SESSION, INTERNATIONAL, SESSION, session
from delivery_scenarios_3 import told

TIMES = "command_timeout = 1s\n  final_timeout = 1s"
LATE = {"RCPT TO:<other": ["452 too many", "250 yes"]}
KEEPS = "preserve_message_logs"
CONVERTS = CONFIG.replace("begin routers", "begin acl\nrcpt:\n  accept @CONTROL@\nbegin routers")
WRONG = "${if eq{$host}{}{x}"
OFFERS_TLS = "250-peer\n250 STARTTLS"
WIRE = f"{IN_SESSION}\nspool_wireformat\nchunking_advertise_hosts = *"
IN_CHUNKS = (
    "EHLO a.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<user@far.test>\r\nRCPT TO:<box@example.test>\r\n"
    "BDAT 31 LAST\r\nSubject: x\r\n\r\nline\r\n.dot\r\nlas\r\nQUIT\r\n"
)
IN_SMTP = session("<sender@example.test>", "<user@far.test>", "<other@far.test>")

SCENARIOS: dict[str, Scenario] = {
    **{
        f"the peer says nothing to {word}": told(TIMES, answers={word: SILENT})
        for word in ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "TEXT")
    },
    **{f"the peer hangs up at {word}": told(answers={word: ""}) for word in ("EHLO", "MAIL", "RCPT", "DATA")},
    **{
        f"the peer says nonsense to {word}": told(answers={word: "what"}) for word in ("EHLO", "MAIL", "DATA")
    },
    "the peer says nothing to the pipelined sender": told(TIMES, answers={"EHLO": FULL, "MAIL": SILENT}),
    "the peer says nothing to pipelined DATA": told(TIMES, answers={"EHLO": FULL, "DATA": SILENT}),
    "the peer says nothing to a pipeline": told(
        TIMES, answers={"EHLO": FULL, "MAIL": SILENT, "RCPT": SILENT, "DATA": SILENT, "": SILENT}
    ),
    "the peer says nothing to the second recipient": told(
        TIMES, recipients=TWO, answers={"RCPT TO:<other": SILENT}
    ),
    "EHLO is refused": told(answers={"EHLO": "550 no"}),
    "another host where the first says nothing": told(
        TIMES, answers={"MAIL": SILENT}, route=BOTH_HOSTS, others=({},)
    ),
    "another host where the first puts off": told(answers={"TEXT": "450 no"}, route=BOTH_HOSTS, others=({},)),
    "too many recipients": told(recipients=THREE, answers={**LATE, "EHLO": FULL}),
    "too many recipients, in chunks": told(recipients=THREE, answers={**LATE, "EHLO": CHUNKING}),
    "too many recipients, one after the other": told(recipients=THREE, answers=LATE),
    "ports in lines about hosts": Scenario(
        main="log_selector = +outgoing_port", answers={"RCPT": "450 no"}, route=BOTH_HOSTS, others=({},)
    ),
    "the log of a message": Scenario(main=KEEPS, answers={"RCPT": "450 no"}, then=(("-qff",),)),
    "the log of a message for a host that is down": Scenario(main=KEEPS, is_down=True),
    "the log of a message that is refused": Scenario(main=KEEPS, answers={"RCPT": "550 no"}),
    "the log of a message by SMTP": Scenario(main=f"{KEEPS}\n{IN_SESSION}", first=SESSION, message=IN_SMTP),
    "the log of a message of a host": Scenario(
        main=f"{KEEPS}\n{IN_SESSION}",
        first=("-odi", "-oMa", "1.2.3.4", "-oMs", "h.test", "-bs"),
        message=IN_SMTP,
    ),
    "the log of a message that cannot go in clear": Scenario(
        main=KEEPS, answers=TLS_PEER, tls="1.3", transport="tls_verify_hosts = *\n  hosts_require_tls = *"
    ),
    **{
        f"TLS, {name}": Scenario(transport=options, answers=TLS_PEER, tls="1.3")
        for name, options in {
            "a name that fails": f"tls_sni = {WRONG}",
            "a certificate that fails": f"tls_certificate = {WRONG}",
            "a file without a certificate": "tls_certificate = /etc/passwd",
            "authorities that fail": f"tls_verify_certificates = {WRONG}",
            "no file with authorities": "tls_verify_certificates = /nonexistent\n  hosts_require_tls = *",
            "empty lists of who is verified": "tls_try_verify_hosts =",
            "a list about the client": "hosts_avoid_tls = ${if eq{$sender_host_address}{127.0.0.1}{*}}",
        }.items()
    },
    **{
        f"TLS, {name}": Scenario(answers={**TLS_PEER, **replies}, tls="1.3")
        for name, replies in {
            "EHLO is refused": {"EHLO": [OFFERS_TLS, "500 x"]},
            "nonsense for EHLO": {"EHLO": [OFFERS_TLS, "foo"]},
            "it ends with EHLO": {"EHLO": [OFFERS_TLS, ""]},
            "it ends with RCPT": {"RCPT": ""},
            "it ends with the text": {"TEXT": ""},
        }.items()
    },
    "smtps, and EHLO is refused": Scenario(
        transport="protocol = smtps", answers={"EHLO": "500 x"}, tls="1.3", peer={"at_once": True}
    ),
    "a sender with signs of its own in AUTH": Scenario(
        transport="authenticated_sender = a+b=c@x\n  authenticated_sender_force",
        answers={"EHLO": "250-p\n250 AUTH PLAIN"},
    ),
    **{
        f"{name}, to a host that {'takes' if offers else 'lacks'} SMTPUTF8": Scenario(
            config=CONVERTS.replace(
                "@CONTROL@", f"control = utf8_downconvert{value}" if value != "-" else ""
            ),
            transport=option,
            answers={"EHLO": "250-p\n250 SMTPUTF8" if offers else "250 p"},
            first=SESSION,
            main=IN_SESSION.replace("= accept", "= rcpt", 1),
            message=INTERNATIONAL,
        )
        for name, value, option, offers in (
            ("an address that may be in ASCII", "/-1", "utf8_downconvert =", True),
            ("an address that may be in ASCII", "/-1", "utf8_downconvert =", False),
            ("an address that is to be in ASCII", "", "utf8_downconvert =", True),
            ("an address that is not to be in ASCII", "/0", "utf8_downconvert =", False),
            ("an address of which nothing is said", "-", "utf8_downconvert =", False),
            ("an address of which the transport says no", "/1", "utf8_downconvert = 0", False),
            ("an address of which the transport says yes", "/0", "utf8_downconvert = 1", True),
            ("an address of which the transport says nonsense", "/1", "utf8_downconvert = ${if", False),
        )
    },
    "an international message that waits": Scenario(
        config=CONVERTS.replace("@CONTROL@", "control = utf8_downconvert/-1"),
        answers={"EHLO": "250 p", "MAIL": "450 no"},
        first=SESSION,
        main=IN_SESSION.replace("= accept", "= rcpt", 1),
        message=INTERNATIONAL,
    ),
    "an international message that is refused": Scenario(
        answers={"EHLO": "250-p\n250 SMTPUTF8", "RCPT": "550 no"},
        first=SESSION,
        main=IN_SESSION,
        message=INTERNATIONAL,
    ),
    "an international message that is refused, without its body": Scenario(
        answers={"EHLO": "250-p\n250 SMTPUTF8", "RCPT": "550 no"},
        first=SESSION,
        main=f"{IN_SESSION}\nbounce_return_body = false",
        message=INTERNATIONAL,
    ),
    "the ends of lines on the spool": Scenario(
        main=WIRE, first=("-odq", "-bs"), message=IN_CHUNKS, then=(("-q",),)
    ),
    "the ends of lines on the spool, in chunks": Scenario(
        main=WIRE, answers={"EHLO": CHUNKING}, first=SESSION, message=IN_CHUNKS
    ),
    "the ends of lines of a message that waits": Scenario(
        main=WIRE, answers={"RCPT": "450 no"}, first=SESSION, message=IN_CHUNKS
    ),
    "too much load for a run": Scenario(
        arguments=("-odq",), main="deliver_queue_load_max = 0.0", then=(("-q",),)
    ),
    "deliveries at once that are no number": Scenario(recipients=THREE, transport="max_parallel = x"),
    "deliveries at once that cannot be expanded": Scenario(transport="max_parallel = ${foo}"),
    "deliveries at once": Scenario(recipients=THREE, transport="max_parallel = 2\n  multi_domain = false"),
    "one connection to a host": Scenario(recipients=THREE, transport="serialize_hosts = *\n  max_rcpt = 1"),
}
