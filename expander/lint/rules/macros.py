"""Macros: names that look like one and are not, and definitions that do not do what they seem to."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.macro_lines import asked, block_ends, words
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from expander.lint.macro_lines import PhysicalText
    from expander.lint.survey import Survey
    from grammar.source import Span

SECTION = "Macros in the configuration file"
SHORTEST = 6
"""A word of fewer letters is like too many others to be a slip."""

SHORTEST_FOLDER = 3
"""With fewer letters, capitals before a slash are rather a unit or a protocol."""

MOST_SWITCHES = 8
"""A configuration with more switches than these was made to be switched from outside."""

SHORTEST_PART = 4
"""The same for a word that is a whole value or a part of a domain: fewer words stand there."""

_LIKE_MACRO = re.compile(r"[A-Z][A-Z0-9][A-Za-z0-9_]*")
_BEFORE_PART = re.compile(r"[=:@.]\s*!?\s*\Z")
_AFTER_PART = re.compile(r"[\s:.@}/]|\Z")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]*[A-Z0-9]")
_PROSE = re.compile(
    r"\s*(?:\w+\s+)?(?:message|log_message|add_header|logwrite|smtp_banner|headers_add|subject|text"
    r"|debug_print|server_prompts)\s*=",
    re.ASCII,
)
_TAKES_CAPITALS = frozenset(
    "keep_environment add_environment environment public_name tls_require_ciphers gnutls_require_kx "
    "gnutls_require_mac gnutls_require_protocols openssl_options server_mech local_parts timezone".split()
)
_BEFORE_ITEM = re.compile(r"[=:]\s*!?\s*\Z")
_AFTER_ITEM = re.compile(r"\s*(?::|\\?\s*\Z)")
_BEFORE_PATH = re.compile(r"(?:=\s*\"?|(?:search\*?@?|dbm|cdb|sqlite|exists|readfile|file)\s*[{;]\s*)\Z")
_INCLUDE = re.compile(r"\s*\.include(?:_if_exists)?\s+(\S.*?)\s*\Z")
_COMMENT = re.compile(r"\s(#+\s*[A-Za-z][^\"{}]*?)\s*\Z")
_ONE_WORD = re.compile(
    r"\s*(?:(?:hide\s+)?(?:domain|host|address|localpart)list\s|(?:driver|transport|primary_hostname"
    r"|qualify_domain|public_name|user|group|hosts|domains|acl_\w+)\s*=)",
    re.ASCII,
)


@rule(
    "EXM002",
    "macro-used-before-definition",
    severity=WARNING,
    section=SECTION,
    bad="domainlist local_domains = MY_DOMAINS\nMY_DOMAINS = example.org\n",
    good="MY_DOMAINS = example.org\ndomainlist local_domains = MY_DOMAINS\n",
)
def used_before_definition(survey: Survey) -> Iterator[Finding]:
    """A line uses the name of a macro that is only defined further down.

    Exim replaces macros while it reads, so the name itself stays in the value, as it is written. The
    definition has to stand before.
    """
    later: dict[str, int] = {}
    for line in survey.physical:
        if line.defines and line.role == "macro":
            later.setdefault(line.defines, line.number)
    ends = block_ends(survey.physical)
    known = {name for name, macro in survey.config.macros.defined.items() if macro.command_line}
    for line in survey.physical:
        directive, names = asked(line)
        for name, span in words(line) if line.role == "text" else names:
            in_block = later.get(name, -1) < ends.get(line.number, 0)
            gives_default = directive.endswith("ndef") or (directive and in_block)
            if later.get(name, -1) > line.number and name not in known and not gives_default:
                yield Finding("EXM002", f'macro "{name}" is defined after its use', span, severity=WARNING)


@rule(
    "EXM003",
    "unused-macro",
    severity=REMARK,
    section=SECTION,
    bad="RELAY_HOSTS = 10.0.0.0/8\nhostlist relay_from_hosts = 127.0.0.1\n",
    good="RELAY_HOSTS = 10.0.0.0/8\nhostlist relay_from_hosts = 127.0.0.1 : RELAY_HOSTS\n",
)
def unused_macro(survey: Survey) -> Iterator[Finding]:
    """A macro is defined, but its name stands nowhere else."""
    if survey.incomplete:
        return
    first: dict[str, PhysicalText] = {}
    for line in survey.physical:
        if line.defines and line.role == "macro":
            first.setdefault(line.defines, line)
    everything = "\n".join(line.span.text[line.value_at :] for line in survey.physical)
    for name, line in first.items():
        if name not in everything:
            start = line.span.text.index(name)
            message = f'macro "{name}" is never used'
            yield Finding("EXM003", message, line.span.part(start, start + len(name)), severity=REMARK)


@rule(
    "EXM004",
    "macro-inside-word",
    severity=WARNING,
    section=SECTION,
    bad="SPOOL = /var/spool/exim4\nlog_file_path = SPOOL_LOGS/%slog\n",
    good="SPOOL = /var/spool/exim4\nlog_file_path = SPOOL/logs/%slog\n",
)
def inside_word(survey: Survey) -> Iterator[Finding]:
    """The name of a macro is replaced in the middle of a longer name that is not defined itself.

    Exim knows no word boundaries: wherever the letters stand, the value is put in their place. A longer
    name that begins with that of a macro is never a macro of its own.
    """
    names = survey.macro_places
    for line in survey.physical:
        found = words(line) if line.role in {"text", "macro"} else asked(line)[1]
        for word, span in found:
            inner = next((name for name, at in names if at < line.number and name in word), word)
            if inner != word and word.isupper():
                message = f'macro "{inner}" is replaced inside the word "{word}"'
                yield Finding("EXM004", message, span, severity=WARNING)


@rule(
    "EXM005",
    "undefined-macro",
    severity=WARNING,
    section=SECTION,
    bad="RELAY_HOSTS = 10.0.0.0/8\nhostlist relay_from_hosts = 127.0.0.1 : RELAY_HOST\n",
    good="RELAY_HOSTS = 10.0.0.0/8\nhostlist relay_from_hosts = 127.0.0.1 : RELAY_HOSTS\n",
)
def undefined_macro(survey: Survey) -> Iterator[Finding]:
    """A word in capital letters stands where a value is expected, and is the name of no macro.

    Exim takes it as it is: a host, a domain or a file of that name. The name is written differently where
    it is defined, or the definition is missing. Where many switches are left open and several such names too,
    the file is a template that gets its macros from elsewhere: a remark, but for slips.
    """
    found = list(_undefined_macros(survey))
    unknown = {finding.message for finding in found if not finding.notes}
    template = len(unknown) > 1 and len(set(_open_switches(survey))) > MOST_SWITCHES
    for finding in found:
        yield replace(finding, severity=REMARK) if template and not finding.notes else finding


def _open_switches(survey: Survey) -> Iterator[str]:
    """The macros that conditionals ask for and that nothing defines."""
    known = {line.defines for line in survey.physical} | set(survey.config.macros.defined)
    for line in survey.physical:
        yield from (name for name, _ in asked(line)[1] if name not in known)


def _undefined_macros(survey: Survey) -> Iterator[Finding]:
    names = [name for name, _ in survey.macro_places]
    known = {line.defines for line in survey.physical}
    switches = {name for line in survey.physical for name, _ in asked(line)[1]}
    for line in survey.physical:
        if line.role == "directive" or _PROSE.match(line.span.text):
            continue
        for word, span in words(line):
            if word in known or not _LIKE_MACRO.fullmatch(word) or any(name in word for name in names):
                continue
            near = _meant(word, names) or (
                _meant(word, names, SHORTEST_PART) if _is_part(line, span) else None
            )
            if near is None and word in switches:
                continue
            read = line.role != "skipped" and not survey.incomplete
            if near is not None or (read and _stands_alone(line, span)):
                notes = (Note(f"did you mean {near}?"),) if near is not None else ()
                message = f'"{word}" looks like a macro, but is not defined'
                yield Finding("EXM005", message, span, severity=WARNING, notes=notes)


def _meant(word: str, names: Iterable[str], shortest: int = SHORTEST) -> str | None:
    """The macro that a word is a slip for: one letter in a name of some length."""
    if len(word) < shortest:
        return None
    return next((name for name in names if abs(len(name) - len(word)) < 2 and _edits(word, name) == 1), None)


def _is_part(line: PhysicalText, span: Span) -> bool:
    """True for a word that is a value, an item of a list, or a whole part of a name or an address."""
    text = line.span.text
    before, after = text[: span.start - line.span.start], text[span.end - line.span.start :]
    return _BEFORE_PART.search(before) is not None and _AFTER_PART.match(after) is not None


def _edits(one: str, other: str) -> int:
    """0 for the same text, 1 for a letter more, less, changed or two swapped, otherwise 2."""
    if one == other:
        return 0
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    if start < 0:
        return 1 if abs(len(one) - len(other)) == 1 else 2
    a, b = one[start:], other[start:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:]
    return 1 if swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:] else 2


def _stands_alone(line: PhysicalText, span: Span) -> bool:
    """True for a word in capitals that is a value, an item of a list or the first folder of a path."""
    text = line.span.text
    if not _CAPITALS.fullmatch(span.text):
        return False
    before = text[: span.start - line.span.start]
    after = text[span.end - line.span.start :]
    option = before.partition("=")[0].split()
    if option and option[-1] in _TAKES_CAPITALS:
        return False
    if after.startswith("/"):
        return len(span.text) >= SHORTEST_FOLDER and _BEFORE_PATH.search(before) is not None
    return (
        "_" in span.text and _BEFORE_ITEM.search(before) is not None and _AFTER_ITEM.match(after) is not None
    )


@rule(
    "EXM006",
    "condition-on-undefined-macro",
    severity=REMARK,
    section="Conditional skips in the configuration file",
    bad=".ifdef USE_TLS\ntls_advertise_hosts = *\n.endif\n",
    good="USE_TLS = yes\n.ifdef USE_TLS\ntls_advertise_hosts = *\n.endif\n",
)
def condition_on_undefined_macro(survey: Survey) -> list[Finding]:
    """A conditional asks for a macro that nothing defines: it always goes the same way.

    Switches that are meant to be given on the command line or in a file of one's own are like that. Where
    the name is a slip for one that is defined, the finding is a warning.
    """
    names = [name for name, _ in survey.macro_places]
    told = {line.defines for line in survey.physical}
    slips, switches = [], []
    for line in survey.physical:
        for word, span in asked(line)[1]:
            if word in told or any(name in word for name in names):
                continue
            told.add(word)
            near = _meant(word, names)
            message = f'macro "{word}" is defined nowhere'
            if near is None:
                switches.append(Finding("EXM006", message, span, severity=REMARK))
            else:
                note = Note(f"did you mean {near}?")
                slips.append(Finding("EXM006", message, span, severity=WARNING, notes=(note,)))
    return slips + (switches if len(switches) <= MOST_SWITCHES else [])


@rule(
    "EXM007",
    "file-included-twice",
    severity=WARNING,
    section="File inclusions in the configuration file",
    bad=".include_if_exists /etc/exim/local.conf\n.include_if_exists /etc/exim/local.conf\n",
    good=".include_if_exists /etc/exim/local.conf\n.include_if_exists /etc/exim/more.conf\n",
)
def included_twice(survey: Survey) -> Iterator[Finding]:
    """A file is included a second time.

    Options and macros in it are then set twice, which Exim refuses, or another file was meant.
    """
    seen: set[str] = set()
    for line in survey.physical:
        found = _INCLUDE.match(line.span.text) if line.role == "directive" else None
        if found is None:
            continue
        if found[1] in seen:
            span = line.span.part(found.start(1), found.end(1))
            yield Finding("EXM007", f"{found[1]} is included twice", span, severity=WARNING)
        seen.add(found[1])


@rule(
    "EXM008",
    "comment-behind-value",
    severity=WARNING,
    section="Configuration file format",
    bad="RELAY_HOSTS = 10.0.0.0/8   # the office\nhostlist relay_from_hosts = RELAY_HOSTS\n",
    good="# the office\nRELAY_HOSTS = 10.0.0.0/8\nhostlist relay_from_hosts = RELAY_HOSTS\n",
)
def comment_behind_value(survey: Survey) -> Iterator[Finding]:
    """A comment stands behind the value of a macro, of a list, or of an option that takes one word.

    Only a line that begins with `#` is a comment: here the text becomes a part of the value.
    """
    for line in survey.physical:
        if line.role not in {"text", "macro"} or "#" not in line.span.text:
            continue
        found = _COMMENT.search(line.span.text)
        takes = bool(line.defines) or _ONE_WORD.match(line.span.text) is not None
        if found is not None and takes:
            span = line.span.part(found.start(1), found.end(1))
            yield Finding("EXM008", "# is comment only at line start", span, severity=WARNING)
