"""ACLs that stand outside of the section: as text in an option or a condition, or in a file of their own."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from drivers.api.registry import names_in
from drivers.api.text import from_bytes
from expander.config.acl_section import read_acls
from expander.config.model import Config, empty_options
from expander.config.reporting import Reporter
from expander.lint.acl_names import FILE, IN_PLACE, called
from expander.lint.texts import acl_texts
from grammar.config import parse
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor
from grammar.record import State, made_by
from grammar.source import Piece, Source, Span

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.config.model import Acl, LoadError
    from expander.lint.acl_names import Called
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

MOST = 200
"""So many ACLs outside of the section are read; files that name each other may be many."""

LARGEST = 1 << 20
_HEAD = "begin acl\nacl:\n"
_CALLED = "ACL acl"


class Outside(State):
    """The ACLs outside of the section by their text or path, their texts, and what is wrong with them.

    ``unreadable`` has the places that name a file which cannot be read, with the system's words.
    """

    acls: dict[str, Acl] = made_by(default_factory=dict)
    texts: list[ExpandedText] = made_by(default_factory=list)
    errors: list[LoadError] = made_by(default_factory=list)
    unreadable: list[tuple[Span, str]] = made_by(default_factory=list)


def outside(survey: Survey, texts: tuple[ExpandedText, ...]) -> Outside:
    """All ACLs outside of the section that the texts run, and those that these run."""
    found = Outside()
    waiting = deque(texts)
    while waiting:
        for call in called(survey, waiting.popleft()):
            if call.what in (IN_PLACE, FILE) and call.name not in found.acls and len(found.acls) < MOST:
                waiting += _add(survey, call, found)
    return found


def _add(survey: Survey, call: Called, found: Outside) -> list[ExpandedText]:
    """Read an ACL; its texts, which may run further ones."""
    place: Span = call.span
    if call.what == FILE:
        try:
            content = from_bytes(survey.world.files.read(call.name, LARGEST))
        except (OSError, ValueError) as problem:
            found.unreadable.append((call.span, getattr(problem, "strerror", None) or "not a path"))
            return []
        source = Source(call.name, content)
        place = Span(source, 0, len(content))
    acl, errors = _read(call.name, place, survey.profile)
    found.errors += errors
    if acl is None or acl.node is None:
        return []
    found.acls[call.name] = acl
    shown = f"ACL {call.name}" if call.what == FILE else "an ACL written in place"
    texts = [
        text._replace(holder=call.name, owner=f"{text.owner.removesuffix(_CALLED)}{shown}")
        for text in acl_texts(acl.node)
    ]
    found.texts += texts
    return texts


def _read(name: str, place: Span, profile: Profile) -> tuple[Acl | None, list[LoadError]]:
    """The ACL that is written in a place, with the errors in it."""
    text = place.text if name.startswith("/") else name
    if text == place.text or place.text.endswith(text):
        place = place.part(len(place.text) - len(text), len(place.text))
    file = place.source.name
    pieces = [Piece(0, len(_HEAD), place.part(0, 0), "", None)]
    if text:
        macro = "" if text == place.text else "ACL"
        pieces.append(Piece(len(_HEAD), len(_HEAD) + len(text), place, macro, None))
    whole = Source(file, _HEAD + text, pieces=tuple(pieces))
    lines = Preprocessor(file, lambda _path: whole.text, MacroTable(), tolerant=True)
    lines.files[file] = whole
    tree = parse(lines, names_in(profile, "acl-verb"))
    config = Config(name, profile, empty_options(profile), tree, MacroTable())
    report = Reporter(collect=True)
    for section in tree.sections:
        read_acls(section, config, report)
    return config.acls.get("acl"), report.errors
