"""Details of deliveries, by the command line as a whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from delivery_findings import FINDINGS, Finding, header, sent
from grammar.record import replaced
from trials import TRIALS

BASE = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
"""
CALLER = "root:1200:1200:root:/:root"
DOING = "when processing errors_copy"
SET_UP = "failed to set up ETRN command"
REASON = 'in ETRN processing failed: condition name expected, but found ""'
STAMP = re.compile(
    r"^[-0-9]{10} [:0-9]{8} (?:[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} )?", re.MULTILINE
)


class Done(NamedTuple):
    """The lines of both logs, the mailbox, what was printed, and what was told beside that."""

    main: list[str]
    panic: list[str]
    box: str
    printed: str
    told: str


def done(finding: Finding, folder: Path, profile: str = "debian-12") -> Done:
    for name in ("spool", "log", "mail"):
        (folder / name).mkdir()
    conf = folder / "conf"
    text = (BASE + finding.config).replace("@DIR@", str(folder)).replace("@USER@", "1200")
    conf.write_text(text.replace("  user = 1200\n", "  user = 1200\n  group = 1200\n"))
    printed = told = ""
    for arguments, data in finding.sent:
        ended = subprocess.run(
            [sys.executable, "-m", "expander", "-C", str(conf), *arguments],
            input=data,
            capture_output=True,
            check=False,
            cwd=Path(__file__).parents[2],
            env={"PATH": os.environ["PATH"], "EXIMULATE_CALLER": CALLER, "EXIMULATE_PROFILE": profile},
        )
        printed += ended.stdout.decode("latin-1")
        told += ended.stderr.decode("latin-1")
    box = folder / "mail" / "box"
    return Done(
        _lines(folder / "log/mainlog"),
        _lines(folder / "log/paniclog"),
        box.read_text("latin-1") if box.exists() else "",
        printed,
        told,
    )


def _lines(path: Path) -> list[str]:
    return STAMP.sub("", path.read_text("latin-1")).splitlines() if path.exists() else []


def test_an_address_that_several_ways_lead_to_is_delivered_to_once(tmp_path: Path) -> None:
    main = done(FINDINGS["one address on several ways"], tmp_path).main
    assert [line for line in main if line.startswith("=>")] == [
        "=> x <x@dom1> R=end T=box",
        "=> root <root@example.test> R=home T=box",
    ]
    assert "** x@dom2: Unrouteable address" in main


def test_patterns_of_copies_can_be_quoted(tmp_path: Path) -> None:
    left = done(FINDINGS["patterns of copies"], tmp_path)
    bounced = [line for line in left.main if line.startswith("=> root")]
    assert len(bounced) == 3  # for abcd, for two, and for lone, which the last item matches
    assert left.panic == [
        'Failed to expand ${if bad} when processing errors_copy: unknown condition "bad"',
        f'Failed to expand ${{if eq{{1}}{{2}}{{a}}fail}} {DOING}: "if" failed and "fail" requested',
    ]


def test_header_lines_are_cut_off_in_bounces_of_later_releases(tmp_path: Path) -> None:
    found = {}
    for profile in ("debian-12", "4.99"):
        folder = tmp_path / profile
        folder.mkdir()
        more = "bounce_return_linesize_limit = 99999\n"
        data = header(1200, "X-B: b\n")
        box = done(Finding(main=more, sent=((("-odi", "x"), data),)), folder, profile).box
        found[profile] = next(line for line in box.split("\n") if line.startswith("X-A: "))
    assert len(found["debian-12"]) == 1199
    assert found["4.99"].endswith("aX-B: b")
    assert len(found["4.99"]) == 998 + len("X-B: b")


def test_long_header_lines_count_for_the_digits_of_their_length(tmp_path: Path) -> None:
    sizes = []
    for number, length in enumerate((999, 1000, 10000)):
        folder = tmp_path / str(number)
        folder.mkdir()
        main = done(Finding(sent=((("-odi", "root"), header(length)),)), folder).main
        sizes.append(int(re.findall(r"S=([0-9]+)", main[0])[0]) - length)
    assert [size - sizes[0] for size in sizes] == [0, 1, 2]


def test_without_a_limit_for_lines_the_header_alone_is_returned(tmp_path: Path) -> None:
    assert "Content-type: text/rfc822-headers" in done(FINDINGS["no line is short enough"], tmp_path).box


def test_the_variable_of_a_pipe_has_its_bar(tmp_path: Path) -> None:
    box = done(FINDINGS["a pipe has its bar"], tmp_path).box
    assert 'A /bin/cat a b c B /bin/cat a b c C x|/bin/cat a "b c" D |/bin/cat a "b c"\n' in box


@pytest.mark.parametrize("name", ["a command takes too long", "a transport filter takes too long"])
def test_who_sent_is_not_told_what_took_too_long(name: str, tmp_path: Path) -> None:
    assert "  a@example.test\n    local delivery failed\n" in done(FINDINGS[name], tmp_path).box


def test_taint_is_noticed_before_errors_further_on(tmp_path: Path) -> None:
    main = done(FINDINGS["words are tainted before later ones are wrong"], tmp_path).main
    assert main[1] == "** a@example.test R=words T=words: Tainted arg 1 for words transport command: 'a'"


def test_of_mail_that_comes_back_the_log_tells_plainly(tmp_path: Path) -> None:
    main = done(FINDINGS["mail that comes back waits"], tmp_path).main
    assert main[1] == "remote host address is the local host: far.test"


def test_a_greeting_that_is_thrown_away_is_refused_without_a_reason(tmp_path: Path) -> None:
    left = done(FINDINGS["no greeting can be thrown away"], tmp_path)
    assert left.main[-1] == "U=root temporarily rejected EHLO or HELO x"


@pytest.mark.parametrize(
    ("name", "said", "line"),
    [
        (
            "that is not there",
            "250 OK",
            'exec of "/no/file a "b c"" (ETRN) failed: No such file or directory',
        ),
        (
            "that is wrong",
            "458 Internal failure",
            f'{SET_UP}: Expansion of "${{if" from command "/bin/echo a ${{if bad}}" {REASON}',
        ),
    ],
)
def test_commands_that_etrn_asks_for(name: str, said: str, line: str, tmp_path: Path) -> None:
    left = done(FINDINGS[f"ETRN with a command {name}"], tmp_path)
    assert said in left.printed
    assert left.panic == [line]


def test_etrn_runs_the_queue(tmp_path: Path) -> None:
    main = done(FINDINGS["ETRN that runs the queue"], tmp_path).main
    assert [line.split(" ")[0] for line in main] == ["<=", "ETRN", "Start", "=>", "Completed", "End"]


def test_errors_in_the_configuration_are_in_the_panic_log(tmp_path: Path) -> None:
    finding = Finding(main="no_such_option\n", sent=((("-bt", "x"), b""), (("-odi", "x"), b"")))
    panic = done(finding, tmp_path).panic
    assert panic == [
        f"Exim configuration error in line 7 of {tmp_path}/conf:",
        '  main option "no_such_option" unknown',
    ]


def test_what_a_batch_has_said_is_under_the_names_of_all(tmp_path: Path) -> None:
    box = done(FINDINGS["a batch has said something"], tmp_path).box
    names = "".join(f"------ {name}@example.test ------\n" for name in "cba")
    assert "delivery attempts:\n\n------ h@example.test ------\n\nsaid\n\n------ g@" in box
    assert f"\n{names}\nsaid\n" in box
    told = re.findall("Final-Recipient: rfc822;(.)@", box)
    assert "".join(told[:9]) == "bacbagfeh"


def test_the_log_has_a_command_without_its_arguments(tmp_path: Path) -> None:
    main = done(FINDINGS["a batch has said something"], tmp_path).main
    said = [line.partition(": ")[2] for line in main if line.startswith("** d@example.test")]
    assert said == ["Child process of words transport returned 99 from command: /bin/sh"] * 2


def test_the_environment_of_a_command_tells_of_the_address(tmp_path: Path) -> None:
    box = done(FINDINGS["the environment of commands"], tmp_path).box
    assert re.findall("^(?:RECIPIENT|LOCAL_PART|DOMAIN)=.*", box, re.MULTILINE) == [
        *("LOCAL_PART=yy", "DOMAIN=some.test", "RECIPIENT=pre-yy+s@some.test"),
        *("LOCAL_PART=Ab", "DOMAIN=x.test", "RECIPIENT=Ab+c@x.test"),
        *("LOCAL_PART=NULL", "DOMAIN=example.test", "RECIPIENT=@example.test"),
        *("LOCAL_PART=NULL", "DOMAIN=NULL", "RECIPIENT=@"),
        *("LOCAL_PART=a b", "DOMAIN=example.test", "RECIPIENT=a b@example.test"),
    ]


def test_without_rights_nobody_else_is_delivered_to(tmp_path: Path) -> None:
    left = done(FINDINGS["deliveries without rights"], tmp_path)
    where = "local delivery to a <a@example.test> transport=gone"
    assert re.sub("[ug]id=[0-9]+", "id", left.panic[0]) == f"unable to set id or id (eid): {where}"
    assert left.panic[1:3] == [
        "failed to read delivery status for a@example.test from delivery subprocess",
        "appendfile transport process returned non-zero status 0x0100: exit code 1",
    ]
    assert "== a@example.test R=gone T=gone defer (-1)" in left.main
    assert left.main.count("Frozen") == 2


def test_what_is_wrong_with_a_transport_shows_in_trials(tmp_path: Path) -> None:
    main = done(TRIALS["what is wrong with transports"], tmp_path).main
    marks = {
        line.split(" ")[1].partition("@")[0]: line[:2] for line in main if line[:2] in {"==", "**", "*>"}
    }
    assert marks == {
        **dict.fromkeys(("badfile", "rel", "quota", "badcmd", "lmtp"), "=="),
        **dict.fromkeys(("gonecmd", "reply"), "**"),
        **dict.fromkeys(("nodir", "taint", "anycmd", "anylmtp", "root"), "*>"),
    }
    assert not any("retry timeout" in line for line in main)


def test_trials_name_the_file_that_would_be_written_to(tmp_path: Path) -> None:
    main = done(TRIALS["a file of a list"], tmp_path).main
    assert "*> /dev/null <filed@example.test> R=filed T=nowhere" in main


@pytest.mark.parametrize("option", ["-N", "-v", "-odi"])
def test_what_drivers_have_printed_is_told_to_who_looks_on(option: str, tmp_path: Path) -> None:
    finding = replaced(TRIALS["what drivers have printed"], sent=sent((option, "a")))
    said = done(finding, tmp_path).told
    assert ("router a\n" in said) is (option != "-odi")
    assert ("far <127.0.0.1> <127.0.0.1> c\n" in said) is (option != "-odi")
    assert ('failed to expand debug_output "pipe ${if bad": unknown condition "bad"\n' in said) is (
        option != "-odi"
    )
