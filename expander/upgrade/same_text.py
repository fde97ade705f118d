"""Whether a variable with data of a list holds the same text as the one that the list was matched with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.values.listtext import split

if TYPE_CHECKING:
    from expander.config.model import Config, Instance

DATA = {"local_part": ("localpart", "local_parts"), "domain": ("domain", "domains")}
"""For each variable: the kind of its named lists, and the option of a router that matches it."""

DEEPEST = 10

_WORD = re.compile(r"[a-z0-9][a-z0-9._+-]*", re.ASCII)
_FOLDER = re.compile(r"dsearch(?:,filter=[a-z]+)*;/[^$]*", re.ASCII)
_OTHER_USES = ("file_transport", "directory_transport", "pipe_transport", "reply_transport")


def proven_in_router(config: Config, router: Instance, variable: str) -> bool:
    """True if ``$<variable>_data`` is set to the text of ``$<variable>`` for all that the router takes.

    So it is where the router matches it against a list of plain words in lower case or the names in a
    folder, or checks that it is a user's.
    """
    kind, option = DATA[variable]
    if router["caseful_local_part"] and variable == "local_part":
        return False
    if router.options.is_set(option):
        text = router[option]
        return isinstance(text, str) and _is_plain(config, kind, text, 0)
    return variable == "local_part" and router["check_local_user"] is True


def proven_in_transport(config: Config, transport: Instance, variable: str) -> bool:
    """The same for all routers that hand messages to a transport; false where it is not clear which do."""
    users = []
    for router in config.routers:
        name = router["transport"] or ""
        others = [router[option] or "" for option in _OTHER_USES if option in router.options]
        if "$" in name or transport.name in others or any("$" in other for other in others):
            return False
        if name == transport.name:
            users.append(router)
    return bool(users) and all(proven_in_router(config, router, variable) for router in users)


def _is_plain(config: Config, kind: str, text: str, depth: int) -> bool:
    """True if every item of a list gives the text that it matches."""
    items = split(text)
    return "$" not in text and bool(items) and all(_gives(config, kind, item, depth) for item in items)


def _gives(config: Config, kind: str, item: str, depth: int) -> bool:
    if item.startswith("+"):
        inner = config.named_list(kind, item[1:])
        return inner is not None and depth < DEEPEST and _is_plain(config, kind, inner, depth + 1)
    return _WORD.fullmatch(item) is not None or _FOLDER.fullmatch(item) is not None
