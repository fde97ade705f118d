"""Private options of the appendfile transport."""

from __future__ import annotations

from drivers.options.declare import transport_option

transport_option(
    "appendfile.*expand_maildir_use_size_file",
    "string",
    "",
    "The text of maildir_use_size_file when it is expanded later; cannot be set by this name.",
    expanded=True,
    feature="maildir",
    settable=False,
)
transport_option(
    "appendfile.allow_fifo",
    "bool",
    "false",
    "Whether a delivery may be to a named pipe.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.allow_symlink",
    "bool",
    "false",
    "Whether the mailbox may be a symbolic link.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.batch_id",
    "string",
    "",
    "A text that must be the same for addresses to share a delivery; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.batch_max",
    "int",
    "1",
    "How many addresses may share a delivery.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.check_group",
    "bool",
    "false",
    "Whether the file's group must be the one delivered under.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.check_owner",
    "bool",
    "true",
    "Whether the file's owner must be the user delivered as.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.check_string",
    "string",
    "From ",
    "The start of body lines that escape_string replaces.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.create_directory",
    "bool",
    "true",
    "Whether missing directories are made.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.create_file",
    "string",
    "anywhere",
    "Where files may be made: anywhere, belowhome or inhome.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.directory",
    "string",
    "",
    "The directory in which each message gets a file of its own; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.directory_file",
    "string",
    "q${base62:$tod_epoch}-$inode",
    "The name of a message's file in the directory; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.directory_mode",
    "octal_int",
    "0700",
    "The permission bits of directories that are made.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.escape_string",
    "string",
    ">From ",
    "The text that replaces check_string at the start of body lines.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.file",
    "string",
    "",
    "The mailbox file; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.file_format",
    "string",
    "",
    "Starts of files, each with the transport for files that begin so.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.file_must_exist",
    "bool",
    "false",
    "Whether a missing file is an error.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.lock_fcntl_timeout",
    "time",
    "0s",
    "How long to wait for an fcntl() lock; 0s tries at intervals.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.lock_flock_timeout",
    "time",
    "0s",
    "How long to wait for a flock() lock; 0s tries at intervals.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.lock_interval",
    "time",
    "3s",
    "The time between tries to lock.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.lock_retries", "int", "10", "How often locking is tried.", feature="transport_appendfile"
)
transport_option(
    "appendfile.lockfile_mode",
    "octal_int",
    "0600",
    "The permission bits of the lock file.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.lockfile_timeout",
    "time",
    "30m",
    "The age at which a lock file counts as left over.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.mailbox_filecount",
    "string",
    "",
    "The number of files in the mailbox, for quotas; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.mailbox_size",
    "string",
    "",
    "The size of the mailbox, for quotas; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.maildir_format",
    "bool",
    "false",
    "Whether deliveries to a directory are in maildir form.",
    feature="maildir",
)
transport_option(
    "appendfile.maildir_quota_directory_regex",
    "string",
    "^(?:cur|new|\\..*)$",
    "The pattern of the directories that count for a maildir quota.",
    feature="maildir",
)
transport_option(
    "appendfile.maildir_retries",
    "int",
    "10",
    "How often making a file for maildir is tried.",
    feature="maildir",
)
transport_option(
    "appendfile.maildir_tag",
    "string",
    "",
    "Text that is appended to names of maildir files; expanded.",
    expanded=True,
    feature="maildir",
)
transport_option(
    "appendfile.maildir_use_size_file",
    "late_bool",
    "false",
    "Whether a maildirsize file is kept; expanded.",
    expanded=True,
    feature="maildir",
)
transport_option(
    "appendfile.maildirfolder_create_regex",
    "string",
    "",
    "The pattern of directories in which a maildirfolder file is made.",
    since="4.62",
    feature="maildir",
)
transport_option(
    "appendfile.mailstore_format",
    "bool",
    "false",
    "Whether deliveries to a directory are in mailstore form.",
    feature="mailstore",
)
transport_option(
    "appendfile.mailstore_prefix",
    "string",
    "",
    "Text at the start of the envelope file of mailstore; expanded.",
    expanded=True,
    feature="mailstore",
)
transport_option(
    "appendfile.mailstore_suffix",
    "string",
    "",
    "Text at the end of the envelope file of mailstore; expanded.",
    expanded=True,
    feature="mailstore",
)
transport_option(
    "appendfile.mbx_format", "bool", "false", "Whether the mailbox is in the MBX form.", feature="mbx"
)
transport_option(
    "appendfile.message_prefix",
    "string",
    "From ${if def:return_path{$return_path}{MAILER-DAEMON}} ${tod_bsdinbox}\n",
    "The text before each message; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.message_suffix",
    "string",
    "\n",
    "The text after each message; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.mode",
    "octal_int",
    "0600",
    "The permission bits of the mailbox file; expanded as an octal number.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.mode_fail_narrower",
    "bool",
    "true",
    "Whether a file with fewer permissions than mode is an error.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.notify_comsat",
    "bool",
    "false",
    "Whether comsat is told of deliveries.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota",
    "string",
    "",
    "The greatest size of the mailbox; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota_directory",
    "string",
    "",
    "The directory that is measured for the quota; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota_filecount",
    "string",
    "",
    "The greatest number of files in the mailbox; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota_is_inclusive",
    "bool",
    "true",
    "Whether the message counts before the quota is compared.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota_size_regex",
    "string",
    "",
    "The pattern that takes a file's size from its name.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota_warn_message",
    "string",
    "",
    "The message that is sent when the warning threshold is crossed; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.quota_warn_threshold",
    "string",
    "",
    "The size, or percentage of the quota, that causes a warning; expanded.",
    expanded=True,
    feature="transport_appendfile",
)
transport_option(
    "appendfile.use_bsmtp",
    "bool",
    "false",
    "Whether messages are written in batch SMTP form.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.use_crlf", "bool", "false", "Whether lines end in CR LF.", feature="transport_appendfile"
)
transport_option(
    "appendfile.use_fcntl_lock",
    "bool",
    "true",
    "Whether fcntl() locking is used.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.use_flock_lock",
    "bool",
    "false",
    "Whether flock() locking is used.",
    feature="transport_appendfile",
)
transport_option(
    "appendfile.use_lockfile", "bool", "true", "Whether a lock file is used.", feature="transport_appendfile"
)
transport_option(
    "appendfile.use_mbx_lock", "bool", "false", "Whether the locking of the MBX form is used.", feature="mbx"
)
