"""Whatever a configuration file holds: its text comes back, and loading it raises nothing of its own."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api.errors import ConfigError
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from grammar.config import parse
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor
from grammar.unparse import unparse

VERBS = ("accept", "deny", "warn", "require", "drop", "defer", "discard")
LINES = r"""
#
# comment \
A = b
A == c
B = A${lc:A}
.ifdef A
.ifndef B
.elifdef A
.else
.endif
.include /y
.include_if_exists /z
.foo
primary_hostname = A
hide no_
domainlist d = a : +d : \
   b : !c
begin acl
begin routers
begin transports
begin retry
begin rewrite
begin authenticators
begin nosuch
begin
a:
  accept hosts = +d
  deny !condition = ${if eq{a}
message = x
  driver = accept
  driver = smtp
  transport = t
* * F,2h,15m; G,16h,1h,1.5
*@a $1@b Ff
"
=
acl_smtp_rcpt = a
\
  set acl_m1 = é
  x = "a\nb" # c
log_selector = +all -foo
message_size_limit = 5Q
endpass
""".split("\n")
TEXTS = st.lists(st.sampled_from(LINES), max_size=14).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_text_comes_back(text: str, included: str) -> None:
    files = {"/x": text, "/y": included.replace(".include", "#include")}
    tree = parse(Preprocessor("/x", files.get, MacroTable(), tolerant=True), VERBS)
    assert unparse(tree) == text


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(sorted(PROFILES)), st.booleans())
def test_loading_raises_errors_of_configurations_only(text: str, profile: str, collect: bool) -> None:
    world = MemoryWorld(files={"/x": text.encode("latin-1"), "/y": b"# nothing\n"})
    with suppress(ConfigError):
        load("/x", profile=PROFILES[profile], world=world, collect=collect)
