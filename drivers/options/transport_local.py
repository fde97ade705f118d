"""Private options of the autoreply, lmtp, pipe and queuefile transports."""

from __future__ import annotations

from drivers.options.declare import transport_option

transport_option(
    "autoreply.bcc",
    "string",
    "",
    "Addresses for the Bcc: line of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.cc",
    "string",
    "",
    "Addresses for the Cc: line of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.file",
    "string",
    "",
    "A file whose contents go into the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.file_expand",
    "bool",
    "false",
    "Whether the lines of the file are expanded.",
    feature="transport_autoreply",
)
transport_option(
    "autoreply.file_optional",
    "bool",
    "false",
    "Whether a missing file is no error.",
    feature="transport_autoreply",
)
transport_option(
    "autoreply.from",
    "string",
    "",
    "The From: line of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.headers",
    "string",
    "",
    "Header lines of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.log",
    "string",
    "",
    "A file in which each reply is noted; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.mode",
    "octal_int",
    "0600",
    "The permission bits of the log and once files when they are made.",
    feature="transport_autoreply",
)
transport_option(
    "autoreply.never_mail",
    "string",
    "",
    "Addresses to which no reply is sent.",
    kind="address list",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.once",
    "string",
    "",
    "A file that remembers who has had a reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.once_file_size",
    "int",
    "0",
    "The size of a once file of fixed size; 0 makes it a hints database.",
    feature="transport_autoreply",
)
transport_option(
    "autoreply.once_repeat",
    "string",
    "",
    "The time after which a further reply may be sent; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.reply_to",
    "string",
    "",
    "The Reply-To: line of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.return_message",
    "bool",
    "false",
    "Whether the original message is returned with the reply.",
    feature="transport_autoreply",
)
transport_option(
    "autoreply.subject",
    "string",
    "",
    "The Subject: line of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.text",
    "string",
    "",
    "The text of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "autoreply.to",
    "string",
    "",
    "Addresses for the To: line of the reply; expanded.",
    expanded=True,
    feature="transport_autoreply",
)
transport_option(
    "lmtp.batch_id",
    "string",
    "",
    "A text that must be the same for addresses to share a delivery; expanded.",
    expanded=True,
    feature="transport_lmtp",
)
transport_option(
    "lmtp.batch_max", "int", "1", "How many addresses may share a delivery.", feature="transport_lmtp"
)
transport_option(
    "lmtp.command",
    "string",
    "",
    "The command that speaks LMTP; split before it is expanded.",
    expanded=True,
    feature="transport_lmtp",
)
transport_option(
    "lmtp.ignore_quota",
    "bool",
    "false",
    "Whether IGNOREQUOTA is asked for where it is offered.",
    since="4.53",
    feature="transport_lmtp",
)
transport_option(
    "lmtp.socket",
    "string",
    "",
    "The Unix socket of the LMTP server; expanded.",
    expanded=True,
    feature="transport_lmtp",
)
transport_option("lmtp.timeout", "time", "5m", "How long to wait for each answer.", feature="transport_lmtp")
transport_option(
    "pipe.allow_commands",
    "string",
    "",
    "The commands that may be run, if restrict_to_path or this is set; expanded.",
    kind="string list",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.batch_id",
    "string",
    "",
    "A text that must be the same for addresses to share a delivery; expanded.",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.batch_max", "int", "1", "How many addresses may share a delivery.", feature="transport_pipe"
)
transport_option(
    "pipe.check_string",
    "string",
    "",
    "The start of body lines that escape_string replaces.",
    feature="transport_pipe",
)
transport_option(
    "pipe.command",
    "string",
    "",
    "The command, split into words before each is expanded.",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.environment",
    "string",
    "",
    "Variables that are added to the command's environment; expanded.",
    kind="string list",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.escape_string",
    "string",
    "",
    "The text that replaces check_string at the start of body lines.",
    feature="transport_pipe",
)
transport_option(
    "pipe.force_command",
    "bool",
    "false",
    "Whether this transport's command is used even for addresses that name one.",
    since="4.82",
    feature="transport_pipe",
)
transport_option(
    "pipe.freeze_exec_fail",
    "bool",
    "false",
    "Whether the message is frozen if the command cannot be run.",
    feature="transport_pipe",
)
transport_option(
    "pipe.freeze_signal",
    "bool",
    "false",
    "Whether the message is frozen if a signal ends the command.",
    since="4.75",
    feature="transport_pipe",
)
transport_option(
    "pipe.ignore_status",
    "bool",
    "false",
    "Whether the command's exit status does not matter.",
    feature="transport_pipe",
)
transport_option(
    "pipe.log_defer_output",
    "bool",
    "false",
    "Whether output is logged when delivery is deferred.",
    feature="transport_pipe",
)
transport_option(
    "pipe.log_fail_output",
    "bool",
    "false",
    "Whether output is logged when delivery fails.",
    feature="transport_pipe",
)
transport_option(
    "pipe.log_output", "bool", "false", "Whether output is logged in every case.", feature="transport_pipe"
)
transport_option(
    "pipe.max_output", "int_km", "20K", "How much output the command may make.", feature="transport_pipe"
)
transport_option(
    "pipe.message_prefix",
    "string",
    "From ${if def:return_path{$return_path}{MAILER-DAEMON}} ${tod_bsdinbox}\n",
    "The text before the message; expanded.",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.message_suffix",
    "string",
    "\n",
    "The text after the message; expanded.",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.path",
    "string",
    "/bin:/usr/bin",
    "The PATH in which the command is looked for and that it gets; expanded.",
    expanded=True,
    feature="transport_pipe",
)
transport_option(
    "pipe.permit_coredump",
    "bool",
    "false",
    "Whether the command may dump core.",
    since="4.73",
    feature="transport_pipe",
)
transport_option(
    "pipe.pipe_as_creator",
    "bool",
    "false",
    "Whether the command runs as the user who caused the delivery.",
    feature="transport_pipe",
)
transport_option(
    "pipe.restrict_to_path",
    "bool",
    "false",
    "Whether commands may not hold a slash.",
    feature="transport_pipe",
)
transport_option(
    "pipe.return_fail_output",
    "bool",
    "false",
    "Whether output makes a bounce when delivery fails.",
    feature="transport_pipe",
)
transport_option(
    "pipe.return_output",
    "bool",
    "false",
    "Whether output makes a bounce in every case.",
    feature="transport_pipe",
)
transport_option(
    "pipe.temp_errors",
    "string",
    "75:73",
    "The exit statuses that mean a temporary failure; an asterisk stands for all.",
    kind="string list",
    feature="transport_pipe",
)
transport_option("pipe.timeout", "time", "1h", "How long the command may run.", feature="transport_pipe")
transport_option(
    "pipe.timeout_defer",
    "bool",
    "false",
    "Whether a timeout defers delivery in place of failing it.",
    since="4.51",
    feature="transport_pipe",
)
transport_option(
    "pipe.umask", "octal_int", "022", "The file mode mask of the command.", feature="transport_pipe"
)
transport_option(
    "pipe.use_bsmtp",
    "bool",
    "false",
    "Whether the message is written in batch SMTP form.",
    feature="transport_pipe",
)
transport_option(
    "pipe.use_classresources",
    "bool",
    "false",
    "Whether the limits of the user's login class are set.",
    since="4.61",
    feature="setclassresources",
)
transport_option("pipe.use_crlf", "bool", "false", "Whether lines end in CR LF.", feature="transport_pipe")
transport_option(
    "pipe.use_shell", "bool", "false", "Whether the command is run by a shell.", feature="transport_pipe"
)
transport_option(
    "queuefile.directory",
    "string",
    "",
    "The directory to which spool files are copied; expanded.",
    expanded=True,
    since="4.88",
    feature="transport_queuefile",
)
