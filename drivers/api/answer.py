"""What a lookup says of its answer beside the text."""

from __future__ import annotations

SEARCH_MESSAGE = "search_message"
"""What the last lookup has said, in the state: Exim shows it where it refuses something without own words."""


class Uncached(str):
    """An answer that is not kept, because finding it changed the store: all that is known of it goes too."""

    __slots__ = ()
