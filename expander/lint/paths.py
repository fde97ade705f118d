"""The files, folders and programs that a configuration names outright."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.values.listtext import split
from drivers.values.lookup_type import SINGLE_KEY
from expander.lint.constant import constant
from expander.lint.texts import LISTS
from grammar.ast.expansion import Condition, Item
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Options, Setting
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node

_FILES = (
    "bounce_message_file", "file", "system_filter", "tls_certificate", "tls_crl", "tls_dhparam",
    "tls_ocsp_file", "tls_privatekey", "tls_verify_certificates", "warn_message_file", "dkim_private_key",
)  # fmt: skip
"""The options whose values are names of files that must be there."""

_PROGRAMS = ("command", "transport_filter")
_ABSOLUTE = re.compile(r"/[^\s$\"'\\]+")
_SCRIPT = re.compile(r"\b(?:do|require)\s*\(?\s*['\"](/[^'\"$]+)['\"]")
_ITEM = re.compile(r"[!\s]*(?:[a-z0-9_-]+[*@]*(?:,[a-z]+=[^;]*)*;\s*)?(/[^\s$;]+)\s*", re.ASCII)
"""A file in a list, by itself or behind the type of a lookup."""

_NO_FILES = ("nis", "nis0", "testdb")
"""Lookups with a key whose second part is no file."""

_TLS_LISTS = ("tls_certificate", "tls_privatekey", "tls_ocsp_file")


def needed(survey: Survey) -> Iterator[tuple[str, Span]]:
    """Names that are constant and absolute, and their places."""
    config = survey.config
    yield from _of_options(config.options)
    yield from _perl(config.options)
    for family in ("router", "transport", "authenticator"):
        for instance in config.instances(family):
            if instance.driver != "appendfile":
                yield from _of_options(instance.options)
    for text in survey.texts:
        if text.kind in LISTS:
            yield from _of_list(text)
        for node in survey.nodes(text):
            yield from _of_node(text, node)


def guarded(survey: Survey) -> frozenset[str]:
    """The names that the configuration asks for before it needs them."""
    found: set[str] = set()
    for text in survey.texts:
        if text.name == "require_files":
            found |= {item.lstrip("!+ ").strip() for item in split(text.source.text)}
        for node in survey.nodes(text):
            if isinstance(node, Condition) and node.name == "exists" and node.arguments:
                found.add((constant(node.arguments[0]) or "").strip())
    return frozenset(found)


def _of_options(options: Options) -> Iterator[tuple[str, Span]]:
    for name in (*_FILES, *_PROGRAMS):
        setting = options.settings.get(name)
        if setting is None or not isinstance(setting.value, str):
            continue
        parts = setting.value.split(":") if name in _TLS_LISTS else [setting.value]
        for part in parts:
            words = part.split() if name in _PROGRAMS else [part.strip()]
            if words and _ABSOLUTE.fullmatch(words[0]):
                yield words[0], _mark(setting, words[0])


def _mark(setting: Setting, path: str) -> Span:
    at = setting.span.text.find(path)
    return setting.span.part(at, at + len(path)) if at >= 0 else setting.span


def _perl(options: Options) -> Iterator[tuple[str, Span]]:
    setting = options.settings.get("perl_startup")
    if setting is not None:
        for match in _SCRIPT.finditer(str(setting.value)):
            yield match[1], _mark(setting, match[1])


def _of_list(text: ExpandedText) -> Iterator[tuple[str, Span]]:
    """The files that a list names; one that is put together when it is expanded is left alone."""
    whole = text.source.text
    if "${" in whole:
        return
    at = 0
    for item in split(whole):
        match = _ITEM.fullmatch(item)
        at = max(whole.find(item, at), at)
        if match and _is_file_item(item):
            start = whole.find(match[1], at)
            if start >= 0:
                yield match[1], Span(text.source, start, start + len(match[1]))


def _is_file_item(item: str) -> bool:
    """True for a file by itself, and for a lookup that reads a file."""
    kind, semicolon, _ = item.rpartition(";")
    if not semicolon:
        return True
    return _reads_file(re.split(r"[*@,]", kind.strip("! \t\n").rpartition("-")[2])[0])


def _reads_file(kind: str) -> bool:
    """True for a type of lookup whose second part is the name of a file or a folder."""
    unit = registry.find("lookup", kind)
    return unit is not None and unit.facts["style"] == SINGLE_KEY and kind not in _NO_FILES


def _of_node(text: ExpandedText, node: Node) -> Iterator[tuple[str, Span]]:
    if not isinstance(node, Item) or not node.groups:
        return
    file: Node | None = None
    if node.name == "readfile":
        file = node.groups[0]
    elif node.name == "lookup" and node.words and len(node.groups) > 1:
        kind = re.split(r"[*@,]", node.words[-1].value)[0].rpartition("-")[2]
        keyed = node.groups[0].start < node.words[-1].start
        file = node.groups[1] if keyed and _reads_file(kind) else None
    path = (constant(file) or "").strip()
    if file is not None and _ABSOLUTE.fullmatch(path):
        yield path, Span(text.source, file.start, file.end)
