"""Values that Exim gives options when it sets a driver up, seen when they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expander.config.model import Instance, Options

_LOCAL = ("appendfile", "autoreply", "lmtp", "pipe", "queuefile")
_BY_LOCAL_PART = (
    "check_local_user",
    "local_parts",
    "local_part_prefix",
    "local_part_suffix",
    "condition",
    "senders",
)


def shown_value(options: Options, name: str, instance: Instance | None) -> Any:
    """The value of an option as it is printed."""
    if instance is None or options.is_set(name):
        return options[name]
    if name == "retry_use_local_part":
        return _retry_use_local_part(instance)
    if instance.family == "router" and name == "log_as_local":
        return instance.driver == "accept"
    if instance.family == "transport":
        return _transport(instance, name)
    return options[name]


def _retry_use_local_part(instance: Instance) -> bool:
    if instance.family == "transport":
        return instance.driver in _LOCAL
    return any(instance.options.is_set(name) and instance[name] for name in _BY_LOCAL_PART)


def _transport(transport: Instance, name: str) -> Any:
    options = transport.options
    if name == "*expand_maildir_use_size_file":
        value = options["maildir_use_size_file"]
        return value if isinstance(value, str) else ""
    return options[name]
