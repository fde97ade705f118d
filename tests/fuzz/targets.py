"""What is fuzzed: each target takes a text and raises for a fault: anything but the project's errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from drivers.api.errors import ConfigError, EximError, LimitReached
from drivers.api.limits import Limits
from drivers.api.profile import Profile
from expander.api import Expander
from expander.cli import bem
from expander.cli.console import Output
from expander.config.load import load
from expander.expand.mode import TAINT, UNFOLDED, Mode
from expander.lint.engine import check_file
from expander.message.headers import Header
from expander.world.memory import MemoryWorld

LIMITS = Limits(steps=1_000, size=1 << 14, levels=2_000, texts=20, match_steps=20_000)
LONGEST = 1.0
"""Seconds of this process's time: what takes longer is a fault too."""

EVERY = 8
"""One text of so many is expanded without folding too."""

FILES = {
    "/etc/aliases": "postmaster: root\nroot: joe, amy\n",
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "/dev/null": "",
    "/x": "primary_hostname = mail.example.com\ndomainlist local_domains = a.example : *.b.example : +more\n"
    "domainlist more = c.example\nhostlist relay = 192.0.2.0/24\naddresslist some = joe@* : @a.example\n",
}
HEADERS: list[Header] = [
    ("From", "From: Joe <joe@example.com>\n"),
    ("To", "To: amy@example.org, (x) list: a@b, c;\n"),
    ("Subject", "Subject: =?utf-8?q?a=20b?= \xe4\n"),
    ("X-A", "X-A: ${uc:a}\n"),
    ("Received", "Received: by a; 1\n"),
    ("Received", "Received: by b; 2\n"),
]
OF_MESSAGES = (
    "$h_subject:|$rh_subject:|$bh_subject:|$lh_to:|$h_from:|$message_headers|$message_headers_raw",
    "$message_body|$message_body_end|$message_size|$recipients|$sender_address|$return_path|$header_x-a:",
    "${addresses:$rh_to:}|${address:$h_from:}|${local_part:$h_from:}|${domain:$h_from:}|${rfc2047:$rh_subject:}",
    "${rfc2047d:$rh_subject:}|${headerwrap:$rh_to:}|${extract{a}{$h_x-a:}}|${listcount:$h_to:}",
    "${sort{$rh_to:}{lt}{$item}}|${map{$rh_to:}{$item}}|${sha1:$message_body}|${authresults{a}}",
    "${if match_domain{$h_to:}{$rh_x-a:}{$value}}|${if match_local_part{$h_to:}{$rh_x-a:}{y}}",
    "${if match_address{$rh_x-a:}{$h_to:}{y}{n}}|${if match_ip{$rh_x-a:}{$h_to:}{y}}",
    "${if match{$rh_to:}{$rh_x-a:}{$1}}|${if forany{${addresses:$rh_to:}}{match{$item}{x}}{y}}",
    "${extract json{a}{$rh_x-a:}}|${utf8clean:$bh_subject:}|${from_utf8:$rh_subject:}",
)


class TooSlowError(Exception):
    """An input took more than `LONGEST`."""


def timed(target: Callable[[str], None]) -> Callable[[str], None]:
    """The target, for which too slow is a fault."""

    def run(text: str) -> None:
        begin = time.perf_counter()
        target(text)
        if time.perf_counter() - begin < LONGEST:
            return
        # Only now, since to ask for it costs more than most inputs; the blank lets no cache know the text.
        begin = time.process_time()
        target(text + " ")
        took = time.process_time() - begin
        if took > LONGEST:
            raise TooSlowError(f"{took:.1f} seconds")

    return run


FACTS = {
    "sender_host_address": "192.0.2.7",
    "local_part": "joe",
    "domain": "example.com",
    "local_part_data": "${lc:ABC}",
}


def expander_of(profile: Profile, mode: Mode) -> Expander:
    """An expander with a message and some variables, in a world of its own."""
    world = MemoryWorld(files=FILES)
    expander = Expander(
        config=load("/x", profile=profile, world=world),
        profile=profile,
        world=world,
        mode=mode,
        limits=LIMITS,
    )
    context = expander.context
    context.headers, context.body = HEADERS, b"A body\nof two lines\n"
    return expander


def outcome(expander: Expander, text: str) -> tuple[str, str]:
    """The value, or the kind of the error and its message."""
    context = expander.context
    context.captures, context.value, context.item, context.runrc = [], None, None, 0
    context.state.clear()
    for values, given in (
        (context.facts, FACTS),
        (context.acl_m, {"_a": "a:b:c"}),
        (context.acl_c, {"0": "^a"}),
    ):
        values.clear()
        values.update(given)
    try:
        return "", str(expander.expand(text))
    except EximError as error:
        return type(error).__name__, error.message


def expansion(profile: Profile) -> Callable[[str], None]:
    """Parse and expand; constants that are worked out when compiling give what a run gives."""
    folded, unfolded = expander_of(profile, TAINT), expander_of(profile, UNFOLDED)
    outside = (
        "run",
        "rand",
        "pid",
        "tod",
        "read",
        "perl",
        "acl",
        "prvs",
        "srs",
    )  # what changes from run to run

    def run(text: str) -> None:
        first = outcome(folded, text)
        if hash(text) % EVERY:
            return
        second = outcome(unfolded, text)
        limited = LimitReached.__name__ in (first[0], second[0])
        if first != second and not limited and not any(name in text for name in outside):
            raise AssertionError(f"folded {first!r}, not folded {second!r}")

    return run


def configuration(profile: Profile) -> Callable[[str], None]:
    """Load a configuration, and check it."""

    def run(text: str) -> None:
        world = MemoryWorld(files={"/x": text.encode("latin-1"), "/y": b"# nothing\n"})
        check_file("/x", profile=profile, world=world, macros={})
        loaded(world, profile)

    return run


def loaded(world: MemoryWorld, profile: Profile) -> None:
    """Load in both ways: where errors are collected, the one that stops Exim is among them."""
    collected = [error.message for error in load("/x", profile=profile, world=world, collect=True).errors]
    first = ""
    try:
        load("/x", profile=profile, world=world)
    except ConfigError as error:
        first = error.message
    if first and first not in collected:
        raise AssertionError(f"not collected: {first!r}, but {collected[:3]!r}")
    if collected and not first:
        raise AssertionError(f"only collected: {collected[:3]!r}")


def message(profile: Profile) -> Callable[[str], None]:
    """Read a message as ``-bem`` does, and expand what depends on its header lines."""
    world = MemoryWorld(files=FILES)
    config = load("/x", profile=profile, world=world)
    flags = 0

    def run(text: str) -> None:
        nonlocal flags
        flags += 1
        expander = Expander(config=config, profile=profile, world=world, limits=LIMITS)
        context = expander.context
        context.facts.update(sender_address="joe@example.com")
        options = SimpleNamespace(
            modes={"bem": ""},
            dot_ends=bool(flags & 1),
            sender=None if flags & 2 else "a@b",
            told={} if flags & 4 else {"oMa": "192.0.2.1"},
            suppress_local_fixups=bool(flags & 8),
            qualifies=bool(flags & 16),
            recipients_from_headers=bool(flags & 32),
            full_name="",
        )
        begun: Any = SimpleNamespace(
            options=options,
            config=config,
            caller=world.users.caller(),
            profile=profile,
            is_trusted=True,
        )
        contents, bem._contents = bem._contents, lambda _path: text.encode("latin-1")
        shown, bem.STDOUT = bem.STDOUT, Output(-1)  # nowhere: else the text waits for whoever is next
        try:
            bem.read(begun, context)
        finally:
            bem._contents, bem.STDOUT = contents, shown
        for each in OF_MESSAGES:
            for piece in each.split("|"):
                try:
                    expander.expand(piece)
                except EximError:
                    continue

    return run


TARGETS: dict[str, Callable[[Profile], Callable[[str], None]]] = {
    "expansion": expansion,
    "configuration": configuration,
    "message": message,
}
