"""Runs ACLs: statements from the first to the one that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.acl.rates_kept import CMD, forget
from drivers.api.acl import DEFER, DISCARD, DROP, ERROR, FAIL, OK, AclProblem
from drivers.api.errors import ExpansionError, ForcedFail, Unsupported
from drivers.api.text import SPACE
from expander.acl import called, warning
from expander.acl.clauses import bind_word, carry_out
from expander.acl.messages import in_lines
from expander.acl.ready import NO_TEXTS, PASSED_BY, plan, ready
from expander.acl.run import LEVEL, PHASE_NAMES, AclResult, Decided, Run, begin, is_plain, not_bound
from expander.acl.statements import find, known_acl, told_before

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from expander.acl.clauses import Done, Prepared
    from expander.acl.ready import Leading, Ready
    from expander.acl.statements import AclText
    from expander.expand.context import Context

NEXT = "NEXT"
ACCEPTED = AclResult(OK)

NO_WORDS = "internal configuration error"
"""What is logged of an error of which nothing else is said."""

PHASE = "phase whose ACL is found"
"""Under this name the state has the phase and what controls act on while the name of its ACL is expanded."""

REFUSING = frozenset({"rcpt", "vrfy", "expn", "etrn"})
"""The phases in which no ACL means no."""

_NO_DISCARD = frozenset(
    {"connect", "predata", "helo", "vrfy", "expn", "etrn", "quit", "notquit", "auth", "starttls"}
)
_WITHOUT_REFUSAL = frozenset({"quit", "notquit"})
_FAILING = frozenset({FAIL, DROP})
MESSAGE_FOR = {
    "accept": frozenset({OK, FAIL, DROP}),
    "discard": frozenset({OK, FAIL, DROP}),
    "require": _FAILING,
}
"""The outcomes of the conditions for which the messages of a verb count; for other verbs that they hold."""

DISCARDING = frozenset({"accept", "discard"})
"""The verbs with which a nested ACL may discard."""

OWN_WORDS = frozenset({"accept", "discard", "warn"})
"""The verbs that, where their conditions hold, pass on no messages but their own."""

ENDS = {
    "accept": (OK, "ACCEPT"),
    "discard": (DISCARD, "DISCARD"),
    "deny": (FAIL, "DENY"),
    "defer": (DEFER, "DEFER"),
    "drop": (DROP, "DROP"),
}
"""What a verb decides where its conditions hold, and what is told of it."""

OUTCOMES = {
    OK: "succeeded",
    FAIL: "failed",
    DEFER: "deferred",
    DISCARD: 'yielded "discard"',
    DROP: 'yielded "drop"',
    ERROR: "error",
}


def check_acl(ctx: Context, where: str, text: str | None, transaction: Any = None) -> AclResult:
    """Run the ACL of a phase; ``text`` is the value of its option before expansion, None without one.

    ``transaction`` is what controls act on. Raises `Unsupported` for what the engine of ACLs lacks. See
    "Access control lists".
    """
    if text is None:
        if where in REFUSING:
            ctx.debug("ACL is NULL: implicit DENY")
            return AclResult(FAIL)
        return ACCEPTED
    plain = is_plain(ctx)
    known, name = known_acl(ctx.config, text) if plain else None, text
    state = ctx.state
    if known is None or not known.statements:
        known = None
        state[PHASE] = where, transaction
        try:
            name = ctx.expand(text)
        except ForcedFail:
            return ACCEPTED
        except Unsupported:
            raise
        except ExpansionError as problem:
            return AclResult(ERROR, "", f'failed to expand ACL string "{text}": {problem.quoted}')
        finally:
            del state[PHASE]
    forget(state, CMD)
    run = Run(
        ctx,
        where,
        run_text,
        transaction,
        traced=ctx.tell_checks is not None,
        is_plain=plain,
        run_known=run_plainly,
    )
    outer, state["acl run"] = state.get("acl run"), run
    try:
        word = run_text(run, name) if known is None else run_plainly(run, known)
    finally:
        state["acl run"] = outer
    if where in _WITHOUT_REFUSAL and word not in {OK, ERROR} and _verb(run):
        run.log_message = f"QUIT or not-QUIT toplevel ACL may not fail ('{_verb(run)}' verb used incorrectly)"
        word = ERROR
    if word == DISCARD and where in _NO_DISCARD:
        ctx.log(f'"discard" verb not allowed in {PHASE_NAMES[where]} ACL', panic=True)
        return AclResult(
            ERROR, in_lines(run.message), run.log_message, run.is_detailed, run.log_targets, run.decided
        )
    log_message = run.log_message or (NO_WORDS if word == ERROR and not run.says_nothing else "")
    message = in_lines(run.message)
    return AclResult(word, message, log_message, run.is_detailed, run.log_targets, run.decided)


def _verb(run: Run) -> str:
    """The verb of the statement that has decided, "" where none has."""
    statement = run.decided.statement if run.decided is not None else None
    return statement.verb.text if statement is not None else ""


def run_acl(ctx: Context, name: str, arguments: Sequence[str]) -> tuple[str, str]:
    """Run an ACL for an expansion, by name, file or text: the verdict and the message for the client.

    The verdicts are the words of `drivers.api.acl`; an ACL that none of its statements decides gives
    "FAIL". Raises `Unsupported` for a word that is not imitated. See "Access control lists".
    """
    around: Run | None = ctx.state.get("acl run")
    where, transaction = (
        (around.where, around.transaction) if around else ctx.state.get(PHASE, ("unknown", None))
    )
    traced, plain = ctx.tell_checks is not None, is_plain(ctx)
    run = Run(ctx, where, run_text, transaction, traced=traced, is_plain=plain, is_expanded=True)
    run.run_known = run_plainly
    ctx.state["acl run"] = run
    try:
        word = called.nested(run, name, arguments)
    finally:
        ctx.state["acl run"] = around
    if around:
        around.log_targets = run.log_targets
    return word, run.message


def run_text(run: Run, text: str) -> str:
    """Run the ACL that a text names, or is: its word. Messages are left in ``run``."""
    if run.ctx.state.get(LEVEL, 0) > called.DEEPEST:
        return _gives(run, ERROR, "ACL nested too deep: possible loop")
    try:
        acl = find(run, text)
    except AclProblem as problem:
        return _gives(run, problem.word, problem.log_message)
    if not acl.statements and acl.is_from_config:
        run.debug(f"{acl.shown} is empty: implicit DENY")
        return FAIL
    if run.is_plain:
        return run_plainly(run, acl)
    cover = run.ctx.mode.cover
    outside = "" if acl.is_from_config else text.lstrip(SPACE)
    carry = _statement if cover is None else cover.around(_statement, outside)
    for statement in acl.made_ready or ready(run.ctx, acl):
        if run.traced:
            run.debug(told_before(run.ctx, statement.node, acl))
        tested: list[Done] = []
        word = carry(run, statement, acl.shown, tested)
        if word != NEXT:
            run.decided = Decided(acl.shown, statement.node, tested, acl.is_from_config)
            return word
    run.decided = Decided(acl.shown, None)
    run.debug(f"end of {acl.shown}: implicit DENY")
    return FAIL


def run_plainly(run: Run, acl: AclText) -> str:
    """The word of an ACL at whose work nobody looks; messages are left in ``run``.

    A statement is passed by as soon as one of its first conditions is known not to hold.
    """
    shown = acl.shown
    passed: Ready | None = None
    for statement, calls, first, passing, done, others in acl.plans.get(run.where) or plan(run, acl):
        if calls:
            begin(run)
        outcome = None if first is None else first(run)
        if outcome == passing:
            passed = statement
            continue
        tested: list[Done] = []
        if outcome is not None and done is not None:
            tested.append(done if outcome == OK else (*done[:2], outcome))
            if others and outcome == OK and _go_on(run, others, tested) == FAIL:
                passed = statement
                continue
        passed = None
        said = _statement(run, statement, shown, tested)
        if said != NEXT:
            run.decided = Decided(shown, statement.node, tested, acl.is_from_config)
            return said
    if passed is not None:
        if passed.calls:  # what another ACL has said stays
            run.log_message = run.log_message or run.message
        else:
            begin(run)  # what the statements before that one have said ends with it
    run.decided = Decided(shown, None)
    return FAIL


def _go_on(run: Run, leading: Leading, tested: list[Done]) -> str | None:
    """What becomes of further conditions of which something is known: FAIL if the statement is passed by.

    Those that are decided are in ``tested`` afterwards.
    """
    said = None
    for done, bound in leading:
        said = bound(run)
        if said is None or said == FAIL:
            break
        tested.append(done if said == OK else (*done[:2], said))
        if said != OK:
            break
    return said


def _gives(run: Run, word: str, log_message: str) -> str:
    run.message, run.log_message, run.decided = "", log_message, None
    return word


def _statement(run: Run, statement: Ready, shown: str, tested: list[Done]) -> str:
    """What a statement decides, "NEXT" if the next one is to be tried; ``tested`` gets its words.

    If its first conditions are there already, what follows is carried out. The messages of the last
    statement stay for the refusal at the end of the ACL.
    """
    verb, words, texts, word = statement.verb, statement.words, NO_TEXTS, OK
    if tested:
        _, run.argument, word = tested[-1]
        words, texts = words[statement.starts + len(tested) :] if word == OK else (), statement.texts
    if not (tested and statement.calls):
        begin(run)
    may_be_bound, where = run.is_plain, run.where
    for clause in words:
        if clause is None:
            word = ERROR
            break
        if may_be_bound and clause.may_be_bound and where in clause.phases:
            bound = clause.bound or bind_word(run, clause)
            outcome = None if bound is not_bound else bound(run)
            if outcome is not None:
                run.argument = clause.text
                tested.append((clause, clause.text, outcome))
                if outcome != OK:
                    word = outcome
                    break
                continue
        if clause.only_kept:
            texts = statement.with_texts[clause]
            if run.traced:
                _tell_kept(run, clause)
            continue
        word = carry_out(run, clause)
        tested.append((clause, run.argument, word))
        if clause.name == "verify":
            _keep_verify_message(run, verb, word)
        if word != OK:
            break
    if word == DISCARD and verb not in DISCARDING:
        word = _undiscarded(run, verb)
    said = run.message
    if word == OK and verb in OWN_WORDS:
        run.message = run.log_message = ""
    if texts:
        _messages(run, verb, word, texts, said)
    run.log_message = run.log_message or run.message
    if run.traced:
        run.debug(f"{verb}: condition test {OUTCOMES[word]} in {shown}")
    if word == FAIL and verb in PASSED_BY and "endpass" not in texts:
        return NEXT
    return _decided(run, verb, word, shown, endpass="endpass" in texts)


def _tell_kept(run: Run, clause: Prepared) -> None:
    """Tell of a modifier that takes effect at the end of the statement."""
    if clause.name != "endpass":
        run.debug(f"{'  message' if clause.name == 'message' else 'l_message'}: {clause.text}")


def _undiscarded(run: Run, verb: str) -> str:
    """A nested ACL wants to discard, where the verb cannot."""
    permitted = """(only allowed with "accept" or "discard")"""
    run.log_message = f"""nested ACL returned "discard" for "{verb}" command {permitted}"""
    run.message = ""
    return ERROR


def _decided(run: Run, verb: str, word: str, shown: str, *, endpass: bool) -> str:
    if verb == "warn":
        if word == ERROR:
            return ERROR
        warning.warn(run, word)
        run.message = run.log_message = ""
        return NEXT
    if word in {DEFER, ERROR}:
        return word
    if verb == "require":
        if word == OK:
            return NEXT
        run.debug(f"end of {shown}: not OK")
        return word
    if word == OK or (word == DISCARD and verb in DISCARDING):
        if endpass:
            run.message = ""  # it is the one for what fails behind that word
        decided, told = ENDS[verb]
        run.debug(f"end of {shown}: {told}")
        run.is_detailed = verb == "defer" or run.is_detailed
        return word if verb == "accept" else decided
    if endpass:
        run.debug(f"{verb}: endpass encountered - denying access")
        return word
    return NEXT


def _keep_verify_message(run: Run, verb: str, word: str) -> None:
    """Let what a verification has said be seen by what follows in the statement; ``warn`` says it no more."""
    said = run.message
    if said:
        run.ctx.facts["acl_verify_message"] = said
    if verb == "warn":
        run.message = ""
        if word != ERROR:
            run.log_message = ""


def _messages(run: Run, verb: str, word: str, texts: Mapping[str, str], said: str) -> None:
    """Let the modifiers for messages take effect, where the outcome is one that they are for.

    One that cannot be expanded is left out. Where a statement has ``endpass``, its ``message`` is for those
    whom it refuses.
    """
    if word in MESSAGE_FOR.get(verb, {OK}):
        if "message" in texts and not (word == OK and "endpass" in texts):
            run.message = _expanded(run, texts["message"], said) or run.message
        if "log_message" in texts:
            before = run.log_message
            text = _expanded(run, texts["log_message"], before)
            if text:
                run.log_message = f"{text}: {before}" if before else text


def _expanded(run: Run, text: str, verify_message: str) -> str:
    ctx = run.ctx
    ctx.facts["acl_verify_message"] = verify_message or ctx.facts.get("acl_verify_message", "")
    try:
        return ctx.expand(text)
    except ForcedFail:
        return ""
    except Unsupported:
        raise
    except ExpansionError as error:
        ctx.log(f'failed to expand ACL message "{text}": {error.message}', panic=True)
        return ""
