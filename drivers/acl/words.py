"""The words of ACL statements: verbs, conditions and modifiers."""

from __future__ import annotations

from drivers.acl.declare import condition, modifier, verb

verb("accept", "Give permission if all conditions hold; a condition that fails behind endpass refuses.")
verb("defer", "Refuse for the time being if all conditions hold.")
verb("deny", "Refuse if all conditions hold.")
verb("discard", "Accept and throw the recipients away if all conditions hold.")
verb("drop", "Refuse and close the connection if all conditions hold.")
verb("require", "Refuse unless all conditions hold.")
verb("warn", "Carry out the modifiers as far as the conditions hold; never ends the ACL.")
condition(
    "acl",
    "True if the other ACL, called with up to nine arguments, accepts.",
    expanded=False,
    argument="name_or_path_or_inline [arg...]",
)
condition(
    "atrn_domains",
    "True if mail waits for one of the domains that the client may ask for.",
    only="atrn",
    argument="domain_list",
    since="4.99",
)
condition(
    "authenticated",
    "True if the client has authenticated by one of the mechanisms.",
    never="not_smtp connect helo not_smtp_start",
    expanded=False,
    argument="name_list",
)
condition("condition", "True if the text expands to a true value.", argument="string")
condition(
    "dcc",
    "True if the DCC daemon accepts the message, for some recipients at least.",
    only="data prdr not_smtp",
    done_by="drivers.acl.dcc:dcc",
    argument="*[/defer_ok]",
    since="4.70",
    feature="dcc",
)
condition(
    "decode",
    "True if the MIME part could be decoded to a file.",
    only="mime",
    argument="default | path | dir/ | empty",
    done_by="drivers.acl.mime:decode",
    feature="content_scan",
)
condition(
    "dkim_signers",
    "True if the signer that the DKIM ACL looks at is in the list.",
    only="dkim",
    argument="domain_or_identity_list",
    since="4.70",
    feature="dkim",
)
condition(
    "dkim_status",
    "True if the result of the signature's verification is in the list.",
    only="mime dkim data prdr",
    older={"4.97": "dkim"},
    argument="status_list",
    since="4.70",
    feature="dkim",
)
condition(
    "dmarc_status",
    "True if the result of the DMARC check is in the list.",
    done_by="drivers.acl.dmarc:dmarc_status",
    only="data",
    argument="status_list",
    since="4.82",
    feature="dmarc",
)
condition(
    "dnslists",
    "True if the client, or the keys that are given, are found in one of the DNS lists.",
    done_by="drivers.acl.dnslists:dnslists",
)
condition(
    "domains",
    "True if the recipient's domain is in the list.",
    only="rcpt prdr vrfy",
    expanded=False,
    argument="domain_list",
)
condition(
    "encrypted",
    "True if the connection is encrypted with one of the ciphers.",
    never="not_smtp connect not_smtp_start",
    older={
        "4.97": "rcpt mail predata mime dkim data prdr auth connect etrn expn mailauth notquit quit "
        "starttls vrfy delivery unknown"
    },
    expanded=False,
    argument="cipher_list",
)
condition(
    "hosts",
    "True if the client is in the list.",
    never="not_smtp not_smtp_start",
    expanded=False,
    argument="host_list",
)
condition(
    "local_parts",
    "True if the recipient's local part is in the list.",
    only="rcpt prdr vrfy",
    expanded=False,
    argument="local_part_list",
)
condition(
    "malware",
    "True if the virus scanner reports a virus whose name matches.",
    only="data prdr not_smtp",
    argument="pattern [/defer_ok] [/tmo=time]",
    done_by="drivers.acl.malware:malware",
    feature="content_scan",
)
condition(
    "mime_regex",
    "True if one of the patterns matches the decoded MIME part.",
    only="mime",
    argument="regex_list",
    feature="content_scan",
    done_by="drivers.acl.mime:mime_regex",
)
condition(
    "ratelimit",
    "True if the client's rate is above the limit.",
    argument="limit / period [/ option...] [/ key]",
    since="4.52",
    done_by="drivers.acl.ratelimit:ratelimit",
)
condition(
    "recipients",
    "True if the recipient is in the list.",
    only="rcpt",
    expanded=False,
    argument="address_list",
)
condition(
    "regex",
    "True if one of the patterns matches a line of the message.",
    only="mime data prdr not_smtp",
    argument="regex_list",
    feature="content_scan",
    done_by="drivers.acl.regex:regex",
)
condition(
    "seen",
    "True if the key was seen before within, or a negative time ago or longer.",
    argument="[-]interval [/ option...]",
    since="4.96",
    done_by="drivers.acl.seen:seen",
)
condition(
    "sender_domains",
    "True if the sender's domain is in the list.",
    never="auth connect etrn expn helo mailauth quit starttls vrfy",
    expanded=False,
    argument="domain_list",
)
condition(
    "senders",
    "True if the sender is in the list.",
    never="auth connect etrn expn helo mailauth quit starttls vrfy",
    expanded=False,
    argument="address_list",
)
condition(
    "spam",
    "True if the spam scanner's score is above the threshold.",
    only="data prdr not_smtp",
    argument="user[:true] [/defer_ok]",
    done_by="drivers.acl.spam:spam",
    feature="content_scan",
)
condition(
    "spf",
    "True if the result of the SPF check is in the list.",
    argument="result_list",
    done_by="drivers.acl.spf:spf",
    never="not_smtp auth connect etrn expn helo mailauth not_smtp_start starttls vrfy",
    feature="spf",
)
condition(
    "spf_guess",
    "True if the result of an SPF check with the guessed record is in the list.",
    done_by="drivers.acl.spf:spf_guess",
    never="not_smtp auth connect etrn expn helo mailauth not_smtp_start starttls vrfy",
    argument="result_list",
    since="4.70",
    feature="spf",
)
condition("verify", "True if what the keyword names verifies.", argument="keyword[/option...]")
modifier(
    "add_header",
    "Add header lines to the message.",
    only="rcpt mail predata mime dkim data prdr not_smtp not_smtp_start",
    argument="header_lines",
    since="4.61",
    done_by="drivers.acl.header_lines:add_header",
)
modifier(
    "bmi_optin",
    "Set the rules that the Brightmail scanner applies for the recipient.",
    only="rcpt dkim not_smtp notquit quit delivery unknown",
    argument="string",
    until="4.98",
    feature="brightmail",
)
modifier("continue", "Expand the text and do nothing with it.", since="4.67")
modifier(
    "control",
    "Change how the message, the connection or the rest of the ACL is treated.",
    argument="control[/option...]",
)
modifier("delay", "Wait for a time.", never="notquit", argument="time", done_by="drivers.acl.waiting:delay")
modifier("endpass", "Let conditions that fail from here on refuse instead of going on to the next statement.")
modifier("log_message", "Set what is logged when the statement takes effect.")
modifier(
    "log_reject_target",
    "Set which logs a refusal is written to.",
    argument="main:reject:panic or empty",
    since="4.64",
)
modifier("logwrite", "Write a line to the log at once.", argument="[:main,reject,panic:] text")
modifier(
    "message", "Set what the client is told when the statement takes effect.", argument="[code [x.y.z]] text"
)
modifier(
    "queue",
    "Put the message into a named queue.",
    never="data prdr not_smtp",
    argument="queue_name",
    since="4.88",
    done_by="drivers.acl.waiting:queue",
)
modifier(
    "remove_header",
    "Remove header lines from the message.",
    only="rcpt mail predata mime dkim data prdr not_smtp not_smtp_start",
    older={"4.97": "rcpt mail predata mime data prdr not_smtp not_smtp_start"},
    argument="header_names",
    since="4.82",
    done_by="drivers.acl.header_lines:remove_header",
)
modifier("set", "Set an ACL variable.")
modifier(
    "udpsend",
    "Send a datagram.",
    argument="<sep> host sep port sep payload",
    since="4.82",
    done_by="drivers.acl.udpsend:udpsend",
)
