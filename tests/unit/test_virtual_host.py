"""Runs of the command on a host that is made up by the environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
