"""What ACLs run at each point of a message's reception."""

from __future__ import annotations

from drivers.options.declare import main_option

main_option(
    "acl_not_smtp",
    "string",
    "",
    "The ACL that runs when a message that did not come by SMTP has been received.",
    expanded=True,
)
main_option(
    "acl_not_smtp_mime",
    "string",
    "",
    "The ACL that runs for each MIME part of a message that did not come by SMTP.",
    expanded=True,
    since="4.51",
    feature="content_scan",
)
main_option(
    "acl_not_smtp_start",
    "string",
    "",
    "The ACL that runs when the reception of a non-SMTP message begins.",
    expanded=True,
    since="4.63",
)
main_option(
    "acl_smtp_atrn", "string", "", "The ACL that runs for the ATRN command.", expanded=True, since="4.99"
)
main_option("acl_smtp_auth", "string", "", "The ACL that runs for the AUTH command.", expanded=True)
main_option(
    "acl_smtp_connect",
    "string",
    "",
    "The ACL that runs when a client has connected, before the greeting is sent.",
    expanded=True,
)
main_option(
    "acl_smtp_data",
    "string",
    "",
    "The ACL that runs when a message's data has been received, before the final answer.",
    expanded=True,
)
main_option(
    "acl_smtp_data_prdr",
    "string",
    "accept",
    "The ACL that runs once for each recipient after the data when PRDR is in use.",
    expanded=True,
    since="4.82",
    feature="prdr",
)
main_option(
    "acl_smtp_dkim",
    "string",
    "",
    "The ACL that runs once for each DKIM signer of a received message.",
    expanded=True,
    since="4.70",
    feature="dkim",
)
main_option("acl_smtp_etrn", "string", "", "The ACL that runs for the ETRN command.", expanded=True)
main_option("acl_smtp_expn", "string", "", "The ACL that runs for the EXPN command.", expanded=True)
main_option("acl_smtp_helo", "string", "", "The ACL that runs for the HELO and EHLO commands.", expanded=True)
main_option("acl_smtp_mail", "string", "", "The ACL that runs for the MAIL command.", expanded=True)
main_option(
    "acl_smtp_mailauth",
    "string",
    "",
    "The ACL that decides whether the AUTH parameter of a MAIL command is believed.",
    expanded=True,
)
main_option(
    "acl_smtp_mime",
    "string",
    "",
    "The ACL that runs for each MIME part of a message received by SMTP.",
    expanded=True,
    feature="content_scan",
)
main_option(
    "acl_smtp_notquit",
    "string",
    "",
    "The ACL that runs when an SMTP session ends without a QUIT command.",
    expanded=True,
    since="4.68",
)
main_option(
    "acl_smtp_predata",
    "string",
    "",
    "The ACL that runs for the DATA command, before any data is asked for.",
    expanded=True,
)
main_option(
    "acl_smtp_quit",
    "string",
    "",
    "The ACL that runs for the QUIT command; its message may change the answer.",
    expanded=True,
)
main_option(
    "acl_smtp_rcpt",
    "string",
    "",
    "The ACL that runs for each RCPT command; without one every recipient is refused.",
    expanded=True,
)
main_option(
    "acl_smtp_starttls",
    "string",
    "",
    "The ACL that runs for the STARTTLS command.",
    expanded=True,
    feature="tls",
)
main_option("acl_smtp_vrfy", "string", "", "The ACL that runs for the VRFY command.", expanded=True)
main_option(
    "acl_smtp_wellknown",
    "string",
    "",
    "The ACL that runs for the WELLKNOWN command.",
    expanded=True,
    since="4.98",
    feature="wellknown",
)
