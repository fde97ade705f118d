"""More deliveries to other hosts: what events are told, hosts to fall back on, limits, frozen messages."""

from __future__ import annotations

from delivery_lab import CONFIG, Scenario
from delivery_scenarios import BOTH_HOSTS, THREE, TLS_PEER, TWO
from delivery_scenarios_2 import IN_SESSION, SESSION, session

SHOWS = (
    "begin acl\nshows:\n  accept logwrite = EVENT $event_name|$event_data|$event_defer_errno|"
    "lp=$local_part|d=$domain|h=$host|ha=$host_address|hp=$host_port|r=$router_name|t=$transport_name\n"
    "begin routers"
)
TELLS = CONFIG.replace("begin routers", SHOWS)
ACTION = "event_action = ${acl{shows}}"
OTHER_HOST = "fallback_hosts = <; 127.0.0.1:@PORT1@"
REFUSED = {"RCPT": "550 no"}
TELL = "freeze_tell = postmaster@example.test"


def told(transport: str = "", **more: object) -> Scenario:
    """A scenario in which everything that events tell is logged."""
    return Scenario(config=TELLS, main=ACTION, transport=f"{ACTION}\n  {transport}", **more)  # type: ignore[arg-type]


def filtered(
    commands: str, *, spares: str = "if error_message then finish endif", **more: object
) -> Scenario:
    """Messages go through a system filter, unless they are bounces."""
    text = f"# Exim filter\n{spares}\n{commands}\n"
    more = {"main": "system_filter = @DIR@/filter", **more}
    return Scenario(files={"filter": text}, **more)  # type: ignore[arg-type]


FILTERED = {
    "a filter lets all fail": filtered("fail", recipients=TWO),
    "a filter says why": filtered('fail text "no\\nway"', recipients=TWO),
    "a filter says something to the log": filtered('fail text "<<for the log>>no way"'),
    "a filter lets bounces fail": filtered("fail", spares=""),
    "a filter lets all fail without a sender": filtered("fail text x", sender="<>"),
    "a filter delivers, and lets all fail": filtered("deliver third@far.test\nfail text x", recipients=TWO),
    "events of a filter that lets all fail": filtered(
        "fail text x", config=TELLS, main=f"{ACTION}\nsystem_filter = @DIR@/filter"
    ),
    "a filter lets all fail while the caller waits": filtered(
        "fail text x", main="mua_wrapper\nsystem_filter = @DIR@/filter"
    ),
}
SCENARIOS: dict[str, Scenario] = {
    **FILTERED,
    "events of two domains": told(recipients=THREE),
    "events of a recipient that is put off": told(answers={"RCPT": "450 no"}),
    "events of one of two that is refused": told(recipients=TWO, answers={"RCPT TO:<other": "550 gone"}),
    "events of one of two that is put off": told(recipients=TWO, answers={"RCPT TO:<other": "450 gone"}),
    "events where one host of two is down": told(is_down=True, route=BOTH_HOSTS, others=({},)),
    "events where nobody takes the recipient": told(
        is_down=True, route=BOTH_HOSTS, others=({"RCPT": "450 later"},)
    ),
    "events of a certificate that is not trusted": told("tls_verify_hosts = *", answers=TLS_PEER, tls="1.3"),
    "events of a certificate that must be trusted": told(
        "tls_verify_hosts = *\n  hosts_require_tls = *", answers=TLS_PEER, tls="1.3"
    ),
    "events of LMTP": told(
        "protocol = lmtp",
        peer={"lmtp": True},
        recipients=TWO,
        answers={"TEXT": ["450 first", "550 second"]},
    ),
    "events of later tries": told(is_down=True, then=(("-q",), ("-qff",))),
    "an event keeps a delivery from being told": Scenario(
        transport="event_action = ${if eq{$event_name}{msg:delivery}{no}{}}"
    ),
    "a host that the router does not find": told(route="* nowhere.invalid"),
    "hosts that the transport falls back on": Scenario(transport=OTHER_HOST, others=({},), is_down=True),
    "hosts that the router falls back on": Scenario(router=OTHER_HOST, others=({},), is_down=True),
    "those of the router count": Scenario(
        router=OTHER_HOST,
        transport="fallback_hosts = <; 127.0.0.1:@PORT2@",
        others=({"CONNECT": "220 first"}, {"RCPT": "550 no"}),
        is_down=True,
    ),
    "hosts to fall back on for those who were put off": Scenario(
        router=OTHER_HOST, recipients=TWO, others=({},), answers={"RCPT TO:<other": "450 no"}
    ),
    "hosts to fall back on that do no better": Scenario(
        router=OTHER_HOST, recipients=THREE, others=({"MAIL": "451 no"},), is_down=True
    ),
    "hosts to fall back on where those of the transport count": Scenario(
        transport=f"hosts = 127.0.0.1\n  hosts_override\n  {OTHER_HOST}", others=({},), is_down=True
    ),
    "a message that is too large for one domain": Scenario(
        recipients=THREE, transport="message_size_limit = ${if eq{$domain}{far.test}{10}{0}}"
    ),
    "several domains where that is neither yes nor no": Scenario(
        recipients=THREE, transport="multi_domain = ${if eq{$domain}{}{1}{0}}"
    ),
    "several domains for some": Scenario(
        recipients=THREE, transport="multi_domain = ${if eq{$domain}{far.test}{yes}{no}}"
    ),
    "addresses in retry keys as it cannot be expanded": Scenario(
        transport="retry_include_ip_address = ${foo}"
    ),
    "a group of recipients that are all refused": Scenario(
        recipients=[f"u{number}@far.test" for number in range(5)],
        transport="max_rcpt = 2",
        answers={"RCPT TO:<u2": "450 no", "RCPT TO:<u3": "450 no"},
    ),
    "a connection that ends between two groups": Scenario(
        recipients=TWO, transport="max_rcpt = 1", answers={"MAIL": ["250 yes", ""]}
    ),
    "a bounce that is frozen": Scenario(answers=REFUSED, sender="<>", main=TELL, recipients=TWO),
    "a bounce that is frozen, by SMTP": Scenario(
        answers=REFUSED, first=SESSION, main=f"{TELL}\n{IN_SESSION}", message=session("<>", "<user@far.test>")
    ),
    "a bounce that is frozen elsewhere": Scenario(answers=REFUSED, sender="<>", main="move_frozen_messages"),
    "a bounce that is not frozen": Scenario(
        answers=REFUSED, sender="<>", main="ignore_bounce_errors_after = 0s"
    ),
    "a bounce that is frozen and tried again": Scenario(
        answers=REFUSED, sender="<>", then=(("-q",), ("-qff",))
    ),
}
