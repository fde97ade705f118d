"""Conditions that match lists: the client, the addresses, what is known of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.acl import DEFER, FAIL, OK
from drivers.api.errors import Deferred
from drivers.api.text import lower
from expander.lists import address, domain, host, local_part
from expander.lists.subject import Subject, UndecidedError, caseful_setting, no_settings
from expander.lists.walk import expanded, matched

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.acl.run import Run


def hosts(run: Run, text: str) -> str:
    """True if the client is in the list."""
    peer = run.ctx.facts.get("sender_host_address", "")
    return _match(run, "host", "host", peer, text, host.match_element, host.unknown_setting)


def domains(run: Run, text: str) -> str:
    """True if the recipient's domain is in the list."""
    name = run.ctx.facts.get("domain", "")
    return _match(run, name, "domain", name, text, domain.match_element, no_settings)


def local_parts(run: Run, text: str) -> str:
    """True if the recipient's local part is in the list."""
    name = _local_part(run)
    return _match(run, name, "localpart", name, text, local_part.match_element, caseful_setting)


def _local_part(run: Run) -> str:
    """The recipient's local part with its letters as they came."""
    given = str(getattr(run.transaction, "local_part", ""))
    return given or run.ctx.facts.get("local_part", "")


def senders(run: Run, text: str) -> str:
    """True if the sender is in the list."""
    return _address(run, run.ctx.facts.get("sender_address", ""), text)


def sender_domains(run: Run, text: str) -> str:
    """True if the sender's domain is in the list."""
    name = run.ctx.facts.get("sender_address", "").rpartition("@")[2]
    return _match(run, name, "domain", name, text, domain.match_element, no_settings)


def recipients(run: Run, text: str) -> str:
    """True if the recipient is in the list."""
    return _address(run, f"{_local_part(run)}@{run.ctx.facts.get('domain', '')}", text)


def authenticated(run: Run, text: str) -> str:
    """True if the client has authenticated by one of the mechanisms."""
    name = run.ctx.facts.get("sender_host_authenticated", "")
    if not name:
        return FAIL
    return _match(run, name, "string", name, text, local_part.match_string, no_settings)


def encrypted(run: Run, text: str) -> str:
    """True if the connection is encrypted with one of the ciphers."""
    cipher = run.ctx.facts.get("tls_in_cipher", "")
    if not cipher:
        return FAIL
    if text.strip() == "*":
        return OK
    middle = cipher.partition(":")[2].partition(":")[0]
    return _match(run, middle, "string", middle, text, local_part.match_string, no_settings)


def _address(run: Run, name: str, text: str) -> str:
    return _match(run, name, "address", name, text, address.match_element, caseful_setting)


def _match(
    run: Run,
    shown: str,
    kind: str,
    name: str,
    listed: str,
    match: Callable[[Subject, str], bool],
    setting: Callable[[Subject, str], bool],
) -> str:
    subject = Subject(run.ctx, kind, name, match, setting, domain=name, local_part=name)
    if kind == "address":
        subject.local_part, _, tail = name.rpartition("@")
        subject.domain = lower(tail)
    try:
        found = matched(subject, expanded(run.ctx, listed), listed)
    except (UndecidedError, Deferred):
        return DEFER
    if found and subject.value is not None:
        run.ctx.facts[f"{kind.replace('localpart', 'local_part')}_data"] = subject.value
    run.debug(f'{shown} in "{listed}"? {"yes" if found else "no"}')
    return OK if found else FAIL
