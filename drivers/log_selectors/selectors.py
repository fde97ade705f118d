"""The words of log_selector."""

from __future__ import annotations

from drivers.log_selectors.declare import selector

selector("8bitmime", "Add M8S= to arrival lines: what the client said of eight-bit data.", since="4.82")
selector(
    "acl_warn_skipped",
    "Log that a warn statement was skipped because a condition deferred.",
    default=True,
    since="4.61",
)
selector("address_rewrite", "Log every address that is rewritten.")
selector("all", "Turn on everything, or everything off.")
selector("all_parents", "Show all ancestors of an address on delivery lines.")
selector("arguments", "Log the command line of each call of the program.")
selector(
    "connection_id",
    "Add Ci=, an identification of the connection, to the lines that belong to it.",
    since="4.97",
)
selector("connection_reject", "Log connections that are refused.", default=True)
selector("delay_delivery", "Log that a message is not delivered at once.", default=True)
selector("deliver_time", "Add DT=, the time that a delivery took, to delivery lines.")
selector("delivery_size", "Add S=, the size of what was sent, to delivery lines.")
selector(
    "dkim",
    "Add DKIM= and the domains whose signatures verified to arrival lines.",
    default=True,
    since="4.91",
    feature="dkim",
)
selector("dkim_verbose", "Log a line for each DKIM signature.", since="4.91", feature="dkim")
selector("dmarc", "Add the DMARC result to arrival lines.", since="4.100-dev", feature="dmarc")
selector(
    "dmarc_verbose", "Log a line with the details of the DMARC check.", since="4.100-dev", feature="dmarc"
)
selector("dnslist_defer", "Log DNS list lookups that fail for the time being.", default=True)
selector("dnssec", "Add DS where a name was looked up with DNSSEC.", since="4.88")
selector("etrn", "Log ETRN commands.", default=True)
selector("host_lookup_failed", "Log that the name of a host could not be found.", default=True)
selector("ident_timeout", "Log identification calls that time out.")
selector("incoming_interface", "Add I=, this host's end of the connection, to arrival and rejection lines.")
selector("incoming_port", "Add the client's port to its address.")
selector("lost_incoming_connection", "Log that a client's connection was lost.", default=True)
selector("millisec", "Write times with thousandths of a second.", since="4.90")
selector("msg_id", "Add id=, the Message-ID: of a message, to arrival lines.", default=True, since="4.93")
selector("msg_id_created", "Add id*=, a Message-ID: that was made here, to arrival lines.", since="4.93")
selector(
    "outgoing_interface",
    "Add I=, this host's end of the connection, to delivery lines.",
    default=True,
    since="4.87",
)
selector("outgoing_port", "Add the port of the remote host to delivery lines.")
selector("pid", "Add the process number to every line.", since="4.67")
selector("pipelining", "Add L to lines where pipelining was used.", since="4.92")
selector("protocol_detail", "Log unusual states of the protocol.", since="4.95")
selector("proxy", "Add PRX=, the address of the proxy, to lines of connections through one.", since="4.83")
selector("queue_run", "Log the start and end of queue runs.", default=True)
selector("queue_time", "Add QT=, the time a message was on the queue, to delivery lines.")
selector("queue_time_exclusive", "Leave the time of reception out of QT=.", default=True, since="4.95")
selector("queue_time_overall", "Add QT=, the time a message was here, to the line for its completion.")
selector("receive_time", "Add RT=, the time that reception took, to arrival lines.", since="4.91")
selector("received_recipients", "Add the recipients to arrival lines.")
selector("received_sender", "Add the sender before rewriting to arrival lines.")
selector("rejected_header", "Write the header of a refused message to the reject log.", default=True)
selector("rejected_headers", "Another spelling of rejected_header.", default=True)
selector("retry_defer", "Log that an address waits for its retry time.", default=True)
selector("return_path_on_delivery", "Add P=, the return path, to delivery lines.")
selector("sender_on_delivery", "Add F=, the sender, to delivery lines.")
selector("sender_verify_fail", "Log why a sender did not verify.", default=True, since="4.61")
selector("size_reject", "Log messages that are too large.", default=True)
selector("skip_delivery", "Log that a message was not delivered in a queue run.", default=True)
selector("smtp_confirmation", "Add C=, the answer of the remote host, to delivery lines.", default=True)
selector("smtp_connection", "Log the start and end of SMTP connections.")
selector("smtp_incomplete_transaction", "Log mail transactions that are given up.")
selector("smtp_mailauth", "Add the address of the AUTH parameter to A=.", since="4.82")
selector("smtp_no_mail", "Log sessions in which no message was begun.", since="4.67")
selector("smtp_protocol_error", "Log errors of the SMTP protocol.")
selector("smtp_syntax_error", "Log syntax errors of SMTP commands.")
selector("spf", "Add the SPF result to arrival lines.", since="4.100-dev", feature="spf")
selector("spf_verbose", "Log a line with the details of the SPF check.", since="4.100-dev", feature="spf")
selector("subject", "Add T=, the subject, to arrival lines.")
selector("tls_certificate_verified", "Add CV=, whether the certificate verified.", default=True)
selector("tls_cipher", "Add X=, the cipher of the connection.", default=True)
selector("tls_on_connect", "Mark connections on which TLS began at once.", since="4.99")
selector("tls_peerdn", "Add DN=, the name in the other side's certificate.")
selector("tls_resumption", "Mark in X= that a TLS session was resumed.", since="4.93")
selector("tls_sni", "Add SNI=, the server name that was asked for.", since="4.80")
selector("unknown_in_list", "Log items of host lists that could not be looked up.", since="4.53")
