"""Variables of the host, of Exim itself and of its configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from posixpath import join
from typing import TYPE_CHECKING

from drivers.api.unit import Example, variable
from drivers.variables.plain import SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context


def _system(
    name: str,
    doc: str,
    read: Callable[[Context], str],
    example: Example,
    *,
    kind: str = "string",
    since: str = "4.00",
) -> None:
    variable(
        name,
        syntax=f"${name}",
        doc=doc,
        since=since,
        section=SECTION,
        kind=kind,
        taint="none",
        examples=(example,),
    )(read)


def _option(name: str, default: str = "") -> Callable[[Context], str]:
    def read(ctx: Context) -> str:
        found = ctx.options.get(name)
        return default if found is None or found == "" else str(found)

    return read


def _hostname(ctx: Context) -> str:
    return ctx.options.get("primary_hostname") or ctx.world.host.name()


def _qualify_domain(ctx: Context) -> str:
    return ctx.options.get("qualify_domain") or _hostname(ctx)


def _qualify_recipient(ctx: Context) -> str:
    found: str | None = ctx.options.get("qualify_recipient")
    return _qualify_domain(ctx) if found is None else found


def _version(ctx: Context) -> str:
    return ctx.options.get("exim_version") or ctx.profile.version or ctx.profile.release


def _config_file(ctx: Context) -> str:
    return ctx.facts.get("config_file", "")


def _config_dir(ctx: Context) -> str:
    """The part before the last slash; a relative name counts from where the program was started."""
    name = _config_file(ctx)
    folder = name.rpartition("/")[0]
    if name.startswith("/"):
        return folder or "/"
    # A name without any slash leaves the slash of the joining at the end, as it does in Exim.
    return join(ctx.facts.get("initial_cwd", "/"), folder)


def _spool(ctx: Context) -> str:
    return ctx.options.get("spool_directory") or "/var/spool/exim"


def _log_folder(ctx: Context) -> str | None:
    """The folder of the log files; None where all goes to syslog.

    An empty path in the list, or no list at all, stands for the folder ``log`` of the spool.
    """
    for path in _log_paths(str(ctx.options.get("log_file_path") or "")):
        if path != "syslog":
            return path.rpartition("/")[0] or "/" if path else f"{_spool(ctx)}/log"
    return None


@lru_cache(maxsize=16)
def _log_paths(text: str) -> Sequence[str]:
    from drivers.values.listtext import split

    return split(text) or [""]


def spool_partition(ctx: Context) -> tuple[int, int]:
    """How many kilobytes and inodes are free where the spool is; -1 for what is not known."""
    return ctx.world.host.partition(_spool(ctx))


def log_partition(ctx: Context) -> tuple[int, int]:
    """The same for the place of the log files."""
    folder = _log_folder(ctx)
    return (-1, -1) if folder is None else ctx.world.host.partition(folder)


def _localhost_number(ctx: Context) -> str:
    return ctx.facts.get("localhost_number") or _option("localhost_number", "0")(ctx)


_system(
    "primary_hostname",
    "The name of this host: the main option of that name, or what the system says.\n"
    "A name without a dot is completed by looking it up.",
    _hostname,
    Example("mx.$primary_hostname", "mx.host.example.org", config="primary_hostname = host.example.org\n"),
)
_system(
    "qualify_domain",
    "The domain that is added to senders without one; `$primary_hostname` unless the main option says "
    "otherwise.",
    _qualify_domain,
    Example("alice@$qualify_domain", "alice@example.org", config="qualify_domain = example.org\n"),
)
_system(
    "qualify_recipient",
    "The domain that is added to recipients without one; `$qualify_domain` unless the main option says "
    "otherwise.",
    _qualify_recipient,
    Example(
        "bob@$qualify_recipient", "bob@lists.example.org", config="qualify_recipient = lists.example.org\n"
    ),
)
_system(
    "spool_directory",
    "The directory of Exim's spool.",
    _spool,
    Example("$spool_directory/input", "@DIR@/queue/input", config="spool_directory = @DIR@/queue\n"),
)
_system(
    "localhost_number",
    "The number of this host among those that share a spool, from the main option; 0 without one.",
    _localhost_number,
    Example("host $localhost_number", "host 5", config="localhost_number = 5\n"),
    kind="int",
)
_system(
    "config_dir",
    "The directory of the main configuration file, without a slash at the end.",
    _config_dir,
    Example("$config_dir/aliases", "/etc/exim4/aliases", {"config_file": "/etc/exim4/exim4.conf"}),
    since="4.86",
)
_system(
    "config_file",
    "The name of the main configuration file, as it was given.",
    _config_file,
    Example("${sg{$config_file}{.*/}{}}", "exim4.conf", {"config_file": "/etc/exim4/exim4.conf"}),
    since="4.86",
)
_system(
    "exim_version",
    "The version of Exim, or what the main option `exim_version` says instead.",
    _version,
    Example("version $exim_version", "version 4.96-deb12", config="exim_version = 4.96-deb12\n"),
    since="4.86",
)
_system(
    "version_number",
    "The same as `$exim_version`.",
    _version,
    Example("${extract{1}{.}{$version_number}}", "4"),
)
_system(
    "compile_date",
    "When Exim was built: day, month, year and time.",
    lambda ctx: ctx.profile.compile_date,
    Example(r"${if match{$compile_date}{\N^\d\d-\w{3}-\d{4} \N}{a date}}", "a date"),
)
_system(
    "exim_path",
    "The path of the Exim program.",
    _option("exim_path", "/usr/sbin/exim"),
    Example("${if match{$exim_path}{^/.*/exim}{an absolute path}}", "an absolute path"),
)
_system(
    "pid",
    "The number of the current process.",
    lambda ctx: str(ctx.world.pid),
    Example("${if >{$pid}{1}{not the first process}}", "not the first process"),
    kind="pid",
)
_system(
    "load_average",
    "The load of the system in the last minute, times 1000; found anew each time.",
    lambda ctx: str(round(ctx.world.host.load() * 1000)),
    Example("${if >={$load_average}{0}{known}}", "known"),
    kind="load_average",
)
_system(
    "spool_space",
    "How many kilobytes are free where the spool is, found anew each time; -1 if that is unknown.",
    lambda ctx: str(spool_partition(ctx)[0]),
    Example("${if or{{={$spool_space}{-1}}{>{$spool_space}{10M}}}{enough space}}", "enough space"),
    kind="partition_space",
)
_system(
    "spool_inodes",
    "How many inodes are free where the spool is, found anew each time; -1 if that is unknown.",
    lambda ctx: str(spool_partition(ctx)[1]),
    Example("${if or{{={$spool_inodes}{-1}}{>={$spool_inodes}{0}}}{counted}}", "counted"),
    kind="partition_inodes",
)
_system(
    "log_space",
    "How many kilobytes are free where the log files are, found anew each time; -1 if that is unknown.",
    lambda ctx: str(log_partition(ctx)[0]),
    Example("$log_space", "-1", config="log_file_path = syslog\n"),
    kind="partition_space",
)
_system(
    "log_inodes",
    "How many inodes are free where the log files are, found anew each time; -1 if that is unknown.",
    lambda ctx: str(log_partition(ctx)[1]),
    Example("$log_inodes", "-1", config="log_file_path = syslog\n"),
    kind="partition_inodes",
)
_system(
    "caller_uid",
    "The number of the user who has started the program.",
    lambda ctx: str(ctx.world.users.caller().uid),
    Example("${if eq{$caller_uid}{$originator_uid}{handed in by the caller}}", "handed in by the caller"),
    kind="uid",
)
_system(
    "caller_gid",
    "The number of the group under which the program was started.",
    lambda ctx: str(ctx.world.users.caller().gid),
    Example("${if eq{$caller_gid}{$originator_gid}{the same group}}", "the same group"),
    kind="gid",
)
_system(
    "exim_uid",
    "The number of the user that Exim runs as.",
    lambda ctx: _identity(ctx, "exim_user", "user"),
    Example("$exim_uid", "1234", config="exim_user = 1234\nexim_group = 1234\n"),
    kind="uid",
)
_system(
    "exim_gid",
    "The number of the group that Exim runs as.",
    lambda ctx: _identity(ctx, "exim_group", "group"),
    Example("$exim_gid", "1234", config="exim_user = 1234\nexim_group = 1234\n"),
    kind="gid",
)


def _identity(ctx: Context, option: str, what: str) -> str:
    """A user or group of Exim's own, from the option, else the first of the usual names that exists."""
    chosen = ctx.options.get(option)
    if isinstance(chosen, int):
        return str(chosen)
    for name in filter(None, (chosen, "Debian-exim", "exim", "mail")):
        if what == "group":
            group = ctx.world.users.group(name)
            if group is not None:
                return str(group)
        else:
            account = ctx.world.users.user(name)
            if account is not None:
                return str(account.uid)
    return "0"


plain(
    "initial_cwd",
    "The directory in which the program was started.",
    example=("/root", "started in $initial_cwd", "started in /root"),
    since="4.87",
)
_system(
    "compile_number",
    "How often this Exim was compiled from its directory of sources.",
    lambda ctx: ctx.profile.compile_number,
    Example("${if >={$compile_number}{1}{counted from 1}}", "counted from 1"),
)
number(
    "regex_cachesize",
    "How many compiled patterns are kept for being used again.",
    example=("12", "$regex_cachesize patterns", "12 patterns"),
    since="4.97",
)
