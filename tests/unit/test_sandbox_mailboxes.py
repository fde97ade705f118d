"""Deliveries in a sandbox: mailboxes, and whose they are."""

from __future__ import annotations

import os

import pytest

from expander.configuration import load
from expander.world.account import Account
from sandboxed import CONFIG, MESSAGE, sandbox_config, sandbox_world

AWAY = b"away:\n  driver = redirect\n  domains = !+ours\n  data = :blackhole:\n"


def test_a_mailbox_that_another_delivery_makes_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = sandbox_config().sandbox()
    storage, opened = sandbox.world.changes, sandbox.world.changes.open

    def late(path: str, flags: int, mode: int = 0o600) -> object:
        if path == "/var/mail/alice" and flags & os.O_EXCL:
            monkeypatch.setattr(storage, "open", opened)
            with storage.acting_as(1001, 8):
                opened(path, os.O_WRONLY | os.O_CREAT, 0o660).write(b"theirs\n")
        return opened(path, flags, mode)

    monkeypatch.setattr(storage, "open", late)
    delivered = sandbox.deliver(MESSAGE, ["alice@example.com"], sender="s@far.example")
    assert delivered.outcomes[0].outcome == "delivered"
    text = delivered.read("/var/mail/alice")
    assert text.startswith(b"theirs\nFrom s@far.example ")


def test_a_local_user_owns_a_mailbox_where_no_option_says_otherwise() -> None:
    text = CONFIG.replace(b"  local_parts = alice : bob\n", b"  check_local_user\n").replace(
        b"  user = 1001\n  group = 8\n  mode", b"  mode"
    )
    users = [Account("carol", 1400, 1401, "Carol", "/", "/bin/sh")]
    world = sandbox_world(users=users)
    config = load(text, world=world, profile="debian-12")
    [outcome] = config.deliver(MESSAGE, "carol@example.com", sender="s@far.example").outcomes
    assert [(file.uid, file.gid) for file in outcome.files] == [(1400, 1401)]
    grouped = load(
        text.replace(b"  check_local_user\n", b"  check_local_user\n  group = 8\n"),
        world=sandbox_world(users=users),
        profile="debian-12",
    )
    [outcome] = grouped.deliver(MESSAGE, "carol@example.com", sender="s@far.example").outcomes
    assert [(file.uid, file.gid) for file in outcome.files] == [(1400, 8)]


def test_what_a_named_list_says_of_one_recipient_is_not_taken_for_another() -> None:
    text = CONFIG.replace(b"begin routers\n", b"domainlist ours = example.com\nbegin routers\n" + AWAY)
    config = load(text, world=sandbox_world(), profile="debian-12")
    for recipients in (("alice@example.com", "x@far.example"), ("x@far.example", "alice@example.com")):
        delivered = config.deliver(MESSAGE, recipients, sender="s@far.example")
        assert {o.address: o.transport for o in delivered.outcomes}["alice@example.com"] == "box"
        assert any("=> :blackhole: <x@far.example>" in line for line in delivered.log)
