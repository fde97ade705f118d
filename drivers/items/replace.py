"""Items that change a string character by character or match by match: sg, tr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.limits import NOTABLE
from drivers.api.text import tainted_like
from drivers.api.unit import item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion items"


@item(
    "sg",
    syntax="${sg{<subject>}{<regex>}{<replacement>}}",
    section=SECTION,
    shape=counted("sg", 3, 3),
    patterns=(1,),
    scopes_captures=True,
    runs_when_skipped=True,
    literal=0,
    taint="removes",
    examples={
        "${sg{abcdefabcdef}{abc}{xyz}}": "xyzdefxyzdef",
        r"${sg{abcdef}{^(...)(...)\$}{\$2\$1}}": "defabc",
        "${sg{baaac}{a*}{-}}": "-b--c-",
    },
)
def sg(ctx: Context, subject: str, regex: str, replacement: str) -> str:
    """Replace every match of a regular expression.

    The replacement is expanded once more for each match, with ``$0``, ``$1`` and so on set to what
    was matched. Raises `Failed` for a bad pattern, and what the replacement raises.
    """
    pattern = ctx.pattern(regex)
    kept = ctx.captures
    out: list[str] = []
    copied = at = gathered = 0
    not_empty = False
    try:
        while True:
            match = pattern.search(subject, at, not_empty=not_empty)
            if match is None:
                # After an empty match nothing longer starts here: step over one byte.
                if not not_empty or at >= len(subject):
                    break
                at += 1
                not_empty = False
                continue
            if ctx.narrator is not None:
                ctx.narrator.say("sg: match")
            start, end = match.span()
            out.append(tainted_like(subject[copied:start], subject) if start > copied else "")
            ctx.captures = [tainted_like(group, subject) for group in match.groups()]
            replaced = tainted_like(ctx.expand(replacement), replacement)
            out.append(replaced)
            gathered += len(replaced)
            if gathered > NOTABLE:
                ctx.grown(gathered)
            copied = at = end
            not_empty = start == end
    finally:
        ctx.captures = kept
    out.append(tainted_like(subject[copied:], subject) if copied < len(subject) else "")
    return tainted_like("".join(out), *out)


def _translated(subject: str, characters: str, replacements: str) -> str:
    if not replacements:
        return subject
    last = len(replacements) - 1
    table = {ord(c): replacements[min(i, last)] for i, c in enumerate(characters)}
    return subject.translate(table)


@item(
    "tr",
    syntax="${tr{<subject>}{<characters>}{<replacements>}}",
    section=SECTION,
    shape=counted("tr", 3, 3),
    literal=_translated,
    taint=(0,),
    examples={"${tr{abcdea}{ac}{13}}": "1b3de1", "${tr{abc}{abc}{x}}": "xxx", "${tr{abc}{a}{}}": "abc"},
)
def tr(subject: str, characters: str, replacements: str) -> str:
    """Replace single characters by their counterparts.

    The last character of the replacements serves for all further ones; if there are none at all,
    nothing is changed. Of a character that is listed twice the last mention counts.
    """
    return _translated(subject, characters, replacements)
