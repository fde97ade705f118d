"""The families of Sieve's units."""

from __future__ import annotations

from functools import partial

from drivers.api.unit import define

SECTION = "The redirect router"

command = partial(define, "sieve-command", section=SECTION)
"""A command: a function of the script that reads what follows the name and does the work."""

test = partial(define, "sieve-test", section=SECTION)
"""A test: likewise, and gives what it comes to."""

comparator = partial(define, "sieve-comparator", section=SECTION)
"""A comparator: the ways in which it compares a key with a text, by the tag of the match type."""

extension = partial(define, "sieve-extension", section=SECTION)
"""What a script may ask for by ``require``: a function that tells what speaks against it, or ""."""
