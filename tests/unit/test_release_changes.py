"""What differs between two profiles."""

from __future__ import annotations

from expander.config.profile import chosen
from expander.config.release_changes import Change, changes


def between(old: str, new: str) -> list[Change]:
    return changes(chosen(old), chosen(new))


def test_a_profile_does_not_differ_from_itself() -> None:
    assert between("4.97", "4.97") == []


def test_names_come_and_go_with_releases() -> None:
    found = between("4.92", "4.99")
    assert Change("main-option", "hosts_require_helo", "added") in found
    assert Change("main-option", "drop_cr", "removed") in found
    assert Change("router-option", "redirect.sieve_inbox", "added") in found
    assert Change("variable", "queue_size", "added") in found


def test_defaults_and_types_change() -> None:
    found = between("4.96", "4.99")
    assert Change("main-option", "remote_max_parallel", "default", "2", "6") in found
    assert Change("main-option", "recipients_max", "type", "int", "string, expanded") in found
    assert Change("transport-option", "smtp.protocol", "default", "smtp", "") in found


def test_acl_words_are_let_into_more_acls() -> None:
    assert Change("acl-condition", "dkim_status", "phases", "dkim", "mime dkim data prdr") in between(
        "4.96", "4.99"
    )


def test_features_of_the_build_take_drivers_and_their_options_away() -> None:
    found = between("4.99", "4.99,-lmtp,-dkim")
    assert Change("transport", "lmtp", "removed") in found
    assert Change("main-option", "acl_smtp_dkim", "removed") in found
    assert Change("macro", "_HAVE_DKIM", "removed") in found
    assert {change.kind for change in found} == {"removed"}


def test_the_other_direction_says_the_opposite() -> None:
    opposite = {"added": "removed", "removed": "added"}
    there = {
        (c.family, c.name, opposite.get(c.kind, c.kind), c.new, c.old) for c in between("4.92", "debian-12")
    }
    assert {(c.family, c.name, c.kind, c.old, c.new) for c in between("debian-12", "4.92")} == there


def test_defaults_that_upgrades_tell_of_are_the_profiles() -> None:
    found = between("4.92", "4.95")
    assert Change("main-option", "recipients_max", "default", "0", "50000") in found
    assert Change("transport-option", "smtp.hosts_try_dane", "default", "", "*") in found
    assert Change("router-option", "*.dnssec_request_domains", "default", "", "*") in found
