"""Retry and rewriting rules: what is checked when they are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError
from drivers.api.options import dequote, read_fixed, seconds
from drivers.api.text import lower
from drivers.values.listtext import split
from expander.config.model import RetryRule, RetryStep, RewriteRule
from grammar.ast.config import Broken
from grammar.ast.config import RetryRule as RetryNode
from grammar.ast.config import RewriteRule as RewriteNode

if TYPE_CHECKING:
    from expander.config.model import Config
    from expander.config.reporting import Reporter
    from grammar.ast.config import RetryStep as StepNode
    from grammar.ast.config import Section
    from grammar.source import Span

_FLAGS = frozenset("sbctrfhETFRSQqw")
_NOT_AT_TRANSPORT = frozenset("ETFS")
_PLAIN_ERRORS = frozenset(
    "* auth_failed lost_connection lookup refused refused_a refused_mx timeout timeout_a timeout_mx "
    "timeout_connect timeout_connect_a timeout_connect_mx tls_required quota".split()
)
_FOUR = re.compile(r"(mail|rcpt|data)_4(.*)", re.DOTALL)
_CODE = re.compile(r"xx|[0-9]x|[0-9][0-9]")
_LETTERS = "FGH"
NO_TIMEOUT_DNS = (
    '"timeout_dns" is no longer available in retry rules (it has never worked) - treated as "timeout"'
)


def retry_error_problem(text: str) -> str:
    """Exim's complaint about the error of a retry rule, "" if there is none."""
    word = lower(text)
    if word in _PLAIN_ERRORS or word == "timeout_dns":
        return ""
    four = _FOUR.fullmatch(word)
    if four:
        if _CODE.fullmatch(four[2]):
            return ""
        return f"{four[1]}_4 must be followed by xx, dx, or dd, where x is literal and d is any digit"
    if word.startswith("quota_"):
        return "" if seconds(word.removeprefix("quota_")) >= 0 else "bad time value"
    if word.startswith("timeout_"):
        return '"A", "MX", or "connect" expected after "timeout"'
    if word.startswith("refused_"):
        return 'A or MX expected after "refused"'
    return f'unknown or malformed retry error "{text}"'


def _step(node: StepNode) -> RetryStep:
    """Raises `ConfigError` in Exim's words for a step that makes no sense."""
    letter = node.letter.upper() if node.letter.isascii() else node.letter
    if node.cutoff is None or node.interval is None:
        raise ConfigError("comma expected", node.span)
    if letter not in _LETTERS:
        raise ConfigError("unknown retry rule letter", node.span)
    cutoff, interval, factor = seconds(node.cutoff), seconds(node.interval), 0
    if letter == "F":
        if node.factor is not None:
            raise ConfigError("semicolon expected", node.span)
    elif node.factor is None:
        raise ConfigError("comma expected", node.span)
    else:
        try:
            factor = read_fixed(node.factor, "")
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
            if node.broken is not None:
                report.in_line(node, node.broken.message)
                continue
            if lower(error) == "timeout_dns":
                report.warn(NO_TIMEOUT_DNS, node.error.span, "deprecated")
            try:
                steps = tuple(map(_step, node.steps))
            except ConfigError as fault:
                report.in_line(node, fault.message, fault.span, cause=fault.cause)
                continue
            senders = dequote(node.senders.text)[0] if node.senders else None
            pattern = dequote(node.pattern.text)[0]
            config.retry.append(RetryRule(pattern, error, senders, steps, node.span))


def _rewrite(pattern: str, replacement: str, flags: str, span: Span) -> RewriteRule:
    """Raises `ConfigError` in Exim's words for a rule that makes no sense."""
    for flag in flags:
        if flag not in _FLAGS and flag not in " \t":
            raise ConfigError(
                f"unknown rewrite flag character '{flag}' (could be missing quotes round replacement item)",
                span,
            )
    bare = flags.translate(str.maketrans("", "", " \t"))
    if "S" in bare and not pattern.startswith(("^", "\\N^")):
        raise ConfigError("rewrite rule has the S flag but is not a regular expression", span)
    return RewriteRule(pattern, replacement, bare, span)


def read_rewrite(section: Section, config: Config, report: Reporter) -> None:
    """Check the rewriting rules and put them into the configuration."""
    for node in section.body:
        if isinstance(node, Broken):
            report.broken(node)
        elif isinstance(node, RewriteNode):
            flags = node.flags.text if node.flags else ""
            try:
                rule = _rewrite(
                    dequote(node.pattern.text)[0], dequote(node.replacement.text)[0], flags, node.span
                )
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
        rest = item[used:].lstrip(" \t")
        if not rest:
            raise ConfigError("missing rewrite replacement string")
        replacement, used = dequote(rest)
        flags = rest[used:].strip(" \t")
        _rewrite_flags(pattern, flags)
        rules.append((pattern, replacement, flags))
    return rules


def _rewrite_flags(pattern: str, flags: str) -> None:
    for flag in flags:
        if flag not in _FLAGS and flag not in " \t":
            raise ConfigError(
                f"unknown rewrite flag character '{flag}' (could be missing quotes round replacement item)"
            )
    if "S" in flags and not pattern.startswith(("^", "\\N^")):
        raise ConfigError("rewrite rule has the S flag but is not a regular expression")
    if _NOT_AT_TRANSPORT & set(flags):
        raise ConfigError("rewrite rule specifies a non-header rewrite - not allowed at transport time -")
