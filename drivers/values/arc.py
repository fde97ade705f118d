"""Whether the hosts that passed a message on have sealed it without a gap (ARC, RFC 8617)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import dkimkeys
from drivers.values.dkimcanon import RELAXED, header_line
from drivers.values.dkimtags import signature, tags
from drivers.values.dkimverify import body_hash, fetch_key, signed_text
from grammar.record import Record, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from drivers.values.dkimtags import Signature
    from drivers.values.dkimverify import Material

    Ask = Callable[[str], str | None]

RESULTS, MESSAGE_SIGNATURE, SEAL = (
    "arc-authentication-results",
    "arc-message-signature",
    "arc-seal",
)
KINDS = (RESULTS, MESSAGE_SIGNATURE, SEAL)
MOST_SETS = 50
NONE, FAIL, PASS = "none", "fail", "pass"

TAG_MISSING = "required tag missing"
BODY_DIFFERS = "AMS body hash miscompare"
NO_KEY = "pubkey problem"
HASH_UNKNOWN, SEAL_HASH_UNKNOWN = "internal hash setup error", "seal hash setup error"
DOES_NOT_HOLD, SEAL_BROKEN = "AMS sig nonverify", "seal sigverify error"
SEAL_CV = "seal cv state"

_NUMBER = re.compile(r"[0-9]{1,9}")


class ArcSet(State):
    """The three header lines of one host, each with CR and LF at the ends of its lines, by their names."""

    instance: int
    lines: dict[str, bytes]

    def tag(self, kind: str, name: str) -> str:
        """The value of a tag in one of the lines, "" without it."""
        text = self.lines.get(kind, b"").decode("latin-1").partition(":")[2]
        return next((value for tag, value in tags(text) if tag == name), "")


class ArcOutcome(Record):
    """What a chain comes to.

    ``state`` is `NONE`, `FAIL` or `PASS`, ``reason`` why it fails, in Exim's words; ``domains`` those of
    the seals, oldest first, "" for one without; ``oldest_pass`` the lowest number of a set from which on all
    signatures of the message hold, 0 for none; ``selector`` that of the newest seal.
    """

    state: str
    reason: str = ""
    domains: tuple[str, ...] = ()
    oldest_pass: int = 0
    selector: str = ""


class _Broken(Exception):
    """The chain fails; the text says why."""


def collect(lines: Iterable[bytes]) -> list[ArcSet]:
    """The sets of a message, by their numbers.

    Raises ``ValueError`` in Exim's words for a line without a number, a line that is there twice, and more
    sets than there may be.
    """
    sets: dict[int, ArcSet] = {}
    for line in lines:
        kind = lower(line.partition(b":")[0].decode("latin-1"))
        if kind not in KINDS:
            continue
        one = ArcSet(0, {kind: line})
        number = _NUMBER.match(one.tag(kind, "i"))
        instance = int(number[0]) if number else 0
        if not instance:
            message = "instance find"
            raise ValueError(message)
        if instance > MOST_SETS:
            message = "overlarge instance"
            raise ValueError(message)
        known = sets.setdefault(instance, ArcSet(instance, {}))
        if kind in known.lines:
            message = "dup hdr"
            raise ValueError(message)
        known.lines[kind] = line
    return [sets[number] for number in sorted(sets)]


def verify(message: Material, ask: Ask) -> ArcOutcome:
    """What the chain of a message comes to; ``ask`` gives the text of a key record by its name, or None."""
    try:
        chain = collect(message.lines)
    except ValueError as problem:
        return ArcOutcome(FAIL, f"collecting headers: {problem}")
    if not chain:
        return ArcOutcome(NONE)
    domains = tuple(one.tag(SEAL, "d") for one in chain)
    selector = chain[-1].tag(SEAL, "s")
    oldest, reason = _checked(chain, message, ask)
    return ArcOutcome(FAIL if reason else PASS, reason, domains, oldest, selector)


def _checked(chain: list[ArcSet], message: Material, ask: Ask) -> tuple[int, str]:
    """The oldest set from which on all signatures hold, and why the chain fails, "" if it does not."""
    oldest, newest_problem, still_good = 0, "", True
    expected = chain[-1].instance
    for one in reversed(chain):
        if one.instance != expected:
            return oldest, f"i={one.instance} (sequence; expected {expected})"
        if len(one.lines) < len(KINDS):
            return oldest, f"i={one.instance} (missing header)"
        if one.tag(SEAL, "cv") == FAIL:
            return oldest, f"i={one.instance} (cv)"
        if still_good:
            problem = _signature_problem(one, message, ask)
            if one is chain[-1]:
                newest_problem = problem
            still_good = not problem
            oldest = oldest if problem else one.instance
        expected -= 1
    if expected:
        return oldest, f"(sequence; expected i={expected})"
    if newest_problem:
        return oldest, newest_problem
    for at in range(len(chain), 0, -1):
        problem = _seal_problem(chain[:at], ask)
        if problem:
            return oldest, problem
    return oldest, ""


def _signature_problem(one: ArcSet, message: Material, ask: Ask) -> str:
    """What is wrong with the signature of the message in a set, "" if it holds."""
    try:
        known = _read(one.lines[MESSAGE_SIGNATURE], HASH_UNKNOWN)
        if not known.body_hash or not known.header_names:
            return TAG_MISSING
        found = body_hash(message, known.body_form, known.hash_type, known.body_length)
        if found != known.body_hash:
            return BODY_DIFFERS
        text = signed_text(message.lines, known.header_names, known.header_form, known.unsigned)
        return "" if _holds(known, text, ask) else DOES_NOT_HOLD
    except _Broken as problem:
        return str(problem)


def _seal_problem(chain: Sequence[ArcSet], ask: Ask) -> str:
    """What is wrong with the seal of the last set of these, "" if it holds."""
    last = chain[-1]
    if last.tag(SEAL, "cv") != (PASS if len(chain) > 1 else NONE):
        return SEAL_CV
    try:
        known = _read(last.lines[SEAL], SEAL_HASH_UNKNOWN)
        return "" if _holds(known, sealed_text(chain, known.unsigned), ask) else SEAL_BROKEN
    except _Broken as problem:
        return str(problem)


def sealed_text(chain: Sequence[ArcSet], unsigned: bytes) -> bytes:
    """What a seal is made of: all lines of the sets so far; of the last seal without its value."""
    earlier = [one.lines[kind] for one in chain for kind in KINDS][:-1]
    return b"".join(header_line(line, RELAXED) for line in earlier) + signed_text([], "", RELAXED, unsigned)


def _read(line: bytes, unknown: str) -> Signature:
    text = line.decode("latin-1")
    known = signature(text)
    if known is None:
        has_algorithm = any(tag == "a" for tag, _ in tags(text.partition(":")[2]))
        raise _Broken(unknown if has_algorithm else TAG_MISSING)
    if not known.value or not known.domain or not known.selector:
        raise _Broken(TAG_MISSING)
    return known


def _holds(known: Signature, text: bytes, ask: Ask) -> bool:
    assert known.value is not None
    try:
        key = fetch_key(known, ask)
    except dkimkeys.BadKey:
        raise _Broken(NO_KEY) from None
    return dkimkeys.holds(key, known.hash_type, text, known.value)
