"""No word of an ACL is merely accepted: each is carried out, or told by name to be unsupported."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.api.errors import Unsupported
from drivers.api.registry import names
from expander.acl import clauses, verify
from expander.acl.clauses import WITHOUT_TRACE, implementation
from expander.acl.verify_words import KEYWORDS
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.session.machine import Session
from expander.world.memory import MemoryWorld

BY_THE_ENGINE = WITHOUT_TRACE | {"acl", "set"}
PHASE = "acl_smtp_rcpt = a\ntls_advertise_hosts =\nbegin acl\na:\n  accept {}\n"


def told(statement: str) -> str:
    """What becomes of a recipient, or what is said to be unsupported."""
    world = MemoryWorld(files={"/x": PHASE.format(statement).encode()})
    config = load("/x", profile=PROFILES["4.99"], world=world)
    context = Expander(config=config, world=world).context
    context.facts["sender_host_address"] = "192.0.2.1"
    session = Session(context, lambda _text: None)
    session.start()
    try:
        for line in (b"HELO c\r\n", b"MAIL FROM:<a@b.test>\r\n", b"RCPT TO:<c@d.test>\r\n"):
            replies = session.command(line)
    except Unsupported as problem:
        return problem.message
    return "".join(replies)


@pytest.mark.parametrize("family", ["acl-condition", "acl-modifier"])
def test_words_are_carried_out_or_told_by_name(family: str) -> None:
    for name in names(family):
        if name in BY_THE_ENGINE or implementation(name) is not None:
            continue
        word: Any = SimpleNamespace(name=name)
        with pytest.raises(Unsupported, match=f'"{name}"'):
            clauses.function_of(word)


@pytest.mark.parametrize("keyword", sorted(KEYWORDS))
def test_keywords_of_verify_are_done_or_unsupported(keyword: str) -> None:
    path = verify.DONE_BY.get(keyword)
    if path is not None:
        module, _, function = path.partition(":")
        assert callable(getattr(import_module(module), function))
        return
    phases = KEYWORDS[keyword].phases
    if not phases or "rcpt" in phases:
        assert f"verify = {keyword}" in told(f"verify = {keyword}")


DECLARED = ("drivers/acl/controls.py", "drivers/log_selectors/", "drivers/index.py", "expander/lint/")
"""Where names only stand to be known."""


def _words_used() -> set[str]:
    root = Path(__file__).resolve().parents[2]
    used: set[str] = set()
    for folder in ("drivers", "expander"):
        for file in (root / folder).rglob("*.py"):
            if not str(file.relative_to(root)).startswith(DECLARED):
                for text in re.findall(r'"([^"\n]*)"', file.read_text(encoding="utf-8")):
                    used.update(text.split())
    return used


def _told_as_lacking() -> set[str]:
    text = (Path(__file__).resolve().parents[2] / "docs" / "compatibility.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([a-z0-9_]+)`", text))


BY_KIND = {"smtp_protocol_error", "smtp_syntax_error"}
"""Selectors that are asked for by names which are put together."""


@pytest.mark.parametrize("family", ["acl-control", "log-selector"])
def test_controls_and_selectors_take_effect_or_are_told_to_have_none(family: str) -> None:
    lacking = set(names(family)) - _words_used() - BY_KIND
    assert lacking <= _told_as_lacking()
