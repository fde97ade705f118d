"""Lists over which Exim ends, and lists that ask the DNS."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.api.errors import Failed, Fatal
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld

ABSENT = "No such file or directory"
NO_FILE = f'failed to open /nowhere/x when checking "/nowhere/x": {ABSENT}'
NO_END = "regular expression error: missing closing parenthesis at offset 2 while compiling ^("
LOOP = "in lookup of local part of a@x in @@lsearch;@DIR@/loop"

ZONE = """\
first   MX 5 here
        MX 10 other
second  MX 5 other
        MX 10 here
both    MX 5 other
        MX 5 here
none    MX 5 other
gone    MX 5 here
        MX 1 nowhere
here    A 127.0.0.1
other   A 192.0.2.9
again   CNAME test.again.dns.
plain   A 127.0.0.1
"""


@pytest.mark.parametrize(
    ("condition", "last_words"),
    [
        ("match_domain{x}{nosuch;/x}", 'unknown lookup type "nosuch"'),
        ("match_domain{x}{;/x}", 'unknown lookup type ""'),
        ("match_domain{x}{!!lsearch;/x}", 'unknown lookup type "!lsearch"'),
        ("match_local_part{x}{partial;/x}", 'format error in lookup type "partial"'),
        ("match_address{a@x}{admin@;}", 'unknown lookup type "admin@"'),
        ("match_ip{1.2.3.4}{net-partial-lsearch;/x}", 'unknown lookup type "partial-lsearch"'),
        ("match_ip{1.2.3.4}{lsearch*;/x}", 'unknown lookup type "lsearch*"'),
        ("match_domain{x}{lsearch;/nowhere/x}", f"failed to open /nowhere/x for linear search: {ABSENT}"),
        ("match_domain{x}{/nowhere/x}", NO_FILE),
        ("match_address{a@x}{a@/nowhere/x}", NO_FILE),
        ("match_domain{x}{^(}", NO_END),
        ("match_address{a@x}{@@lsearch;@DIR@/loop}", f"Loop detected {LOOP}"),
    ],
)  # fmt: skip
def test_exim_ends_over_a_list_that_cannot_be_gone_through(
    condition: str, last_words: str, tmp_path: Path
) -> None:
    (tmp_path / "loop").write_text("x: >x\n")
    expander = Expander(profile=PROFILES["debian-12"], world=RealWorld())
    with pytest.raises(Fatal) as end:
        expander.expand(f"${{if {condition}{{y}}{{n}}}}".replace("@DIR@", str(tmp_path)))
    assert end.value.message == last_words.replace("@DIR@", str(tmp_path))


@pytest.mark.parametrize(
    ("domain", "forms"),
    [
        ("first.test", {"@mx_any", "@mx_primary"}),
        ("second.test", {"@mx_any", "@mx_secondary"}),
        ("both.test", {"@mx_any", "@mx_primary"}),
        ("gone.test", {"@mx_any", "@mx_primary"}),
        ("none.test", set()),
        ("plain.test", set()),
        ("unknown.test", set()),
    ],
)
def test_whether_the_mx_records_lead_here(domain: str, forms: set[str]) -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld(zones={"test": ZONE}))
    for form in ("@mx_any", "@mx_primary", "@mx_secondary"):
        found = expander.expand(f"${{if match_domain{{{domain}}}{{{form}}}{{$value}}{{no}}}}")
        assert found == (form if form in forms else "no")


def test_addresses_of_mx_hosts_that_do_not_count() -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld(zones={"test": ZONE}))
    asked = "${if match_domain{second.test}{@mx_primary/ignore=192.0.2.0/24}{y}{n}}"
    assert expander.expand(asked) == "y"
    assert expander.expand("${if match_domain{first.test}{@mx_any/ignore=127.0.0.1}{y}{n}}") == "n"


def test_a_dns_that_has_a_problem_for_now() -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld(zones={"test": ZONE}))
    with pytest.raises(Failed, match='DNS lookup of "@mx_any" deferred'):
        expander.expand("${if match_domain{test.again.dns}{@mx_any}{y}{n}}")
