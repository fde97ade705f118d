"""Runs ACLs, as far as their statements have only what needs neither connection nor message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from drivers.api.errors import Deferred, ExpansionError, Failed, ForcedFail, Unsupported
from drivers.api.options import dequote
from drivers.api.text import SPACE, from_bytes, is_tainted, lower
from expander.config.acl_section import read_acls, verbs
from expander.config.model import Config, LoadError, empty_options
from expander.config.reporting import Reporter
from grammar.ast.config import Clause
from grammar.config import parse
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.expand.context import Context
    from grammar.ast.config import Statement

OK, FAIL, DEFER, ERROR, DISCARD, NEXT = "OK", "FAIL", "DEFER", "ERROR", "DISCARD", "NEXT"
DROP = "FAIL_DROP"
VERDICTS = {"deny": FAIL, "defer": DEFER, "discard": DISCARD, "drop": DROP}
"""What a statement of a verb gives where all conditions hold; "OK" for the others."""

MESSAGE_ON_FAILURE = frozenset(("accept", "discard", "require"))
"""The verbs whose message also counts where a condition does not hold."""

MOST_ARGUMENTS = 9
DEEPEST = 20
TAINTED_REFUSED_SINCE = "4.95"
"""The release from which nothing from outside may be the name or the text of an ACL."""


class Verdict(NamedTuple):
    """What came of an ACL, or of one statement: the word and the message for the client."""

    word: str
    message: str = ""


def run_acl(ctx: Context, name: str, arguments: Sequence[str]) -> tuple[str, str]:
    """Run an ACL by name, file or text: the verdict and the message.

    The verdicts are "OK", "FAIL", "DEFER", "DISCARD", "FAIL_DROP" and "ERROR"; an ACL that none of
    its statements decides gives "FAIL". Raises `Unsupported` for a condition or a modifier that
    is not imitated. See "Access control lists".
    """
    outer = {key: ctx.facts.get(key) for key in _names()}
    ctx.facts.update({f"acl_arg{at}": text for at, text in enumerate(arguments, 1)})
    for at in range(len(arguments) + 1, MOST_ARGUMENTS + 1):
        ctx.facts.pop(f"acl_arg{at}", None)
    ctx.facts["acl_narg"] = str(len(arguments))
    depth = ctx.state.get("acl depth", 0)
    ctx.state["acl depth"] = depth + 1
    try:
        return _run(ctx, name) if depth < DEEPEST else Verdict(ERROR)
    finally:
        ctx.state["acl depth"] = depth
        for key, value in outer.items():
            if value is None:
                ctx.facts.pop(key, None)
            else:
                ctx.facts[key] = value


def _names() -> list[str]:
    return [*(f"acl_arg{at}" for at in range(1, MOST_ARGUMENTS + 1)), "acl_narg"]


def _run(ctx: Context, name: str) -> Verdict:
    if is_tainted(name) and ctx.profile.at_least(TAINTED_REFUSED_SINCE):
        ctx.log(f'attempt to use tainted ACL text "{name}"')
        return Verdict(ERROR)
    try:
        statements = _statements(ctx, name.lstrip(SPACE))
    except (LoadError, OSError):
        return Verdict(ERROR)
    left = ""
    for statement in statements:
        verdict = _statement(ctx, statement)
        if verdict.word != NEXT:
            return verdict
        left = verdict.message
    return Verdict(FAIL, left)


def _statements(ctx: Context, name: str) -> Sequence[Statement]:
    """The statements of a named ACL, of the file of that name, or of the text itself.

    Raises `LoadError` for a text that is no ACL, ``OSError`` for a file that cannot be read.
    """
    known = ctx.config.acls if ctx.config is not None else {}
    if " " not in name and name in known:
        return known[name].statements
    from_file = name.startswith("/") and " " not in name
    text = from_bytes(ctx.world.files.read(name)) if from_file else name
    macros = MacroTable()
    lines = Preprocessor(name, lambda _path: f"begin acl\ntext:\n{text}\n", macros)
    tree = parse(lines, verbs(ctx.profile))
    config = Config(name, ctx.profile, empty_options(ctx.profile), tree, macros)
    for section in tree.sections:
        read_acls(section, config, Reporter())
    return config.acls["text"].statements


def _statement(ctx: Context, statement: Statement) -> Verdict:
    """What a statement decides, "NEXT" if the next one is to be tried.

    The message of the last statement stays for the refusal at the end of the ACL.
    """
    verb = statement.verb.text
    words: dict[str, str] = {}
    word, message = OK, ""
    for clause in statement.clauses:
        if not isinstance(clause, Clause):
            return Verdict(ERROR)
        word, said = _clause(ctx, clause, words)
        message = said or message
        if word == DISCARD and verb not in {"accept", "discard"}:
            word = ERROR
        if word != OK:
            break
    if word == OK:
        message = ""  # what an ACL said that accepted is not passed on
    message = _message(ctx, verb, word, words.get("message")) or message
    if verb == "warn" and word == DEFER:
        word = OK  # one that cannot be decided is passed over
    if word == OK:
        decided = NEXT if verb in {"require", "warn"} else VERDICTS.get(verb, OK)
    elif word == FAIL:
        decided = FAIL if verb == "require" or "endpass" in words else NEXT
    else:
        decided = word
    return Verdict(decided, message)


def _message(ctx: Context, verb: str, word: str, text: str | None) -> str:
    """The message of a statement, where its verb gives one for this outcome; one that fails is left out."""
    if text is None or word not in ({OK, FAIL} if verb in MESSAGE_ON_FAILURE else {OK}):
        return ""
    if verb == "require" and word == OK:
        return ""
    try:
        return ctx.expand(text)
    except ForcedFail:
        return ""
    except ExpansionError as error:
        ctx.log(f'failed to expand ACL message "{text}": {error.message}')
        return ""


def _clause(ctx: Context, clause: Clause, words: dict[str, str]) -> Verdict:
    """Test a condition or carry out a modifier; what a message is to say is kept for later."""
    name = clause.name.text
    text = clause.value.text if clause.value is not None else ""
    if name in {"message", "log_message", "log_reject_target", "endpass"}:
        words[name] = text
        return Verdict(OK)
    try:
        verdict = _carried_out(ctx, clause, name, text)
    except Unsupported:
        raise
    except ForcedFail:
        return Verdict(OK)  # Exim goes on as if the line were not there
    except Deferred:
        return Verdict(DEFER)
    except Failed:
        return Verdict(ERROR)
    if clause.negated and verdict.word in {OK, FAIL}:
        return Verdict(FAIL if verdict.word == OK else OK, verdict.message)
    return verdict


def _parts(text: str) -> Iterator[str]:
    """The name of an ACL and its arguments, which may be in double quotes, before they are expanded."""
    left = text.lstrip(SPACE)
    end = next((at for at, char in enumerate(left) if char in SPACE), len(left))
    if left:
        yield left[:end]
    left = left[end:]
    for _ in range(MOST_ARGUMENTS):
        left = left.lstrip(SPACE)
        if not left:
            return
        part, end = dequote(left)
        yield part
        left = left[end:]


def _carried_out(ctx: Context, clause: Clause, name: str, text: str) -> Verdict:
    if name == "condition":
        return Verdict(_truth(ctx.expand(text)))
    if name == "acl":
        called, *arguments = [ctx.expand(part) for part in _parts(text)] or [""]
        word, message = run_acl(ctx, called, arguments)
        return Verdict(FAIL if word == DROP else word, message)
    if name == "set" and clause.argument is not None:
        _store(ctx, clause.argument.text, ctx.expand(text))
        return Verdict(OK)
    if name == "logwrite":
        ctx.log(ctx.expand(text))
        return Verdict(OK)
    if name == "continue":
        ctx.expand(text)
        return Verdict(OK)
    raise Unsupported(f'the word "{name}" of ACLs is not supported by eximulate yet')


def _store(ctx: Context, variable: str, value: str) -> None:
    """Give a variable a value: one of ACLs, or one about a DKIM signature."""
    if variable.startswith("acl_"):
        (ctx.acl_c if variable.startswith("acl_c") else ctx.acl_m)[variable[len("acl_c") :]] = value
    else:
        ctx.facts[variable] = value


def _truth(value: str) -> str:
    """The outcome of ``condition``: numbers and the words for true and false; others defer."""
    number = value.removeprefix("-")
    if not number.strip("0123456789"):
        return OK if number.strip("0") else FAIL
    word = lower(value)
    return FAIL if word in {"no", "false"} else OK if word in {"yes", "true"} else DEFER
