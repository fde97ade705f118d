"""Names of files and commands made from text from outside, which newer releases refuse, and what to write.

This looks at the places that most configurations have, and knows what to put there. What else the
checker's own rules find comes with `expander.upgrade.found`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import EximError
from drivers.values.lookup_type import SINGLE_KEY
from drivers.values.lookup_type import parse as parse_type
from expander.lint.places import in_file, macros_at, value_source
from expander.lint.texts import expanded_texts
from expander.upgrade.remark import BREAK, Edit, Remark, begins
from expander.upgrade.same_text import DATA, proven_in_router, proven_in_transport
from grammar.ast.expansion import Header, If, Item, Node, Operator, Sequence, Variable
from grammar.expansion import parse
from grammar.source import Span
from grammar.unparse_expansion import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.api.profile import Profile
    from expander.config.model import Config, Instance
    from grammar.source import Source

FILES, COMMANDS = "4.94", "4.96"
SINKS = {
    ("transport", "appendfile", "file"): FILES,
    ("transport", "appendfile", "directory"): FILES,
    ("transport", "autoreply", "file"): FILES,
    ("transport", "autoreply", "log"): FILES,
    ("transport", "autoreply", "once"): FILES,
    ("transport", "pipe", "command"): COMMANDS,
    ("router", "redirect", "file"): FILES,
}
"""Options whose value must not be from outside, by family and driver, with the release since which."""

_KEPT = frozenset(
    (
        "local_part",
        "domain",
        "original_local_part",
        "original_domain",
        "parent_local_part",
        "parent_domain",
        "local_part_prefix",
        "local_part_suffix",
        "sender_address",
        "sender_address_local_part",
        "sender_address_domain",
        "return_path",
        "authenticated_id",
        "authenticated_sender",
    )
)
_CLEANING = frozenset(("hash", "nhash", "md5", "sha1", "sha2", "sha256", "sha3", "strlen"))
"""Operators whose value has nothing of their argument in it; Exim takes some for tainted all the same."""

_HOME = re.compile(r"\$\{?home(?![A-Za-z0-9_])")
_LOCAL_PARTS, _DOMAINS = "local_part", "domain"


def tainted_names(config: Config, old: Profile, new: Profile) -> Iterator[Remark]:
    """A remark for each option and each searched file whose name comes from outside."""
    if begins(FILES, old, new) or begins(COMMANDS, old, new):
        for instance in (*config.routers, *config.transports):
            yield from _of_driver(config, instance, old, new)
    if begins(FILES, old, new):
        yield from _of_lookups(config, new)


def _of_driver(config: Config, instance: Instance, old: Profile, new: Profile) -> Iterator[Remark]:
    for option, since in _options(config, instance):
        setting = instance.setting(option)
        if setting is None or not begins(since, old, new):
            continue
        source = value_source(setting.span)
        tainted = [*from_outside(parse(source.text, registry.shapes(new)))]
        if tainted:
            names = ", ".join(dict.fromkeys(source.text[node.start : node.end] for node in tainted))
            message = (
                f"{instance.family} {instance.name}: {option} may not be made from {names}, which others send"
            )
            edits = _edits(config, instance, source, tainted)
            notes = () if edits else (_advice(tainted),)
            yield Remark(BREAK, since, message, setting.span, notes, edits)


def _options(config: Config, instance: Instance) -> Iterator[tuple[str, str]]:
    """The options of a driver that must not be from outside, each with the release since which.

    A home directory is one where a file is named by it.
    """
    for (family, driver, option), since in SINKS.items():
        if (family, driver) == (instance.family, instance.driver):
            yield option, since
    if instance.family == "transport" and _names_home(instance):
        yield "home_directory", FILES
    elif instance.family == "router":
        transport = config.instance("transport", instance["transport"] or "")
        own = transport is not None and _names_home(transport) and not transport.setting("home_directory")
        if own:
            yield "transport_home_directory", FILES


def _names_home(transport: Instance) -> bool:
    """True if the file or the directory that a transport writes is named by ``$home``."""
    settings = [transport.setting(option) for option in ("file", "directory")]
    return transport.driver == "appendfile" and any(
        setting is not None and _HOME.search(str(setting.value)) for setting in settings
    )


def _of_lookups(config: Config, new: Profile) -> Iterator[Remark]:
    """Files that are searched by a single key."""
    for text in expanded_texts(config):
        tree = parse(text.source.text, registry.shapes(new))
        for node in walk(tree):
            if isinstance(node, Item) and node.name == "lookup" and _single_key(node):
                tainted = [*from_outside(node.groups[1])]
                span = Span(text.source, node.groups[1].start, node.groups[1].end)
                if tainted:
                    names = ", ".join(dict.fromkeys(text.source.text[one.start : one.end] for one in tainted))
                    message = f"{text.owner}: the file that is searched may not be made from {names}"
                    yield Remark(BREAK, FILES, message, span, (_advice(tainted),))


def _single_key(node: Item) -> bool:
    if len(node.groups) != 2 or not node.words:
        return False

    def style(name: str) -> str | None:
        unit = registry.find("lookup", name)
        return None if unit is None else str(unit.facts["style"])

    try:
        return parse_type(node.words[0].value, style).style == SINGLE_KEY
    except EximError:
        return False


def from_outside(node: Node | None) -> Iterator[Node]:
    """The variables and header lines whose text a value may have in it.

    What a lookup finds is not from outside, whatever it was looked up by, and neither is what an ACL
    or a router has set as far as this looks.
    """
    if isinstance(node, Sequence):
        for part in node.parts:
            yield from from_outside(part)
    elif isinstance(node, Variable):
        unit = registry.find("variable", node.name)
        adds = unit is not None and unit.facts.get("taint") == "adds"
        if node.name in _KEPT or adds:
            yield node
    elif isinstance(node, Header):
        yield node
    elif isinstance(node, Operator):
        if node.name not in _CLEANING:
            yield from from_outside(node.argument)
    elif isinstance(node, If):
        yield from from_outside(node.yes)
        yield from from_outside(node.no)
    elif isinstance(node, Item):
        groups = () if node.name == "lookup" else node.groups
        for group in (*groups, node.yes, node.no):
            yield from from_outside(group)


def _edits(config: Config, instance: Instance, source: Source, tainted: list[Node]) -> tuple[Edit, ...]:
    """Replacements for all the variables, () where one of them has none in the file itself."""
    edits = []
    for node in tainted:
        if not isinstance(node, Variable) or node.name not in DATA:
            return ()
        span = Span(source, node.start, node.end)
        if macros_at(span):
            return ()
        proven = proven_in_router if instance.family == "router" else proven_in_transport
        where = in_file(span)
        text = where.text.replace(node.name, f"{node.name}_data")
        edits.append(Edit(where, text, proven(config, instance, node.name)))
    return tuple(edits)


def _advice(tainted: list[Node]) -> str:
    """What is usually done about it."""
    names = {node.name for node in tainted if isinstance(node, Variable)}
    parts = []
    if any(name.endswith(_LOCAL_PARTS) for name in names):
        parts.append("$local_part_data, which check_local_user and a match of local_parts set")
    if any(name.endswith(_DOMAINS) for name in names):
        parts.append("$domain_data, which a match of domains sets")
    if not parts:
        parts.append("the result of a lookup, such as one by dsearch")
    return f"use {' and '.join(parts)}"
