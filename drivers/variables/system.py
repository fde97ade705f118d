"""Variables of the host, of Exim itself and of its configuration."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import join
from typing import TYPE_CHECKING

from drivers.api.unit import variable
from drivers.variables.plain import SECTION, number, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

RELEASE_DAYS = {"4.94": "01-Jun-2020", "4.95": "28-Sep-2021", "4.96": "25-Jun-2022", "4.97": "04-Nov-2023"}
NEWEST_DAY = "28-Oct-2025"


def _system(
    name: str, doc: str, read: Callable[[Context], str], *, kind: str = "string", since: str = "4.00"
) -> None:
    variable(name, syntax=f"${name}", doc=doc, since=since, section=SECTION, kind=kind, taint="none")(read)


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


def _compile_date(ctx: Context) -> str:
    return f"{RELEASE_DAYS.get(ctx.profile.release, NEWEST_DAY)} 00:00:00"


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
    from drivers.values import listtext

    paths = listtext.split(ctx.options.get("log_file_path") or "") or [""]
    for path in paths:
        if path != "syslog":
            return path.rpartition("/")[0] or "/" if path else f"{_spool(ctx)}/log"
    return None


def _log_partition(ctx: Context) -> tuple[int, int]:
    folder = _log_folder(ctx)
    return (-1, -1) if folder is None else ctx.world.host.partition(folder)


def _localhost_number(ctx: Context) -> str:
    return ctx.facts.get("localhost_number") or _option("localhost_number", "0")(ctx)


_system(
    "primary_hostname",
    "The name of this host: the main option of that name, or what the system says.\n"
    "A name without a dot is completed by looking it up.",
    _hostname,
)
_system(
    "qualify_domain",
    "The domain that is added to senders without one; `$primary_hostname` unless the main option says "
    "otherwise.",
    _qualify_domain,
)
_system(
    "qualify_recipient",
    "The domain that is added to recipients without one; `$qualify_domain` unless the main option says "
    "otherwise.",
    _qualify_recipient,
)
_system("spool_directory", "The directory of Exim's spool.", _spool)
_system(
    "localhost_number",
    "The number of this host among those that share a spool, from the main option; 0 without one.",
    _localhost_number,
    kind="int",
)
_system(
    "config_dir",
    "The directory of the main configuration file, without a slash at the end.",
    _config_dir,
    since="4.86",
)
_system(
    "config_file", "The name of the main configuration file, as it was given.", _config_file, since="4.86"
)
_system(
    "exim_version",
    "The version of Exim, or what the main option `exim_version` says instead.",
    _version,
    since="4.86",
)
_system("version_number", "The same as `$exim_version`.", _version)
_system("compile_date", "When Exim was built: day, month, year and time.", _compile_date)
_system("exim_path", "The path of the Exim program.", _option("exim_path", "/usr/sbin/exim"))
_system("pid", "The number of the current process.", lambda ctx: str(ctx.world.pid), kind="pid")
_system(
    "load_average",
    "The load of the system in the last minute, times 1000; found anew each time.",
    lambda ctx: str(round(ctx.world.host.load() * 1000)),
    kind="load_average",
)
_system(
    "spool_space",
    "How many kilobytes are free where the spool is, found anew each time; -1 if that is unknown.",
    lambda ctx: str(ctx.world.host.partition(_spool(ctx))[0]),
    kind="partition_space",
)
_system(
    "spool_inodes",
    "How many inodes are free where the spool is, found anew each time; -1 if that is unknown.",
    lambda ctx: str(ctx.world.host.partition(_spool(ctx))[1]),
    kind="partition_inodes",
)
_system(
    "log_space",
    "How many kilobytes are free where the log files are, found anew each time; -1 if that is unknown.",
    lambda ctx: str(_log_partition(ctx)[0]),
    kind="partition_space",
)
_system(
    "log_inodes",
    "How many inodes are free where the log files are, found anew each time; -1 if that is unknown.",
    lambda ctx: str(_log_partition(ctx)[1]),
    kind="partition_inodes",
)
_system(
    "caller_uid",
    "The number of the user who has started the program.",
    lambda ctx: str(ctx.world.users.caller().uid),
    kind="uid",
)
_system(
    "caller_gid",
    "The number of the group under which the program was started.",
    lambda ctx: str(ctx.world.users.caller().gid),
    kind="gid",
)
_system(
    "exim_uid",
    "The number of the user that Exim runs as.",
    lambda ctx: _identity(ctx, "exim_user", "user"),
    kind="uid",
)
_system(
    "exim_gid",
    "The number of the group that Exim runs as.",
    lambda ctx: _identity(ctx, "exim_group", "group"),
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
    since="4.87",
)
plain("compile_number", "How often this Exim was compiled from its directory of sources.", default="1")
number(
    "regex_cachesize",
    "How many compiled patterns are kept for being used again.",
    since="4.97",
)
