"""The lookups that answer with what they are asked, for tests of lookups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import Deferred
from drivers.api.unit import lookup
from drivers.values.lookup_type import QUERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from drivers.api.outside import World

SECTION = "File and database lookups"
FEATURE = "lookup_testdb"
_SECONDS = re.compile(r"\A[0-9]+,", re.ASCII)


def _opened(_world: World, _place: str, _options: Sequence[str]) -> Callable[[str], str | None]:
    return answered


def answered(query: str) -> str | None:
    """What one of the queries comes to. Raises `Deferred` for the query ``defer``."""
    if query == "fail":
        return None
    if query == "defer":
        raise Deferred("testdb lookup forced DEFER")
    return _SECONDS.sub("", str(query), count=1)  # what a lookup gives is the store's, not the asker's


for _name, _since, _doc in (
    ("testdb", "4.00", "Answer with what the query says, for tests."),
    ("testdb2", "4.99", "Answer as testdb does, and share its quoting."),
    ("testdb_nq", "4.99", "Answer as testdb does; queries need no quoting."),
):
    lookup(
        _name,
        syntax=f"{_name}{{<query>}}",
        since=_since,
        section=SECTION,
        feature=FEATURE,
        doc=f"{_doc}\n\n"
        "The query ``fail`` finds nothing, ``defer`` is a temporary problem, a number and a comma before the "
        "text say for how many seconds it may be kept, and ``nocache`` that it may not be.",
        style=QUERY,
        examples={
            f"${{lookup {_name}{{text}}}}": "text",
            f"${{lookup {_name}{{5,text}}}}": "text",
            f"${{lookup {_name}{{fail}}{{yes}}{{no}}}}": "no",
        },
    )(_opened)
