"""The way in which the tables of ACL words state one word in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn

from drivers.api.errors import Unsupported
from drivers.api.unit import NO_FACTS, define

PHASES = tuple(
    (
        "rcpt mail predata mime dkim data prdr not_smtp auth atrn connect etrn expn helo mailauth "
        "not_smtp_start notquit quit starttls wellknown vrfy delivery unknown"
    ).split()
)
"""Where ACLs run; "unknown" is the ACL of an ``acl`` condition outside of any phase."""


def not_evaluated(family: str, name: str) -> Callable[..., NoReturn]:
    """What a word of ACLs does where no session runs: it says that it is known but not carried out."""

    def evaluate(*_arguments: object) -> NoReturn:
        raise Unsupported(f'the {family.replace("-", " ")} "{name}" is known but not carried out')

    return evaluate


def _word(  # noqa: PLR0913 - each is a column of the tables
    family: str,
    name: str,
    doc: str,
    *,
    only: str = "",
    never: str = "",
    older: Mapping[str, str] = NO_FACTS,
    argument: str = "",
    expanded: bool = True,
    options: bool = False,
    negatable: bool = False,
    since: str = "4.00",
    until: str | None = None,
    feature: str | None = None,
    done_by: str = "",
) -> None:
    """Declare a word: the phases it may be used in (``only`` or ``never``), and what it takes.

    ``older`` has the phases before the releases that changed them. ``done_by`` says where the function is
    that carries the word out, as "module:name": it takes the `drivers.api.acl.Acl` and the text, and gives
    the outcome.
    """
    allowed = only.split() or [phase for phase in PHASES if phase not in never.split()]
    syntax = {
        "acl-verb": f"{name} [<conditions and modifiers>]",
        "acl-control": f"control = {name}" + ("/<options>" if options else ""),
    }.get(family, f"{name} = <{argument or 'text'}>")
    facts: dict[str, Any] = {"argument": argument, "expanded": expanded, "options": options}
    facts |= {"done_by": done_by} if done_by else {}
    define(
        family,
        name,
        syntax=syntax,
        since=since,
        until=until,
        feature=feature,
        section="Access control lists",
        doc=doc,
        phases=tuple(allowed),
        older={release: tuple(phases.split()) for release, phases in older.items()},
        negatable=negatable,
        **facts,
    )(not_evaluated(family, name))


verb: Callable[..., None] = partial(_word, "acl-verb")
condition: Callable[..., None] = partial(_word, "acl-condition", negatable=True)
modifier: Callable[..., None] = partial(_word, "acl-modifier")
control: Callable[..., None] = partial(_word, "acl-control")
