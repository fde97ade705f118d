"""Messages that are delivered while their caller waits: the main option ``mua_wrapper``."""

from __future__ import annotations

from delivery_lab import CONFIG, Scenario
from delivery_peer import Answer
from delivery_scenarios import BOTH_HOSTS, THREE, TWO

WRAPS = "mua_wrapper"
FULL = "250-peer.example.test\n250 PIPELINING"
IN_CHUNKS = "250-peer.example.test\n250-CHUNKING\n250 PIPELINING"
SESSION = (
    "EHLO a.test\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<user@far.test>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\n"
)
ONE_ROUTE = "good.test 127.0.0.1"
OTHER_DOMAINS = ("a@far.test", "b@other.test")
CANNOT_BOTH = ("user@far.test", "other@far.test", "third@bad.test")
REDIRECTS = CONFIG.replace(
    "remote:\n",
    "redirects:\n  driver = redirect\n  local_parts = user\n  data = a@bad.test, b@good.test\nremote:\n",
)


def wraps(main: str = "", *, recipients: tuple[str, ...] = ("user@far.test",), **further: object) -> Scenario:
    """A message to another host; ``further`` are fields of the scenario."""
    return Scenario(main=f"{WRAPS}\n{main}", recipients=recipients, **further)  # type: ignore[arg-type]


def answered(answers: dict[str, Answer], *recipients: str, **further: object) -> Scenario:
    """The same to a peer that gives these answers."""
    return wraps(
        "acl_smtp_rcpt = accept", recipients=recipients or ("user@far.test",), answers=answers, **further
    )


LATER = {"RCPT TO:<other": "450 later"}
ALL_OF_TWO = {"RCPT TO:<user": "450 later", "RCPT TO:<other": "550 never"}
SCENARIOS: dict[str, Scenario] = {
    "a message": wraps(),
    "nothing waits": wraps("queue_only\nqueue_smtp_domains = *", arguments=["-odq"]),
    "an ACL cannot let it wait": wraps(
        "acl_not_smtp = waits\nbegin acl\nwaits:\n  accept control = freeze\n    control = queue_only\n"
    ),
    "more recipients than go together": wraps(recipients=THREE, transport="max_rcpt = 1"),
    "one recipient is refused": answered({"RCPT TO:<other": "550 no"}, *TWO),
    "one recipient is put off": answered(LATER, *TWO),
    "each in another way": answered(ALL_OF_TWO, *THREE),
    "one of a pipeline": answered({"EHLO": FULL, **LATER}, *TWO),
    "one before a chunk": answered({"EHLO": IN_CHUNKS, **LATER}, *TWO),
    "a pipeline goes well": answered({"EHLO": FULL}),
    "the sender is put off": answered({"MAIL": "450 later"}, route=BOTH_HOSTS),
    "the sender of a pipeline is put off": answered({"EHLO": FULL, "MAIL": "450 later"}),
    "the text is put off": answered({"TEXT": "452 later"}, *TWO),
    "DATA is put off": answered({"DATA": "451 later"}, route=BOTH_HOSTS),
    "DATA of a pipeline is put off": answered({"EHLO": FULL, "DATA": "451 later"}),
    "the host is not there": wraps(is_down=True, transport="fallback_hosts = 127.0.0.2"),
    "it is tried again at once": wraps(is_down=True, then=[("-f", "x@y.test", "user@far.test")]),
    "the first host greets with an error": answered(
        {"CONNECT": "450 later"}, route="* 127.0.0.1:127.0.0.2", transport="connect_timeout = 1s"
    ),
    "recipients of several hosts": wraps(
        recipients=OTHER_DOMAINS, route="far.test 127.0.0.1 ; other.test 127.0.0.2"
    ),
    "recipients of several domains": wraps(recipients=OTHER_DOMAINS, transport="multi_domain = false"),
    "several senders": wraps(recipients=TWO, router="errors_to = $local_part@example.test"),
    "a recipient of this host": wraps(recipients=("a@example.test", "b@example.test", "user@far.test")),
    "recipients that fail": wraps(recipients=("a@bad.test", "b@bad.test"), route=ONE_ROUTE),
    "a recipient that fails with one of this host": wraps(
        recipients=("a@example.test", "b@bad.test"), route=ONE_ROUTE
    ),
    "what a recipient stands for fails": wraps(config=REDIRECTS, route=ONE_ROUTE),
    "a recipient that is to wait": wraps(
        "hold_domains = far.test", recipients=CANNOT_BOTH, route="* 127.0.0.1"
    ),
    "nobody to tell": answered({"RCPT": "550 no"}, *TWO, sender="<>"),
    "nobody to tell of what fails here": wraps(recipients=TWO, route=ONE_ROUTE, sender="<>"),
    "too big": wraps(transport="message_size_limit = 10"),
    "errors are printed": wraps(first=("-t", "-f", "x@y.test"), message="To: a@far.test, b b@\n\nx\n"),
    "no recipients": wraps(first=("-oem", "-t", "-f", "x@y.test"), message="To:\n\nx\n"),
    "an ACL refuses": wraps("acl_not_smtp = deny"),
    "a daemon": wraps(first=("-bd",)),
    "runs of the queue": wraps(first=("-q1m",)),
    "a session ends with the first failure": answered(
        {"RCPT": ["450 later", "250 ok"]},
        first=("-bs",),
        message=SESSION + SESSION,
    ),
    "a batch": answered({"RCPT": "450 later"}, first=("-bS",), message=SESSION.replace("\r", "")),
}
