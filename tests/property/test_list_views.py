"""The checker takes lists apart as Exim does, and knows where each item stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.values import listtext
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.lint.covering import covers
from expander.lint.listview import flattened
from expander.lint.survey import Survey
from expander.world.memory import MemoryWorld
from grammar.ast.expansion import Text
from grammar.source import Source

PATH = "/etc/exim.conf"
LISTS = st.text(alphabet="ab.:;<!+ @/*^-1", max_size=30)
ITEMS = st.text(alphabet="ab.*@1", max_size=8)


@given(LISTS)
def test_items_are_those_that_exim_sees(value: str) -> None:
    text = f"domainlist d = {value}\n".encode("latin-1")
    world = MemoryWorld(files={PATH: text})
    config = load(PATH, profile=PROFILES["debian-12"], world=world, macros={}, collect=True)
    named = config.named_list("domain", "d")
    for view in Survey(config, world).lists:
        assert named is not None
        found = [f"!{item.text}" if item.negated else item.text for item in view.items]
        assert found == [_without_space(item) for item in listtext.split(named)]
        for item in view.items:
            assert view.place(item).text.replace("::", ":")[:1] == view.place(item).text[:1]


def _without_space(item: str) -> str:
    return f"!{item[1:].lstrip()}" if item.startswith("!") else item


@given(st.text(alphabet="ab\\Nx41$:. ", max_size=20).filter(lambda text: "$" not in text))
def test_every_character_of_a_plain_text_has_its_place(raw: str) -> None:
    from drivers.api import registry
    from grammar.expansion import parse

    source = Source("test", raw)
    tree = parse(raw, registry.shapes(PROFILES["debian-12"]))
    value, offsets = flattened(source, tree)
    assert len(offsets) == len(value) + 1
    assert offsets == sorted(offsets)
    if isinstance(tree, Text):
        assert value == tree.value


@given(ITEMS, ITEMS, ITEMS)
def test_what_covers_an_item_covers_what_that_covers(first: str, second: str, third: str) -> None:
    for kind in ("domain", "localpart", "address"):
        if covers(kind, first, second) and covers(kind, second, third):
            assert covers(kind, first, third)
