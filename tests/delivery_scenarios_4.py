"""Deliveries of several messages to one host: which of them share a connection, and how that is logged."""

from __future__ import annotations

from delivery_lab import CONFIG, Scenario
from delivery_peer import Answer
from delivery_scenarios import AUTH_PEER, BOTH_HOSTS, CHUNKING, FULL, OWN, PLAIN_AUTH, TLS_PEER, TLS_SELECTORS
from delivery_scenarios_3 import ACTION, TELLS

BUSY: dict[str, Answer] = {"CONNECT": ["421 too busy", "220 welcome"]}
IN_ORDER = "queue_run_in_order"
BY_FORCE = ("-qff",)


def sent(*recipients: str, sender: str = "sender@example.test") -> tuple[str, ...]:
    """The arguments for another message."""
    return ("-odi", "-f", sender, "--", *recipients)


def waiting(
    *more: tuple[str, ...],
    answers: dict[str, Answer] | None = None,
    main: str = "",
    then: tuple[tuple[str, ...], ...] = (BY_FORCE,),
    **settings: object,
) -> Scenario:
    """Messages that wait for a host which was too busy at first, and a queue run."""
    return Scenario(
        answers={**BUSY, **(answers or {})},
        main=f"{IN_ORDER}\n{main}",
        then=(*(more or (sent("second@far.test"),)), *then),
        **settings,  # type: ignore[arg-type]
    )


SECOND, THIRD = sent("second@far.test"), sent("third@far.test")
TWO_ALIKE = (SECOND, THIRD)

SCENARIOS: dict[str, Scenario] = {
    "two messages": waiting(),
    "three messages": waiting(*TWO_ALIKE),
    "two messages for each connection": waiting(*TWO_ALIKE, transport="connection_max_messages = 2"),
    "one message for each connection": waiting(*TWO_ALIKE, transport="connection_max_messages = 1"),
    "a new message takes others along": waiting(
        SECOND, then=(("-bP", "spool_directory"), ("-odi", "-f", "a@example.test", "third@else.test"))
    ),
    "a later message for which this host has another name": waiting(
        sent("second@far.test", sender="other@example.test"),
        transport="helo_data = $sender_address_local_part.test",
    ),
    "a later message of another sender": waiting(sent("second@far.test", sender="other@example.test")),
    "a later message is put off": waiting(*TWO_ALIKE, answers={"RCPT TO:<second": "450 no"}),
    "the first message is put off": waiting(*TWO_ALIKE, answers={"RCPT TO:<user": "450 no"}),
    "the sender of the first message is put off": waiting(answers={"MAIL": ["450 no", "250 yes"]}),
    "the text of the first message is put off": waiting(answers={"TEXT": ["450 no", "250 yes"]}),
    "a connection that ends between two messages": waiting(answers={"MAIL": ["250 yes", ""]}),
    "messages under TLS": waiting(answers={**TLS_PEER, **BUSY}, tls="1.3", main=TLS_SELECTORS),
    "messages under TLS that is verified": waiting(
        answers={**TLS_PEER, **BUSY},
        tls="1.3",
        main=TLS_SELECTORS,
        transport=f"tls_verify_hosts = *\n  {OWN}\n  tls_verify_cert_hostnames =",
    ),
    "messages under TLS that is not passed on": waiting(
        answers={
            **BUSY,
            "EHLO": ["250-peer\n250 STARTTLS", "250-peer\n250-SIZE\n250 HELP"] * 2,
        },
        tls="1.3",
        transport="hosts_nopass_tls = *",
    ),
    "messages in a pipeline": waiting(
        answers={"EHLO": FULL}, main="log_selector = +pipelining +outgoing_port"
    ),
    "messages in chunks": waiting(answers={"EHLO": CHUNKING}),
    "messages with authentication": waiting(
        answers={**AUTH_PEER, **BUSY}, auth=PLAIN_AUTH, transport="hosts_try_auth = *"
    ),
    "events of two messages": waiting(config=TELLS, main=ACTION, transport=ACTION),
    "a later message with a local recipient": waiting(sent("second@far.test", "box@example.test"), THIRD),
    "a later message for two domains apart": waiting(
        sent("second@far.test", "other@far.test", "last@else.test"), transport="multi_domain = false"
    ),
    "a later message in groups": waiting(sent("second@far.test", "other@far.test"), transport="max_rcpt = 1"),
    "a later message for another host as well": waiting(
        sent("second@far.test", "other@else.test"),
        config=CONFIG.replace("  route_list = @ROUTE@", '  route_list = "else.test localhost ; * 127.0.0.1"'),
    ),
    "messages that wait for a run": Scenario(arguments=("-odqs",), then=(SECOND,)),
    "a run of two stages": Scenario(
        arguments=("-odq",), main=IN_ORDER, then=(("-odq", "-f", "a@example.test", "b@far.test"), ("-qqff",))
    ),
    "a message that waits for two hosts": waiting(route=BOTH_HOSTS, others=(BUSY,)),
}
