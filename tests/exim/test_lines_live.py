"""Lines made at random in the style of each area come to what the installed Exim makes of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agreement import differences
from casefile import Setup
from lines.areas import AREAS, lines
from real_exim import fits_line

COUNT = int(os.environ.get("LINE_COUNT", "150"))
SEED = os.environ.get("LINE_SEED", "1")
LEAST_AGREEMENT = 0.98
LOWER = {"commanding": 0.85, "captures": 0.9, "membership": 0.96}
"""May only rise. What differs is printed; each cause becomes a case."""

SETUP = Setup(
    config="""
domainlist locals = example.test : *.wild.test
domainlist relays = +locals : partner.test : !bad.partner.test
domainlist empty =
hostlist nets = 127.0.0.1 : 10.11.0.0/16 : !192.168.7.9 : 192.168.7.0/24
addresslist vips = boss@example.test : *@vip.test : postmaster@*
localpartlist roles = postmaster : abuse : ^admin\\\\d*\\$
""",
    variables={"sender_address": "joe@example.test"},
    environment={"CASE_ONE": "first one", "CASE_EMPTY": ""},
    files={"lines.txt": "one\n\ntwo $x\nthree"},
)


@pytest.mark.exim
@pytest.mark.parametrize("area", AREAS)
def test_lines_of_the_area_come_to_the_same(area: str, tmp_path: Path) -> None:
    texts = [text for text in lines(area, COUNT, SEED) if fits_line(text)]
    different = differences(SETUP, texts, tmp_path)
    print(f"{len(texts) - len(different)} of {len(texts)} agree")
    print(*different[:40], sep="\n")
    assert len(different) <= len(texts) * (1 - LOWER.get(area, LEAST_AGREEMENT))
