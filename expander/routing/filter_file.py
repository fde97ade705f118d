"""Filters in redirection data: the one place where routing meets their interpreters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Unsupported

if TYPE_CHECKING:
    from drivers.api.routing import FilterResult, Options, Work


def run(_work: Work, _text: str, kind: str, _rights: Options) -> FilterResult:
    """Run a filter ("exim" or "sieve") for an address.

    ``rights`` are the options of the redirect router that say what filters may do, by name. Raises
    `Unsupported` where there is no interpreter.
    """
    language = {"exim": "Exim", "sieve": "Sieve"}[kind]
    raise Unsupported(f"running {language} filters is not supported by eximulate yet")
