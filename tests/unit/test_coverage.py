"""Coverage of configurations: what is counted, and the forms in which it is told."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from expander.cli.verbs import run
from expander.configuration import Configuration
from expander.coverage.place import Place
from expander.testing import schedule
from expander.testing.running import Wanted

CONFIG = """\
primary_hostname = mx.example
FOUND = ${lookup{$local_part}lsearch{/etc/names}{yes}{no}}
domainlist local = ${if eq{$primary_hostname}{mx.example}{example}}
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept domains = +local
         set acl_m_seen = ${if eq{$local_part}{ann}{a}{b}}
         condition = FOUND
  deny hosts = *
       message = ${if eq{$local_part}{ann}{a}{b}}
.include rest
begin routers
far:
  driver = manualroute
  domains = far.example
  route_list = * "${if eq{$local_part}{a}{relay.example}{other.example}}"
  transport = smtp
known:
  driver = accept
  local_part_suffix = -x
  condition = FOUND
  transport = box
last:
  driver = accept
  transport = box
begin transports
smtp:
  driver = smtp
box:
  driver = appendfile
  file = "/var/mail/\\
     ${extract{1}{:}{$local_part}}"
  user = mail
begin retry
* quota F,1h,10m
* * F,2h,10m
begin rewrite
*@old.example $1@example Ff
*@older.example $1@example Ff
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth2}{ann}}
  server_set_id = $auth2
"""
REST = "  defer\n"
HEAD = "config exim.conf\nprofile debian-12\ngiven user mail uid 8\ngiven file /etc/names\n    ann: 1\n"
HEAD += "given dns example\n    relay A 192.0.2.9\n"
SCENARIO = """\
scenario "one"
    session
        > EHLO c
        > AUTH PLAIN AGFubgB4
        < 235
        > MAIL FROM:<a@b>
        > RCPT TO:<ann@example>
        < 250
    route a@far.example
    retry x@example
    rewrite x@old.example
scenario "two"
    session
        > HELO c
        > MAIL FROM:<a@b>
        > RCPT TO:<bob@example>
        < 550 b
    route ann-x@example
    route otto@example
"""
Ways = dict[str, dict[str, int]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the configuration and the scenarios."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "exim.conf").write_text(CONFIG)
    (tmp_path / "rest").write_text(REST)
    (tmp_path / "a.exim-test").write_text(HEAD + SCENARIO)
    schedule.source.cache_clear()
    return tmp_path


def places(path: Path, name: str = "") -> list[Place]:
    """What the scenarios with a name come to."""
    found, _ = schedule.tasks([path], Wanted(name), covers=True)
    done = schedule.Done()
    for task in found:
        done.results += schedule.results(task)
        schedule.collect(task, done)
    assert all(result.is_well for result in done.results), done.results[0].faults
    return done.places


def at(found: list[Place], line: int, file: str = "exim.conf") -> Ways:
    """The ways of the places of a line, by what they are."""
    kinds = [one for one in found if (one.file, one.line) == (file, line)]
    return {one.kind if one.kind != "branch" else one.title: dict(one.counts) for one in kinds}


def test_statements_and_conditions_are_counted(folder: Path) -> None:
    found = places(folder / "a.exim-test")
    assert at(found, 7) == {"statement": {"reached": 2}, "condition": {"holds": 2, "fails": 0}}
    assert at(found, 8)["modifier"] == {"done": 2}
    assert at(found, 9)["condition"] == {"holds": 1, "fails": 1}
    assert at(found, 10) == {"statement": {"reached": 1}, "condition": {"holds": 1}}
    assert at(found, 1, "rest") == {"statement": {"reached": 0}}


def test_branches_are_counted_where_they_stand(folder: Path) -> None:
    """The same text stands in three places, and what is in a macro is where the macro is used."""
    found = places(folder / "a.exim-test")
    in_set, in_message = "set in ACL rcpt", "message in ACL rcpt"
    text = "${if eq{$local_part}{ann}{a}{b}}"
    assert at(found, 8)[f"{text} in {in_set}"] == {"true": 1, "false": 1}
    assert at(found, 11) == {f"{text} in {in_message}": {"true": 0, "false": 1}}
    lookup = "${lookup{$local_part}lsearch{/etc/nam..."
    assert at(found, 9)[f"{lookup} in condition in ACL rcpt"] == {"found": 1, "not found": 1}
    of_router = at(found, 22)
    assert of_router["precondition"] == {"holds": 1, "fails": 0}
    assert of_router[f"{lookup} in condition of router known"] == {"found": 1, "not found": 0}
    (ways,) = (ways for name, ways in at(found, 3).items() if "primary" in name)
    assert ways == {"true": 2, "false": 0}


def test_routers_transports_and_rules_are_counted(folder: Path) -> None:
    found = places(folder / "a.exim-test")
    assert at(found, 14) == {"router": {"takes it": 1, "leaves it": 2}}
    assert at(found, 16) == {"precondition": {"holds": 1, "fails": 2}}
    (ways,) = at(found, 17).values()
    assert ways == {"true": 1, "false": 0}
    assert at(found, 19) == {"router": {"takes it": 1, "leaves it": 1}}
    assert at(found, 21) == {"precondition": {"holds": 1, "fails": 1}}
    assert at(found, 24) == {"router": {"takes it": 1}}
    assert [at(found, line)["transport"] for line in (28, 30)] == [{"used": 1}, {"used": 2}]
    assert list(at(found, 33)) == ["${extract{1}{:}{$local_part}} in file of transport box"]
    assert [at(found, line)["retry rule"] for line in (36, 37)] == [{"chosen": 0}, {"chosen": 1}]
    assert [at(found, line)["rewriting rule"] for line in (39, 40)] == [{"applies": 1}, {"applies": 0}]
    assert at(found, 42) == {"authenticator": {"succeeds": 1, "fails": 0}}


def test_what_is_not_wanted_costs_no_mode(folder: Path) -> None:
    source = schedule.source(str(folder / "a.exim-test"), covers=False)
    list(schedule.results(schedule.Task(str(folder / "a.exim-test"), (0,))))
    (loaded,) = source.loaded
    assert isinstance(loaded.made, Configuration)
    assert loaded.made.mode.cover is None


def test_a_configuration_in_the_file_itself_has_its_lines_there(folder: Path) -> None:
    text = "config\n    begin acl\n    a:\n      accept\nscenario x\n    expand ${acl{a}}\n"
    (folder / "b.exim-test").write_text(text)
    assert at(places(folder / "b.exim-test"), 4, "b.exim-test") == {"statement": {"reached": 1}}


OUTSIDE = """\
config
    acl_smtp_mail = "accept condition = ${if eq{$sender_address}{a@b}}\\ndeny"
    acl_smtp_rcpt = /etc/rcpt
profile debian-12
given file /etc/rcpt
    warn   set acl_m_x = ${if eq{$local_part}{ann}{a}{b}}
    accept acl = /etc/inner x

    deny   message = ${if eq{$local_part}{ann}{a}{b}}
given file /etc/inner
    accept condition = ${if eq{$acl_arg1}{x}}
           local_parts = ann
    deny
scenario x
    session
        > HELO c
        > MAIL FROM:<a@b>
        > RCPT TO:<ann@c>
        < 250
        > RCPT TO:<bob@c>
        < 550 b
"""


def test_acls_outside_of_the_section_are_counted_where_they_stand(folder: Path) -> None:
    """An ACL written in place has its lines in the option, one in a file of its own has them there."""
    (folder / "b.exim-test").write_text(OUTSIDE)
    found = places(folder / "b.exim-test")
    in_place = [one for one in found if one.line == 2 and one.file == "b.exim-test"]
    assert {one.kind: dict(one.counts) for one in in_place if "deny" not in one.title} == {
        "statement": {"reached": 1},
        "condition": {"holds": 1, "fails": 0},
        "branch": {"true": 1, "false": 0},
    }
    assert [dict(one.counts) for one in in_place if "deny" in one.title] == [{"reached": 0}]
    text = "${if eq{$local_part}{ann}{a}{b}}"
    assert at(found, 1, "/etc/rcpt")[f"{text} in set in ACL /etc/rcpt"] == {"true": 1, "false": 1}
    assert at(found, 2, "/etc/rcpt")["condition"] == {"holds": 1, "fails": 1}
    assert at(found, 4, "/etc/rcpt")["statement"] == {"reached": 1}
    assert at(found, 4, "/etc/rcpt")[f"{text} in message in ACL /etc/rcpt"] == {"true": 0, "false": 1}
    assert at(found, 1, "/etc/inner")["condition"] == {"holds": 2, "fails": 0}
    assert at(found, 2, "/etc/inner") == {"condition": {"holds": 1, "fails": 1}}
    assert at(found, 3, "/etc/inner") == {"statement": {"reached": 1}}


def test_the_page_has_the_lines_of_acls_in_files(folder: Path) -> None:
    (folder / "b.exim-test").write_text(OUTSIDE)
    assert run(["test", "b.exim-test", "--coverage", "html=x.html"]) == 0
    assert "<code>       local_parts = ann</code>" in (folder / "x.html").read_text()


def test_processes_add_up_what_they_come_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "c.exim-test").write_text((HEAD + SCENARIO).replace("two", "three"))
    for options in ([], ["-j", "2"], ["--shuffle", "3"], ["-j", "2", "--shuffle", "4"]):
        assert run(["test", "a.exim-test", "c.exim-test", "--coverage", "lcov", *options]) == 0
        assert re.findall(r"^DA:7,(.*)", (folder / "coverage.info").read_text(), re.MULTILINE) == ["4"]
    capsys.readouterr()


def test_text_names_what_was_never_come_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "--coverage", "text", "--fail-under", "70"]) == 0
    told = capsys.readouterr().out
    assert "    7: domains in rcpt: never fails\n" in told
    assert "rest: 0.0 % covered\n    1: defer in rcpt: never reached\n" in told
    assert re.search(r"^transport: +2 of +2  100\.0 %$", told, re.MULTILINE)


def test_too_little_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", "-k", "two", "--fail-under", "90"]) == 2
    assert re.search(r"\d\d\.\d % of the configuration is covered, 90 % are wanted", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--coverage", "pdf"], "no such form"), (["--coverage", "text", "--format", "tap"], "wants a file")],
)
def test_what_cannot_be_told_is_refused(
    options: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", *options]) == 1
    assert words in capsys.readouterr().err


def test_lcov_and_cobertura_agree(folder: Path) -> None:
    assert run(["test", "--coverage", "lcov=x.info", "--coverage", "cobertura=x.xml"]) == 0
    record = (folder / "x.info").read_text().split("end_of_record\n")[0]
    root = ET.parse(folder / "x.xml").getroot()
    (node,) = (one for one in root.iter("class") if one.get("filename") == "exim.conf")
    hits = {line.get("number"): line.get("hits") for line in node.iter("line")}
    assert hits == dict(re.findall(r"^DA:(\d+),(\d+)$", record, re.MULTILINE))
    taken = re.findall(r"^BRDA:9,\d+,\d+,(.*)$", record, re.MULTILINE)
    (nine,) = (line for line in node.iter("line") if line.get("number") == "9")
    assert (taken, nine.get("condition-coverage")) == (["1", "1", "1", "1"], "100% (4/4)")
    assert root.get("branches-valid") == str(
        sum(int(count) for count in re.findall(r"^BRF:(\d+)", (folder / "x.info").read_text(), re.MULTILINE))
    )


def test_a_line_of_the_page_is_coloured(folder: Path) -> None:
    assert run(["test", "--coverage", "html=x.html"]) == 0
    page = (folder / "x.html").read_text()
    lines = dict(re.findall(r'<div id="f\dl(\d+)" class="(\w+)"', page.partition("rest &mdash;")[0]))
    assert [lines[n] for n in ("7", "10", "40")] == ["part", "full", "none"]
    assert "1" not in lines
    assert "never fails" in page


BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIETLY = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage""".split()
"""Options of a browser that only shows a file: without the rights of a desktop, and without the network."""

PROBE = """<script>
const rows = [7, 10, 40].map(n => document.querySelector(`[id$=l${n}]`));
document.title = rows.map(row => getComputedStyle(row).backgroundColor + row.offsetHeight).join("|");
</script>"""


@pytest.mark.skipif(BROWSER is None, reason="there is no browser (chromium)")
def test_a_browser_shows_the_colours(folder: Path) -> None:
    assert BROWSER is not None
    assert run(["test", "--coverage", "html=x.html"]) == 0
    page = folder / "x.html"
    page.write_text(page.read_text().replace("</body>", f"{PROBE}</body>"))
    command = [BROWSER, *QUIETLY, f"--user-data-dir={folder / 'profile'}", "--dump-dom", page.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=180).stdout
    title = re.search(r"<title>(.*)</title>", shown)
    assert title is not None
    found = [re.match(r"rgb\((\d+), (\d+), (\d+)\)([1-9]\d*)", one) for one in title[1].split("|")]
    colours = [tuple(int(one[number]) for number in (1, 2, 3)) for one in found if one is not None]
    part, full, none = colours
    assert full[1] == max(full)
    assert none[0] == max(none)
    assert min(part[:2]) > part[2]
