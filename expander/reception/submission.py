"""Who hands a message in on this machine, and what they say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import EximError, ExpansionError
from grammar.record import State, made_by

if TYPE_CHECKING:
    from drivers.api.outside import Account
    from expander.expand.context import Context

FIXED_NAME_CHARS = 256


class Submission(State):
    """A submission of one message.

    ``sender`` is the envelope sender that the caller gives, None for the caller's own address; ``full_name``
    the name that goes with it, None for that of the account. ``recipients`` are those of the arguments;
    ``from_headers`` lets header lines name them. ``is_fixed`` lets missing header lines be added,
    ``qualifies`` domains. ``facts`` are variables that the caller tells (``-oM...``); ``reference`` is the
    message that this one answers. ``is_local_error`` marks what was generated here about another message,
    ``is_generated`` whatever a transport has made.
    """

    account: Account
    sender: str | None = None
    full_name: str | None = None
    is_trusted: bool = False
    recipients: list[str] = made_by(default_factory=list)
    from_headers: bool = False
    dot_ends: bool = True
    is_fixed: bool = True
    qualifies: bool = True
    facts: dict[str, str] = made_by(default_factory=dict)
    reference: str = ""
    protocol: str = "local"
    is_local_error: bool = False
    is_generated: bool = False
    is_trial: bool = False


def full_name_of(ctx: Context, account: Account) -> str:
    """The full name of an account: the beginning of its gecos field, or what the options make of that."""
    pattern, template = ctx.options.get("gecos_pattern"), ctx.options.get("gecos_name")
    if (
        pattern is not None
        and template
        and ctx.config is not None
        and ctx.config.options.is_set("gecos_pattern")
    ):
        try:
            found = ctx.pattern(str(pattern)).search(account.gecos)
        except EximError:
            found = None
        if found is not None:
            before, ctx.captures = ctx.captures, found.groups()
            try:
                return ctx.expand(str(template))[:FIXED_NAME_CHARS]
            except ExpansionError:
                return ""
            finally:
                ctx.captures = before
    return account.gecos.partition(",")[0].replace("&", account.login.capitalize())


def own_address(ctx: Context, account: Account) -> str:
    """The address of an account on this host."""
    from drivers.operators.quote import quote_local_part

    return f"{quote_local_part(account.login)}@{ctx.options['qualify_domain']}"
