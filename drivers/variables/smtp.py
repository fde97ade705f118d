"""Variables of an SMTP session: commands, counts of recipients, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.variables.plain import OUTSIDE, SECTION, flag, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "smtp_command",
    "The whole SMTP command that is being worked on, as the client sent it.\n"
    "In an event of the smtp transport it is the last command that was sent.",
    example=("MAIL FROM:<alice@example.org> SIZE=1000", "${uc:${extract{1}{ }{$smtp_command}}}", "MAIL"),
    since="4.53",
    taint=OUTSIDE,
)
plain(
    "smtp_command_argument",
    "What follows the name of the SMTP command that is being worked on, without leading white space.",
    example=("FROM:<alice@example.org>", "${sg{$smtp_command_argument}{.*<|>.*}{}}", "alice@example.org"),
    taint=OUTSIDE,
)
plain(
    "smtp_command_history",
    "The last commands of the session, oldest first, separated by commas.\n"
    "It begins with `...` where earlier ones are left out.",
    example=("EHLO,MAIL,RCPT", "${if inlist{EHLO}{<, $smtp_command_history}{greeted}}", "greeted"),
    since="4.90",
    kind="string_func",
)
number(
    "smtp_count_at_connection_start",
    "How many SMTP connections the daemon was serving when this one came, this one included.\n"
    "0 in a process that no daemon has started.",
    example=("40", "${if >{$smtp_count_at_connection_start}{20}{busy}{quiet}}", "busy"),
    since="4.67",
)
plain(
    "smtp_notquit_reason",
    "Why the session ended without QUIT: `connection-lost`, `command-timeout`, `bad-commands`, "
    "`acl-drop`...\n"
    "Set while the ACL `acl_smtp_notquit` runs.",
    example=("command-timeout", "${if eq{$smtp_notquit_reason}{command-timeout}{too slow}}", "too slow"),
    since="4.68",
)
number(
    "rcpt_count",
    "How many RCPT commands there were for this message, the current one included.",
    example=("101", "${if >{$rcpt_count}{100}{too many}{fine}}", "too many"),
)
number(
    "rcpt_defer_count",
    "How many RCPT commands of this message were refused for now, with a 4xx reply.",
    example=("2", "$rcpt_defer_count refused for now", "2 refused for now"),
)
number(
    "rcpt_fail_count",
    "How many RCPT commands of this message were refused for good, with a 5xx reply.",
    example=("3", "${if >={$rcpt_fail_count}{3}{guessing names}{fine}}", "guessing names"),
)
number(
    "recipients_count",
    "How many recipients the envelope has so far, duplicates included.",
    example=("2", "${if ={$recipients_count}{1}{personal}{to several}}", "to several"),
)
plain(
    "recipients",
    "The recipients in the envelope, separated by a comma and a space.\n"
    "To keep Bcc recipients from users' filters it is set only in a system filter and in the ACLs for "
    "DATA and "
    "for messages that do not come by SMTP.",
    example=(
        "alice@example.org, bob@example.net",
        "${map{<, $recipients}{${domain:$item}}}",
        "example.org,example.net",
    ),
    kind="string_func",
    taint=OUTSIDE,
)
plain(
    "recipients_list",
    "The recipients in the envelope as a list in Exim's form.\nAvailable where `$recipients` is.",
    example=("alice@example.org:bob@example.net", "${listcount:$recipients_list}", "2"),
    since="4.97",
    kind="string_func",
    taint=OUTSIDE,
)
plain(
    "received_for",
    "The only recipient of the message, while the line `Received:` is being made.",
    example=("alice@example.org", "for $received_for", "for alice@example.org"),
    taint=OUTSIDE,
)
flag(
    "prdr_requested",
    "`yes` if the client has asked for a reply for each recipient after the data, otherwise `no`.",
    example=("yes", "${if bool{$prdr_requested}{one reply each}{one reply}}", "one reply each"),
    since="4.87",
    feature="prdr",
)
plain(
    "atrn_host",
    "The address and port of the client whose ATRN command was accepted, for a manualroute router.",
    example=("[192.0.2.7]:366", "back to $atrn_host", "back to [192.0.2.7]:366"),
    since="4.99",
)
plain(
    "atrn_mode",
    "`P` while serving an ATRN command as provider, `C` as customer, otherwise empty.",
    example=("P", "${if eq{$atrn_mode}{P}{provider}{no ATRN}}", "provider"),
    since="4.99",
)


@variable(
    "smtp_active_hostname",
    syntax="$smtp_active_hostname",
    section=SECTION,
    kind="string",
    taint="none",
    examples=(
        Example(
            "220 $smtp_active_hostname ESMTP",
            "220 mail.example.org ESMTP",
            config="primary_hostname = mail.example.org\n",
        ),
        Example(
            "220 $smtp_active_hostname ESMTP",
            "220 mx1.example.org ESMTP",
            {"smtp_active_hostname": "mx1.example.org"},
        ),
    ),
)
def smtp_active_hostname(ctx: Context) -> str:
    """The name under which this host serves the SMTP session.

    The value of the main option of the same name, expanded for the connection; the primary host
    name without one. It is saved with the message.
    """
    active = ctx.facts.get("smtp_active_hostname")
    return ctx.options.get("primary_hostname") or ctx.world.host.name() if active is None else active
