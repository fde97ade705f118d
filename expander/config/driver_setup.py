"""What Exim fills in when it sets a driver up: values that follow from other options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.options import read_string

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expander.config.model import Config, Instance

_LOCAL = ("appendfile", "autoreply", "lmtp", "pipe", "queuefile")
_KEPT_BY_LOCAL_PART = (
    "check_local_user", "condition", "local_part_prefix", "local_part_suffix", "local_parts",
    "require_files", "senders",
)  # fmt: skip
_FORBIDDEN_ONCE = ("forbid_file", "forbid_filter_reply", "forbid_pipe")
_GROUP_WRITE = 0o020
_LOCKS = ("use_lockfile", "use_flock_lock", "use_fcntl_lock")
_MANY_FILES = ("maildir_format", "mailstore_format")
_PLAIN_FILE = {"check_string": "", "escape_string": "", "message_prefix": "", "message_suffix": ""}
_QUOTA_WARNING = (
    "To: $local_part@$domain\nSubject: Your mailbox\n\n"
    "This message is automatically created by mail delivery software (Exim).\n\n"
    "The size of your mailbox has exceeded a warning threshold that is\nset by the system administrator.\n"
)


def set_up(instance: Instance, config: Config) -> None:
    """Give the options of a driver the values that its other options imply."""
    if instance.family == "router":
        _router(instance)
    elif instance.family == "transport":
        _transport(instance)
    else:
        _authenticator(instance, config)


def _assume(instance: Instance, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if instance.options.unit(name) is not None:
            instance.options.assume(name, value)


def _force(instance: Instance, values: Mapping[str, Any]) -> None:
    """Set options whatever the configuration says of them."""
    for name in values:
        instance.options.settings.pop(name, None)
    _assume(instance, values)


def _router(router: Instance) -> None:
    given = router.options.is_set
    by_local_part = any(given(n) for n in _KEPT_BY_LOCAL_PART if n != "check_local_user")
    _assume(
        router,
        {
            "retry_use_local_part": by_local_part or router["check_local_user"],
            "log_as_local": router.driver == "accept",
        },
    )
    if router.driver == "redirect":
        local = router["check_local_user"]
        writable = local and not router["modemask"] & _GROUP_WRITE
        checks = {
            "check_owner": local or bool(router["owners"]),
            "check_group": writable or bool(router["owngroups"]),
        }
        _assume(router, checks)
        if router["one_time"]:
            _force(router, dict.fromkeys(_FORBIDDEN_ONCE, True))


def _transport(transport: Instance) -> None:
    given = transport.options.is_set
    driver = transport.driver
    _assume(transport, {"retry_use_local_part": driver in _LOCAL})
    if driver == "appendfile":
        of_many = any(transport.options.get(name) for name in _MANY_FILES)
        if of_many or (given("directory") and not given("file")):
            _assume(transport, _PLAIN_FILE)
        _locks(transport)
        if given("quota_warn_threshold"):
            _assume(transport, {"quota_warn_message": _QUOTA_WARNING})
        size_file = (
            transport["maildir_use_size_file"] if "maildir_use_size_file" in transport.options else None
        )
        if isinstance(size_file, str):
            _assume(transport, {"*expand_maildir_use_size_file": size_file})
    if driver in {"appendfile", "pipe"} and transport["use_bsmtp"]:
        _assume(transport, {"message_prefix": "", "message_suffix": ""})
        _force(transport, {"check_string": ".", "escape_string": ".."})
    if driver == "smtp" and transport["protocol"] in {"lmtp", "smtps"}:
        _assume(transport, {"port": transport["protocol"]})


def _locks(transport: Instance) -> None:
    """The ways of locking that follow from others, and the times of those that are not used."""
    given = transport.options.is_set
    mbx = transport.options.get("mbx_format", False)
    if mbx and not any(map(given, ("use_mbx_lock", *_LOCKS))):
        _assume(transport, {"use_mbx_lock": True})
    if transport["use_flock_lock"]:
        _assume(transport, {"use_fcntl_lock": False})
    if mbx and transport["use_mbx_lock"]:
        _assume(transport, {"use_lockfile": False})
        if not transport["use_flock_lock"]:
            _force(transport, {"use_fcntl_lock": True})
    for lock, time in (("use_fcntl_lock", "lock_fcntl_timeout"), ("use_flock_lock", "lock_flock_timeout")):
        if not transport[lock]:
            _force(transport, {time: 0})
    if transport["lock_retries"] == 0:
        _force(transport, {"lock_retries": 1})


def _authenticator(authenticator: Instance, config: Config) -> None:
    given = authenticator.options.is_set
    driver = authenticator.driver
    if driver not in {"cram_md5", "cyrus_sasl"}:
        _assume(authenticator, {"public_name": authenticator.name})
    elif given("client_secret"):
        _assume(authenticator, {"client_name": config.options["primary_hostname"]})
    if driver in {"cyrus_sasl", "gsasl"}:
        _assume(authenticator, {"server_mech": authenticator["public_name"]})
    if driver == "tls":
        _force(authenticator, {"public_name": authenticator.name})
        for one, other in (("server_param", "server_param1"), ("server_param1", "server_param")):
            setting = authenticator.setting(one)
            if setting is not None:
                _assume(authenticator, {other: read_string(setting.text, one)})
