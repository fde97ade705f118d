"""The words of files of scenarios, by where they stand."""

from __future__ import annotations

SETTINGS = frozenset({"config", "profile", "macro", "include"})
GIVEN = frozenset({
    "clock", "dns", "file", "folder", "group", "host", "lookup", "machine", "program", "scanner", "seed",
    "server", "smtp", "user", "variable",
})  # fmt: skip
STEPS = frozenset({"deliver", "expand", "retry", "rewrite", "route", "verify"})
EXPECTED = frozenset({
    "acl", "child", "command", "deferred", "delivered", "discarded", "failure", "file", "header", "host",
    "log", "message", "reply", "router", "sender", "sent", "transport", "undeliverable", "value", "variable",
    "waiting",
})  # fmt: skip
TAKES_LINES = frozenset({"config", "dns", "file", "program", "server", "lookup", "smtp"})


class ScenarioError(Exception):
    """The text is no file of scenarios; ``line`` and ``column`` count from 1."""

    def __init__(self, message: str, line: int, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column
