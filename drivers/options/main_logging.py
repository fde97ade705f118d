"""Logs: where they go and what is written to them."""

from __future__ import annotations

from drivers.options.declare import Build, main_option

main_option(
    "log_file_path",
    "string",
    Build("LOG_FILE_PATH"),
    "Where logs are written: files with %s for the log's name, or syslog.",
    kind="string list",
    expanded=True,
)
main_option(
    "log_ports",
    "string",
    "",
    "The ports whose connections are logged in full.",
    kind="integer list",
    since="4.99",
)
main_option(
    "log_selector", "string", "", "Which events and details are logged, each turned on with + or off with -."
)
main_option("log_timezone", "bool", "false", "Whether times in logs carry the offset from UTC.")
main_option("message_logs", "bool", "true", "Whether each message has a log of its own in the spool.")
main_option(
    "preserve_message_logs",
    "bool",
    "false",
    "Whether the logs of finished messages are kept in a directory of their own.",
)
main_option(
    "process_log_path",
    "string",
    Build("PROCESS_LOG_PATH"),
    "The file that a process writes what it is doing to when it gets a SIGUSR1.",
)
main_option(
    "syslog_duplication", "bool", "true", "Whether lines that belong to two logs are sent to syslog twice."
)
main_option("syslog_facility", "string", "", "The facility name for syslog.")
main_option("syslog_pid", "bool", "true", "Whether the process number is given to syslog.", since="4.88")
main_option("syslog_processname", "string", "exim", "The program name given to syslog.")
main_option("syslog_timestamp", "bool", "true", "Whether lines for syslog carry a time of their own.")
main_option("write_rejectlog", "bool", "true", "Whether the reject log is written at all.")
