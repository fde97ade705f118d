"""The queue: trees of addresses, envelope files, what runs ask for, the options that name all that."""

from __future__ import annotations

import pytest

from expander.cli.errors import CommandLineError
from expander.cli.options import Options, parse
from expander.config.profile import PROFILES
from expander.message.identity import message_id, seconds_of
from expander.message.spool import SpoolError
from expander.queue import envelope_file
from expander.queue.tree import Tree
from expander.queue.wanted import Wanted

NAME = "1xXNJG-0004qK-2l"
FILE = f"""\
{NAME}-H
root 0 0
<o@x.test>
1795891070 0
-received_time_usec .250000
-received_time_complete 1795891071.500000
--helo_name c.test
--host_address [192.0.2.1]:99
-ident root
-received_protocol local
--aclc _three 3
a
b
-aclm 0 3
one
-body_linecount 2
-max_received_linelength 14
-allow_unqualified_recipient
-allow_unqualified_sender
-deliver_firsttime
-frozen 1795891072
-local
--tls_peerdn CN=a\\nb
-tls_resumption A
-dsn_envid env
-dsn_ret 1
YN u2@x.test
NN u1@x.test
3
u1@x.test
u2@x.test rfc822;u2 9,3 e@x.test 8,-1#3
u3@x.test

023P Received: by x.test
 ;
011* Subject: s
011  Subject: t
"""


def test_trees_have_the_shape_of_exims() -> None:
    assert list(Tree(["u1", "u2", "late"]).walk()) == [("YY", "u1"), ("NN", "late"), ("NN", "u2")]
    assert list(Tree(["0", "_bar", "5"]).walk()) == [("YY", "5"), ("NN", "0"), ("NN", "_bar")]
    assert list(Tree().walk()) == []


@pytest.mark.parametrize("count", [1, 2, 7, 50, 1000])
def test_trees_are_balanced_and_hold_each_name_once(count: int) -> None:
    names = [f"{number:04}" for number in range(count)]
    found = list(Tree(names + names).walk())
    assert sorted(name for _, name in found) == names
    assert sum(branches.count("Y") for branches, _ in found) == count - 1


def test_an_envelope_is_written_as_it_was_read() -> None:
    message = envelope_file.read(FILE, NAME)
    assert envelope_file.written(message) == FILE
    assert message.frozen == 1795891072
    assert message.recipients[1].errors_to == "e@x.test"
    assert list(message.done) == ["u2@x.test", "u1@x.test"]
    assert [name for name, _ in message.headers] == ["Received", "Subject"]


@pytest.mark.parametrize(
    "change",
    [("YN u2", "QQ u2"), ("<o@x", "o@x"), ("\n3\n", "\n4\n"), ("011  Sub", "012  Sub"), ("9,3 ", "9 ")],
)
def test_what_is_no_envelope_is_found_out(change: tuple[str, str]) -> None:
    with pytest.raises(SpoolError):
        envelope_file.read(FILE.replace(*change), NAME)


def test_names_tell_when_they_were_made() -> None:
    assert seconds_of(message_id(1795891070.25, 12345)) == 1795891070
    assert seconds_of(message_id(1795891070.25, 12345, long=True)) == 1795891070


def options(*arguments: str) -> Options:
    return parse(list(arguments), PROFILES["debian-12"], lambda: None)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["-q"], ""),
        (["-qf"], " -qf"),
        (["-qqffl"], " -qqffl"),
        (["-qiff", "-R", "x"], " -qiff -R x"),
        (["-R", "x"], " -R x"),
        (["-Rrff", "x"], " -qff -Rr x"),
        (["-Sf", "x"], " -qf -S x"),
        (["-qR", "x", "-S", "y"], " -R x -S y"),
    ],
)
def test_runs_are_told_of_as_they_were_asked_for(arguments: list[str], shown: str) -> None:
    assert options(*arguments).queue_run.shown(7) == f"pid=7{shown}"


def test_runs_go_from_one_message_to_another_and_over_named_queues() -> None:
    assert options("-q", NAME, NAME).queue_run == Wanted(first=NAME, last=NAME)
    assert options("-qfGother").queue_name == "other"
    moved = options("-qGa", "-MG", "b", NAME)
    assert (moved.from_queue, moved.queue_name, moved.messages) == ("a", "b", [NAME])


@pytest.mark.parametrize(
    "arguments", [["-qGa/b"], ["-q", "x"], ["-qiR", "x"], ["-Rfr", "x", "y"], ["-Mvr", NAME]]
)
def test_what_asks_for_no_run_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandLineError):
        options(*arguments)
