"""Variables that are worked out, read through a context in the memory world."""

from __future__ import annotations

from datetime import UTC
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.api import registry
from drivers.api.errors import Failed
from drivers.api.profile import Profile
from drivers.api.text import Tainted, is_tainted
from drivers.values import moment
from expander.world.memory import MemoryWorld

MESSAGE = [
    ("From", "From: a@b.test,\n\tc@d.test\n"),
    ("To", "To:  x@y.test \n"),
    ("to", "to:\n"),
    ("TO", "TO: z@y.test\n"),
    ("X", "X: a:b\n"),
    ("X", "X:  c \n"),
    ("Subject ", "Subject : hidden\n"),
]


def context(**attributes: Any) -> Any:
    plain: dict[str, Any] = {
        "facts": {},
        "state": {},
        "options": {},
        "world": MemoryWorld(now=1_700_000_000.25),
        "profile": Profile("p", "4.96", frozenset(), "4.96"),
        "acl_c": {},
        "acl_m": {},
        "captures": [],
        "value": None,
        "item": None,
        "runrc": 0,
        "headers": None,
        "body": b"",
    }
    return SimpleNamespace(**(plain | attributes))


def value(name: str, *extra: str, **attributes: Any) -> str:
    unit = registry.find("variable", name)
    assert unit is not None
    read = unit.impl(context(**attributes), *extra)
    assert isinstance(read, str)
    return read


def test_every_variable_can_be_read_where_nothing_is_known() -> None:
    for name in registry.names("variable"):
        unit = registry.find("variable", name)
        assert unit is not None
        assert unit.syntax.startswith("$")
        assert unit.summary.endswith((".", ":", ",")) or "\n" in unit.doc, name
        assert unit.facts["taint"] in {"adds", "carries", "none"}
        if name[:-1] in {"n", "sn"}:
            continue
        if name.endswith("*") or name == "0..9":
            text = unit.impl(context(), "0" if name == "0..9" else name.rstrip("*") + "0")
        else:
            text = unit.impl(context())
        assert isinstance(text, str), name


def test_filter_counters_are_unknown_outside_filters() -> None:
    assert value("n3", facts={"n3": "7"}) == "7"
    with pytest.raises(Failed, match='unknown variable name "sn3"'):
        value("sn3")


def test_unset_acl_variables() -> None:
    assert value("acl_c*", "acl_c_x", acl_c={"_x": "y"}) == "y"
    assert value("acl_m*", "acl_m0") == ""
    with pytest.raises(Failed, match=r'unknown variable name "acl_m0" \(strict_acl_vars is set\)'):
        value("acl_m*", "acl_m0", options={"strict_acl_vars": True})


def test_taint_comes_with_the_value() -> None:
    tainted, own = Tainted("a.b@c.test"), "root@c.test"
    assert is_tainted(value("sender_address_domain", facts={"sender_address": tainted}))
    assert not is_tainted(value("sender_address_domain", facts={"sender_address": own}))
    assert value("sender_address_local_part", facts={"sender_address": tainted}) == "a.b"
    assert value("sender_address_local_part", facts={"sender_address": "postmaster"}) == "postmaster"
    assert value("sender_address_domain", facts={"sender_address": "postmaster"}) == ""


def test_raw_and_list_forms_of_header_lines() -> None:
    assert value("rh_*", "to", headers=MESSAGE) == "  x@y.test \n\n z@y.test\n"
    assert value("lh_*", "x", headers=MESSAGE) == " a::b:  c "
    assert value("rh_*", "subject", headers=MESSAGE) == ""
    assert value("message_headers_raw", headers=MESSAGE).startswith("From: a@b.test,\n\tc@d.test\nTo:")
    assert value("reply_address", headers=MESSAGE) == "a@b.test, \tc@d.test"
    reply = [("Reply-To", "Reply-To:  r@s.test \n"), *MESSAGE]
    assert value("reply_address", headers=reply) == "r@s.test"
    assert value("reply_address", headers=[("Reply-To", "Reply-To: \n"), *MESSAGE]).startswith("a@b")


def test_body() -> None:
    body = b"line one\nline\0two\nend\n"
    assert value("message_body", body=body) == "line one line two end "
    assert value("message_body", body=body, options={"message_body_visible": 10}) == "line one l"
    newlines = {"message_body_visible": 9, "message_body_newlines": True}
    assert value("message_body_end", body=body, options=newlines) == " two\nend\n"[-9:]
    assert value("message_body_end", body=body, options={"message_body_visible": 0}) == ""


@pytest.mark.parametrize(
    ("file", "start", "folder"),
    [
        ("/etc/exim/exim.conf", "/x", "/etc/exim"),
        ("/exim.conf", "/x", "/"),
        ("exim.conf", "/x/y", "/x/y/"),
        ("./exim.conf", "/x/y", "/x/y/."),
        ("z/exim.conf", "/x/y", "/x/y/z"),
        ("z/exim.conf", "/", "/z"),
    ],
)
def test_config_dir(file: str, start: str, folder: str) -> None:
    assert value("config_dir", facts={"config_file": file, "initial_cwd": start}) == folder


def test_names_fall_back_on_one_another() -> None:
    assert value("qualify_recipient") == "mail.example.com"
    assert value("qualify_recipient", options={"qualify_domain": "q.test"}) == "q.test"
    assert value("smtp_active_hostname", options={"primary_hostname": "h.test"}) == "h.test"
    assert value("smtp_active_hostname", facts={"smtp_active_hostname": "s.test"}) == "s.test"


def test_space_is_unknown_where_logs_go_to_syslog() -> None:
    assert value("log_space", options={"log_file_path": "syslog"}) == "-1"
    assert value("log_space", options={"log_file_path": "/var/log/%slog:syslog"}) == str(1 << 20)
    assert value("log_inodes") == "1000000"


@pytest.mark.parametrize(
    ("zone", "full", "offset"),
    [
        ("", "Tue, 14 Nov 2023 22:13:20 +0000", "+0000"),
        ("America/New_York", "Tue, 14 Nov 2023 17:13:20 -0500", "-0500"),
        (":Asia/Kathmandu", "Wed, 15 Nov 2023 03:58:20 +0545", "+0545"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Tue, 14 Nov 2023 23:13:20 +0100", "+0100"),
        ("EST5", "Tue, 14 Nov 2023 17:13:20 -0500", "-0500"),
        ("no such zone", "Tue, 14 Nov 2023 22:13:20 +0000", "+0000"),
        ("../../etc/passwd", "Tue, 14 Nov 2023 22:13:20 +0000", "+0000"),
    ],
)
def test_time_of_day(zone: str, full: str, offset: str) -> None:
    options = {"timezone": zone}
    assert value("tod_full", options=options) == full
    assert value("tod_zone", options=options) == offset
    assert value("tod_zulu", options=options) == "20231114221320Z"
    assert value("tod_epoch_l", options=options) == "1700000000250000"


def test_days_below_ten() -> None:
    when = moment.in_zone(1_699_000_000, UTC)
    assert moment.full(when) == "Fri, 03 Nov 2023 08:26:40 +0000"
    assert moment.inbox(when) == "Fri Nov 03 08:26:40 2023"
    assert (moment.log(when), moment.day(when)) == ("2023-11-03 08:26:40", "20231103")
