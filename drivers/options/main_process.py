"""The program itself: users, directories, the daemon, environment, privileges."""

from __future__ import annotations

from drivers.options.declare import Build, main_option

main_option(
    "add_environment",
    "string",
    "",
    "Variables that are added to the environment of all commands.",
    kind="string list",
    since="4.87",
)
main_option(
    "admin_groups",
    "group_list",
    "",
    "The groups whose members may do what only administrators may.",
    kind="string list",
    expanded=True,
)
main_option("bi_command", "string", "", "The command that the -bi option runs.")
main_option(
    "commandline_checks_require_admin",
    "bool",
    "false",
    "Whether the testing options of the command line are for administrators only.",
    since="4.90",
)
main_option(
    "daemon_modules_load",
    "string",
    "",
    "The loadable modules that the daemon loads when it starts.",
    kind="string list",
    since="4.100-dev",
)
main_option(
    "daemon_smtp_port", "string", "smtp", "An old name of daemon_smtp_ports.", hidden=True, obsolete=True
)
main_option(
    "daemon_smtp_ports",
    "string",
    "smtp",
    "The ports that the daemon listens on where local_interfaces names none.",
)
main_option(
    "daemon_startup_retries",
    "int",
    "9",
    "How often the daemon tries again to get its socket when it starts.",
    since="4.52",
)
main_option(
    "daemon_startup_sleep",
    "time",
    "30s",
    "How long the daemon waits between tries to get its socket.",
    since="4.52",
)
main_option(
    "debug_store",
    "bool",
    "false",
    "Whether the store is checked for damage; for hunting faults in Exim itself.",
    since="4.89",
)
main_option(
    "deliver_drop_privilege",
    "bool",
    "false",
    "Whether deliveries run without root privilege from their start.",
)
main_option(
    "disable_fsync",
    "bool",
    "false",
    "Whether files are left to the system instead of being forced to disk.",
    since="4.67",
    feature="disable_fsync",
)
main_option("disable_ipv6", "bool", "false", "Whether IPv6 is not used at all.", since="4.61")
main_option(
    "exim_group", "group", Build("EXIM_GROUP"), "The group that Exim runs under when it needs no privilege."
)
main_option("exim_path", "string", Build("EXIM_PATH"), "The path by which Exim calls itself.")
main_option("exim_user", "user", Build("EXIM_USER"), "The user that Exim runs as when it needs no privilege.")
main_option(
    "exim_version",
    "string",
    Build("VERSION"),
    "The version that Exim calls itself in variables and banners.",
    since="4.93",
)
main_option(
    "extra_local_interfaces",
    "string",
    "",
    "Addresses that count as this host's own although nothing listens there.",
    kind="string list",
)
main_option(
    "finduser_retries",
    "int",
    "0",
    "How often the look-up of a user is tried again, for password services that fail at times.",
)
main_option(
    "gecos_name",
    "string",
    "",
    "The text that makes a sender's full name of the parts that gecos_pattern found.",
    expanded=True,
)
main_option(
    "gecos_pattern", "string", "", "The pattern that takes a full name from the password file's gecos field."
)
main_option(
    "keep_environment",
    "string",
    "",
    "The environment variables that are kept when Exim starts; all others are removed.",
    kind="string list",
    since="4.87",
)
main_option(
    "local_interfaces",
    "string",
    "<; ::0 ; 0.0.0.0",
    "The addresses, with ports where wanted, that the daemon listens on.",
    kind="string list",
)
main_option(
    "localhost_number",
    "string",
    "",
    "A number, expanded once, that keeps message ids apart on hosts that share a name space.",
    expanded=True,
)
main_option("lookup_open_max", "int", "25", "How many files lookups may hold open at a time.")
main_option(
    "max_username_length",
    "int",
    "0",
    "The length above which a name is not looked up as a user; 0 sets no limit.",
)
main_option(
    "mua_wrapper",
    "bool",
    "false",
    "Whether Exim acts as a mere wrapper that delivers at once to a smart host.",
)
main_option(
    "never_users",
    "user_list",
    "",
    "The users that local deliveries never run as.",
    kind="string list",
    expanded=True,
)
main_option(
    "notifier_socket",
    "string",
    "$spool_directory/exim_daemon_notify",
    "The socket through which other processes wake the daemon.",
    since="4.94",
)
main_option("panic_coredump", "bool", "false", "Whether a panic ends with a core dump.", since="4.97")
main_option(
    "allow_insecure_tainted_data",
    "bool",
    "false",
    "Whether text from outside is let pass, with a warning in the log, where later releases refuse it.",
    since="4.95",
    until="4.96",
)
main_option(
    "perl_at_start",
    "bool",
    "false",
    "Whether the Perl interpreter is started with Exim and not at its first use.",
    feature="perl",
)
main_option(
    "perl_startup", "string", "", "The Perl code that runs when the interpreter starts.", feature="perl"
)
main_option(
    "perl_taintmode", "bool", "false", "Whether Perl runs in its taint mode.", since="4.88", feature="perl"
)
main_option(
    "pid_file_path",
    "string",
    Build("PID_FILE_PATH"),
    "The file that the daemon writes its process number to.",
    expanded=True,
)
main_option(
    "primary_hostname", "string", Build("HOST_NAME"), "The name of this host in messages and protocols."
)
main_option("print_topbitchars", "bool", "false", "Whether characters above 127 count as printing ones.")
main_option("prod_requires_admin", "bool", "true", "Whether -M and -R options are for administrators only.")
main_option(
    "queue_list_requires_admin", "bool", "true", "Whether listing the queue is for administrators only."
)
main_option(
    "slow_lookup_log",
    "int",
    "0",
    "The time in milliseconds from which a slow DNS lookup is logged; 0 logs none.",
    since="4.86",
)
main_option(
    "spool_directory",
    "string",
    Build("SPOOL_DIRECTORY"),
    "The directory that holds the queue and all other working files; expanded when it is read.",
    expanded=True,
)
main_option(
    "strict_acl_vars",
    "bool",
    "false",
    "Whether the use of an ACL variable that was never set is an error.",
    since="4.64",
)
main_option("timezone", "string", "", "The time zone of log lines and dates; empty leaves the environment's.")
main_option(
    "trusted_groups",
    "group_list",
    "",
    "The groups whose members may set senders and the like.",
    kind="string list",
    expanded=True,
)
main_option(
    "trusted_users",
    "user_list",
    "",
    "The users who may set senders and the like.",
    kind="string list",
    expanded=True,
)
main_option(
    "unknown_login",
    "string",
    "",
    "The login name to use where the password file has none for the caller; expanded.",
    expanded=True,
)
main_option("unknown_username", "string", "", "The full name that goes with unknown_login.")
