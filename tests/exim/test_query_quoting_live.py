"""Text from outside in queries: which of them the real Exim calls badly quoted, and eximulate too."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import Setup
from drivers.api.errors import Deferred
from questions_file import made
from real_exim import RealExim
from running import expander_for

pytestmark = pytest.mark.exim

SETUP = Setup(
    config="sqlite_dbfile = @DIR@/a.db\n",
    files={"a.db": ""},
    variables={"sender_address": "it@here.test"},
)
WORDS = "tainted search query is not properly quoted: "
PARTS = (
    "$sender_address",
    "${quote_sqlite:$sender_address}",
    "${quote_sqlite:abc}",
    "${quote_sqlite:abc}$sender_address",
    "$sender_address${quote_sqlite:abc}",
    "${quote_sqlite:a$sender_address}",
    "$sender_address${quote_sqlite:$sender_address}",
    "${quote_sqlite:$sender_address}$sender_address",
    "${quote_sqlite:$sender_address}${quote_sqlite:$sender_address}",
    "${quote_sqlite:$sender_address}${quote_mysql:$sender_address}",
    "${quote_mysql:$sender_address}${quote_sqlite:$sender_address}",
    "${quote_mysql:$sender_address}",
    "${quote_ldap:$sender_address}",
    "${quote_lsearch:$sender_address}",
    "${quote_sqlite:$sender_address}$local_part",
    "${quote_pgsql:${quote_sqlite:$sender_address}}",
    "${quote_sqlite:${quote_pgsql:$sender_address}}",
    "${uc:${quote_sqlite:$sender_address}}",
    "${lc:$sender_address}",
    "${quote:${quote_sqlite:$sender_address}}",
    "${rxquote:${quote_sqlite:$sender_address}}",
    "${escape:${quote_sqlite:$sender_address}}",
    "${domain:${quote_sqlite:$sender_address}}",
    "${length_2:${quote_sqlite:$sender_address}}",
    "${substr_0_2:${quote_sqlite:$sender_address}}",
    "${md5:$sender_address}",
    "${strlen:$sender_address}",
    "${base64:${quote_sqlite:$sender_address}}",
    "${sg{${quote_sqlite:$sender_address}}{it}{y}}",
    "${sg{${quote_sqlite:$sender_address}}{x}{y}}",
    "${sg{${quote_sqlite:$sender_address}}{it}{$sender_address}}",
    "${tr{${quote_sqlite:$sender_address}}{i}{y}}",
    "${extract{1}{@}{${quote_sqlite:$sender_address}}}",
    "${if eq{1}{1}{${quote_sqlite:$sender_address}}}",
    "${if match{${quote_sqlite:$sender_address}}{(i.)@}{$1}}",
    "${if match{$sender_address}{(i.)@}{$1}}",
    "${map{a:b}{${quote_sqlite:$sender_address}}}",
    "${map{<, a,b}{$item$sender_address}}",
    "${filter{${quote_sqlite:$sender_address}}{eq{1}{1}}}",
    "${reduce{a:b}{}{$value${quote_sqlite:$sender_address}}}",
    "${sort{${quote_sqlite:$sender_address}}{<}{$item}}",
    "${listextract{1}{${quote_sqlite:$sender_address}}}",
    "${lookup sqlite{select '${quote_sqlite:$sender_address}'}}",
)


def questions() -> list[str]:
    """Each with a number of its own, which shows in the log."""
    return [f"${{lookup sqlite{{select 'No {number}, {part}'}}}}" for number, part in enumerate(PARTS)]


def told(log: str) -> list[str]:
    """The parts whose queries a log tells of."""
    return [part for number, part in enumerate(PARTS) if f"{WORDS}select 'No {number}, " in log]


def test_queries_that_are_not_quoted_for_their_type(tmp_path: Path) -> None:
    exim = RealExim(made(tmp_path / "exim"), SETUP)
    data = "".join(f"{question}\n" for question in questions()).encode()
    theirs = exim.run([], data)
    expander = expander_for(SETUP, made(tmp_path / "ours"))
    log: list[str] = []
    expander.context.log_with = lambda text, _panic: log.append(text)
    answers = "".join(f"> {expander.expand(question)}\n" for question in questions())
    assert answers + "> \n" == theirs.stdout.decode("latin-1")
    assert told("\n".join(log)) == told(theirs.stderr.decode("latin-1"))
    assert told("\n".join(log))


@pytest.mark.parametrize("kind", ["ldap", "ldapm", "ldapdn"])
@pytest.mark.parametrize("operator", ["ldap", "ldap_dn", "mysql", ""])
def test_queries_of_ldap(kind: str, operator: str, tmp_path: Path) -> None:
    """One word counts for all types that ask such servers, and both ways of quoting do."""
    part = f"${{quote_{operator}:$sender_address}}" if operator else "$sender_address"
    question = f"${{lookup {kind}{{connect=1 ldap://127.0.0.1:1/dc=a?mail?sub?(uid={part})}}}}"
    theirs = RealExim(made(tmp_path / "exim"), SETUP).run([], f"{question}\n".encode())
    expander = expander_for(SETUP, made(tmp_path / "ours"))
    log: list[str] = []
    expander.context.log_with = lambda text, _panic: log.append(text)
    with pytest.raises(Deferred, match="failed to bind"):
        expander.expand(question)
    assert any(text.startswith(WORDS) for text in log) == (WORDS in theirs.stderr.decode("latin-1"))


def test_an_answer_is_kept_and_asked_for_again(tmp_path: Path) -> None:
    """What is told of a query is told when it is asked, not when its answer comes from memory."""
    question = "${lookup sqlite{select '$sender_address'}}"
    expander = expander_for(SETUP, made(tmp_path / "ours"))
    log: list[str] = []
    expander.context.log_with = lambda text, _panic: log.append(text)
    for text in (question, question, question.replace("sqlite{", "sqlite,cache=no_rd{")):
        expander.expand(text)
    exim = RealExim(made(tmp_path / "exim"), SETUP)
    said = exim.run([], (f"{question}\n" * 2 + question.replace("sqlite{", "sqlite,cache=no_rd{")).encode())
    assert len(log) == said.stderr.count(WORDS.encode())
