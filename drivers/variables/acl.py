"""Variables of access control: arguments, what the ACL itself stores, and what its conditions found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.unit import Example, variable
from drivers.variables.plain import SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

for position, word in enumerate(
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), 1
):
    plain(
        f"acl_arg{position}",
        f"The {word} argument of the ACL that is being called by the `acl` condition or the `acl` "
        "expansion item.\n"
        "Empty where fewer arguments were given, and outside such a call.",
        since="4.82",
        taint="carries",
        examples=(
            Example(
                "${acl{show}{a}{b}{c}{d}{e}{f}{g}{h}{i}}",
                f"{word}: {'abcdefghi'[position - 1]}",
                config=f"begin acl\nshow:\n  accept message = {word}: $acl_arg{position}\n",
            ),
        ),
    )

number(
    "acl_narg",
    "How many arguments were given to the ACL that is being called by name.\n"
    "0 to 9; it is 0 in an ACL that Exim runs by itself.",
    examples=(
        Example("${acl{count}{a}{b}{c}}", "3", config="begin acl\ncount:\n  accept message = $acl_narg\n"),
    ),
    since="4.82",
)
plain(
    "acl_verify_message",
    "The message of the last address verification that failed in the current ACL statement.\n"
    "It is cleared when the statement ends, so save it in an ACL variable to use it later.",
    example=("Unrouteable address", "550 $acl_verify_message", "550 Unrouteable address"),
)
plain(
    "headers_added",
    "The header lines that `add_header` has added so far, one to a line.\n"
    "Available in ACLs up to the end of the message's reception.",
    example=("X-Spam: no\nX-Virus: no\n", "${sg{$headers_added}{\\n}{; }}", "X-Spam: no; X-Virus: no; "),
    since="4.82",
    kind="string_func",
)
plain(
    "host_data",
    "What a lookup in the `hosts` condition of an ACL gave for the calling host.\n"
    "It stays set until the next test of `hosts`.",
    example=("partner", "${if eq{$host_data}{partner}{no limit}{limited}}", "no limit"),
)
plain(
    "recipient_data",
    "What a lookup in the `recipients` condition of an ACL gave for the recipient.\n"
    "It stays set until the next test of `recipients`.",
    example=("/var/mail/alice", "${extract{3}{/}{$recipient_data}}", "mail"),
)
plain(
    "sender_data",
    "What a lookup in a `senders` condition (of an ACL or a router) gave for the envelope sender.\n"
    "It stays set until the next test of `senders`.",
    example=("quota=5M lang=de", "${extract{lang}{$sender_data}}", "de"),
)
plain(
    "recipient_verify_failure",
    "At which stage the verification of a recipient failed, as one word.\n"
    "`qualify`, `route`, `mail`, `recipient` or `postmaster`; set in the ACL in which the verification "
    "failed.",
    example=("route", "${if eq{$recipient_verify_failure}{route}{no such user}{ask again}}", "no such user"),
)
plain(
    "sender_verify_failure",
    "At which stage the verification of the sender failed, as one word.\n"
    "`qualify`, `route`, `mail`, `recipient` or `postmaster`; set in the ACL in which the verification "
    "failed.",
    example=(
        "postmaster",
        "${if eq{$sender_verify_failure}{postmaster}{no postmaster}{bad sender}}",
        "no postmaster",
    ),
)
plain(
    "verify_mode",
    "`S` or `R` while routers or transports run to verify a sender or a recipient.\n"
    "Empty in a real delivery. Routers use it to behave otherwise in a verification.",
    example=(
        "S",
        "${if def:verify_mode{verifying ${if eq{$verify_mode}{S}{sender}{recipient}}}{delivering}}",
        "verifying sender",
    ),
    since="4.85",
)
plain(
    "callout_address",
    "The address that was last connected to for a callout, a spam daemon or a virus scanner.\n"
    "An IP address in square brackets with its port, or the path of a socket.",
    example=("[192.0.2.25]:25", "asked $callout_address", "asked [192.0.2.25]:25"),
    since="4.87",
)
plain(
    "csa_status",
    "The result of the last client SMTP authorization check by `verify = csa`.\n"
    "`unknown`, `ok`, `defer` or `fail`, each possibly with a reason.",
    example=("fail (explicit)", "${if match{$csa_status}{^fail}{refused}{fine}}", "refused"),
    since="4.52",
)
plain(
    "dnslist_domain",
    "The domain of the DNS list in which the `dnslists` condition found its subject.",
    example=("zen.example.org", "listed at $dnslist_domain", "listed at zen.example.org"),
)
plain(
    "dnslist_matched",
    "The key that a DNS list was asked for when `dnslists` matched: a reversed address or a domain.",
    example=("2.0.0.127", "${reverse_ip:$dnslist_matched}", "127.0.0.2"),
    since="4.68",
)
plain(
    "dnslist_text",
    "The text of the TXT record that belongs to the entry found by `dnslists`.\n"
    "It is looked up only if a message or condition needs it; empty where the list has none.",
    example=("see https://example.org/?ip=192.0.2.1", "${sg{$dnslist_text}{.*ip=}{}}", "192.0.2.1"),
    taint="carries",
)
plain(
    "dnslist_value",
    "The address records of the entry that `dnslists` found, such as `127.0.0.2`.\n"
    "Several are separated by a comma and a space.",
    example=("127.0.0.2, 127.0.0.4", "${listcount:<, $dnslist_value}", "2"),
)
plain(
    "sender_rate",
    "The rate at which the client is sending, as the last `ratelimit` condition worked it out.\n"
    "A number with one decimal, in events per `$sender_rate_period`.",
    example=("12.5", "${if >{${sg{$sender_rate}{[.].*}{}}}{10}{too fast}{fine}}", "too fast"),
    since="4.52",
)
plain(
    "sender_rate_limit",
    "The limit that the last `ratelimit` condition compared the rate with, with one decimal.",
    example=("10.0", "at most $sender_rate_limit", "at most 10.0"),
    since="4.52",
)
plain(
    "sender_rate_period",
    "The smoothing period of the last `ratelimit` condition, as it was written, such as `1h`.",
    example=("1h", "${time_eval:$sender_rate_period}", "3600"),
    since="4.52",
)
plain(
    "regex_match_string",
    "The pattern that matched in the last `regex` or `mime_regex` condition.",
    example=("[Vv]iagra", "matched $regex_match_string", "matched [Vv]iagra"),
    feature="content_scan",
)
for position in range(1, 10):
    plain(
        f"regex{position}",
        f"What part {position} in parentheses matched when the condition `regex` or `mime_regex` succeeded.\n"
        "Empty where the pattern has fewer parts; tainted where the scanned text was.",
        example=(
            "lottery",
            f"the word ${{uc:$regex{position}}} is not wanted",
            "the word LOTTERY is not wanted",
        ),
        since="4.87",
        feature="content_scan",
        kind="capture",
        taint="carries",
    )


def _acl_variable(ctx: Context, values: dict[str, str], name: str) -> str:
    """A stored value; an unset one is empty, or an error under ``strict_acl_vars``."""
    value = values.get(name[len("acl_c") :])
    if value is not None:
        return value
    if ctx.options.get("strict_acl_vars"):
        raise Failed(f'unknown variable name "{name}" (strict_acl_vars is set)')
    return ""


@variable(
    "acl_c*",
    syntax="$acl_c<digit or underscore>...",
    section=SECTION,
    kind="acl_connection",
    taint="carries",
    examples=(
        Example(
            "${acl{note}{first}}${acl{note}{second}}$acl_c_notes",
            "first,second,",
            config="begin acl\nnote:\n  accept set acl_c_notes = $acl_c_notes$acl_arg1,\n",
        ),
    ),
)
def acl_c(ctx: Context, name: str) -> str:
    """A value that an ACL has stored for as long as the connection lasts.

    ``set acl_c0 = ...`` or ``set acl_c_name = ...`` stores it; the sixth character is a digit or
    an underscore. It is saved with each message, so routers, transports and filters see it. Fails
    for one that was never set if ``strict_acl_vars`` is true, otherwise that is empty.
    """
    return _acl_variable(ctx, ctx.acl_c, name)


@variable(
    "acl_m*",
    syntax="$acl_m<digit or underscore>...",
    section=SECTION,
    kind="acl_message",
    taint="carries",
    examples=(
        Example(
            "${acl{judge}{7}}[$acl_m0]",
            "[spam]",
            config="begin acl\njudge:\n  accept set acl_m0 = ${if >{$acl_arg1}{5}{spam}{ham}}\n",
        ),
        Example("$acl_m_lang", "de", {"acl_m_lang": "de"}),
    ),
)
def acl_m(ctx: Context, name: str) -> str:
    """A value that an ACL has stored for the message in hand.

    ``set acl_m0 = ...`` or ``set acl_m_name = ...`` stores it. It is dropped when the next message
    begins, and saved with this one for routers, transports and filters. Fails for one that was
    never set if ``strict_acl_vars`` is true, otherwise that is empty.
    """
    return _acl_variable(ctx, ctx.acl_m, name)
