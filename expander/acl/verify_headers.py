"""``verify`` for what the header of the message says of itself."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower, printing
from drivers.values import mailbox
from drivers.values.listtext import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.acl.run import Run

ADDRESSES = frozenset(
    name for plain in ("from", "reply-to", "sender", "to", "cc", "bcc") for name in (plain, f"resent-{plain}")
)
"""The header lines whose addresses must be well-formed."""

RECIPIENTS = frozenset({"to", "cc", "resent-to", "resent-cc"})
"""The header lines that name recipients for all to see."""


def header_names_ascii(run: Run, _text: str) -> str:
    """True if the names of all header lines are made of ASCII characters."""
    for name, _line in run.ctx.headers or ():
        if not name.isascii():
            run.log_message = f'Invalid character in header "{name}" found'
            return FAIL
    return OK


LONGEST_SHOWN = 1024
"""Of a wrong address so much is shown."""


def header_syntax(run: Run, _text: str) -> str:
    """True if all addresses in the header lines for addresses are well-formed and qualified."""
    for name, line in run.ctx.headers or ():
        if _is_of_others(name):
            continue
        for member in mailbox.members(_body(line).lstrip(SPACE), _rules(run)):
            problem = _problem(run, member)
            if problem:
                where = f'failing address in "{name.rstrip()}:" header'
                text = member.text.strip()
                verb = "is" if len(text) <= LONGEST_SHOWN else "begins"
                run.log_message = printing(f"{problem}: {where} {verb}: {text[:LONGEST_SHOWN]}")
                run.ctx.facts["acl_verify_message"] = run.log_message  # this one alone tells it there as well
                return FAIL
    return OK


def _problem(run: Run, member: mailbox.Member) -> str:
    outcome = member.outcome
    if isinstance(outcome, Failed):
        return "" if not member.text.strip() else outcome.message
    if mailbox.has_domain(outcome.address) or not outcome.address:
        return ""
    session = run.transaction
    if getattr(session, "takes_unqualified_senders", False) and getattr(
        session, "takes_unqualified_recipients", False
    ):
        return ""
    return "unqualified address not permitted"


def _rules(run: Run) -> mailbox.Rules:
    options = run.ctx.options
    return _rules_with(
        bool(options.get("strip_trailing_dot")),
        bool(options.get("allow_utf8_domains") or getattr(run.transaction, "takes_utf8", False)),
        bool(options.get("strip_excess_angle_brackets")),
    )


@cache
def _rules_with(final_dot: bool, utf8: bool, excess: bool) -> mailbox.Rules:  # noqa: FBT001 - what differs
    return mailbox.Rules(literals=True, final_dot=final_dot, utf8=utf8, excess=excess)


@lru_cache(maxsize=512)
def _is_of_others(name: str) -> bool:
    """True for the name of a header line that has no addresses."""
    return lower(name.rstrip()) not in ADDRESSES


def _body(line: str) -> str:
    return line.partition(":")[2]


def not_blind(run: Run, text: str) -> str:
    """True if each recipient is named in a header line for recipients."""
    is_same = lower if "case_insensitive" in map(lower, pieces(text, "/")) else _domain_lower
    named = {is_same(address) for address in _named(run)}
    mail = getattr(run.transaction, "mail", run.transaction)  # what comes without SMTP has them itself
    for address in getattr(mail, "recipients", ()):
        if address and is_same(address) not in named:
            run.log_message = "bcc recipient detected"
            return FAIL
    return OK


def _named(run: Run) -> Iterator[str]:
    for name, line in run.ctx.headers or ():
        if lower(name.rstrip()) in RECIPIENTS:
            for outcome in mailbox.parse_each(_body(line), _rules(run)):
                if not isinstance(outcome, Failed):
                    yield outcome.address


def _domain_lower(address: str) -> str:
    local_part, at, domain = address.rpartition("@")
    return f"{local_part}{at}{lower(domain)}" if at else domain
