"""Runs of the command on a host that is made up by the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from expander.world.account import Account
from expander.world.host_file import read_host
from expander.world.virtual_host import HostFileError

ROOT = Path(__file__).resolve().parents[2]
HOST = {
    "EXIMULATE_HOSTNAME": "mx.made.test",
    "EXIMULATE_INTERFACES": "127.0.0.1 192.0.2.9",
    "EXIMULATE_CALLER": "joe:4001:4002:Joe Doe:/home/joe:people",
    "EXIMULATE_EXIM_USER": "mailer",
    "EXIMULATE_EXIM_GROUP": "mailers",
    "EXIMULATE_VERSION": "9.87",
    "EXIMULATE_TIME": "1700000000",
}
HARNESS = {**HOST, "EXIMULATE_HARNESS": "1"}


def run(
    directory: Path, *arguments: str, host: dict[str, str] = HOST, config: str = ""
) -> subprocess.CompletedProcess[str]:
    path = directory / "conf"
    path.write_text(f"keep_environment =\ntimezone = UTC\nspool_directory = {directory}\n{config}")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EXIMULATE_")}
    return subprocess.run(
        [sys.executable, "-m", "expander", "-C", str(path), *arguments],
        env={**clean, **host, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_variables_tell_of_the_made_up_host(tmp_path: Path) -> None:
    texts = ["$primary_hostname $exim_version $tod_zulu", "$sender_address $caller_uid $caller_gid"]
    texts += ["${if match_domain{[192.0.2.9]}{@[]}{ours}{not ours}}"]
    found = run(tmp_path, "-be", *texts)
    assert found.stdout.splitlines() == [
        "mx.made.test 9.87 20231114221320Z",
        "joe@mx.made.test 4001 4002",
        "ours",
    ]


def test_the_names_of_exims_user_and_group_are_the_hosts(tmp_path: Path) -> None:
    assert (
        run(tmp_path, "-bP", "exim_user", "exim_group").stdout == "exim_user = mailer\nexim_group = mailers\n"
    )
    given = run(tmp_path, "-bP", "exim_user", config="exim_user = root\n")
    assert given.stdout == "exim_user = root\n"


def test_only_administrators_see_macros(tmp_path: Path) -> None:
    refused = run(tmp_path, "-bP", "macros")
    assert (refused.returncode, refused.stderr) == (1, "exim: permission denied\n")
    assert run(tmp_path, "-bP", "macros", host={**HOST, "EXIMULATE_AS_USER": "root"}).returncode == 0
    assert run(tmp_path, "-bP", "macros", config="admin_groups = people\n").returncode == 0


def test_the_caller_of_a_test_suite_is_in_exims_group(tmp_path: Path) -> None:
    assert run(tmp_path, "-bP", "macros", host=HARNESS).returncode == 0


def test_what_differs_from_build_to_build_is_hidden_from_a_test_suite(tmp_path: Path) -> None:
    assert run(tmp_path, "-bP", "config", host=HARNESS).stdout.startswith("# Exim Configuration (X)\n")
    assert run(tmp_path, "-bP", "config").stdout.startswith("# Exim Configuration (9.87)\n")


def test_header_lines_are_decoded_to_latin_1_for_a_test_suite(tmp_path: Path) -> None:
    assert run(tmp_path, "-bP", "headers_charset", host=HARNESS).stdout == "headers_charset = ISO-8859-1\n"
    own = run(tmp_path, "-bP", "headers_charset", host=HARNESS, config="headers_charset = koi8-r\n")
    assert own.stdout == "headers_charset = koi8-r\n"
    assert run(tmp_path, "-bP", "headers_charset").stdout == "headers_charset = UTF-8\n"


def test_smtp_of_a_test_suite_offers_no_addresses_in_utf8(tmp_path: Path) -> None:
    offered = run(tmp_path, "-bP", "smtputf8_advertise_hosts", host=HARNESS).stdout
    assert offered == "smtputf8_advertise_hosts = \n"
    assert run(tmp_path, "-bP", "smtputf8_advertise_hosts").stdout == "smtputf8_advertise_hosts = *\n"


def test_the_exim_of_a_test_suite_translates_no_addresses(tmp_path: Path) -> None:
    router = "begin routers\nr:\n  driver = redirect\n  data = x\n  translate_ip_address = x\n"
    assert run(tmp_path, "-bV", config=router).returncode == 0
    refused = run(tmp_path, "-bV", host=HARNESS, config=router)
    assert 'option "translate_ip_address" unknown' in refused.stderr


def test_random_numbers_of_a_test_suite_are_the_same_each_time(tmp_path: Path) -> None:
    numbers = {run(tmp_path, "-be", "${randint:1000000}", host=HARNESS).stdout for _ in range(2)}
    assert len(numbers) == 1


def test_macros_are_told_where_expansions_are_debugged(tmp_path: Path) -> None:
    arguments = ["-d-all+expand", "-DAA=one", "-be", "AA and AA"]
    found = run(
        tmp_path, *arguments, host=HARNESS, config="BB = two\n.ifdef AA\nsmtp_banner = BB AA\n.endif\n"
    )
    told = [line for line in found.stdout.splitlines() if line.startswith("macro")]
    one, two = "macro 'AA' -> 'one'", "macro 'BB' -> 'two'"
    assert told == [one, one, two, one, one]
    assert found.stdout.endswith("one and one\n")
    assert "macro" not in run(tmp_path, "-DAA=one", "-be", "AA").stdout


def test_newer_releases_refuse_numbers_from_outside(tmp_path: Path) -> None:
    for item in ("hash", "nhash", "length", "substr"):
        text = f"${{{item}{{$sender_address_local_part}}{{monty}}}}"
        found = run(tmp_path, "-f", "3@a.test", "-be", text)
        assert found.stdout == f"Failed: attempt to use tainted string '3' for {item}\n"
        older = run(tmp_path, "-f", "3@a.test", "-be", text, host={**HOST, "EXIMULATE_PROFILE": "debian-12"})
        assert not older.stdout.startswith("Failed")


HOST_FILE = """\
name = "mx.file.test"
addresses = ["127.0.0.1", "192.0.2.77"]
caller = "ann"
caller_groups = ["mailers"]
exim_user = "mailer"
exim_group = "mailers"
zones = "zones"
time = 2023-11-14T22:13:20Z
seed = 1

[users.ann]
uid = 5001
gid = 5002
gecos = "Ann Ünal"
home = "/home/ann"

[groups]
mailers = 5003
"""


def test_a_file_describes_a_host(tmp_path: Path) -> None:
    (tmp_path / "host.toml").write_text(HOST_FILE, encoding="utf-8")
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones" / "db.ip4.192").write_text("1.2.0 PTR client.test.\n")
    (tmp_path / "zones" / "db.test").write_text("client A 192.0.2.1\n")
    host = read_host(str(tmp_path / "host.toml"))
    assert host.users == (Account("ann", 5001, 5002, "Ann \xc3\x9cnal", "/home/ann"),)
    assert (host.time, host.seed, host.harness) == (1_700_000_000, 1, False)
    texts = ["$primary_hostname $tod_zulu $caller_uid", "$sender_host_name", "${randint:1000000}"]
    option = ("--host", f"{tmp_path}/host.toml", "-oMa", "192.0.2.1", "-be", *texts)
    found = run(tmp_path, *option, host={})
    assert found.stdout.splitlines()[:2] == ["mx.file.test 20231114221320Z 5001", "client.test"]
    assert run(tmp_path, "-bP", "macros", host={"EXIMULATE_HOST": f"{tmp_path}/host.toml"}).returncode == 0
    assert run(tmp_path, *option, host={}).stdout == found.stdout
    over = run(tmp_path, *option, host={"EXIMULATE_HOSTNAME": "mx.over.test"})
    assert over.stdout.startswith("mx.over.test 20231114221320Z 5001\n")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name = ", "Invalid value (at end of document)"),
        ("name = 5", "name must be a string"),
        ("addresses = 'x'", "addresses must be a list of strings"),
        ("addresses = [1]", "each of addresses must be a string"),
        ("seed = true", "seed must be a whole number from 0 to 4294967294"),
        ("seed = -1", "seed must be a whole number from 0 to 4294967294"),
        ("harness = 1", "harness must be true or false"),
        ("time = '1'", "time must be a date and time, or seconds since 1970"),
        ("users = 1", "users must be a table"),
        ("[users]\nx = 1", "users.x must be a table"),
        ("[users.x]\nuid = 1", "users.x needs uid and gid"),
        (
            "[users.x]\nuid = 1\ngid = 1\nhaus = ''",
            'unknown key "users.x.haus" (known: uid, gid, gecos, home, shell)',
        ),
        ("[groups]\nx = 'y'", "groups.x must be a whole number from 0 to 4294967294"),
        ("nmae = 'x'", 'unknown key "nmae" (known: name, addresses, '),
    ],
)
def test_a_file_that_describes_none_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "host.toml"
    path.write_text(text)
    with pytest.raises(HostFileError) as problem:
        read_host(str(path))
    assert str(problem.value).startswith(f"{path}: {complaint}")


def test_a_file_that_cannot_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    for name, reason in (("none", "No such file or directory"), (".", "Is a directory")):
        found = run(tmp_path, f"--host={tmp_path / name}", "-be", "x", host={})
        assert (found.returncode, found.stderr) == (
            1,
            f"eximulate: cannot read {tmp_path / name}: {reason}\n",
        )
    (tmp_path / "bytes").write_bytes(b"\xff\n")
    assert run(tmp_path, "-be", host={"EXIMULATE_HOST": f"{tmp_path}/bytes"}).returncode == 1


def test_verbs_take_the_host_as_well(tmp_path: Path) -> None:
    (tmp_path / "host.toml").write_text('name = "mx.file.test"\n')
    clean = {name: value for name, value in os.environ.items() if not name.startswith("EXIMULATE_")}
    found = subprocess.run(
        [sys.executable, "-m", "expander", "expand", "--host", f"{tmp_path}/host.toml", "$primary_hostname"],
        env={**clean, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout == "mx.file.test\n"
