"""Variables of the address that is being routed, rewritten or delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.unit import variable
from drivers.variables.plain import CARRIED, SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "domain",
    "The domain of the address in hand, in lower case.\n"
    "Set while an address is routed or delivered on its own, for RCPT in ACLs, in rewriting, and as the "
    "subject while a domain list is matched. When several addresses are delivered together it is set only if "
    "they share the domain.",
    taint=CARRIED,
)
plain(
    "domain_data",
    "The value that a `domains` condition found for the domain: the list item that matched, or the data "
    "of its lookup.\n"
    "Unlike `$domain` it is not tainted, so it may name files. In a router it lasts to the transport, in an "
    "ACL to the end of the statement.",
)
plain(
    "local_part",
    "The local part of the address in hand, without quoting, prefix and suffix.\n"
    "In lower case unless the router has `caseful_local_part`. Empty when several addresses are "
    "delivered together.",
    taint=CARRIED,
)
plain(
    "local_part_data",
    "The value that a `local_parts` condition or `check_local_user` found for the local part.\n"
    "Unlike `$local_part` it is not tainted, so it may name files.",
)
plain(
    "local_part_prefix",
    "The prefix that the router option `local_part_prefix` has removed from the local part.\n"
    "Tainted if the option has a wildcard.",
    taint=CARRIED,
)
plain(
    "local_part_prefix_v",
    "The part of the removed prefix that matched the `*` of `local_part_prefix`.",
    since="4.94",
    taint=CARRIED,
)
plain(
    "local_part_suffix",
    "The suffix that the router option `local_part_suffix` has removed from the local part.\n"
    "Tainted if the option has a wildcard.",
    taint=CARRIED,
)
plain(
    "local_part_suffix_v",
    "The part of the removed suffix that matched the `*` of `local_part_suffix`.",
    since="4.94",
    taint=CARRIED,
)
plain(
    "original_domain",
    "The domain of the address that the message was sent to, before any redirection.\n"
    "For an address that was not redirected it equals `$domain`. Not set when several addresses are "
    "delivered together.",
    taint=CARRIED,
)
plain(
    "original_local_part",
    "The local part of the address that the message was sent to, with prefix and suffix, before any "
    "redirection.",
    taint=CARRIED,
)
plain(
    "parent_domain",
    "The domain of the address that was redirected to this one; empty for an address that was not.",
    taint=CARRIED,
)
plain(
    "parent_local_part",
    "The local part of the address that was redirected to this one; empty for an address that was not.",
    taint=CARRIED,
)
plain(
    "address_data",
    "What the router option `address_data` has stored with the address.\n"
    "Later routers and the transport see it; after the verification of a recipient, so does the rest of "
    "the ACL statement.",
)
plain(
    "sender_address_data",
    "What `address_data` stored when the sender was verified.\n"
    "It lasts to the end of the ACL statement that verified the sender.",
)
plain(
    "address_file",
    "The file or folder that a redirection delivers to, while the file transport runs.\n"
    "From a Sieve filter it may be `inbox` or a name without a slash.",
    taint=CARRIED,
)
plain(
    "address_pipe",
    "The command that a redirection delivers to, while the pipe transport runs.",
    taint=CARRIED,
)
plain(
    "home",
    "The home directory that `check_local_user`, the router or the transport has set.\n"
    "When a filter file is tested with `-bf` it is the value of HOME in the environment.",
)
plain(
    "self_hostname",
    "The name of the local host that a router met where it expected a remote one.\n"
    "Set when `self = pass` hands the address on to another router.",
)
plain(
    "router_name",
    "The name of the router that is running, or that handled the address for the transport.",
    since="4.82",
)
plain(
    "transport_name",
    "The name of the transport that is running.",
    since="4.82",
)
plain(
    "host",
    "The name of the remote host: the first of the list that the router gave, or the one in use.\n"
    "In the smtp transport it changes as the hosts are tried; in a client authenticator it is the server.",
)
plain(
    "host_address",
    "The IP address of the remote host in `$host`.\n"
    "While `ignore_target_hosts` is matched it is the address under test.",
)
number(
    "host_port",
    "The TCP port of the remote host in `$host`; 0 without one.",
    since="4.85",
)
number(
    "local_user_uid",
    "The user number of the local user that `check_local_user` has found.\n"
    "Without one it is the largest number, 4294967295.",
    default="4294967295",
    kind="uid",
)
number(
    "local_user_gid",
    "The group number of the local user that `check_local_user` has found.\n"
    "Without one it is the largest number, 4294967295.",
    default="4294967295",
    kind="gid",
)


@variable("r_*", syntax="$r_<name>", since="4.93", section=SECTION, kind="router", taint=CARRIED)
def r_(ctx: Context, name: str) -> str:
    """A value that a router's ``set`` option has stored with the address.

    Later routers and the transport see it; one that no router has set is empty.
    """
    return ctx.facts.get(name, "")
