"""Conditions that match lists: the client, the addresses, what is known of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import FAIL, OK
from drivers.api.text import lower
from expander.lists import conditions
from expander.lists.conditions import OF_SENDER, OF_SENDER_DOMAIN

if TYPE_CHECKING:
    from expander.acl.run import Run
    from expander.lists.conditions import Answer

DECIDED = frozenset({OK, FAIL})


def hosts(run: Run, text: str) -> str:
    """True if the client is in the list."""
    answer = conditions.host_matches(run.ctx, text)
    return answer.word if answer.word in DECIDED else _undecided(run, answer)


def domains(run: Run, text: str) -> str:
    """True if the recipient's domain is in the list."""
    return _outcome(run, conditions.domain_matches(run.ctx, run.ctx.facts.get("domain", ""), text))


def local_parts(run: Run, text: str) -> str:
    """True if the recipient's local part is in the list."""
    return _outcome(run, conditions.local_part_matches(run.ctx, local_part(run), text))


def senders(run: Run, text: str) -> str:
    """True if the sender is in the list."""
    sender = run.ctx.facts.get("sender_address", "")
    answer = conditions.address_matches(run.ctx, sender, text, scope=OF_SENDER, data="sender_data")
    return answer.word if answer.word in DECIDED else _undecided(run, answer)


def sender_domains(run: Run, text: str) -> str:
    """True if the sender's domain is in the list."""
    name = run.ctx.facts.get("sender_address", "").rpartition("@")[2]
    return _outcome(run, conditions.domain_matches(run.ctx, name, text, scope=OF_SENDER_DOMAIN, data=""))


def recipients(run: Run, text: str) -> str:
    """True if the recipient is in the list."""
    address = f"{local_part(run)}@{run.ctx.facts.get('domain', '')}"
    given = str(getattr(run.transaction, "recipient", ""))
    if not run.is_expanded and lower(given) == lower(address):
        address = given  # with its letters as they came
    return _outcome(run, conditions.address_matches(run.ctx, address, text, data="recipient_data"))


def authenticated(run: Run, text: str) -> str:
    """True if the client has authenticated by one of the mechanisms."""
    name = run.ctx.facts.get("sender_host_authenticated", "")
    return _outcome(run, conditions.string_matches(run.ctx, name, text)) if name else FAIL


def encrypted(run: Run, text: str) -> str:
    """True if the connection is encrypted with one of the ciphers."""
    cipher = run.ctx.facts.get("tls_in_cipher", "")
    if not cipher:
        return FAIL
    if text.strip() == "*":
        return OK
    middle = cipher.partition(":")[2].partition(":")[0]
    return _outcome(run, conditions.string_matches(run.ctx, middle, text))


def dkim_status(run: Run, text: str) -> str:
    """True if the verdict on the signature at hand, or on all of them, is in the list."""
    status = run.ctx.facts.get("dkim_verify_status", "")
    return _outcome(run, conditions.string_matches(run.ctx, status, text))


def dkim_signers(run: Run, text: str) -> str:
    """True if the signer that the ACL is run for is in the list."""
    signer = run.ctx.facts.get("dkim_cur_signer", "")
    return _outcome(run, conditions.string_matches(run.ctx, signer, text))


def local_part(run: Run) -> str:
    """The recipient's local part with its letters as they came."""
    given = "" if run.is_expanded else str(getattr(run.transaction, "local_part", ""))
    return given or run.ctx.facts.get("local_part", "")


def _outcome(run: Run, answer: Answer) -> str:
    return answer.word if answer.word in DECIDED else _undecided(run, answer)


def _undecided(run: Run, answer: Answer) -> str:
    run.log_message = answer.message or ""
    return answer.word
