"""Retry and rewriting rules: what is checked when they are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.options import dequote, read_fixed, seconds
from drivers.api.text import SPACE, lower, upper
from drivers.values.listtext import split
from expander.config.model import RetryRule, RetryStep, RewriteRule
from grammar.ast.config import Broken
from grammar.ast.config import RetryRule as RetryNode
from grammar.ast.config import RewriteRule as RewriteNode
from grammar.patterns import late_pattern

if TYPE_CHECKING:
    from expander.config.model import Config
    from expander.config.reporting import Reporter
    from grammar.ast.config import RetryStep as StepNode
    from grammar.ast.config import Section
    from grammar.source import Span

_FLAGS = frozenset("sbctrfhETFRSQqw")
_NOT_AT_TRANSPORT = frozenset("ETFS")
_WHOLE_ERRORS = frozenset({"*", "refused", "timeout", "quota"})
_SHORTENED = ("lookup", "lost_connection", "tls_required")
"""Errors of which the beginning is enough."""

_SECOND_PARTS = {
    "auth": ("failed",),
    "refused": ("a", "mx"),
    "timeout": ("a", "mx", "connect_a", "connect_mx", "dns"),
}
"""Errors in two parts, the second of which may be shortened."""

_FOUR = late_pattern(r"((?i:mail|rcpt|data)_4)(.*)", re.DOTALL)
_CODE = late_pattern(r"xx|[0-9]x|[0-9][0-9]")
_LETTERS = "FGH"
NO_TIMEOUT_DNS = (
    '"timeout_dns" is no longer available in retry rules (it has never worked) - treated as "timeout"'
)


def retry_error_problem(text: str) -> str:
    """Exim's complaint about the error of a retry rule, "" if there is none."""
    word = lower(text)
    if word in _WHOLE_ERRORS or any(name.startswith(word) for name in _SHORTENED):
        return ""
    four = _FOUR.fullmatch(text)
    if four:
        if _CODE.fullmatch(four[2]):
            return ""
        return f"{four[1]} must be followed by xx, dx, or dd, where x is literal and d is any digit"
    head, joint, tail = word.partition("_")
    if head == "quota" and joint:
        return "" if seconds(text[len("quota_") :]) >= 0 else "bad time value"
    if joint and any(part.startswith(tail) for part in _SECOND_PARTS.get(head, ())):
        return ""
    if joint and head == "timeout":
        return '"A", "MX", or "connect" expected after "timeout"'
    if joint and head == "refused":
        return 'A or MX expected after "refused"'
    return f'unknown or malformed retry error "{text}"'


def is_of_dns(text: str) -> bool:
    """True for an error that Exim takes for a timeout of the DNS, which it does not know any more."""
    head, _, tail = lower(text).partition("_")
    return head == "timeout" and tail[:1] == "d"


def _step(node: StepNode, problem: str) -> RetryStep:
    """Raises `ConfigError` in Exim's words for a step that makes no sense, ``problem`` for part of one."""
    letter = upper(node.letter)
    if letter not in _LETTERS:
        raise ConfigError("unknown retry rule letter", node.span)
    if node.cutoff is None or node.interval is None or (letter != "F" and node.factor is None):
        raise ConfigError(problem, node.span)
    cutoff, interval = seconds(node.cutoff), seconds(node.interval)
    try:
        factor = 0 if node.factor is None else read_fixed(node.factor, "") or 0
    except ConfigError:
        factor = 0
    if cutoff <= 0 or interval <= 0 or (letter != "F" and factor < 1000):
        raise ConfigError("bad parameters for retry rule", node.span)
    return RetryStep(letter, cutoff, interval, factor)


def read_retry(section: Section, config: Config, report: Reporter) -> None:
    """Check the retry rules and put them into the configuration."""
    for node in section.body:
        if isinstance(node, Broken):
            report.broken(node)
        elif isinstance(node, RetryNode):
            error = node.error.text
            problem = retry_error_problem(error)
            if problem:
                report.in_line(node, problem, node.error.span)
                continue
            if is_of_dns(error):
                report.note(NO_TIMEOUT_DNS, "MAIN PANIC", span=node.error.span, cause="deprecated")
            broken = node.broken.message if node.broken is not None else ""
            try:
                steps = tuple(_step(step, broken) for step in node.steps)
                if broken:
                    raise ConfigError(broken, node.span)
            except ConfigError as fault:
                report.in_line(node, fault.message, fault.span, cause=fault.cause)
                continue
            senders = dequote(node.senders.text)[0] if node.senders else None
            pattern = dequote(node.pattern.text)[0]
            config.retry.append(RetryRule(pattern, error, senders, steps, node.span))


def _flags(pattern: str, flags: str, span: Span | None = None) -> str:
    """The flags of a rewriting rule without white space. Raises `ConfigError` in Exim's words."""
    for flag in flags:
        if flag not in _FLAGS and flag not in " \t":
            raise ConfigError(
                f"unknown rewrite flag character '{flag}' (could be missing quotes round replacement item)",
                span,
            )
        if flag == "S" and not pattern.startswith(("^", "\\N^")):
            raise ConfigError("rewrite rule has the S flag but is not a regular expression", span)
    return "".join(flag for flag in flags if flag in _FLAGS)


def read_rewrite(section: Section, config: Config, report: Reporter) -> None:
    """Check the rewriting rules and put them into the configuration."""
    for node in section.body:
        if isinstance(node, Broken):
            report.broken(node)
        elif isinstance(node, RewriteNode):
            flags = node.flags.text if node.flags else ""
            try:
                pattern, replacement = dequote(node.pattern.text)[0], dequote(node.replacement.text)[0]
                rule = RewriteRule(pattern, replacement, _flags(pattern, flags, node.span), node.span)
            except ConfigError as fault:
                report.in_line(node, fault.message, fault.span, cause=fault.cause)
                continue
            config.rewrite.append(rule)


def transport_rewrites(text: str) -> list[tuple[str, str, str]]:
    """The rules of a transport's headers_rewrite: pattern, replacement, flags.

    Raises `ConfigError` in Exim's words.
    """
    rules = []
    for item in split(text):
        pattern, used = dequote(item)
        rest = item[used:].lstrip(SPACE)
        if not rest:
            raise ConfigError("missing rewrite replacement string")
        replacement, used = dequote(rest)
        flags = rest[used:].strip(" \t")
        _flags(pattern, flags)
        rules.append((pattern, replacement, flags))
    if any(_NOT_AT_TRANSPORT & set(flags) for _, _, flags in rules):
        raise ConfigError("rewrite rule specifies a non-header rewrite - not allowed at transport time -")
    return rules
