"""Messages for SMTP clients, in lines of a length that replies may have."""

from __future__ import annotations

LONGEST, SHORTEST = 75, 35


def in_lines(message: str) -> str:
    """A message cut into lines where it is long, behind a colon with a blank or else at a blank.

    Lines that are there already stay.
    """
    if len(message) <= LONGEST:
        return message
    text, start, at = list(message), 0, 0
    while True:
        count = 0
        while count < LONGEST and at < len(text) and text[at] != "\n":
            at, count = at + 1, count + 1
        if at >= len(text):
            return "".join(text)
        if text[at] == "\n":
            at += 1
            start = at
            continue
        place = _place(text, start, at)
        if place is None:
            return "".join(text)
        text[place] = "\n"
        start = at = place + 1


def _place(text: list[str], start: int, at: int) -> int | None:
    """Where to cut a line that begins at ``start`` and is too long at ``at``; None for nowhere."""
    found = None
    for here in range(at, start + SHORTEST, -1):
        if text[here] != " ":
            continue
        if text[here - 1] == ":":
            return here
        found = here if found is None else found
    if found is not None:
        return found
    return next((here for here in range(at + 1, len(text)) if text[here] in " \n"), None)
