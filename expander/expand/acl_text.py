"""ACLs that need no running: texts and files in which no statement begins. See "Access control lists"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.text import from_bytes, is_tainted

if TYPE_CHECKING:
    from expander.expand.context import Context

_NO_STATEMENT = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[ \t]*(?:#.*|[A-Za-z0-9_]+[ \t]*:.*)?\n?", re.ASCII)
_FIRST_WORD = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[ \t]*([A-Za-z0-9_]*)", re.ASCII)

ERROR = ("ERROR", "")
DENIED = ("FAIL", "")
"""The end of an ACL denies."""


def verdict(ctx: Context, name: str) -> tuple[str, str] | None:
    """What comes of an ACL that is called by its text or its file, if it holds no statement.

    None is given for an ACL of the configuration and for one that has to be run.
    """
    if ctx.config is not None and name in ctx.config.acls:
        return None
    if is_tainted(name):
        ctx.log(f'attempt to use tainted ACL text "{name}"')
        return ERROR
    text = name
    if name.startswith("/"):
        try:
            text = from_bytes(ctx.world.files.read(name))
        except OSError:
            return ERROR
    if _NO_STATEMENT.fullmatch(text):
        return DENIED
    word = _FIRST_WORD.match(text)
    verb = registry.find("acl-verb", word[1]) if word is not None and word[1] else None
    return None if verb is not None and ctx.profile.has(verb) else ERROR
