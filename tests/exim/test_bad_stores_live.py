"""Stores that are missing, cut, of another kind or not readable: the answers are those of the real Exim."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from agreement import differences
from casefile import Setup
from cdb_file import written_cdb
from dbm_files import DBMBUILD, built
from drivers.lookups.cdb import HEADER
from real_exim import RealExim, as_answer
from running import expander_for, outcome_of

pytestmark = pytest.mark.exim

NOBODY = 65534
KINDS = ("lsearch", "cdb", "dbm", "dbmnz", "dbmjz")
SINGLE = "${lookup{%s}%s{%s}{[$value]}{none}}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stores of all kinds under names of their own; nothing in it makes the real Exim wait."""
    folder = tmp_path_factory.mktemp("stores")
    whole = written_cdb([(b"key%d" % number, b"value%d" % number) for number in range(500)])
    (folder / "text").write_text("key1: value1\n" * 200)
    (folder / "binary").write_bytes(bytes(range(256)) * 40)
    (folder / "empty").touch()
    (folder / "cdb").write_bytes(whole)
    for size in (1, HEADER - 1, HEADER, HEADER + 100, len(whole) // 2, len(whole) - 1):
        (folder / f"cdb{size}").write_bytes(whole[:size])
    place = HEADER
    (folder / "cdb-length").write_bytes(whole[:place] + struct.pack("<I", 0x7FFFFFFF) + whole[place + 4 :])
    if DBMBUILD is not None:
        data = built(folder / "dbm", "".join(f"key{n}: value{n}\n" for n in range(500))).read_bytes()
        (folder / "dbm.src").unlink()
        for size in (100, 512, 4096, 5000, 8192, len(data) - 1):
            (folder / f"dbm{size}").write_bytes(data[:size])
    return folder


def told(answer: str) -> str:
    """The answer; for some Exim adds the words of whatever call of the system failed last, if any did."""
    return re.sub(r"(too short for cdb lookup: ).*", r"\1", answer)


def both(directory: Path, texts: list[str]) -> tuple[list[str], list[str]]:
    """The answers of the real Exim and ours."""
    setup = Setup(profile="debian-12")
    real = RealExim(directory, setup).ask(texts)
    expander = expander_for(setup, directory)
    ours = [as_answer(outcome_of(expander, text)).replace(str(directory), "@DIR@") for text in texts]
    return real, ours


def test_every_kind_of_lookup_on_every_store(folder: Path, tmp_path: Path) -> None:
    places = [str(path) for path in sorted(folder.iterdir())]
    places += [str(folder), "/nonexistent/x", "relative"]
    texts = [
        SINGLE % (key, kind, place) for kind in KINDS for place in places for key in ("key0", "key1", "x")
    ]
    real, ours = both(tmp_path, texts)
    differing = [
        (text, theirs, mine)
        for text, theirs, mine in zip(texts, real, ours, strict=True)
        if told(theirs) != told(mine)
    ]
    assert not differing, differing[:5]


def test_sqlite_on_every_store(folder: Path, tmp_path: Path) -> None:
    """Of files that are no databases only questions that need none are answered."""
    places = [str(folder / name) for name in ("text", "binary", "cdb")] + ["relative"]
    queries = ("select 6*7", "select v from t")
    texts = [
        f"${{lookup sqlite,file={place}{{{query}}}{{[$value]}}{{none}}}}"
        for place in places
        for query in queries
    ]
    real, ours = both(tmp_path, texts)
    assert ours == real


@pytest.mark.parametrize("kind", [*KINDS, "wildlsearch", "iplsearch", "dsearch"])
def test_a_name_from_outside_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    """Whatever is there, and whether it is open already."""
    place = folder / "text" if kind != "dsearch" else folder
    setup = Setup(profile="debian-12", variables={"sender_ident": str(place)})
    texts = [
        SINGLE % ("1.2.3.4", kind, place),
        SINGLE % ("1.2.3.4", kind, "$sender_ident"),
        SINGLE % ("1.2.3.4", kind, place) + SINGLE % ("1.2.3.4", kind, "$sender_ident"),
        SINGLE % ("1.2.3.4", kind, "/nonexistent/$sender_ident"),
    ]
    real = [RealExim(tmp_path, setup).alone(text) for text in texts]
    ours = [as_answer(outcome_of(expander_for(setup, tmp_path), text)) for text in texts]
    assert [answer.replace(str(tmp_path), "@DIR@") for answer in ours] == real


@pytest.mark.parametrize(
    "condition", ["match_domain{a.b}", "match_local_part{a}", "match_address{a@b}", "match_ip{1.2.3.4}"]
)
@pytest.mark.parametrize(
    "element", ["sqlite;/nonexistent/x select 1", "sqlite,file=/nonexistent/x;select 1", "sqlite;select 1"]
)
def test_a_list_with_a_database_that_cannot_be_opened(condition: str, element: str, tmp_path: Path) -> None:
    """Exim ends there."""
    text = f"${{if {condition}{{{'net-' * ('ip' in condition)}{element}}}{{y}}{{n}}}}"
    assert differences(Setup(profile="debian-12"), [text], tmp_path) == []


@pytest.mark.parametrize("kind", [*KINDS, "lmdb"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    """The real Exim waits for ever for a writer to some of them, and so is not asked."""
    os.mkfifo(tmp_path / "pipe")
    setup = Setup(profile="4.99" if kind == "lmdb" else "debian-12")
    outcome = outcome_of(expander_for(setup, tmp_path), SINGLE % ("key1", kind, tmp_path / "pipe"))
    assert outcome.kind == "!!"


def as_nobody(work: Callable[[], str]) -> str:
    """What a function gives in a process of a user who may do nothing."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, work().encode("latin-1"))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode("latin-1")
    os.waitpid(child, 0)
    return answer


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("kind", ["lsearch", "cdb", "dbm"])
def test_a_file_that_may_not_be_read(folder: Path, tmp_path: Path, kind: str) -> None:
    store = tmp_path / "store"
    store.write_bytes((folder / {"lsearch": "text"}.get(kind, kind)).read_bytes())
    text = SINGLE % ("key1", kind, store)
    setup = Setup(profile="debian-12")
    real, expander = RealExim(tmp_path, setup), expander_for(setup, tmp_path)
    assert outcome_of(expander, text).text == "[value1]"  # and all modules are imported
    for place in (tmp_path, *tmp_path.parents[:-2]):
        place.chmod(0o755)
    for place in (tmp_path / "log", tmp_path / "spool"):
        place.chmod(0o777)
    fresh = expander_for(setup, tmp_path)
    store.chmod(0o600)
    real.command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *real.command]
    ours = as_nobody(lambda: as_answer(outcome_of(fresh, text)))
    assert ours.replace(str(tmp_path), "@DIR@") == real.alone(text)
    assert f"Permission denied (euid={NOBODY} egid={NOBODY})" in ours
