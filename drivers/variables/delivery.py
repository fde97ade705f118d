"""Variables of delivering: return path, bounces and warnings, events, what transports are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.variables.plain import CARRIED, SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "return_path",
    "The envelope sender that the message leaves with.\n"
    "It begins as `$sender_address`; `errors_to` of a router and `return_path` of a transport change it.",
    example=("list-bounces@example.org", "${local_part:$return_path}", "list-bounces"),
    taint=CARRIED,
)
plain(
    "bounce_recipient",
    "The address that a bounce message goes to, while it is being made.",
    example=("alice@example.org", "To: $bounce_recipient", "To: alice@example.org"),
    taint=CARRIED,
)
plain(
    "warn_message_delay",
    "How long the message has been delayed, in words, while a warning about it is being made.",
    example=("24 hours", "delayed for $warn_message_delay", "delayed for 24 hours"),
)
plain(
    "warnmsg_delay",
    "An old name of `$warn_message_delay`.",
    example=("24 hours", "delayed for $warnmsg_delay", "delayed for 24 hours"),
    fact="warn_message_delay",
    deprecated=True,
)
plain(
    "warn_message_recipients",
    "The recipients that the message could not yet be delivered to, while a warning about it is being made.",
    example=("bob@example.net", "not yet at $warn_message_recipients", "not yet at bob@example.net"),
    taint=CARRIED,
)
plain(
    "warn_message_recipient",
    "Another name of `$warn_message_recipients`.",
    example=("bob@example.net", "not yet at $warn_message_recipient", "not yet at bob@example.net"),
    fact="warn_message_recipients",
    taint=CARRIED,
)
plain(
    "warnmsg_recipient",
    "An old name of `$warn_message_recipients`.",
    example=("bob@example.net", "not yet at $warnmsg_recipient", "not yet at bob@example.net"),
    fact="warn_message_recipients",
    taint=CARRIED,
    deprecated=True,
)
plain(
    "warnmsg_recipients",
    "An old name of `$warn_message_recipients`.",
    example=("bob@example.net", "not yet at $warnmsg_recipients", "not yet at bob@example.net"),
    fact="warn_message_recipients",
    taint=CARRIED,
    deprecated=True,
)
number(
    "inode",
    "The inode number of the file that is about to be renamed into a maildir.\n"
    "Set only while the appendfile transport makes the file's name; 0 otherwise.",
    example=("131072", "${base62:$inode}", "000Y64"),
    kind="inode",
)
plain(
    "mailstore_basename",
    "The name without suffix of the files that are being written in the mailstore format.",
    example=("1BXTIK-0001yO-VA", "$mailstore_basename.env", "1BXTIK-0001yO-VA.env"),
)
plain(
    "event_name",
    "The name of the event that has happened, such as `msg:delivery`, while its action is expanded.",
    example=(
        "msg:delivery",
        "${if eq{${extract{1}{:}{$event_name}}}{msg}{a message}{a connection}}",
        "a message",
    ),
    since="4.85",
    feature="event",
)
plain(
    "event_data",
    "What belongs to the event that has happened; its meaning depends on `$event_name`.",
    example=("250 OK id=1", "answer: $event_data", "answer: 250 OK id=1"),
    since="4.85",
    feature="event",
    taint=CARRIED,
)
number(
    "event_defer_errno",
    "The error number of the deferral that the event tells of; 0 for other events.",
    example=("111", "${if ={$event_defer_errno}{111}{connection refused}}", "connection refused"),
    since="4.85",
    feature="event",
)


def _bounce_limit(ctx: Context) -> str:
    return str(ctx.options.get("bounce_return_size_limit", 102400))


@variable(
    "bounce_return_size_limit",
    syntax="$bounce_return_size_limit",
    section=SECTION,
    kind="int",
    taint="none",
    examples=(
        Example(
            "at most $bounce_return_size_limit bytes",
            "at most 51200 bytes",
            config="bounce_return_size_limit = 50K\n",
        ),
    ),
)
def bounce_return_size_limit(ctx: Context) -> str:
    """How many bytes of a message a bounce returns at most: the main option of that name.

    Where a bounce is being made from a file of texts, it is rounded up to a multiple of 1000.
    """
    return ctx.facts.get("bounce_return_size_limit", _bounce_limit(ctx))


@variable(
    "return_size_limit",
    syntax="$return_size_limit",
    section=SECTION,
    kind="int",
    taint="none",
    deprecated=True,
    examples=(Example("$return_size_limit", "51200", config="bounce_return_size_limit = 50K\n"),),
)
def return_size_limit(ctx: Context) -> str:
    """An old name of ``$bounce_return_size_limit``."""
    return bounce_return_size_limit(ctx)
