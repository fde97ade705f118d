"""Loading configurations: values, messages, and all errors at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from expander.config.load import load
from expander.config.model import Config, LoadError
from expander.config.printout import Printer
from expander.config.profile import PROFILES
from expander.config.version import version_text
from expander.world.real import RealWorld

HEAD = "keep_environment =\n"


def loaded(path: Path, text: str, *, collect: bool = False, **macros: str) -> Config:
    file = path / "exim.conf"
    file.write_text(HEAD + text)
    return load(str(file), profile=PROFILES["debian-12"], world=RealWorld(), macros=macros, collect=collect)


@pytest.mark.parametrize(
    ("name", "text", "value", "shown"),
    [
        ("smtp_accept_max", "0x1fK", 31744, "31744"),
        ("check_spool_space", "5M", 5120, "5M"),
        ("bounce_return_size_limit", "2048", 2048, "2K"),
        ("queue_only_load", "4.5556", 4555, "4.555"),
        ("callout_positive_expire", "90m", 5400, "1h30m"),
        ("delay_warning", "1h:2d", (3600, 172800), "1h:2d"),
        ("smtp_banner", '"a\\tb\\x41"', "a\tbA", "a\\tbA"),
        ("never_users", "root", (0,), "root"),
        ("local_from_prefix", "  a * ", "a *", "a *"),
    ],
)
def test_values(tmp_path: Path, name: str, text: str, value: object, shown: str) -> None:
    config = loaded(tmp_path, f"{name} = {text}\n")
    assert config.options[name] == value
    assert Printer(config, RealWorld()).requested(name) == (f"{name} = {shown}\n", True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("log_timezone x\n", "in line 2 of @:\n  extra characters follow boolean option log_timezone"),
        ("no_smtp_banner\n", "in line 2 of @:\n  negation prefix applied to a non-boolean option"),
        ("auto_thaw = 5\n", "in line 2 of @:\n  invalid time value for auto_thaw"),
        ("trusted_users = no_such_user_zz\n", "in line 2 of @:\n  user no_such_user_zz was not found"),
        ("Foo bar\n", "in line 2 of @:\n  malformed macro definition"),
        ("begin routers\nr:\n foo = 1\n",
         'in line 4 of @:\n  option "foo" unknown ("driver" must be specified before any private options)'),
        ("begin routers\nr:\n driver = redirect\n",
         'for r router:\n  one of "file" or "data" must be specified'),
        ("begin acl\na:\n warn set acl_m1\n",
         'in line 4 of @:\n  error in ACL: "=" missing after ACL "set" modifier'),
        ("begin retry\n* foo X\n", 'in line 3 of @:\n  unknown or malformed retry error "foo"'),
        ("log_selector = +nosuch\nbegin acl\nx\n", ":\n  unknown log_selector setting: +nosuch"),
    ],
)  # fmt: skip
def test_messages(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        loaded(tmp_path, text)
    separator = "" if message.startswith(":") else " "
    expected = f"Exim configuration error{separator}{message}".replace("@", str(tmp_path / "exim.conf"))
    assert caught.value.message == expected


def test_all_errors_can_be_collected(tmp_path: Path) -> None:
    text = "foo = 1\nauto_thaw = x\nbegin acl\na:\n accept nosuch = 1\nbegin routers\nr:\n driver = nosuch\n"
    config = loaded(tmp_path, text, collect=True)
    assert [error.message.partition("\n  ")[2] for error in config.errors] == [
        'main option "foo" unknown',
        "invalid time value for auto_thaw",
        'error in ACL: unknown ACL condition/modifier in "accept nosuch = 1"',
        'router r: cannot find router driver "nosuch"',
    ]
    assert [error.span.origin().position()[0] for error in config.errors if error.span] == [2, 3, 6, 9]


def test_repeated_options_are_joined(tmp_path: Path) -> None:
    text = "begin routers\nr:\n driver = accept\n verify_only\n"
    text += " condition = a\n condition = b\n set = r_a=1\n set = r_b=2\n"
    router = loaded(tmp_path, text).routers[0]
    assert router["condition"] == "${if and{{bool_lax{a}}{bool_lax{b}}}}"
    assert router["set"] == "r_a=1;r_b=2"


def test_named_lists_and_macros(tmp_path: Path) -> None:
    config = loaded(tmp_path, "A = x\ndomainlist d = A : y\nhide hostlist h = *\n", A="given")
    assert config.named_list("domain", "d") == "given : y"
    assert config.named_list("host", "d") is None
    printer = Printer(config, RealWorld())
    assert printer.requested("+d") == ("domainlist d = given : y\n", True)
    assert printer.requested("+h") == ("hostlist h = <value not displayable>\n", True)
    assert printer.requested("A", "macro") == ("A=given\n", True)
    assert printer.requested("nosuch") == ("nosuch is not a known option\n", False)


def test_profiles_differ(tmp_path: Path) -> None:
    file = tmp_path / "exim.conf"
    file.write_text("keep_environment =\nacl_smtp_atrn = x\n")
    assert load(str(file), profile=PROFILES["4.99"], world=RealWorld()).options["acl_smtp_atrn"] == "x"
    with pytest.raises(LoadError, match='main option "acl_smtp_atrn" unknown'):
        load(str(file), profile=PROFILES["debian-12"], world=RealWorld())


def test_a_missing_file_is_named() -> None:
    with pytest.raises(LoadError, match=r"^non-existent configuration file\(s\): /none:/other$"):
        load("/none:/other", profile=PROFILES["debian-12"], world=RealWorld())


def test_version() -> None:
    text = version_text(PROFILES["debian-12"])
    assert text.startswith("Exim version 4.96 ")
    assert "Transports: appendfile/maildir/mailstore/mbx autoreply lmtp pipe smtp\n" in text


def test_values_out_of_bounds_become_the_bound(tmp_path: Path) -> None:
    config = loaded(tmp_path, "retry_interval_max = 3d\nremote_max_parallel = 0\nprocess_log_path =\n")
    assert config.options["retry_interval_max"] == 86400
    assert config.options["remote_max_parallel"] == 1
    assert config.options["process_log_path"].endswith("/exim-process.info")


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (["a : b::c :  d"], "a:b::c:d"),
        (["<; a ; b:c"], "a:b::c"),
        ([": a : : b :"], "a::b"),
        (["a : b", "<, c , d"], "a:b:c:d"),
        (["a", ":b"], "a::b"),
        (["a : ::x"], "a:::x"),
    ],
)
def test_lists_of_several_settings_become_one(tmp_path: Path, lines: list[str], value: str) -> None:
    text = "".join(f"  headers_remove = {line}\n" for line in lines)
    config = loaded(tmp_path, f"begin transports\nt:\n  driver = smtp\n{text}")
    assert config.transports[0]["headers_remove"] == value
