"""Rewrites one address by the rules, one after the other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, Fatal, ForcedFail
from drivers.api.text import tainted_like
from drivers.values import mailbox
from drivers.values.log_selector import selects
from expander.expand import regex
from expander.message.phrase import phrase
from expander.rewriting.where import ENVELOPE_FROM, HEADER_LINES, SMTP
from grammar.record import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from expander.expand.context import Context
    from expander.rewriting.where import Rule

MOST_REPEATS = 10


class Rewritten(State):
    """An address after rewriting.

    ``whole`` is set where a rule with the flag ``w`` gave a text to stand in place of the whole mailbox of
    a header line, phrase and all; from ``start`` to ``end`` it holds the address.
    """

    address: str
    whole: str | None = None
    start: int = 0
    end: int = 0


def rewrite(
    ctx: Context, text: str, place: str, rules: Sequence[Rule], shown: str, *, null: bool = False
) -> Rewritten | None:
    """The address after all rules for a place, None if none has applied.

    ``text`` is an address with a domain, or for `SMTP` whatever a client gives as one. ``shown`` is what the
    log calls the place. Senders of envelopes can become the empty address, others if ``null`` says so. What
    goes wrong is logged, and ends the rewriting there. Raises `Fatal` where Exim ends. See "Address
    rewriting" in the manual.
    """
    for rule in rules:
        if place in rule.places and (place == SMTP or not _is_misfit()(ctx, text, rule.pattern)):
            break
    else:
        return None
    kept = ctx.captures, {name: ctx.facts.get(name) for name in ("local_part", "domain")}
    try:
        return _Rewriting(ctx, text, place, shown, null=null or place == ENVELOPE_FROM).run(rules)
    finally:
        ctx.captures, facts = kept
        for name, value in facts.items():
            if value is None:
                ctx.facts.pop(name, None)
            else:
                ctx.facts[name] = value


@cache
def _is_misfit() -> Callable[[Context, str, str], bool]:
    """What knows of misfits, imported when there are rules: asking for it again costs something."""
    from expander.lists.match import is_misfit

    return is_misfit


class _Rewriting:
    """The work on one address."""

    def __init__(self, ctx: Context, text: str, place: str, shown: str, *, null: bool) -> None:
        self._ctx = ctx
        self._place = place
        self._shown = shown
        self._null = null
        self._now = Rewritten(text)
        self._applied = False

    def run(self, rules: Iterable[Rule]) -> Rewritten | None:
        for rule in rules:
            if self._place in rule.places and not self._goes_on(rule):
                break
        return self._now if self._applied else None

    def _goes_on(self, rule: Rule) -> bool:
        """Apply a rule, again and again if it repeats; false if no other rule is to be looked at."""
        for _ in range(MOST_REPEATS + 1):
            if not self._matches(rule):
                return True
            cover = self._ctx.mode.cover
            if cover is not None:
                cover.rewriting(rule.pattern, rule.replacement)
            if self._place != SMTP and rule.replacement == "*":
                return False
            try:
                self._take(rule, self._replacement(rule))
            except ForcedFail:
                return not rule.quits
            except Failed as problem:
                self._ctx.log(problem.message, panic=True)
                return False
            if not rule.repeats:
                return not rule.quits
        self._ctx.log("rewrite rule repeat ignored after 10 times", panic=True)
        return not rule.quits

    def _matches(self, rule: Rule) -> bool:
        ctx, address = self._ctx, self._now.address
        if self._place != SMTP:
            from expander.lists.match import match_pattern

            return match_pattern(ctx, address, rule.pattern, sets_variables=True)
        try:
            pattern = ctx.expand(rule.pattern)
        except ForcedFail:
            return False
        except ExpansionError as problem:
            words = "while checking for SMTP rewriting"
            ctx.log(f'failed to expand "{rule.pattern}" {words}: {problem.message}', panic=True)
            return False
        try:
            found = ctx.pattern(pattern).search(address)
        except Failed as problem:
            raise Fatal(regex.as_logged(problem.message)) from problem
        if found is None:
            return False
        ctx.captures = [address, *(tainted_like(group, address) for group in found.groups()[1:])]
        return True

    def _replacement(self, rule: Rule) -> str:
        """What the replacement comes to. Raises `Failed` in the words for the log, and `ForcedFail`."""
        ctx, address = self._ctx, self._now.address
        local_part, _, domain = ("", "", "") if self._place == SMTP else address.rpartition("@")
        ctx.facts["local_part"] = tainted_like(local_part, address)
        ctx.facts["domain"] = tainted_like(domain, address)
        sender = ctx.facts.get("sender_address", "")
        is_sender = self._place == ENVELOPE_FROM and sender is address
        if is_sender:  # Exim cuts the very text that the variable shows at its at sign
            ctx.facts["sender_address"] = tainted_like(local_part, address)
        try:
            return ctx.expand(rule.replacement).partition("\0")[0]
        except ForcedFail:
            raise
        except ExpansionError as problem:
            words = f"Expansion of {rule.replacement} failed while rewriting"
            raise Failed(f"{words}: {problem.message}") from problem
        finally:
            if is_sender:
                ctx.facts["sender_address"] = sender

    def _take(self, rule: Rule, text: str) -> None:
        """Let what a replacement came to be the address. Raises `Failed` in the words for the log."""
        ctx, now = self._ctx, self._now
        rules = mailbox.permitted(ctx.options, null=self._null)
        try:
            found = mailbox.parse(text, rules)
        except Failed as problem:
            words = f"Rewrite of {now.address} yielded unparseable address"
            raise Failed(f"{words}: {problem.message} in address {text}") from problem
        address = found.address
        start, end = mailbox.place(text, rules) if address else (0, len(text))
        if address and not found.domain:
            if not rule.qualifies:
                raise Failed(f'Rewrite of {now.address} yielded unqualified address "{address}"')
            address = f"{address}@{ctx.options['qualify_recipient'] or ctx.options['qualify_domain']}"
            text = text[:start] + address + text[end:]
            end = start + len(address)
        if selects(ctx, "address_rewrite"):
            line = f'"{now.address}" from {self._shown} rewritten as "{text}" by rule {rule.number}'
            ctx.log_selected(line, "address_rewrite")
        if rule.whole and self._place in HEADER_LINES:
            now.whole, now.start, now.end = self._with_phrase(text, start, end, len(address))
        elif now.whole is not None:
            now.whole = now.whole[: now.start] + address + now.whole[now.end :]
            now.end = now.start + len(address)
        now.address = tainted_like(address, text)
        self._applied = True

    def _with_phrase(self, text: str, start: int, end: int, size: int) -> tuple[str, int, int]:
        """A whole mailbox with what stands around its angle brackets quoted where it must be.

        Where the address of so many bytes is from then on, as Exim reckons, comments in it or not.
        """
        if not (start and text[start - 1] == "<"):
            return text, start, end
        charset = str(self._ctx.options.get("headers_charset") or "UTF-8")
        begin = len(text[: start - 1].rstrip(" "))
        before = phrase(text[:begin], charset)
        behind = len(text) - len(text[end + 1 :].lstrip(" "))
        start += len(before) - begin
        return before + text[begin:behind] + phrase(text[behind:], charset), start, start + size
