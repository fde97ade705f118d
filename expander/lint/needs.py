"""What a configuration needs of its machine and does not find here: a description of a host to start from."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from expander.lint.engine import checked
from expander.lint.shown import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from drivers.api.outside import World
    from drivers.api.profile import Profile

FIRST_NUMBER = 60001
"""Missing users and groups get numbers from here on."""

_SUBJECTS = {
    "EXH001": re.compile(r"user (.*) was not found", re.DOTALL),
    "EXH002": re.compile(r"group (.*) was not found", re.DOTALL),
    "EXH003": re.compile(r"failed to open included configuration file (.*)", re.DOTALL),
    "EXH004": re.compile(r'there is no file or directory "(.*)"', re.DOTALL),
}
"""What the messages of Exim, and ours, name."""


def host_text(
    paths: Iterable[str], *, profile: Profile, world: World, macros: Mapping[str, str]
) -> tuple[str, int]:
    """The description of a host in TOML: what configurations need and this one lacks; and how much that is.

    See "A host of your own" in the guide.
    """
    lacking: dict[str, list[str]] = {code: [] for code in _SUBJECTS}
    for path in paths:
        for finding in checked(path, profile=profile, world=world, macros=macros).findings:
            pattern = _SUBJECTS.get(finding.code)
            match = pattern.fullmatch(finding.message) if pattern is not None else None
            if match and match[1] not in lacking[finding.code]:
                lacking[finding.code].append(match[1])
    users, groups, includes, files = lacking.values()
    lines = ["# What the configuration needs and the machine lacks that it was checked on.", ""]
    lines += [f"exists = [{', '.join(map(_quoted, files))}]", ""] if files else []
    number = FIRST_NUMBER
    for user in users:
        lines += [f"[users.{_quoted(user)}]", f"uid = {number}", f"gid = {number}", ""]
        number += 1
    if groups:
        lines += ["[groups]", *(f"{_quoted(group)} = {number + at}" for at, group in enumerate(groups)), ""]
    if includes:
        lines += ["[files]", '# the text, or where to find it: { file = "..." }']
        lines += [f'{_quoted(include)} = ""' for include in includes]
    return "\n".join(lines).rstrip() + "\n", sum(map(len, lacking.values()))


def _quoted(text: str) -> str:
    """A string of TOML; JSON's escapes are among its own."""
    return json.dumps(shown(text), ensure_ascii=False)
