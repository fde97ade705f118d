"""Variables of the message in hand: its counts, sizes, body and identification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.variables.plain import SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

MESSAGE = "Subject: two lines\n\nFirst line.\nSecond line.\n"
"""The message of the examples."""

NEWLINES_TO_SPACES = str.maketrans("\n\0", "  ")
NULS_TO_SPACES = str.maketrans("\0", " ")

number(
    "body_linecount",
    "How many lines the body has.\nSet while a message is received (after its data) and delivered.",
    examples=(Example("$body_linecount lines", "2 lines", message=MESSAGE),),
)
number(
    "body_zerocount",
    "How many binary zero bytes the body has.",
    examples=(Example("$body_zerocount", "1", message="Subject: zero\n\na\0b\n"),),
)
number(
    "max_received_linelength",
    "The length in bytes of the longest line that was received, without its line end.",
    example=("1200", "${if >{$max_received_linelength}{998}{line too long}{fine}}", "line too long"),
    since="4.68",
)
number(
    "message_age",
    "How many seconds ago the message came, fixed at the start of the delivery.",
    example=("90000", "${time_interval:$message_age}", "1d1h"),
)
number(
    "message_body_size",
    "The size of the body in bytes, line ends included; the empty line before it does not count.",
    examples=(Example("${if <{$message_body_size}{100}{short}{long}}", "short", message=MESSAGE),),
)
number(
    "message_linecount",
    "How many lines the message has, header and body.\n"
    "The header lines that Exim adds count once delivery begins.",
    examples=(Example("$message_linecount", "4", message=MESSAGE),),
    since="4.51",
)
number(
    "message_size",
    "The size of the message in bytes.\n"
    "In ACLs before the data it is the size that the client has announced, -1 if it has not.",
    examples=(Example("$message_size", "45", message=MESSAGE),),
)
number(
    "received_count",
    "How many `Received:` lines the message has, the one that Exim adds included.",
    examples=(
        Example(
            "${if >{$received_count}{1}{relayed}{direct}}",
            "relayed",
            message="Received: by a\nReceived: by b\n" + MESSAGE,
        ),
    ),
)
number(
    "received_time",
    "When the message came, in seconds since 1970.",
    example=("1700000000", "${eval:$received_time/86400} days", "19675 days"),
    since="4.51",
)
plain(
    "message_exim_id",
    "The identification that Exim gives the message, such as `1BXTIK-0001yO-VA`.\n"
    "It is not the contents of `Message-ID:`. Set once the header has been received.",
    example=("1BXTIK-0001yO-VA", "${extract{1}{-}{$message_exim_id}}", "1BXTIK"),
    since="4.53",
)
plain(
    "message_id",
    "An old name of `$message_exim_id`.",
    example=("1BXTIK-0001yO-VA", "${strlen:$message_id}", "16"),
    fact="message_exim_id",
    deprecated=True,
)
plain(
    "message_smtputf8",
    "`yes` if the message needs SMTPUTF8, because it has addresses that are not ASCII, otherwise `no`.",
    example=("yes", "${if bool{$message_smtputf8}{needs SMTPUTF8}{plain}}", "needs SMTPUTF8"),
    default="no",
    since="4.86",
    feature="i18n",
    kind="bool",
)
plain(
    "local_scan_data",
    "The text that the function `local_scan` has returned for the message.",
    example=("score 3", "local_scan said $local_scan_data", "local_scan said score 3"),
    feature="local_scan",
)
plain(
    "queue_name",
    "The name of the spool queue in use; empty for the usual one.",
    example=("slow", "${if def:queue_name{queue $queue_name}{usual queue}}", "queue slow"),
    since="4.88",
)
plain(
    "queue_size",
    "How many messages are in the queue, as the daemon tells, not older than a minute.\n"
    "Empty where no daemon answers.",
    example=("1200", "${if >{$queue_size}{1000}{busy}{quiet}}", "busy"),
    since="4.94",
    kind="string_func",
)


@variable(
    "originator_uid",
    syntax="$originator_uid",
    section=SECTION,
    kind="uid",
    taint="none",
    examples=(
        Example(
            "${if >={$originator_uid}{1000}{a person}{the system}}", "a person", {"originator_uid": "1000"}
        ),
    ),
)
def originator_uid(ctx: Context) -> str:
    """The number of the user who handed the message in.

    For a message that came over the network it is usually Exim's own user.
    """
    return ctx.facts.get("originator_uid") or str(ctx.world.users.caller().uid)


@variable(
    "originator_gid",
    syntax="$originator_gid",
    section=SECTION,
    kind="gid",
    taint="none",
    examples=(Example("group $originator_gid", "group 100", {"originator_gid": "100"}),),
)
def originator_gid(ctx: Context) -> str:
    """The number of the group under which the message was handed in.

    For a message that came over the network it is usually Exim's own group.
    """
    return ctx.facts.get("originator_gid") or str(ctx.world.users.caller().gid)


def _visible(ctx: Context, text: str) -> str:
    newlines = ctx.options.get("message_body_newlines")
    return text.translate(NULS_TO_SPACES if newlines else NEWLINES_TO_SPACES)


def _limit(ctx: Context) -> int:
    limit = ctx.options.get("message_body_visible", 500)
    return max(limit, 0) if isinstance(limit, int) else 500


@variable(
    "message_body",
    syntax="$message_body",
    section=SECTION,
    kind="message_body",
    taint="none",
    examples=(
        Example("[$message_body]", "[First line. Second line. ]", message=MESSAGE),
        Example("[$message_body]", "[First]", message=MESSAGE, config="message_body_visible = 5\n"),
    ),
)
def message_body(ctx: Context) -> str:
    """The first bytes of the body, as many as ``message_body_visible`` says (500).

    Newlines are shown as spaces unless ``message_body_newlines`` is true, binary zeros always.
    """
    return _visible(ctx, ctx.body[: _limit(ctx)].decode("latin-1"))


@variable(
    "message_body_end",
    syntax="$message_body_end",
    section=SECTION,
    kind="message_body",
    taint="none",
    examples=(
        Example("[$message_body_end]", "[line. ]", message=MESSAGE, config="message_body_visible = 6\n"),
    ),
)
def message_body_end(ctx: Context) -> str:
    """The last bytes of the body, in the form and size of ``$message_body``."""
    limit = _limit(ctx)
    return _visible(ctx, ctx.body[-limit:].decode("latin-1")) if limit > 0 else ""
