"""From the text of an Exim filter file to its typed tree. The first fault becomes a `Broken` node.

Exim reads a whole file before it obeys anything, and stops at the first fault. Which words are commands
and conditions is handed in as a table; the tables that Lark makes of ``filter.lark`` say what can
follow, and what stands in the text is cut and named accordingly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from grammar import tables
from grammar.ast.filter import Broken, Filter, Item
from grammar.filter_build import METHODS
from grammar.filter_text import Pieces, Wrong
from grammar.machine import END, Machine, Token
from grammar.record import Record

MARKS = frozenset({"seen", "unseen", "noerror"})
_IF_WORDS = {"if": "IF", "elif": "ELIF", "else": "ELSE", "endif": "ENDIF"}
_JOINING = {"and": "AND", "or": "OR", "then": "THEN"}
_ACTIONS = frozenset({"add", "remove", "charset"})
_HELPERS = frozenset({"is", "does"})
_NO_THEN = '"then" missing at end of filter file'
_UNMARKED = frozenset({"ADD", "HEADERS"})
_FOR_SYSTEM_FILTERS = "header addition and removal is available only in system filters:"


class FilterWords(Record):
    """The words of the language, by what follows them.

    ``commands`` gives each command the terminal of ``filter.lark`` for its form ("FILE"...); ``disabled`` are
    those that may not be used here. ``options`` are those of mails that take a value. ``comparisons`` are
    the conditions between two values, in every spelling; ``named`` those that are one word, and
    whether "alias" can follow.
    """

    commands: Mapping[str, str]
    options: frozenset[str]
    comparisons: frozenset[str]
    named: Mapping[str, bool]
    disabled: frozenset[str] = frozenset()
    is_system: bool = False


def parse(text: str, words: FilterWords) -> Filter:
    """The tree of a filter file, its first line included. Never raises."""
    try:
        return _Reader(text, words).read()
    except Wrong as fault:
        return Filter((), Broken(fault.message, fault.start, fault.end))


class _Reader:
    """Names the pieces of a text as the machine wants them."""

    def __init__(self, text: str, words: FilterWords) -> None:
        self.pieces = Pieces(text)
        self.words = words
        self.machine = Machine(tables.load("filter"), METHODS)
        self.depth = 0
        """How many parentheses are open in the condition that is being read."""

        self.marks: list[str] = []
        self.ifs: list[str] = []
        """For each "if" that is open the last of its words."""

        self.takes_alias = False
        self.command = Item("", 0, 0)
        self.form = ""

    def read(self) -> Filter:
        while self.machine.result is None:
            self._step(self.machine.expected())
        commands: Filter = self.machine.result
        return commands

    def _feed(self, kind: str, item: Item) -> None:
        assert self.machine.feed(Token(kind, item.text, item.start, item.end)), (kind, item)

    def _step(self, wanted: set[str]) -> None:
        if "NOT" in wanted:
            self._condition_start()
        elif "COMPARE" in wanted:
            self._comparison()
        elif "AND" in wanted:
            self._after_condition()
        elif "TO" in wanted:
            self._to()
        elif wanted == {"ITEM"}:
            self._argument()
        else:
            self._command(wanted)

    def _fail(self, message: str, item: Item | None = None) -> NoReturn:
        at = self.pieces.at
        start, end = (at, at) if item is None else (item.start, item.end)
        raise Wrong(message, start, end)

    def _near(self, message: str, item: Item | None = None) -> NoReturn:
        self._fail(f"{message} near line {self.pieces.line} of filter file", item)

    # Commands

    def _command(self, wanted: set[str]) -> None:
        if self._extra(wanted):
            return
        if not self.pieces.next:
            self._end()
            return
        word = self._command_word()
        if word.text in MARKS:
            self._mark(word)
        elif word.text in _IF_WORDS:
            self._if_word(word)
        elif word.text not in self.words.commands:
            self._near(f'unknown filtering command "{word.text}"', word)
        else:
            self._begin(word)

    def _command_word(self) -> Item:
        """A word; "if" and "elif" may have a parenthesis right behind them."""
        pieces = self.pieces
        for keyword in ("if(", "elif("):
            if pieces.text.startswith(keyword, pieces.at):
                start = pieces.at
                pieces.at += len(keyword) - 1
                return Item(keyword[:-1], start, pieces.at)
        return pieces.word()

    def _extra(self, wanted: set[str]) -> bool:
        """True if what comes next still belongs to the last command."""
        pieces = self.pieces
        if "MODE" in wanted and pieces.next.isdigit():
            self._feed("MODE", pieces.word())
            return True
        if "ERRORS_TO" in wanted and (word := pieces.peek()).text == "errors_to":
            pieces.take(word)
            self._feed("ERRORS_TO", word)
            self._feed("ITEM", pieces.word())  # quotes are part of it
            return True
        if self.form == "REASON" and "ITEM" in wanted:
            self.form = ""
            return self._reason()
        return self.form == "MAIL" and "OPTION" in wanted and self._option()

    def _reason(self) -> bool:
        pieces = self.pieces
        if pieces.next != '"':
            word = pieces.peek()
            if word.text != "text":
                return False
            pieces.take(word)
        item = pieces.item()
        if pieces.next:  # it is not missed at the end of the file
            pieces.close(item)
        self._feed("ITEM", item)
        return True

    def _option(self) -> bool:
        pieces = self.pieces
        word = pieces.peek()
        if word.text in self.words.options:
            pieces.take(word)
            self._feed("OPTION", word)
            self._feed("ITEM", pieces.value())
            return True
        for first, second in (("return", "message"), ("expand", "file")):
            if word.text == first:
                pieces.take(word)
                behind = pieces.word()
                if behind.text != second:
                    self._near(f'"{first}" not followed by "{second}" ', behind)
                self._feed("FLAG", word)
                if first == "expand":
                    self._feed("OPTION", behind)
                    self._feed("ITEM", pieces.value())
                return True
        return False

    def _end(self) -> None:
        if self.marks:
            last = self.marks[-1]
            what = '"noerror"' if last == "noerror" else '"seen" or "unseen"'
            self._fail(f"{what} near line {self.pieces.line} is not followed by a command")
        if self.ifs:
            self._fail('"endif" missing at end of filter file')
        self._feed(END, self._here())

    def _here(self) -> Item:
        return Item("", self.pieces.at, self.pieces.at)

    def _mark(self, word: Item) -> None:
        if word.text != "noerror" and any(mark != "noerror" for mark in self.marks):
            self._fail(f'"seen" or "unseen" repeated near line {self.pieces.line}', word)
        self.marks.append(word.text)
        self._feed("MARK", word)

    def _if_word(self, word: Item) -> None:
        kind = _IF_WORDS[word.text]
        if kind == "IF":
            if self.marks and self.pieces.next:
                self._marked(word, self.pieces.line)
            if not self.pieces.next:
                self._fail(_NO_THEN)
            self.ifs.append(kind)
        elif not self.ifs:
            self._near(f'unexpected "{word.text}" command', word)
        elif self.marks:
            marks = '"seen", "unseen", or "noerror"'
            self._fail(f"{marks} near line {self.pieces.line} is not followed by a command", word)
        elif kind == "ENDIF":
            self.ifs.pop()
        elif self.ifs[-1] == "ELSE":
            self._near('"endif" missing', word)
        else:
            self.ifs[-1] = kind
        self.form = ""
        self._feed(kind, word)

    def _begin(self, word: Item) -> None:
        self.command, self.form = word, self.words.commands[word.text]
        line = self.pieces.line
        if word.text in self.words.disabled:
            self._fail(f'filtering command "{word.text}" is disabled: near line {line} of filter file', word)
        marked = bool(self.marks)
        self.marks = []
        if self.form not in _UNMARKED:
            self._feed(self.form, word)
            return
        # What comes first where several things are wrong is Exim's order.
        first = self._first_argument(self.pieces.item() if self.form == "ADD" else self._unquoted())
        if marked:
            self._marked(word, line)
        self._feed(self.form, word)
        if self.form == "ADD":
            self._feed("ITEM", first)
        else:
            self._action(first)

    def _unquoted(self) -> Item:
        """A word; a quote alone is an empty one."""
        word = self.pieces.word()
        return Item("", word.start, word.end) if word.text == '"' else word

    def _marked(self, word: Item, line: int) -> None:
        marks = '"seen", "unseen", or "noerror"'
        self._fail(f'{marks} found before an "{word.text}" command near line {line}', word)

    def _first_argument(self, item: Item) -> Item:
        """The first argument of a command. Raises `Wrong` if it is missing or empty."""
        if item.text in {"", '""'}:
            self._near(f'"{self.command.text}" requires an argument', item)
        self.pieces.close(item)
        return item

    def _argument(self) -> None:
        item = self.pieces.item()
        self._feed("ITEM", self._first_argument(item))

    def _to(self) -> None:
        word = self.pieces.word()
        if word.text != "to":
            self._near('"to" expected in "add" command', word)
        self._feed("TO", word)
        item = self.pieces.item()
        if not item.text:
            self._near('value missing after "to"', item)
        self.pieces.close(item)
        self._feed("ITEM", item)

    def _action(self, word: Item) -> None:
        if word.text != "charset" and not self.words.is_system:
            self._near(_FOR_SYSTEM_FILTERS, word)
        if word.text not in _ACTIONS:
            self._near('"add", "remove", or "charset" expected after "headers"', word)
        self._feed("ACTION", word)
        item = self.pieces.item()
        if not item.text:
            self._near('value missing after "add", "remove", or "charset"', item)
        self.pieces.close(item)
        self._feed("ITEM", item)

    # Conditions

    def _condition_start(self) -> None:
        pieces = self.pieces
        if not pieces.next:
            self._fail(_NO_THEN)
        if pieces.next == "(":
            self._parenthesis("LPAR")
            return
        if pieces.next == ")":
            self._stray()
        item = pieces.value(in_condition=True)
        if item.text == "then":
            self._near('unexpected "then"', item)
        if item.text == "not":
            self._feed("NOT", item)
        elif item.text == "foranyaddress":
            self._foranyaddress(item)
        elif item.text in self.words.named:
            self.takes_alias = self.words.named[item.text]
            self._feed("NAMED", item)
        else:
            self._feed("ITEM", item)

    def _parenthesis(self, kind: str) -> None:
        at = self.pieces.at
        self.depth += 1 if kind == "LPAR" else -1
        self.pieces.at += 1
        self.pieces.skip()
        self._feed(kind, Item(self.pieces.text[at], at, at + 1))

    def _stray(self) -> NoReturn:
        self._fail(f'unexpected "{self.pieces.next}" in line {self.pieces.line} of filter file')

    def _foranyaddress(self, word: Item) -> None:
        self._feed("FORANY", word)
        self._feed("ITEM", self.pieces.value(in_condition=True))
        if self.pieces.next != "(":
            self._near('"(" expected after "foranyaddress"')
        self._parenthesis("LPAR")

    def _comparison(self) -> None:
        """The words between two values: a condition with "is" or "does", and "not", before it."""
        pieces, known = self.pieces, self.words.comparisons
        word = pieces.word(in_condition=True)
        start, helper = word.start, word if word.text.lower() in _HELPERS else None
        negated = False
        if helper is not None:
            word = pieces.peek(in_condition=True)
            if word.text.lower() == "not":
                pieces.take_counted(word)
                negated = True
                word = pieces.peek(in_condition=True)
            if word.text in known:
                pieces.take(word)
            elif helper.text.lower() == "is":  # a small letter at its beginning makes it blind to case
                word = Item("is" if helper.text[0] == "i" else "IS", start, helper.end)
        if word.text not in known:
            self._near(f'unrecognized condition word "{word.text}"', word)
        self._feed("COMPARE", Item(f"not {word.text}" if negated else word.text, start, word.end))
        self._feed("ITEM", pieces.value(in_condition=True))

    def _after_condition(self) -> None:
        pieces = self.pieces
        if self.takes_alias:
            word = pieces.peek(in_condition=True)
            if word.text == "alias":
                pieces.take(word)
                self._feed("ALIAS", word)
                self._feed("ITEM", pieces.value(in_condition=True))
                return
            self.takes_alias = False
        if pieces.next == ")" and self.depth:
            self._parenthesis("RPAR")
            return
        if pieces.next in {"(", ")"} and pieces.next:
            self._stray()
        word = pieces.word()
        if word.text == "then" and self.depth:
            self._near('missing ")" at end of condition', word)
        if word.text not in _JOINING:
            last = ")" if self.depth else "then"
            line = pieces.line
            wanted = f'"and" or "or" or "{last}" expected near line {line} of filter file'
            self._fail(f'{wanted}, but found "{word.text}"', word)
        self._feed(_JOINING[word.text], word)
