"""Options, conditions and modifiers whose values must not be from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.routers.queryprogram import TAKES_TAINTED_SINCE
from expander.lint.listview import alternatives
from expander.lint.taint import lists, sink
from expander.lint.taint.expansions import EXEC_SINCE, FILES_SINCE, Sinks, search
from expander.lint.taint.sink import Flow, Sink
from expander.lint.taint.trail import NONE, Trails, joined
from expander.lint.taint.values import Evaluator, Scope, lookup_kind, value_leaves
from expander.lint.taint.words import arguments, items
from expander.lint.texts import ACL, LISTS
from grammar.ast.expansion import Text
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.taint.memory import Memory
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node

DETAINTING = ("belowhome", "/")
"""How a value of create_file begins that makes a file name from outside acceptable."""

_REFUSED = "Tainted '{text}' ({what} for {holder} transport) not permitted"
_VALUE = "attempt to use tainted value '{text}' for {name}"
_ARGUMENT = "Tainted arg {number} for {holder} transport command: '{text}'"


class Rule(NamedTuple):
    """What a whole value is to Exim."""

    code: str
    message: str
    since: str


WHOLE = {
    ("transport", "appendfile", "file"): Rule(
        sink.FILE, _REFUSED.replace("{what}", "file or directory name"), "4.94"
    ),
    ("transport", "appendfile", "directory"): Rule(
        sink.FILE, _REFUSED.replace("{what}", "file or directory name"), "4.94"
    ),
    ("transport", "appendfile", "quota_directory"): Rule(sink.FILE, "Tainted dirname '{text}'", "4.94"),
    ("transport", "autoreply", "file"): Rule(sink.FILE, _REFUSED.replace("{what}", "file"), "4.94"),
    ("transport", "autoreply", "once"): Rule(sink.FILE, _REFUSED.replace("{what}", "once file"), "4.94"),
    ("transport", "autoreply", "log"): Rule(sink.FILE, "Tainted filename '{text}'", "4.94"),
    ("transport", "smtp", "interface"): Rule(sink.NAME, _VALUE, "4.94"),
    ("router", "redirect", "file"): Rule(
        sink.FILE, "Tainted name '{text}' for file read not permitted", "4.94"
    ),
    ("main", "", "bounce_message_file"): Rule(sink.FILE, "Tainted filename '{text}'", "4.94"),
    ("main", "", "warn_message_file"): Rule(sink.FILE, "Tainted filename '{text}'", "4.94"),
    ("acl", "", "queue"): Rule(sink.NAME, "Tainted name '{text}' for queue not permitted", "4.94"),
    ("acl", "", "decode"): Rule(sink.FILE, "Tainted filename '{text}'", "4.94"),
}
NAMES = frozenset(("transport", "file_transport", "directory_transport", "pipe_transport", "reply_transport"))
COMMANDS = {
    ("transport", "pipe", "command"): _ARGUMENT,
    ("transport", "lmtp", "command"): _ARGUMENT,
    ("main", "", "smtp_etrn_command"): "Tainted arg {number} for ETRN processing command: '{text}'",
    ("router", "queryprogram", "command"): "Tainted arg {number} for queryprogram router command: '{text}'",
}
NOT_SINCE = {("router", "queryprogram", "command"): TAKES_TAINTED_SINCE}
FILTER = "Tainted arg {number} for transport filter command: '{text}'"
DIRECTORIES = frozenset(
    (
        "home_directory",
        "current_directory",
        "router_home_directory",
        "transport_home_directory",
        "transport_current_directory",
    )
)


def flows_of(memory: Memory, text: ExpandedText) -> list[Flow]:
    """What comes to the sinks of a text of the configuration, those inside of it included."""
    sinks = Sinks()
    evaluator = Evaluator(memory.survey, memory, text, sinks)
    found = list(_of_option(memory, evaluator, sinks))
    return [*sinks.flows, *found]


def _of_option(memory: Memory, evaluator: Evaluator, sinks: Sinks) -> Iterator[Flow]:
    text = evaluator.text
    driver = text.instance.driver if text.instance is not None else ""
    place = text.section, driver, text.name
    command = COMMANDS.get(place) if not _is_taken(memory, place) else None
    if text.name == "transport_filter" and text.section == "transport":
        command = FILTER
    if text.kind == ACL:
        yield from _acl(evaluator)
    elif command is not None:
        yield from _command(evaluator, command)
    else:
        trails = evaluator.whole()
        if text.kind in LISTS:
            yield from _list(memory, evaluator, sinks)
        elif trails:
            yield from _whole(evaluator, trails, driver)
        if (text.section, driver, text.name) == ("router", "redirect", "data"):
            yield from _data(evaluator)


def _is_taken(memory: Memory, place: tuple[str, str, str]) -> bool:
    """True where the release lets text from outside into the words of the command."""
    until = NOT_SINCE.get(place)
    return until is not None and memory.survey.profile.at_least(until)


def _whole(evaluator: Evaluator, trails: Trails, driver: str) -> Iterator[Flow]:
    text = evaluator.text
    rule = WHOLE.get((text.section, driver, text.name))
    if rule is None and text.section == "router" and text.name in NAMES:
        rule = Rule(sink.NAME, _VALUE.replace("{name}", "transport"), "4.94")
    if rule is None and text.name == "dkim_private_key" and not text.source.text.startswith("-----"):
        rule = Rule(sink.FILE, "Tainted filename '{text}'", "4.94")
    if rule is None and text.section == "acl" and text.name == "control":
        rule = _debug(text)
    if rule is None and text.name in DIRECTORIES and text.section in {"router", "transport"}:
        rule = Rule(sink.DIRECTORY, f"{text.name} is made of text from outside: '{{text}}'", "")
    if rule is None or _detainted(text):
        return
    shown = {"text": text.source.text, "holder": text.holder, "name": text.name}
    yield Flow(_sink(rule, shown, Span(text.source, 0, len(text.source.text))), trails, text)


def _debug(text: ExpandedText) -> Rule | None:
    is_tag = text.source.text.startswith("debug/") and "tag=" in text.source.text
    return Rule(sink.FILE, "Tainted filename '{text}'", FILES_SINCE) if is_tag else None


def _sink(rule: Rule, shown: dict[str, str], span: Span) -> Sink:
    message = rule.message
    for name, value in shown.items():
        message = message.replace(f"{{{name}}}", value)
    return Sink(rule.code, message, span, rule.since)


def _detainted(text: ExpandedText) -> bool:
    """True for the place of a delivery that create_file makes acceptable."""
    if text.instance is None or text.name not in {"file", "directory"} or text.section != "transport":
        return False
    setting = text.instance.setting("create_file")
    return setting is not None and setting.text.startswith(DETAINTING)


def _acl(evaluator: Evaluator) -> Iterator[Flow]:
    """An option or a condition that names an ACL: its name alone must not be from outside."""
    source = evaluator.text.source
    first = next(iter(arguments(source, 0, len(source.text))), None)
    trails = NONE if first is None else evaluator.part(first, Scope())
    if first is not None and trails:
        message = f'attempt to use tainted ACL text "{first.text}"'
        yield Flow(
            Sink(sink.ACL_NAME, message, Span(first, 0, len(first.text)), "4.95"), trails, evaluator.text
        )


def _command(evaluator: Evaluator, message: str) -> Iterator[Flow]:
    """A command whose arguments are expanded one by one; through a shell anything may go."""
    text = evaluator.text
    whole = [evaluator.part(word, Scope()) for word in arguments(text.source, 0, len(text.source.text))]
    if text.instance is not None and "use_shell" in text.instance.options.settings:
        return
    for number, word in enumerate(arguments(text.source, 0, len(text.source.text))):
        if whole[number]:
            shown = {"number": str(number), "text": word.text, "holder": text.holder}
            rule = Rule(sink.COMMAND, message, EXEC_SINCE)
            yield Flow(_sink(rule, shown, Span(word, 0, len(word.text))), whole[number], text)


def _data(evaluator: Evaluator) -> Iterator[Flow]:
    """Alternatives of a redirection that are a file, a command or a list to be read."""
    quiet = Evaluator(evaluator.survey, evaluator.memory, evaluator.text)
    for leaf in value_leaves(evaluator.survey.tree(evaluator.source)):
        first = leaf.parts[0] if leaf.parts else None
        start = first.value.lstrip(' \t"') if isinstance(first, Text) else ""
        trails = joined(quiet.value(part, Scope()) for part in leaf.parts) if start else NONE
        if not trails or not start.startswith(("/", "|", ":include:")):
            continue
        written = evaluator.written(leaf)
        if start.startswith("|"):
            message = f"Tainted '{written}' (command for pipe transport) not permitted"
            where = Sink(sink.COMMAND, message, evaluator.span(leaf), FILES_SINCE)
        elif start.startswith("/"):
            message = f"Tainted '{written}' (file or directory name for the transport) not permitted"
            where = Sink(sink.FILE, message, evaluator.span(leaf), FILES_SINCE)
        else:
            message = f"Tainted name '{written}' for included file not permitted"
            where = Sink(sink.FILE, message, evaluator.span(leaf), FILES_SINCE)
        yield Flow(where, trails, evaluator.text)


def _list(memory: Memory, evaluator: Evaluator, sinks: Sinks) -> Iterator[Flow]:
    """A list is expanded as a whole: one text from outside taints the names of all files in it."""
    text = evaluator.text
    quiet = Evaluator(evaluator.survey, memory, text)
    tree = memory.survey.tree(text.source)
    if tree is None or not quiet.whole():
        return
    for part in alternatives(tree):
        yield from _one_list(memory, evaluator, sinks, part, quiet.value(part, Scope()))


def _one_list(
    memory: Memory, evaluator: Evaluator, sinks: Sinks, tree: Node, trails: Trails
) -> Iterator[Flow]:
    """One of the texts that a list may come to."""
    text = evaluator.text
    quiet = Evaluator(evaluator.survey, memory, text)
    span = Span(text.source, 0, len(text.source.text))
    for item in items(tree) if trails else ():
        if not lists.is_lookup(memory.survey, item):
            continue
        name, _, place = item.body.partition(";")
        kind = lookup_kind(memory.survey, name.removeprefix("net-").removeprefix("net"))
        if kind is None:
            continue
        own = joined(quiet.value(part, Scope()) for part in item.parts)
        if kind.style == "query":
            if kind.name == "sqlite":
                yield Flow(_listed(kind.name, item.body, span), trails, text)
            else:
                sinks.query(evaluator, kind.name, kind.options, place, span, own)
        elif own:
            yield Flow(search(place.strip() or item.body, span), own, text)
        else:
            yield Flow(_listed(kind.name, place, span), trails, text)


def _listed(kind: str, place: str, span: Span) -> Sink:
    message = f"Tainted filename for search: '{place}' ({kind} in a list with text from outside)"
    return Sink(sink.LISTED_FILE, message, span, FILES_SINCE)
