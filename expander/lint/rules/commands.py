"""Programs and code that are given what the client has sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from expander.lint.constant import constant
from expander.lint.finding import REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from expander.lint.taint.memory import memory_of
from expander.lint.taint.values import Evaluator, Scope
from expander.lint.taint.words import arguments
from grammar.ast.expansion import Item, Node
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.taint.memory import Memory
    from expander.lint.taint.trail import Trails
    from expander.lint.texts import ExpandedText

SHELL = re.compile(r"(?:/\S*/)?(?:ba|da|k|z|c|tc)?sh")
CODE = frozenset(("perl", "dlfunc"))
_PERL = "perl_startup = do '/etc/exim.pl'\nacl_smtp_rcpt = a\nbegin acl\na:\n"
_TRANSPORT = "begin transports\nt:\n  driver = pipe\n"


class _Programs:
    """Hears of the items that run something."""

    def __init__(self, *, taint_mode: bool) -> None:
        self.taint_mode = taint_mode
        self.found: list[Finding] = []

    def at(self, evaluator: Evaluator, node: Node, groups: list[Trails], scope: Scope) -> None:
        """Look at an item with the trails of what it is given."""
        if not isinstance(node, Item) or not node.groups:
            return
        if node.name == "run":
            self._run(evaluator, node, scope)
        elif node.name in CODE and groups[0]:
            message = f"${{{node.name}}} calls what"
            self.found.append(_finding("EXS022", message, evaluator.span(node), groups[0]))
        elif node.name == "perl" and not self.taint_mode and any(groups[1:]):
            given = next(trails for trails in groups[1:] if trails)
            message = "Perl without its taint mode is given what"
            self.found.append(_finding("EXS023", message, evaluator.span(node), given, REMARK))

    def _run(self, evaluator: Evaluator, node: Item, scope: Scope) -> None:
        group = node.groups[0]
        text = constant(group)
        if text is None or text != evaluator.written(group):
            return
        words = list(arguments(evaluator.source, group.start, group.end))
        given = [trails for word in words[1:] if (trails := evaluator.part(word, scope))]
        if not given:
            return
        span = evaluator.span(group)
        if SHELL.fullmatch(words[0].text):
            self.found.append(_finding("EXS020", "a shell is given what", span, given[0]))
        else:
            self.found.append(_finding("EXS021", "a program is given what", span, given[0], REMARK))


def _finding(code: str, message: str, span: Span, trails: Trails, severity: str = WARNING) -> Finding:
    notes = tuple(Note(f"{trail.name}: {trail.what}", trail.span) for trail in trails[:2])
    return Finding(code, f"{message} the client has sent", span, severity, notes)


@rule(
    "EXS020",
    "shell-with-client-data",
    severity=WARNING,
    section="The pipe transport",
    bad=f"{_TRANSPORT}  use_shell\n  command = /usr/bin/filter $local_part\n",
    good=f"{_TRANSPORT}  use_shell\n  command = /usr/bin/filter $local_part_data\n",
)
def commands(survey: Survey) -> Iterator[Finding]:
    """A shell gets what a client has sent, so the client can have commands run.

    Exim does not look at the arguments of a command that goes through a shell, whatever they are made of.
    """
    memory = memory_of(survey)
    for text in survey.texts:
        if "$" not in text.source.text:
            continue
        if _through_shell(text):
            yield from _shell(memory, text)
        elif "${run" in text.source.text or "${perl" in text.source.text or "${dlfunc" in text.source.text:
            programs = _Programs(taint_mode=bool(survey.config.options.settings.get("perl_taintmode")))
            Evaluator(survey, memory, text, programs).whole()
            yield from programs.found


kind(
    "EXS021",
    "program-with-client-data",
    severity=REMARK,
    section="Expansion items",
    doc="A program that an expansion runs is given what a client has sent. Exim permits that; the program "
    "has to be one that nothing in its arguments can harm, options among them.",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept condition = ${run{/etc/x $sender_address}{yes}{no}}\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept condition = ${run{/etc/check}{yes}{no}}\n",
)
kind(
    "EXS022",
    "code-by-client-data",
    severity=WARNING,
    section="Embedded Perl",
    doc="The name of a Perl subroutine, or of a shared object or function, comes from the client.",
    bad=_PERL + "  accept condition = ${perl{check_$local_part}}\n",
    good=_PERL + "  accept condition = ${perl{check}{$local_part}}\n",
)


kind(
    "EXS023",
    "perl-without-taint-mode",
    severity=REMARK,
    section="Embedded Perl",
    doc="Perl code is given what a client has sent, and `perl_taintmode` is not set: Perl's own taint mode "
    "would keep it from commands and files.",
    bad=_PERL + "  accept condition = ${perl{check}{$local_part}}\n",
    good="perl_taintmode\n" + _PERL + "  accept condition = ${perl{check}{$local_part}}\n",
)


def _through_shell(text: ExpandedText) -> bool:
    if text.section != "transport" or text.name != "command" or text.instance is None:
        return False
    setting = text.instance.setting("use_shell")
    return setting is not None and setting.value is not False


def _shell(memory: Memory, text: ExpandedText) -> Iterator[Finding]:
    trails = memory.of(text)
    if trails:
        span = Span(text.source, 0, len(text.source.text))
        yield _finding("EXS020", "a shell is given what", span, trails)
