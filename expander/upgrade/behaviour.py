"""What Exim does otherwise from some release on, with words that stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values.listtext import split
from expander.lint.texts import expanded_texts
from expander.upgrade.remark import BREAK, CHANGE, REMARK, Remark, begins
from grammar.ast.expansion import Item, Sequence, Text, Variable
from grammar.expansion import parse
from grammar.source import Span
from grammar.unparse_expansion import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile
    from expander.config.model import Config
    from grammar.ast.expansion import Node
    from grammar.source import Source

RUN, SEARCH, IDS, REMOVE = "4.96", "4.94", "4.97", "4.94"
_IDS = ("message_exim_id", "message_id")


def changed_behaviour(config: Config, old: Profile, new: Profile) -> Iterator[Remark]:
    """A remark for each place whose meaning changes."""
    from drivers.api.registry import shapes

    known = shapes(new)
    ids: list[Span] = []
    for text in expanded_texts(config):
        for node in walk(parse(text.source.text, known)):
            if isinstance(node, Item):
                yield from _of_item(node, text.source, old, new)
            elif isinstance(node, Variable) and node.name in _IDS:
                ids.append(Span(text.source, node.start, node.end))
    if ids and begins(IDS, old, new):
        places = f"used in {len(ids)} place{'s' if len(ids) > 1 else ''}, here first"
        yield Remark(REMARK, IDS, "message ids are longer: 23 characters instead of 16", ids[0], (places,))
    if begins(REMOVE, old, new):
        yield from _removed_headers(config)


def _of_item(node: Item, source: Source, old: Profile, new: Profile) -> Iterator[Remark]:
    if node.name == "run" and begins(RUN, old, new) and not node.words and node.groups:
        command = Span(source, node.groups[0].start, node.groups[0].end)
        if "$" in command.text:
            yield Remark(
                CHANGE,
                RUN,
                "the command of ${run is split into words before it is expanded, not after",
                command,
                ("a value with blanks in it is one argument then; ${run,preexpand keeps the old order",),
            )
    if node.name == "lookup" and begins(SEARCH, old, new) and len(node.groups) == 2 and node.words:
        folder = _constant(node.groups[1])
        if node.words[0].value.partition(",")[0].endswith("dsearch") and folder and folder[0] != "/":
            yield Remark(
                BREAK,
                SEARCH,
                f'dsearch refuses "{folder}": the folder has to be an absolute path',
                Span(source, node.groups[1].start, node.groups[1].end),
            )


def _constant(node: Node) -> str:
    """The text of a group that is plain, "" for one that is not."""
    if isinstance(node, Sequence) and all(isinstance(part, Text) for part in node.parts):
        return "".join(part.value for part in node.parts if isinstance(part, Text))
    return node.value if isinstance(node, Text) else ""


def _removed_headers(config: Config) -> Iterator[Remark]:
    for instance in (*config.routers, *config.transports):
        setting = instance.setting("headers_remove")
        if setting is not None and any(item.endswith("*") for item in split(str(setting.value))):
            yield Remark(
                CHANGE,
                REMOVE,
                "an asterisk at the end of a name in headers_remove stands for any further characters",
                setting.span,
            )
