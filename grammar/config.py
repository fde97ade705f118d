"""From logical lines to the typed tree of a configuration. What makes no sense becomes a `Broken` node."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from grammar import tables
from grammar.ast.config import (
    Acl,
    Broken,
    Clause,
    Configuration,
    Driver,
    Heading,
    Line,
    Macro,
    NamedList,
    Node,
    Option,
    Physical,
    RetryRule,
    RewriteRule,
    Section,
    Statement,
    Word,
)
from grammar.machine import Machine, TreeMethods
from grammar.macros import LONGEST_NAME, MACRO_TOO_LONG
from grammar.patterns import late_pattern
from grammar.preprocess import SPACE, BrokenLine, LogicalLine, Preprocessor, name_too_long
from grammar.retry import RetryRest
from grammar.source import Span

if TYPE_CHECKING:
    from grammar.machine import Token, Tree

_OF_DRIVERS = ("authenticators", "routers", "transports")
SECTIONS = ("acl", "authenticators", "local_scan", "retry", "rewrite", "routers", "transports")
_LIST_KINDS = ("domainlist", "hostlist", "addresslist", "localpartlist")
_STARTS = {
    "main": "main_line",
    "acl": "acl_line",
    "retry": "retry_line",
    "rewrite": "rewrite_line",
    "routers": "driver_line",
    "transports": "driver_line",
    "authenticators": "driver_line",
    "local_scan": "driver_line",
}
LONGEST_SECTION = 22
_NAME = late_pattern(r"[A-Za-z0-9_]*")
_AFTER_HIDE = late_pattern(r"hide[ \t\v\f\r]*([A-Za-z0-9_]*)")
_LIST_WITHOUT_VALUE = late_pattern(
    r"(?:hide[ \t\v\f\r]+)?(domain|host|address|localpart)list(?:_cache)?[ \t\v\f\r]+([A-Za-z0-9_]*)"
)
_CASELESS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


_METHODS = TreeMethods()


def _machine(text: str, rule: str) -> Machine:
    """The machine after it has read a text by a rule; without a result where that does not fit."""
    machine = Machine(tables.load("config"), _METHODS, rule)
    machine.run(text)
    return machine


def section_name(word: str) -> str | None:
    """The full name of a section; a final ``s`` may be left out or added, case does not count."""
    word = word.translate(_CASELESS)
    for name in SECTIONS:
        if word == name or word == (name[:-1] if name.endswith("s") else f"{name}s"):
            return name
    return None


class _Reader:
    """Reads one logical line."""

    def __init__(
        self, line: LogicalLine, section: str, verbs: Collection[str], *, in_statement: bool
    ) -> None:
        self.line = line
        self.section = section
        self.verbs = verbs
        self.in_statement = in_statement

    def span(self, start: int, end: int) -> Span:
        return Span(self.line.source, start, end)

    def whole(self) -> tuple[Span, str, int]:
        return self.span(0, len(self.line.text)), self.line.file, self.line.number

    def broken(self, message: str, cause: str = "") -> Broken:
        return Broken(*self.whole(), message, cause=cause)

    def word(self, token: Token, offset: int = 0, limit: int | None = None) -> Word:
        start, end = token.start + offset, token.end + offset
        return Word(self.span(start, end if limit is None else min(end, start + limit)))

    def name(self, token: Token, offset: int = 0) -> Word:
        """A name, cut to the length that Exim keeps of it."""
        return self.word(token, offset, LONGEST_NAME)

    def empty(self, at: int) -> Word:
        return Word(self.span(at, at))

    def value(self, tokens: dict[str, Token]) -> Word | None:
        """What stands after the equals sign; None if there is no such sign."""
        if "EQUAL" not in tokens:
            return None
        end = tokens["EQUAL"].end
        return self.word(tokens["VALUE"]) if "VALUE" in tokens else self.empty(end)

    def read(self) -> Line | tuple[Word, Clause | Broken | None]:
        """The node of the line; a statement of an ACL gives its verb and its first clause."""
        machine = _machine(self.line.text, _STARTS[self.section])
        if machine.result is None:
            return self.failed()
        tree: Tree = machine.result
        inner = tree.trees
        hide = bool(tree.tokens)
        if not inner:
            end = self.empty(len(self.line.text))
            return Option(*self.whole(), hide=True, name=end, value=None, trailer=None)
        tokens = {token.kind: token for token in inner[0].tokens}
        build: Callable[..., Line | tuple[Word, Clause | Broken | None]] = getattr(self, f"_{inner[0].data}")
        return build(inner[0], tokens, hide=hide)

    def _begin(self, _tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        given = tokens["SECTION"].text[:LONGEST_SECTION]
        name = section_name(given)
        if name is None:
            wrong = self.broken(f'"{given}" is not a known configuration section name', "bad-section")
            return Section(*self.whole(), "", (wrong,))
        return Section(*self.whole(), name, ())

    def _macro(self, _tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        end = tokens["DEFINE"].end
        value = self.word(tokens["VALUE"]) if "VALUE" in tokens else self.empty(end)
        return Macro(*self.whole(), self.word(tokens["MACRO"]), value, tokens["DEFINE"].text.startswith("=="))

    def _named_list(self, _tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        value = self.value(tokens)
        assert value is not None
        kind = tokens["LIST_KIND"]
        if kind.start > len("hide "):  # Exim looks for these words behind one blank only
            rest = Word(self.span(kind.end + 1, len(self.line.text)))
            return Option(*self.whole(), hide, self.word(kind), None, rest)
        name = self.word(tokens["LIST_NAME"]) if "LIST_NAME" in tokens else self.empty(kind.end)
        word = kind.text.removesuffix("_cache")
        cached = word != kind.text
        return NamedList(*self.whole(), hide, word.removesuffix("list"), name, value, cached=cached)

    def _option(self, _tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        name = tokens["NAME"]
        if self.section == "main" and "A" <= self.line.text[0] <= "Z":
            return self._no_macro()
        if self.section == "main" and name.text == "hide" and not hide:
            return self._hidden()
        if self.section == "main" and name.text.startswith(_LIST_KINDS):
            return self.broken("unrecognized configuration line", "bad-named-list")
        if self.section != "main" and len(name.text) > LONGEST_NAME:
            return self._too_long(name.text)
        trailer = self.word(tokens["TRAILER"]) if "TRAILER" in tokens else None
        return Option(*self.whole(), hide, self.name(name), self.value(tokens), trailer)

    def _heading(self, _tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        name = tokens["HEADING"]
        if len(name.text) > LONGEST_NAME:
            return self._too_long(name.text)
        return Heading(
            *self.whole(), self.word(name), self.word(tokens["REST"]) if "REST" in tokens else None
        )

    def _too_long(self, name: str) -> Broken:
        return self.broken(name_too_long(name), "unreadable-line")

    def _statement(
        self, _tree: Tree, tokens: dict[str, Token], *, hide: bool
    ) -> Line | tuple[Word, Clause | Broken | None]:
        name = tokens["NAME"]
        text = self.line.text
        if len(name.text) > LONGEST_NAME:
            return self._too_long(name.text)
        if "BANG" in tokens and "REST" in tokens and tokens["REST"].text.startswith(":"):
            return self.broken("missing or malformed ACL name")
        if name.text not in self.verbs:
            return self._clause(0) if self.in_statement else self._no_verb(name.text)
        if "BANG" in tokens:
            return self.broken(f'error in ACL: malformed ACL line "{text}"')
        if "REST" not in tokens:
            return self.word(name), None
        return self.word(name), self._clause(tokens["REST"].start)

    def _no_verb(self, name: str) -> Broken:
        return self.broken(f'error in ACL: unknown ACL verb "{name}" in "{self.line.text}"')

    def _clause(self, start: int) -> Clause | Broken:
        """A condition or modifier that begins at this place of the line."""
        text = self.line.text
        tree = _machine(text[start:], "clause").result
        if tree is None:
            return self._unknown_clause()
        tokens = {token.kind: token for token in tree.tokens}
        if len(tokens["NAME"].text) > LONGEST_NAME:
            return self._too_long(tokens["NAME"].text)
        value = None
        if "EQUAL" in tokens:
            at = tokens["EQUAL"].end + start
            value = Word(self.span(at, len(text)))
        argument = self.word(tokens["ARGUMENT"], start) if "ARGUMENT" in tokens else None
        name = self.word(tokens["NAME"], start)
        where = self.span(start, len(text))
        return Clause(where, self.line.file, self.line.number, "BANG" in tokens, name, argument, value)

    def _unknown_clause(self) -> Broken:
        return self.broken(f'error in ACL: unknown ACL condition/modifier in "{self.line.text}"')

    def _retry_rule(self, tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        pattern, error = tree.tokens[:2]
        start = tokens["REST"].start if "REST" in tokens else len(self.line.text)
        rest = RetryRest.read(self.line.source, start)
        broken = self.broken(rest.problem) if rest.problem else None
        steps = tuple(rest.steps)
        return RetryRule(*self.whole(), self.word(pattern), self.word(error), rest.senders, steps, broken)

    def _rewrite_rule(self, tree: Tree, tokens: dict[str, Token], *, hide: bool) -> Line:
        pattern, replacement = tree.tokens[:2]
        flags = None
        if "FLAGS" in tokens:
            token = tokens["FLAGS"]
            text = self.line.text[token.start : token.end]
            start = token.start + len(text) - len(text.lstrip(" \t"))
            flags = Word(self.span(start, token.end)) if start < token.end else None
        return RewriteRule(*self.whole(), self.word(pattern), self.word(replacement), flags)

    def failed(self) -> Line:
        """What Exim says of a line that its section's rule does not cover."""
        text = self.line.text
        if self.section == "rewrite":
            return self.broken("missing rewrite replacement string")
        if self.section == "retry":
            return self.broken("missing error type in retry rule")
        if self.section == "acl":
            if text.startswith(":"):
                return self.broken("missing or malformed ACL name")
            if self.in_statement:
                return self._unknown_clause()
            return self._no_verb("")
        if self.section == "main":
            named = _LIST_WITHOUT_VALUE.match(text)
            if named:
                message = f"missing '=' after \"{named[2]}\""
                cause = "bad-named-list"
                return Broken(*self.whole(), message, cause=cause, list_kind=named[1], list_name=named[2])
            if "A" <= text[:1] <= "Z":
                return self._no_macro()
        if text.startswith(":") and self.section in _OF_DRIVERS:  # a driver may have no name at all
            at = len(text) - len(text[1:].lstrip(SPACE))
            rest = Word(self.span(at, len(text))) if at < len(text) else None
            return Heading(*self.whole(), self.empty(0), rest)
        if text.startswith("hide") and text[4:5] in SPACE:
            return self._hidden()
        return self.broken(f"option setting expected: {text}", "unreadable-line")

    def _no_macro(self) -> Broken:
        """A line of the main section that begins with a capital and defines no macro."""
        found = _NAME.match(self.line.text)
        too_long = found is not None and len(found[0]) > LONGEST_NAME
        return self.broken(MACRO_TOO_LONG if too_long else "malformed macro definition", "bad-macro-line")

    def _hidden(self) -> Option:
        """A line of which only ``hide`` makes sense: whatever letters and digits follow are a name."""
        found = _AFTER_HIDE.match(self.line.text)
        assert found is not None
        name = Word(self.span(*found.span(1)))
        return Option(*self.whole(), hide=True, name=name, value=None, trailer=None)


def parse_lines(lines: Iterable[LogicalLine | BrokenLine], verbs: Collection[str]) -> Iterator[Line]:
    """The nodes of the lines one after the other, statements of ACLs with their first clause.

    ``verbs`` are the words that begin a statement of an ACL.
    """
    section, in_statement = "main", False
    for line in lines:
        if isinstance(line, BrokenLine):
            yield Broken(line.span, line.file, line.number, line.message, line.framed, line.cause)
            continue
        reader = _Reader(line, section, verbs, in_statement=in_statement)
        found = reader.read()
        if isinstance(found, tuple):
            verb, clause = found
            yield Statement(*reader.whole(), verb, (clause,) if clause else ())
            in_statement = True
            continue
        if isinstance(found, Section):
            section = found.name or "local_scan"
        if isinstance(found, Section | Heading):
            in_statement = False
        yield found


def _gather(name: str, lines: list[Line]) -> tuple[Node, ...]:
    """The lines of a section put together to drivers or ACLs."""
    body: list[Node] = []
    for line in lines:
        last = body[-1] if body else None
        if isinstance(line, Heading):
            body.append(Acl(line.span, line, ()) if name == "acl" else Driver(line.span, line, ()))
        elif isinstance(last, Driver) and (
            isinstance(line, Option) or (isinstance(line, Broken) and line.framed)
        ):  # an error of a macro is none of the driver: a macro ends it
            body[-1] = Driver(last.span, last.heading, (*last.settings, line))
        elif isinstance(last, Acl) and isinstance(line, Statement | Broken):
            body[-1] = Acl(last.span, last.heading, (*last.statements, line))
        elif isinstance(last, Acl) and isinstance(line, Clause) and last.statements:
            before = last.statements[-1]
            if isinstance(before, Statement):
                longer = Statement(
                    before.span, before.file, before.number, before.verb, (*before.clauses, line)
                )
                body[-1] = Acl(last.span, last.heading, (*last.statements[:-1], longer))
        else:
            body.append(line)
    return tuple(body)


def assemble(lines: Iterable[Line]) -> tuple[tuple[Node, ...], tuple[Section, ...]]:
    """The nodes of the main section, and the other sections with all that belongs to them."""
    main: list[Line] = []
    sections: list[tuple[Section, list[Line]]] = []
    for line in lines:
        if isinstance(line, Section):
            sections.append((line, []))
        elif sections:
            sections[-1][1].append(line)
        else:
            main.append(line)
    return tuple(main), tuple(
        Section(start.span, start.file, start.number, start.name, (*start.body, *_gather(start.name, body)))
        for start, body in sections
    )


def parse(preprocessor: Preprocessor, verbs: Collection[str]) -> Configuration:
    """The tree of the configuration that a preprocessor reads."""
    main, sections = assemble(parse_lines(preprocessor.lines(), verbs))
    return Configuration(
        main,
        sections,
        tuple(preprocessor.files.values()),
        tuple(Physical(line.span, line.kind) for line in preprocessor.physical),
        tuple(preprocessor.switches),
        tuple(preprocessor.absent),
    )
