"""Trees of configurations: what they hold, and the way back to text and to data."""

from __future__ import annotations

import json

import pytest

from grammar.ast.config import (
    Acl,
    Broken,
    Configuration,
    Driver,
    NamedList,
    Option,
    RetryRule,
    RewriteRule,
    Statement,
)
from grammar.config import parse, section_name
from grammar.macros import MacroTable
from grammar.preprocess import Preprocessor
from grammar.unparse import tree_to_json, unparse

VERBS = ("accept", "deny", "warn")
TEXT = """\
# a comment
HOST = mail.test

hide domainlist d = a.test : \\
   # inside
   b.test
primary_hostname = HOST
.ifdef NEVER
skipped = 1
.endif
begin acl
check:
  deny !hosts = x
       message = no
  warn set acl_m1 = 2
begin routers
r:
  driver = accept
  no_more
begin retry
*  timeout_A  senders=a:b  F,2h,15m; G,16h,1h,1.5
begin rewrite
"*@a b" "$1@c" Ff
"""


def tree(text: str = TEXT) -> Configuration:
    return parse(Preprocessor("/x", {"/x": text}.get, MacroTable()), VERBS)


def test_main_section() -> None:
    _, listed, option = tree().main
    assert isinstance(listed, NamedList)
    assert (listed.hide, listed.list_kind, listed.name.text, listed.value.text) == (
        True,
        "domain",
        "d",
        "a.test : b.test",
    )
    assert isinstance(option, Option)
    assert option.value is not None
    assert option.value.text == "mail.test"
    assert option.value.span.origin().position() == (7, 20)


def test_sections() -> None:
    acls, routers, retry, rewrite = tree().sections
    acl, router, rule, change = acls.body[0], routers.body[0], retry.body[0], rewrite.body[0]
    assert isinstance(acl, Acl)
    deny, warn = acl.statements
    assert isinstance(deny, Statement)
    assert isinstance(warn, Statement)
    assert [(c.negated, c.name.text) for c in deny.clauses if not isinstance(c, Broken)] == [
        (True, "hosts"), (False, "message"),
    ]  # fmt: skip
    variable = warn.clauses[0]
    assert not isinstance(variable, Broken)
    assert variable.argument is not None
    assert variable.argument.text == "acl_m1"
    assert isinstance(router, Driver)
    assert [line.name.text for line in router.settings if isinstance(line, Option)] == ["driver", "no_more"]
    assert isinstance(rule, RetryRule)
    assert rule.senders is not None
    assert rule.senders.text == "a:b"
    assert [(s.letter, s.cutoff, s.interval, s.factor) for s in rule.steps] == [
        ("F", "2h", "15m", None), ("G", "16h", "1h", "1.5"),
    ]  # fmt: skip
    assert isinstance(change, RewriteRule)
    assert change.flags is not None
    assert change.flags.text == "Ff"


@pytest.mark.parametrize(
    "text", [TEXT, "", "x", "\n\n#\n", ".ifdef A\n x \\\n y\n.endif", "bad bad\nA b\n.else\n"]
)
def test_text_comes_back(text: str) -> None:
    found = parse(Preprocessor("/x", {"/x": text}.get, MacroTable(), tolerant=True), VERBS)
    assert unparse(found) == text


def test_trees_are_data() -> None:
    data = tree_to_json(tree())
    json.dumps(data)
    option = data["main"][2]
    assert option["kind"] == "option"
    assert option["at"] | {"macros": None} == {
        "file": "/x", "line": 7, "column": 1, "end_line": 7, "end_column": 24, "macros": None,
    }  # fmt: skip
    assert option["at"]["macros"][0] == {"name": "HOST", "file": "/x", "line": 2, "column": 8}


def test_section_names() -> None:
    assert section_name("Router") == "routers"
    assert section_name("acls") == "acl"
    assert section_name("routerss") is None
