"""Statements whose strings are handed over as values give what they give as they stand."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.lookups.sql_literals import asked, taken_out


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("create table t (k text primary key, v text collate nocase, n integer, any)")
    rows = [("a", "x", 1, "5"), ("b's", "X", 5, 5), ("'", "%", 10, None), ("c", "", 7, "seven")]
    connection.executemany("insert into t values (?, ?, ?, ?)", rows)
    return connection


def outcome(ask: object, statement: str) -> object:
    try:
        cursor = ask(statement)  # type: ignore[operator]
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    except sqlite3.Error as error:
        return type(error)


def same(database: sqlite3.Connection, statement: str) -> bool:
    ours = outcome(lambda text: asked(database, text), statement)
    plain = outcome(database.execute, statement)
    if isinstance(ours, tuple) and isinstance(plain, tuple) and len(plain[0]) == 1:
        return bool(ours[1] == plain[1])  # nobody sees the name of a single column
    return ours == plain


@pytest.mark.parametrize(
    "statement",
    [
        "select v from t where k='a'",
        "SELECT k, v FROM t WHERE v='x' order by k",
        "select 'p', 'q'",
        "select 'p'",
        "select 1 'name', 2",
        "select k 'name' from t where n='5'",
        "select * from 't'",
        "select k from t where any = '5'",
        "select k from t where any > '5' order by '1'",
        "select count(*) from t where v like '%' group by 'k'",
        "select k from t where v like 'x%' escape '\\'",
        "select k from t where k in ('a','b''s','''')",
        "select typeof('5'), typeof(x'35'), 'a'||'b'",
        "select x'41'",
        "select k from t where k='a' limit '1'",
        'select k from t where k="a"',
        "select ':a'",
        "select k from t where k = 'a",
        "select date('2020-01-01','+1 day')",
        "select max('a',k) from t",
        "select v from t where v='X' collate 'binary'",
        "select no_such('a')",
        "values ('a')",
        "select k from t where n between '1' and '7'",
        "select k from t where 'a'=k and 'b'='b'",
    ],
)
def test_statements(database: sqlite3.Connection, statement: str) -> None:
    assert same(database, statement)


VALUES = st.sampled_from(["a", "b''s", "''''", "x", "5", "%", "", "?", "a?b", "--", ";", "x' or '1'='1"])


PIECES = st.sampled_from(["select ", "k", "v", "n", " from t", " where ", "=", "<", "||", ",", "(", ")", " "])


@given(st.lists(PIECES | VALUES.map(lambda value: f"'{value}'"), max_size=12))
def test_any_statement(database: sqlite3.Connection, pieces: list[str]) -> None:
    assert same(database, "select " + "".join(pieces))


def test_one_statement_is_prepared_for_many() -> None:
    assert taken_out("select v from t where k='a' and n<'b''c'") == (
        "select v from t where k=? and n<?",
        ["a", "b'c"],
    )
    for kept in (
        "insert into t values ('a')",
        "select 1",
        "select x'41'",
        "select 'a' -- 'b'",
        "select ?, 'a'",
    ):
        assert taken_out(kept) is None


def test_a_file_in_use_is_waited_for_once() -> None:
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        asked(_Locked(), "select 'a'")  # type: ignore[arg-type] # all that is used of a connection


class _Locked:
    """A connection to a file that is in use; a second attempt would be an error of another kind."""

    def __init__(self) -> None:
        self._asked = False

    def execute(self, *_given: object) -> None:
        assert not self._asked
        self._asked = True
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error
