"""Variables of the message in hand: its counts, sizes, body and identification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import variable
from drivers.variables.plain import SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

NEWLINES_TO_SPACES = str.maketrans("\n\0", "  ")
NULS_TO_SPACES = str.maketrans("\0", " ")

number(
    "body_linecount",
    "How many lines the body has.\nSet while a message is received (after its data) and delivered.",
)
number("body_zerocount", "How many binary zero bytes the body has.")
number(
    "max_received_linelength",
    "The length in bytes of the longest line that was received, without its line end.",
    since="4.68",
)
number(
    "message_age",
    "How many seconds ago the message came, fixed at the start of the delivery.",
)
number(
    "message_body_size",
    "The size of the body in bytes, line ends included; the empty line before it does not count.",
)
number(
    "message_linecount",
    "How many lines the message has, header and body.\n"
    "The header lines that Exim adds count once delivery begins.",
    since="4.51",
)
number(
    "message_size",
    "The size of the message in bytes.\n"
    "In ACLs before the data it is the size that the client has announced, -1 if it has not.",
)
number(
    "received_count",
    "How many `Received:` lines the message has, the one that Exim adds included.",
)
number("received_time", "When the message came, in seconds since 1970.", since="4.51")
plain(
    "message_exim_id",
    "The identification that Exim gives the message, such as `1BXTIK-0001yO-VA`.\n"
    "It is not the contents of `Message-ID:`. Set once the header has been received.",
    since="4.53",
)
plain("message_id", "An old name of `$message_exim_id`.", fact="message_exim_id", deprecated=True)
plain(
    "message_smtputf8",
    "`yes` if the message needs SMTPUTF8, because it has addresses that are not ASCII, otherwise `no`.",
    default="no",
    since="4.86",
    feature="i18n",
    kind="bool",
)
plain(
    "local_scan_data",
    "The text that the function `local_scan` has returned for the message.",
)
plain(
    "queue_name",
    "The name of the spool queue in use; empty for the usual one.",
    since="4.88",
)
plain(
    "queue_size",
    "How many messages are in the queue, as the daemon tells, not older than a minute.\n"
    "Empty where no daemon answers.",
    since="4.94",
    kind="string_func",
)


@variable("originator_uid", syntax="$originator_uid", section=SECTION, kind="uid", taint="none")
def originator_uid(ctx: Context) -> str:
    """The number of the user who handed the message in.

    For a message that came over the network it is usually Exim's own user.
    """
    return ctx.facts.get("originator_uid") or str(ctx.world.users.caller().uid)


@variable("originator_gid", syntax="$originator_gid", section=SECTION, kind="gid", taint="none")
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


@variable("message_body", syntax="$message_body", section=SECTION, kind="message_body", taint="none")
def message_body(ctx: Context) -> str:
    """The first bytes of the body, as many as ``message_body_visible`` says (500).

    Newlines are shown as spaces unless ``message_body_newlines`` is true, binary zeros always.
    """
    return _visible(ctx, ctx.body[: _limit(ctx)].decode("latin-1"))


@variable("message_body_end", syntax="$message_body_end", section=SECTION, kind="message_body", taint="none")
def message_body_end(ctx: Context) -> str:
    """The last bytes of the body, in the form and size of ``$message_body``."""
    limit = _limit(ctx)
    return _visible(ctx, ctx.body[-limit:].decode("latin-1")) if limit > 0 else ""
