"""The controls: what the control modifier can set."""

from __future__ import annotations

from drivers.acl.declare import control

control(
    "allow_auth_unadvertised", "Permit AUTH although it was not offered.", only="connect helo", since="4.61"
)
control(
    "bmi_run",
    "Run the Brightmail scanner on the message.",
    never="atrn wellknown",
    until="4.98",
    feature="brightmail",
)
control("caseful_local_part", "Keep the case of the local part for the rest of the ACL.", only="rcpt")
control("caselower_local_part", "Take the local part in lower case for the rest of the ACL.", only="rcpt")
control("cutthrough_delivery", "Deliver the message while it is being received.", options=True, since="4.82")
control("debug", "Write debugging output to a file of its own.", options=True, since="4.73")
control(
    "dkim_disable_verify",
    "Leave out the verification of DKIM signatures.",
    never="data prdr not_smtp not_smtp_start",
    since="4.70",
    feature="dkim",
)
control(
    "dmarc_disable_verify",
    "Leave out the DMARC check.",
    never="data not_smtp not_smtp_start",
    since="4.82",
    feature="dmarc",
)
control(
    "dmarc_enable_forensic",
    "Permit forensic reports of DMARC failures.",
    never="data not_smtp not_smtp_start",
    since="4.82",
    feature="dmarc",
)
control(
    "dscp",
    "Set the DSCP value of packets to the client.",
    never="not_smtp not_smtp_start notquit",
    options=True,
    since="4.82",
)
control("enforce_sync", "Cut off a client that sends before it may.", never="not_smtp not_smtp_start")
control("error", "Stands for an error inside Exim and cannot be used.", since="4.88")
control(
    "fakedefer",
    "Accept the message but tell the client that it was deferred.",
    only="rcpt mail predata mime data prdr",
    options=True,
    since="4.52",
)
control(
    "fakereject",
    "Accept the message but tell the client that it was refused.",
    only="rcpt mail predata mime data prdr",
    options=True,
)
control(
    "freeze",
    "Freeze the message when it has been received.",
    only="rcpt mail predata mime data not_smtp",
    options=True,
)
control(
    "no_callout_flush",
    "Send no waiting output before callouts.",
    never="not_smtp not_smtp_start",
    since="4.67",
)
control(
    "no_delay_flush", "Send no waiting output before delays.", never="not_smtp not_smtp_start", since="4.67"
)
control("no_enforce_sync", "Let a client send before it may.", never="not_smtp not_smtp_start")
control(
    "no_mbox_unspool",
    "Keep the copy of the message that was made for scanners.",
    only="rcpt mail predata mime data",
    feature="content_scan",
)
control(
    "no_multiline_responses", "Cut answers of several lines down to one.", never="not_smtp not_smtp_start"
)
control("no_pipelining", "Do not offer PIPELINING.", never="not_smtp not_smtp_start", since="4.67")
control(
    "queue",
    "Only queue the message.",
    only="rcpt mail predata mime data not_smtp",
    options=True,
    since="4.94",
)
control("submission", "Treat the message as a submission by a user.", only="rcpt mail predata", options=True)
control(
    "suppress_local_fixups",
    "Leave out the mending of header lines of local messages.",
    only="rcpt mail predata not_smtp_start",
    since="4.53",
)
control(
    "utf8_downconvert",
    "Turn addresses into their ASCII form.",
    only="rcpt vrfy",
    options=True,
    since="4.86",
    feature="i18n",
)
control(
    "wellknown",
    "Answer a WELLKNOWN command with a file.",
    only="wellknown",
    options=True,
    since="4.98",
    feature="wellknown",
)
