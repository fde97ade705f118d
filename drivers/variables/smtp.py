"""Variables of an SMTP session: commands, counts of recipients, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import variable
from drivers.variables.plain import OUTSIDE, SECTION, flag, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "smtp_command",
    "The whole SMTP command that is being worked on, as the client sent it.\n"
    "In an event of the smtp transport it is the last command that was sent.",
    since="4.53",
    taint=OUTSIDE,
)
plain(
    "smtp_command_argument",
    "What follows the name of the SMTP command that is being worked on, without leading white space.",
    taint=OUTSIDE,
)
plain(
    "smtp_command_history",
    "The last commands of the session, oldest first, separated by commas.\n"
    "It begins with `...` where earlier ones are left out.",
    since="4.90",
    kind="string_func",
)
number(
    "smtp_count_at_connection_start",
    "How many SMTP connections the daemon was serving when this one came, this one included.\n"
    "0 in a process that no daemon has started.",
    since="4.67",
)
plain(
    "smtp_notquit_reason",
    "Why the session ended without QUIT: `connection-lost`, `command-timeout`, `bad-commands`, "
    "`acl-drop`...\n"
    "Set while the ACL `acl_smtp_notquit` runs.",
    since="4.68",
)
number("rcpt_count", "How many RCPT commands there were for this message, the current one included.")
number("rcpt_defer_count", "How many RCPT commands of this message were refused for now, with a 4xx reply.")
number("rcpt_fail_count", "How many RCPT commands of this message were refused for good, with a 5xx reply.")
number("recipients_count", "How many recipients the envelope has so far, duplicates included.")
plain(
    "recipients",
    "The recipients in the envelope, separated by a comma and a space.\n"
    "To keep Bcc recipients from users' filters it is set only in a system filter and in the ACLs for "
    "DATA and "
    "for messages that do not come by SMTP.",
    kind="string_func",
    taint=OUTSIDE,
)
plain(
    "recipients_list",
    "The recipients in the envelope as a list in Exim's form.\nAvailable where `$recipients` is.",
    since="4.97",
    kind="string_func",
    taint=OUTSIDE,
)
plain(
    "received_for",
    "The only recipient of the message, while the line `Received:` is being made.",
    taint=OUTSIDE,
)
flag(
    "prdr_requested",
    "`yes` if the client has asked for a reply for each recipient after the data, otherwise `no`.",
    since="4.87",
    feature="prdr",
)
plain(
    "atrn_host",
    "The address and port of the client whose ATRN command was accepted, for a manualroute router.",
    since="4.99",
)
plain(
    "atrn_mode",
    "`P` while serving an ATRN command as provider, `C` as customer, otherwise empty.",
    since="4.99",
)


@variable(
    "smtp_active_hostname", syntax="$smtp_active_hostname", section=SECTION, kind="string", taint="none"
)
def smtp_active_hostname(ctx: Context) -> str:
    """The name under which this host serves the SMTP session.

    The value of the main option of the same name, expanded for the connection; the primary host
    name without one. It is saved with the message.
    """
    active = ctx.facts.get("smtp_active_hostname")
    return ctx.options.get("primary_hostname") or ctx.world.host.name() if active is None else active
