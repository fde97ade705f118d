"""The variables that bring text from outside in, and what to use in the place of each."""

from __future__ import annotations

import re

from drivers.api import registry

RECIPIENT = "the sender of the message chooses the recipient"
SENDER = "the client says who the sender is"
CLIENT = "the client says what it is called"
NAMED = "whoever runs the reverse zone of the client names it"
HEADER = "it is part of the message"
LOGIN = "the client sends it to authenticate"
SESSION = "the client sends it"

BY_NAME = {
    **dict.fromkeys(
        (
            "local_part",
            "domain",
            "original_local_part",
            "original_domain",
            "parent_local_part",
            "parent_domain",
            "received_for",
            "recipients",
            "recipients_list",
        ),
        RECIPIENT,
    ),
    **dict.fromkeys(
        (
            "sender_address",
            "sender_address_local_part",
            "sender_address_domain",
            "return_path",
            "bounce_recipient",
            "srs_recipient",
        ),
        SENDER,
    ),
    **dict.fromkeys(("sender_helo_name", "sender_fullhost", "sender_rcvhost", "tls_in_sni"), CLIENT),
    "sender_host_name": NAMED,
    **dict.fromkeys(("auth1", "auth2", "auth3", "auth4"), LOGIN),
    **dict.fromkeys(("reply_address", "message_body", "message_body_end"), HEADER),
}
"""Why the text of a variable is tainted; what else has the fact ``adds`` is sent by the client."""

LOCAL_PARTS = frozenset(("local_part", "original_local_part", "parent_local_part"))
DOMAINS = frozenset(("domain", "original_domain", "parent_domain"))
AFFIXES = frozenset(("local_part_prefix", "local_part_prefix_v", "local_part_suffix", "local_part_suffix_v"))
LIST_DATA = {"local_part_data": "local_parts", "domain_data": "domains"}
"""The variables that hold what a list has found, with the option or the condition that has the list."""

KEPT = re.compile(r"acl_[cm]\w+|r_\w+|address_data|authenticated_id", re.ASCII)
"""Variables that hold what the configuration has put there."""


def why(name: str) -> str:
    """Why the text of a variable is from outside, "" for one whose text is not."""
    if name in BY_NAME:
        return BY_NAME[name]
    unit = registry.find("variable", name)
    if unit is None or unit.facts.get("taint") != "adds":
        return ""
    return HEADER if name.startswith(("mime_", "message_")) else SESSION
