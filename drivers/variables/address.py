"""Variables of the address that is being routed, rewritten or delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.variables.plain import CARRIED, SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "domain",
    "The domain of the address in hand, in lower case.\n"
    "Set while an address is routed or delivered on its own, for RCPT in ACLs, in rewriting, and as the "
    "subject while a domain list is matched. When several addresses are delivered together it is set only if "
    "they share the domain.",
    example=(
        "example.org",
        "${if match_domain{$domain}{*.org}{$domain is in .org}}",
        "example.org is in .org",
    ),
    taint=CARRIED,
)
plain(
    "domain_data",
    "The value that a `domains` condition found for the domain: the list item that matched, or the data "
    "of its lookup.\n"
    "Unlike `$domain` it is not tainted, so it may name files. In a router it lasts to the transport, in an "
    "ACL to the end of the statement.",
    example=("example.org", "/etc/aliases.d/$domain_data", "/etc/aliases.d/example.org"),
)
plain(
    "local_part",
    "The local part of the address in hand, without quoting, prefix and suffix.\n"
    "In lower case unless the router has `caseful_local_part`. Empty when several addresses are "
    "delivered together.",
    example=("Alice", "${lc:$local_part}@example.org", "alice@example.org"),
    taint=CARRIED,
)
plain(
    "local_part_data",
    "The value that a `local_parts` condition or `check_local_user` found for the local part.\n"
    "Unlike `$local_part` it is not tainted, so it may name files.",
    example=("alice", "/home/$local_part_data/.forward", "/home/alice/.forward"),
)
plain(
    "local_part_prefix",
    "The prefix that the router option `local_part_prefix` has removed from the local part.\n"
    "Tainted if the option has a wildcard.",
    example=("owner-", "${if eq{$local_part_prefix}{owner-}{to the owner}}", "to the owner"),
    taint=CARRIED,
)
plain(
    "local_part_prefix_v",
    "The part of the removed prefix that matched the `*` of `local_part_prefix`.",
    example=("list", "for $local_part_prefix_v", "for list"),
    since="4.94",
    taint=CARRIED,
)
plain(
    "local_part_suffix",
    "The suffix that the router option `local_part_suffix` has removed from the local part.\n"
    "Tainted if the option has a wildcard.",
    example=("+sales", "${substr_1:$local_part_suffix}", "sales"),
    taint=CARRIED,
)
plain(
    "local_part_suffix_v",
    "The part of the removed suffix that matched the `*` of `local_part_suffix`.",
    example=("sales", "INBOX.$local_part_suffix_v", "INBOX.sales"),
    since="4.94",
    taint=CARRIED,
)
plain(
    "original_domain",
    "The domain of the address that the message was sent to, before any redirection.\n"
    "For an address that was not redirected it equals `$domain`. Not set when several addresses are "
    "delivered together.",
    example=(
        "example.org",
        "sent to ${quote_local_part:alice}@$original_domain",
        "sent to alice@example.org",
    ),
    taint=CARRIED,
)
plain(
    "original_local_part",
    "The local part of the address that the message was sent to, with prefix and suffix, before any "
    "redirection.",
    example=("owner-list", "${if match{$original_local_part}{^owner-}{owner}{member}}", "owner"),
    taint=CARRIED,
)
plain(
    "parent_domain",
    "The domain of the address that was redirected to this one; empty for an address that was not.",
    example=(
        "example.org",
        "${if def:parent_domain{redirected from $parent_domain}{direct}}",
        "redirected from example.org",
    ),
    taint=CARRIED,
)
plain(
    "parent_local_part",
    "The local part of the address that was redirected to this one; empty for an address that was not.",
    example=("staff", "member of $parent_local_part", "member of staff"),
    taint=CARRIED,
)
plain(
    "address_data",
    "What the router option `address_data` has stored with the address.\n"
    "Later routers and the transport see it; after the verification of a recipient, so does the rest of "
    "the ACL statement.",
    example=("uid=1000 quota=5M", "${extract{quota}{$address_data}{$value}{10M}}", "5M"),
)
plain(
    "sender_address_data",
    "What `address_data` stored when the sender was verified.\n"
    "It lasts to the end of the ACL statement that verified the sender.",
    example=(
        "trusted=yes",
        "${if bool{${extract{trusted}{$sender_address_data}}}{trusted}{unknown}}",
        "trusted",
    ),
)
plain(
    "address_file",
    "The file or folder that a redirection delivers to, while the file transport runs.\n"
    "From a Sieve filter it may be `inbox` or a name without a slash.",
    example=("/home/alice/mbox", "${if match{$address_file}{/\\$}{folder}{file}}", "file"),
    taint=CARRIED,
)
plain(
    "address_pipe",
    "The command that a redirection delivers to, while the pipe transport runs.",
    example=("|/usr/bin/vacation alice", "${substr_1:$address_pipe}", "/usr/bin/vacation alice"),
    taint=CARRIED,
)
plain(
    "home",
    "The home directory that `check_local_user`, the router or the transport has set.\n"
    "When a filter file is tested with `-bf` it is the value of HOME in the environment.",
    example=("/home/alice", "$home/Maildir", "/home/alice/Maildir"),
)
plain(
    "self_hostname",
    "The name of the local host that a router met where it expected a remote one.\n"
    "Set when `self = pass` hands the address on to another router.",
    example=("mx.example.org", "${if eq{$self_hostname}{mx.example.org}{backup}{other}}", "backup"),
)
plain(
    "router_name",
    "The name of the router that is running, or that handled the address for the transport.",
    example=("dnslookup", "routed by $router_name", "routed by dnslookup"),
    since="4.82",
)
plain(
    "transport_name",
    "The name of the transport that is running.",
    example=(
        "remote_smtp",
        "${if match{$transport_name}{smtp\\$}{over the network}{on this machine}}",
        "over the network",
    ),
    since="4.82",
)
plain(
    "host",
    "The name of the remote host: the first of the list that the router gave, or the one in use.\n"
    "In the smtp transport it changes as the hosts are tried; in a client authenticator it is the server.",
    example=("mx.example.org", "${if match_domain{$host}{*.example.org}{ours}{theirs}}", "ours"),
)
plain(
    "host_address",
    "The IP address of the remote host in `$host`.\n"
    "While `ignore_target_hosts` is matched it is the address under test.",
    example=("192.0.2.25", "${mask:$host_address/24}", "192.0.2.0/24"),
)
number(
    "host_port",
    "The TCP port of the remote host in `$host`; 0 without one.",
    example=("587", "${if ={$host_port}{587}{submission}{relay}}", "submission"),
    since="4.85",
)
number(
    "local_user_uid",
    "The user number of the local user that `check_local_user` has found.\n"
    "Without one it is the largest number, 4294967295.",
    example=("1000", "${if >={$local_user_uid}{1000}{a person}{the system}}", "a person"),
    default="4294967295",
    kind="uid",
)
number(
    "local_user_gid",
    "The group number of the local user that `check_local_user` has found.\n"
    "Without one it is the largest number, 4294967295.",
    example=("100", "group $local_user_gid", "group 100"),
    default="4294967295",
    kind="gid",
)


@variable(
    "r_*",
    syntax="$r_<name>",
    since="4.93",
    section=SECTION,
    kind="router",
    taint=CARRIED,
    examples=(Example("${if >{$r_quota}{1M}{large}{small}}", "large", {"r_quota": "5M"}),),
)
def r_(ctx: Context, name: str) -> str:
    """A value that a router's ``set`` option has stored with the address.

    Later routers and the transport see it; one that no router has set is empty.
    """
    return ctx.facts.get(name, "")
