"""Values of conditions and modifiers of ACLs that Exim refuses when it comes to them."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.acl import GAP
from drivers.api.errors import EximError
from drivers.values.listtext import split
from expander.acl import control_words, verify_words
from expander.expand import regex
from expander.lint import acl_arguments
from expander.lint.acl_spots import refused, shown, values
from expander.lint.finding import WARNING, Edit, Finding, Fix, Note
from expander.lint.rule import kind, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from expander.lint.acl_spots import Spot, Value
    from expander.lint.survey import Survey

_REGULAR = "regular expression error in"
_QUOTED = (Note("in ACLs quotes around a value are part of it"),)
CONDITIONS = "ACL conditions"
MODIFIERS = "ACL modifiers"
_START = "acl_smtp_rcpt = check\nbegin acl\ncheck:\n"


@rule(
    "EXA010",
    "bad-verify",
    section=CONDITIONS,
    bad=f"{_START}  require verify = sender/callout=30\n  accept\n",
    good=f"{_START}  require verify = sender/callout=30s\n  accept\n",
)
def bad_words(survey: Survey) -> Iterator[Finding]:
    """The condition ``verify`` has a keyword or an option that does not exist, or one that does not fit.

    Exim reads the value when it comes to the condition: the client gets "451 Temporary local problem".
    """
    for spot in survey.spots:
        check = CHECKS.get(spot.name)
        if check is not None:
            for value in values(survey, spot, gaps=spot.name in PARTLY):
                for finding in check(survey, spot, value):
                    notes = (*finding.notes, *_QUOTED) if value.text.startswith('"') else finding.notes
                    yield replace(finding, message=shown(finding.message), notes=notes)


kind(
    "EXA011",
    "bad-control",
    section="Use of the control modifier",
    doc="The modifier control names no control of the release and the build that are imitated, or an option "
    "that the control does not have.",
    bad=f"{_START}  accept control = freese\n",
    good=f"{_START}  accept control = freeze/no_tell\n",
)
kind(
    "EXA012",
    "control-option-ignored",
    severity=WARNING,
    section="Use of the control modifier",
    doc="A control is followed by an option that it does not have. Exim passes over it without a word.",
    bad=f"{_START}  accept control = queue/first_pass\n",
    good=f"{_START}  accept control = queue/first_pass_route\n",
)
kind(
    "EXA013",
    "bad-ratelimit",
    section="Limiting a rate",
    doc="The arguments of ratelimit are not a limit, a period and options that go with each other, or the "
    "rate cannot be counted where the ACL runs.",
    bad=f"{_START}  deny ratelimit = 10 / 1x\n  accept\n",
    good=f"{_START}  deny ratelimit = 10 / 1h / per_rcpt\n  accept\n",
)
kind(
    "EXA014",
    "ratelimit-option-taken-as-key",
    severity=WARNING,
    section="Limiting a rate",
    doc="An option of ratelimit is misspelled: Exim takes it for a part of the key, so that the rate is "
    "counted otherwise than meant.",
    bad=f"{_START}  deny ratelimit = 10 / 1h / per_recipient\n  accept\n",
    good=f"{_START}  deny ratelimit = 10 / 1h / per_rcpt / $sender_address\n  accept\n",
)
kind(
    "EXA015",
    "bad-seen",
    section=CONDITIONS,
    doc="The arguments of the condition seen are not an interval and its options.",
    bad=f"{_START}  deny seen = 5min\n  accept\n",
    good=f"{_START}  deny seen = 5m / key=$sender_address\n  accept\n",
)
kind(
    "EXA016",
    "bad-delay",
    section=MODIFIERS,
    doc="The value of the modifier delay is no time interval: each digit needs a unit.",
    bad=f"{_START}  accept delay = 5\n",
    good=f"{_START}  accept delay = 5s\n",
)
kind(
    "EXA017",
    "bad-condition-value",
    section=CONDITIONS,
    doc="The condition called condition takes numbers, yes, true, no, false and nothing at all. Any other "
    "value is an error, and the client is answered with a temporary one.",
    bad=f"{_START}  deny condition = ${{if eq{{$acl_c0}}{{}}{{on}}{{off}}}}\n  accept\n",
    good=f"{_START}  deny condition = ${{if eq{{$acl_c0}}{{}}{{yes}}{{no}}}}\n  accept\n",
)
kind(
    "EXA025",
    "bad-udpsend",
    section=MODIFIERS,
    doc="The value of udpsend is a list of a host, the number of a port, and what is to be sent.",
    bad=f"{_START}  accept udpsend = 127.0.0.1\n",
    good=f"{_START}  accept udpsend = 127.0.0.1 : 9999 : text\n",
)
kind(
    "EXA026",
    "bad-queue-name",
    section=MODIFIERS,
    doc="The name of a queue cannot have a slash: it is a folder in the spool.",
    bad=f"{_START}  accept queue = slow/bulk\n",
    good=f"{_START}  accept queue = slow\n",
)
kind(
    "EXA021",
    "bad-scan",
    section="Scanning for viruses",
    doc="A condition that scans the message has an option or a pattern that cannot be read.",
    bad="acl_smtp_data = check\nbegin acl\ncheck:\n  deny malware = */tmo=10\n  accept\n",
    good="acl_smtp_data = check\nbegin acl\ncheck:\n  deny malware = */tmo=10s\n  accept\n",
)


def _meant(value: Value, word: str, known: list[str]) -> tuple[tuple[Note, ...], Fix | None]:
    """The known word that is nearest to one that is none, as a note and as a change of the value."""
    close = get_close_matches(word, known, 1)
    if not close or close[0] == word:
        return (), None
    at = value.span.text.find(word)
    fix = None
    if at >= 0 and value.span.text.count(word) == 1:
        place = value.span.part(at, at + len(word))
        fix = Fix(f'write "{close[0]}"', (Edit(place, close[0]),))
    return (Note(f'did you mean "{close[0]}"?'),), fix


def _verify(survey: Survey, _spot: Spot, value: Value) -> Iterator[Finding]:
    message = next(verify_words.problems(survey.profile, value.text), None)
    if message is not None:
        known = [*verify_words.KEYWORDS, "callout", *verify_words.ADDRESS_WORDS, *verify_words.CALLOUT_WORDS]
        if verify_words.keyword(survey.profile, value.text) is None:
            known = list(verify_words.KEYWORDS)
        found = (_meant(value, word, known) for word in _words(value.text))
        notes, fix = next((meant for meant in found if meant[0]), ((), None))
        if message.startswith("bad time value"):
            notes = (Note("a time needs units, as in 30s; options of a callout have commas between them"),)
            fix = None
        yield Finding("EXA010", message, value.span, notes=notes, fix=fix)


def _words(text: str) -> list[str]:
    for mark in "/=,":
        text = text.replace(mark, " ")
    return text.split()


def _control(survey: Survey, _spot: Spot, value: Value) -> Iterator[Finding]:
    message = control_words.problem(survey.profile, value.text)
    if message:
        known = [unit.name for unit in registry.units("acl-control") if survey.profile.has(unit)]
        notes, fix = _meant(value, value.text.partition("/")[0], known)
        yield Finding("EXA011", message, value.span, notes=notes, fix=fix)
        return
    for option in control_words.unknown_options(survey.profile, value.text):
        yield Finding("EXA012", f'the control has no option "{option}"', value.span, WARNING)


def _ratelimit(survey: Survey, spot: Spot, value: Value) -> Iterator[Finding]:
    message = acl_arguments.ratelimit(value.text)
    if message:
        yield Finding("EXA013", message, value.span)
        return
    counted = acl_arguments.ratelimit_phases(value.text)
    if counted is not None:
        name, phases = counted
        message = acl_arguments.ratelimit_message(name)
        yield from refused(survey, spot, "EXA013", message, value.span, phases)
    known = [*acl_arguments.UPDATE_MODES, *acl_arguments.PER]
    for option in acl_arguments.ratelimit_keys(value.text):
        if option.startswith("per_") or get_close_matches(option, known, 1, 0.8):
            message = f'"{option}" is no option of ratelimit and becomes part of the key'
            yield Finding("EXA014", message, value.span, WARNING, *_meant(value, option, known))


def _simple(code: str, problem: Callable[[str], str]) -> Callable[[Survey, Spot, Value], Iterator[Finding]]:
    def check(_survey: Survey, _spot: Spot, value: Value) -> Iterator[Finding]:
        message = problem(value.text)
        if message:
            yield Finding(code, message, value.span)

    return check


def _condition(_survey: Survey, _spot: Spot, value: Value) -> Iterator[Finding]:
    if acl_arguments.truth(value.text) is None:
        note = Note("it can be a number, yes, true, no, false or empty")
        if "{" in value.text:
            note = Note('an expansion begins with "${"')
        yield Finding("EXA017", f'invalid "condition" value "{value.text}"', value.span, notes=(note,))


def _malware(survey: Survey, spot: Spot, value: Value) -> Iterator[Finding]:
    yield from _simple("EXA021", acl_arguments.malware)(survey, spot, value)
    pattern = next(iter(value.text.split("/")), "").strip()
    if GAP not in pattern and pattern not in ("*", "true", "1", "", "0", "false"):
        yield from _pattern(pattern, value, "malware acl condition: {}", "error")


def _regex(_survey: Survey, spot: Spot, value: Value) -> Iterator[Finding]:
    for pattern in split(value.text):
        message = f"{spot.name} acl condition warning - {{}}, skipped."
        for finding in _pattern(pattern, value, message, WARNING):
            yield replace(finding, message=finding.message.replace(_REGULAR, "error in regex"))


def _pattern(pattern: str, value: Value, message: str, severity: str) -> Iterator[Finding]:
    try:
        regex.pattern(pattern)
    except EximError as error:
        said = error.message.replace(f'in "{pattern}"', f"in '{pattern}'")
        yield Finding("EXA021", message.format(said), value.span, severity)


PARTLY = ("verify", "control", "ratelimit", "seen", "malware", "udpsend")
"""What is looked at where only parts of the value are known."""

CHECKS: dict[str, Callable[[Survey, Spot, Value], Iterator[Finding]]] = {
    "verify": _verify,
    "control": _control,
    "ratelimit": _ratelimit,
    "condition": _condition,
    "malware": _malware,
    "regex": _regex,
    "mime_regex": _regex,
    "seen": _simple("EXA015", acl_arguments.seen),
    "delay": _simple("EXA016", acl_arguments.delay),
    "udpsend": _simple("EXA025", acl_arguments.udpsend),
    "queue": _simple("EXA026", acl_arguments.queue),
}
"""How the values of each condition and modifier are looked at."""
