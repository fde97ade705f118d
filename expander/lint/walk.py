"""Which router takes an address, as far as plain text tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.text import SPACE, lower
from drivers.values import mailbox
from drivers.values.listtext import split
from expander.lint.redirection import filled, shape_of
from expander.lint.routing import constant_truth, text_of

if TYPE_CHECKING:
    from expander.config.model import Instance
    from expander.lint.survey import Survey

Address = tuple[str, str]
"""A local part and a domain."""

_UNSURE = (
    "senders",
    "require_files",
    "local_part_prefix",
    "local_part_suffix",
    "address_data",
    "set",
)
_PATTERN = frozenset("^;$@[\\+")


def plain_items(survey: Survey, router: Instance, option: str, kind: str) -> list[str] | None:
    """The items of a router's list, named lists resolved; None if some are only known at run time."""
    text = text_of(router, option)
    if text is None:
        return ["*"]
    found: list[str] = []
    for item in split(text):
        named = item.startswith("+") and survey.config.named_list(kind, item[1:])
        items = split(named) if named else [item]
        if any(set(one) & _PATTERN for one in items):
            return None
        found += items
    return found


def runs_for(survey: Survey, router: Instance, address: Address) -> bool | None:
    """True if a router runs for an address, False if it does not, None where that is not known."""
    if router["verify_only"] is not False:
        return False
    for option, kind, part in (("domains", "domain", address[1]), ("local_parts", "localpart", address[0])):
        items = plain_items(survey, router, option, kind)
        if items is None:
            return None
        if not _matches(items, lower(part)):
            return False
    condition = text_of(router, "condition")
    truth = True if condition is None else constant_truth(condition)
    if truth is False:
        return False
    unsure = router["check_local_user"] is True or any(map(router.options.is_set, _UNSURE))
    return None if unsure or truth is None else True


def _matches(items: list[str], part: str) -> bool:
    """What a list of plain names and names with a star before them says of a part of an address."""
    for item in items:
        bare = lower(item.removeprefix("!").strip(SPACE))
        if bare == part or (bare.startswith("*") and part.endswith(bare[1:])):
            return not item.startswith("!")
    return bool(items) and items[-1].startswith("!")


def next_address(survey: Survey, router: Instance, address: Address) -> Address | None:
    """The one address that a redirect router makes of another; None where that is not known."""
    text = survey.by_option.get(("router", router.name, "data"))
    shape = None if text is None else shape_of(survey.tree(text.source))
    if shape is not None and shape.domain:
        return filled(shape, address)
    value = text_of(router, "data") or ""
    try:
        made = mailbox.parse(value)
    except Failed:
        return None
    return (made.local_part, made.domain) if made.domain and "$" not in value else None
