"""What a parser must know about names: the shapes of items, operators and conditions, as plain data.

The grammar knows no unit by name. Whoever parses hands it a `Shapes` table that was made from
the units of the profile in force, so a name that a release lacks is unknown to the parser too.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from grammar.record import Record

TEXT, RAW, COMMAND, CONDITION = "text", "raw", "command", "condition"
NO_COMPLAINTS: Mapping[str, str] = MappingProxyType({})


class ItemShape(Record):
    """How the text of one item goes on after its name.

    ``least`` and ``most`` bound its own groups; ``groups`` tells what each is: "text" (an
    expansion), "raw" (dollars are not looked at), "command" (kept as it stands, to be cut into
    words before they are expanded) or "condition"; the last stands for all further ones.
    ``branches``: yes and no strings may follow. ``words``: where bare words may stand: ""
    nowhere, "option" straight after the name (``run,preexpand``; ``expanding_option`` is the one
    that makes the first group an ordinary text), "format" between name and first group
    (``extract json``), "type" as in ``lookup``. ``open_ended``: how many groups belong to the
    item depends on a value, so they are all kept, branches too. ``complaints`` gives Exim's
    words, by problem: "few", "few0", "few1"..., "many", "close", "inside".
    """

    least: int = 0
    most: int = 0
    groups: tuple[str, ...] = (TEXT,)
    branches: bool = False
    words: str = ""
    open_ended: bool = False
    expanding_option: str = ""
    complaints: Mapping[str, str] = NO_COMPLAINTS

    def group_kind(self, index: int) -> str:
        """What the group with this index (from 0) holds."""
        return self.groups[min(index, len(self.groups) - 1)]


class ConditionShape(Record):
    """How the text of one condition goes on after its name.

    ``form`` is one of "none" (no arguments), "def" (``:name``), "strings" (``least`` to ``most``
    groups), "subconditions" (``{{cond}{cond}}``), "list" (``{list}{condition}``), "bundle"
    (``{{string}{string}}``, the groups in braces of their own). ``groups`` tells what each
    group holds: "text" or "raw".
    """

    form: str = "strings"
    least: int = 1
    most: int = 1
    groups: tuple[str, ...] = (TEXT,)
    complaints: Mapping[str, str] = NO_COMPLAINTS

    def group_kind(self, index: int) -> str:
        """What the group with this index (from 0) holds."""
        return self.groups[min(index, len(self.groups) - 1)]


class OperatorShape(Record):
    """An operator: whether it takes an ``_argument`` ("no", "optional", "required").

    ``certificate``: its argument can be a certificate variable, so where it begins with a dollar
    Exim looks for the closing brace before anything else.
    """

    suffix: str = "no"
    certificate: bool = False


class Shapes(Record, eq=False):
    """All names that a profile knows, with their shapes. Dictionaries are not to be changed.

    A table is itself alone: it is hashed and compared by identity, so that it can be a cache's key.
    """

    items: Mapping[str, ItemShape]
    operators: Mapping[str, OperatorShape]
    conditions: Mapping[str, ConditionShape]
