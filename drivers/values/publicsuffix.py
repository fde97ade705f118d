"""The public suffix list: the rules of a file, and which of them holds for a domain.

The list is described at https://publicsuffix.org/list/.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import idn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COMMENT = "//"
WILDCARD = "*."
EXCEPTION = "!"
_WORD = re.compile(r"\s*(\S+)", re.ASCII)


class PublicSuffixes:
    """The rules of one list, without regard to the sections that it is divided into.

    Domains are text as Exim holds it: UTF-8 or A-labels, in capitals or not.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._plain: set[str] = set()
        self._below: set[str] = set()
        self._exceptions: set[str] = set()
        for rule in _rules(lines):
            if rule.startswith(EXCEPTION):
                self._exceptions.add(_ascii(rule[1:]))
            elif rule.startswith(WILDCARD):
                self._below.add(_ascii(rule[2:]))
            else:
                self._plain.add(_ascii(rule))

    def suffix(self, domain: str) -> str | None:
        """The public suffix that a domain stands below, in lower case, None if no rule holds for it.

        Of several rules an exception holds, else the longest. A rule without a wildcard needs something
        before it, so that a domain that is a public suffix itself stands below the next shorter one; one
        with a wildcard holds for the domain itself as well.
        """
        names = lower(domain).split(".")
        forms = [_ascii(name) for name in names]
        tails = [".".join(forms[at:]) for at in range(len(forms))]
        start = next((at + 1 for at, tail in enumerate(tails) if tail in self._exceptions), None)
        if start is None:
            start = next((at for at, tail in enumerate(tails) if self._is_suffix(at, tail, tails)), None)
        return None if start is None or start >= len(names) else ".".join(names[start:])

    def _is_suffix(self, at: int, tail: str, tails: list[str]) -> bool:
        return (at > 0 and tail in self._plain) or (at + 1 < len(tails) and tails[at + 1] in self._below)

    def registered(self, domain: str) -> str | None:
        """The public suffix with one component before it, None for a domain that has none."""
        suffix = self.suffix(domain)
        if suffix is None:
            return None
        names = lower(domain).split(".")
        start = len(names) - suffix.count(".") - 2
        return ".".join(names[start:]) if start >= 0 else None


def _rules(lines: Iterable[str]) -> Iterator[str]:
    """What stands on the lines up to white space, without comments."""
    for line in lines:
        word = _WORD.match(line)
        if word and not word[1].startswith(COMMENT):
            yield lower(word[1])


def _ascii(name: str) -> str:
    """The name with A-labels, itself where it cannot be written so."""
    if name.isascii():
        return name
    try:
        return idn.domain_to_ascii(name)
    except idn.Unconvertible:
        return name
