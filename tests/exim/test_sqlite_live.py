"""SQLite files that are locked, and names and statements from outside, here and in the real Exim."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from agreement import differences
from casefile import Setup
from real_exim import RealExim, as_answer
from running import expander_for, outcome_of

pytestmark = pytest.mark.exim

QUESTION = "${lookup sqlite,file=@DIR@/a.db{select v from t}{[$value]}{none}}"
WAIT = 2
"""Seconds that a lookup waits for a lock; more than a busy machine takes to start a program."""


@pytest.fixture
def holder(tmp_path: Path) -> sqlite3.Connection:
    """What holds the file of the questions for itself."""
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
    connection.execute("create table t (v)")
    connection.execute("insert into t values ('one')")
    connection.execute("begin exclusive")
    return connection


def ours(setup: Setup, directory: Path, text: str) -> str:
    answer = as_answer(outcome_of(expander_for(setup, directory), text.replace("@DIR@", str(directory))))
    return answer.replace(str(directory), "@DIR@")


def test_a_lock_that_stays_is_waited_for_as_long_as_is_set(
    holder: sqlite3.Connection, tmp_path: Path
) -> None:
    setup = Setup(profile="debian-12", config=f"sqlite_lock_timeout = {WAIT}\n")
    real = RealExim(tmp_path, setup)
    answers = []
    for ask in (real.alone, lambda text: ours(setup, tmp_path, text)):
        begin = time.monotonic()
        answers.append(ask(QUESTION))
        assert WAIT * 0.9 <= time.monotonic() - begin < WAIT + 20
    holder.close()
    assert answers == ["none", "none"]


def test_a_lock_that_is_given_up_meanwhile(holder: sqlite3.Connection, tmp_path: Path) -> None:
    setup = Setup(profile="debian-12", config="sqlite_lock_timeout = 30\n")
    real = RealExim(tmp_path, setup)
    answers = []
    for ask in (real.alone, lambda text: ours(setup, tmp_path, text)):
        timer = threading.Timer(WAIT, lambda: holder.execute("rollback"))
        timer.start()
        begin = time.monotonic()
        answers.append(ask(QUESTION))
        assert WAIT * 0.9 <= time.monotonic() - begin < 25
        timer.join()
        holder.execute("begin exclusive")
    holder.close()
    assert answers == ["[one]", "[one]"]


@pytest.mark.parametrize("wait", ["0", "1"])
def test_a_locked_file_in_the_places_of_a_lookup(
    holder: sqlite3.Connection, tmp_path: Path, wait: str
) -> None:
    setup = Setup(profile="debian-12", config=f"sqlite_lock_timeout = {wait}\nsqlite_dbfile = @DIR@/a.db\n")
    texts = [
        "${lookup sqlite{select v from t}}",
        "${lookup sqlite{select v from t}{$value}fail}",
        "${lookup sqlite{@DIR@/a.db update t set v=1}{y$value}{n}}",
        "${if match_domain{one}{sqlite;select v from t}{y$value}{n}}",
        "${if match_address{a@one}{sqlite,file=@DIR@/a.db;select v from t : *@one}{y$value}{n}}",
        "${if match_ip{192.0.2.1}{net-sqlite;@DIR@/a.db select v from t : 192.0.2.1}{y$value}{n}}",
        "${if match_ip{192.0.2.1}{net-sqlite;select v from t : 192.0.2.1}{y$value}{n}}",
    ]
    assert differences(setup, texts, tmp_path) == []
    holder.close()


def test_names_and_statements_from_outside(tmp_path: Path) -> None:
    """A file may not be named from outside; a statement may be, which is logged where it is not quoted."""
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("create table t (v)")
        connection.execute("insert into t values ('one')")
    connection.close()
    place, text = str(tmp_path / "a.db"), "o'ne"
    for config in ("", "sqlite_dbfile = @DIR@/a.db\n"):
        setup = Setup(
            profile="debian-12", config=config, variables={"sender_ident": place, "sender_host_name": text}
        )
        lines = [
            "${lookup sqlite{$sender_ident select v from t}{[$value]}{none}}",
            "${lookup sqlite{$sender_ident}{[$value]}{none}}",
            "${lookup sqlite{@DIR@/a.db select '${quote_sqlite:$sender_ident}'}{[$value]}{none}}",
            "${lookup sqlite{@DIR@/a.db select '$sender_ident'}{[$value]}{none}}",
            "${lookup sqlite{select '${quote_sqlite:$sender_host_name}'}{[$value]}{none}}",
            "${lookup sqlite{select '$sender_ident'}{[$value]}{none}}",
            "${lookup sqlite,file=@DIR@/a.db{select '${quote_sqlite:$sender_host_name}'}{[$value]}{none}}",
            "${lookup sqlite,file=@DIR@/a.db{select '$sender_ident'}{[$value]}{none}}",
            "${lookup sqlite,file=@DIR@/a.db{$sender_ident}{[$value]}{none}}",
            "${if match_domain{one}{sqlite;select v from t where v='$sender_ident'}{y}{n}}",
            "${lookup sqlite,file=$sender_ident{select 1}{[$value]}{none}}",
        ]
        assert differences(setup, lines, tmp_path) == []


def test_what_is_told_of_the_last_statement(tmp_path: Path) -> None:
    """A refusal without words of its own shows what the library said, or that it said nothing at all."""
    setup = Setup(profile="debian-12", variables={"sender_ident": "/etc/passwd"})
    fine, bad, again = (
        f"${{lookup sqlite{{@DIR@/a.db {statement}}}}}"
        for statement in ("select 1", "select x from none", "select 1 where 0")
    )
    refused = [
        "${lookup sqlite{$sender_ident select 1}}",
        "${lookup{a}lsearch{$sender_ident}}",
        "${if match_domain{a}{+nowhere}{y}{n}}",
    ]
    befores = [
        "",
        fine,
        fine + fine,
        bad,
        bad + bad,
        again,
        bad + fine,
        "${lookup sqlite{}}",
        bad + "${lookup sqlite{@DIR@/a.db }}",
    ]
    assert differences(setup, [before + end for before in befores for end in refused], tmp_path) == []
