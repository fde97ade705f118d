"""Finds the statements of an ACL: by name, in a file, or in the text itself."""

from __future__ import annotations

import os
from errno import EIO
from typing import TYPE_CHECKING

from drivers.api.acl import AclProblem
from drivers.api.registry import names_in
from drivers.api.text import SPACE, from_bytes, is_tainted
from expander.config.acl_section import read_acls
from expander.config.model import Config, empty_options
from expander.config.reporting import Reporter
from grammar.config import parse
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.acl.bound import Bound
    from expander.acl.ready import Plan, Ready
    from expander.acl.run import Run
    from expander.expand.context import Context
    from grammar.ast.config import Broken, Line, Statement
    from grammar.source import Span

TAINTED_REFUSED_SINCE = "4.95"
"""The release from which nothing from outside may be the name or the text of an ACL."""

TAINTED_NAMES_SINCE = "4.99"
"""The release from which such a text may name an ACL of the configuration again."""

NAMED_SINCE = "4.99"
"""The release from which the ACL is named with each statement that is told of."""

INLINE = "inline ACL"
NEWLINE = "\n"
FROM_FILES = "ACLs read from files"
OF_CONFIGURATION = "ACL of the configuration"
"""Under this name a configuration has its ACLs by their names."""

NONE_YET: dict[str, AclText] = {}


class AclText(State):
    """Statements, and what is told of where they come from ("ACL "x"", or "inline ACL").

    ``made_ready`` is what was made of them in order to run them, None before that; ``plans`` are by phase
    what is known of their first conditions; ``glances``, if these change nothing, what tells that they fail.
    """

    shown: str
    statements: Sequence[Statement]
    is_from_config: bool
    made_ready: Sequence[Ready] | None = None
    plans: dict[str, Plan] = made_by(default_factory=dict)
    glances: dict[str, Sequence[Bound]] = made_by(default_factory=dict)


def known_acl(config: Config | None, text: str) -> AclText | None:
    """The ACL of the configuration that a text of it names, if that has run before."""
    return None if config is None else config.ready.get(OF_CONFIGURATION, NONE_YET).get(text)


def find(run: Run, text: str) -> AclText:
    """The ACL that a text stands for. Raises `AclProblem` for one that cannot be had."""
    ctx = run.ctx
    if type(text) is str and ctx.config is not None and not run.traced:
        run_before: AclText | None = ctx.config.ready.get(OF_CONFIGURATION, NONE_YET).get(text)
        if run_before is not None:
            return run_before
    name = text.lstrip(SPACE)
    known = ctx.config.acls if ctx.config is not None else {}
    refuses = is_tainted(text) and ctx.profile.at_least(TAINTED_REFUSED_SINCE)
    if refuses and not (name in known and ctx.profile.at_least(TAINTED_NAMES_SINCE)):
        ctx.log(f'attempt to use tainted ACL text "{text}"', panic=True)
        raise AclProblem("")
    if ctx.config is not None and name in known:
        if run.traced and known[name].statements:
            run.debug(f'using ACL "{name}"')
        kept: dict[str, AclText] = ctx.config.ready.setdefault(OF_CONFIGURATION, {})
        found = kept.get(name)
        if found is None:
            title = _title(ctx, name)
            found = kept[name] = AclText(title, known[name].statements, is_from_config=True)
        return found
    if name.startswith("/") and not any(char in SPACE for char in name):
        return _from_file(run, name)
    return AclText(INLINE, compiled(ctx, name), is_from_config=False)


def _title(ctx: Context, name: str) -> str:
    return f"ACL {name}" if ctx.profile.at_least(NAMED_SINCE) else f'ACL "{name}"'


def told_before(ctx: Context, statement: Statement, acl: AclText) -> str:
    """What is told of a statement before its conditions are tested."""
    verb, where = f'"{statement.verb.text}"', place(ctx, statement, acl)
    if not ctx.profile.at_least(NAMED_SINCE):
        return f"processing {verb} ({where})"
    return f"processing {acl.shown} {verb}" + ("" if acl.shown == INLINE else f" ({where})")


def _from_file(run: Run, path: str) -> AclText:
    """A file is read once; from then on it is known by its name."""
    ctx = run.ctx
    kept: dict[str, AclText] = ctx.state.setdefault(FROM_FILES, {})
    if path in kept:
        run.debug(f'using ACL "{path}"')
        return kept[path]
    try:
        text = from_bytes(ctx.world.files.read(path))
    except OSError as error:
        reason = os.strerror(error.errno or EIO)
        raise AclProblem(f'failed to open ACL file "{path}": {reason}') from error
    run.debug(f"read ACL from file {path}")
    kept[path] = AclText(_title(ctx, path), compiled(ctx, text), is_from_config=False)
    return kept[path]


class _FirstProblem(Reporter):
    """Takes the first problem of a text for the reason why it is no ACL."""

    def in_line(self, line: Line, message: str, span: Span | None = None, **_more: str) -> None:
        raise AclProblem(message.removeprefix("error in ACL: "))

    def broken(self, line: Broken) -> None:
        raise AclProblem(line.message.removeprefix("error in ACL: "))


def compiled(ctx: Context, text: str) -> Sequence[Statement]:
    """The statements of a text. Raises `AclProblem` in Exim's words for a text that is no ACL."""
    if text.lstrip(SPACE).startswith(":"):
        return ()  # the end of a name, though of none: another ACL begins
    macros = MacroTable()
    lines = Preprocessor("inline", lambda _path: f"begin acl\ntext:\n{text}\n", macros)
    tree = parse(lines, names_in(ctx.profile, "acl-verb"))
    config = Config("inline", ctx.profile, empty_options(ctx.profile), tree, macros)
    for section in tree.sections:
        read_acls(section, config, _FirstProblem())
    return config.acls["text"].statements if "text" in config.acls else ()


def place(ctx: Context, statement: Statement, acl: AclText) -> str:
    """The file and the line that are told for a statement: the configuration's end for other texts."""
    config = ctx.config
    if acl.is_from_config or config is None:
        return f"{statement.file} {statement.number}"
    text = config.main_text
    return f"{config.path} {text.count(NEWLINE) + (not text.endswith(NEWLINE))}"
