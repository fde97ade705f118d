"""What the checker takes for text from outside is what the installed Exim refuses, and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from casefile import Case, Setup, read_cases
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.lint.engine import check_file
from expander.lint.finding import ERROR
from expander.lint.survey import Survey
from expander.lint.taint.trail import NONE, Trail, Trails
from expander.lint.taint.values import Evaluator
from expander.lint.texts import ExpandedText
from expander.world.memory import MemoryWorld
from grammar.source import Source, Span
from real_exim import PROGRAM, RealExim, base_config

SENDER = "ann@outside.test"
SETUP = Setup(
    variables={"sender_address": SENDER},
    files={"any": "*: x\n*@outside.test: y\n", "mine": "ann: a\n*.test: t\n"},
    config="domainlist ours = a : b\nbegin acl\nsays:\n  accept message = <$acl_arg1>\n",
)
FROM_SENDER = frozenset(
    ("sender_address", "sender_address_local_part", "sender_address_domain", "return_path")
)
REFUSED = "attempt to expand tainted string"
S = "$sender_address"
EXPANSIONS = (
    S,
    "${lc:$sender_address}",
    "${length_3:$sender_address}",
    "${hash_2_10:$sender_address}",
    "${nhash_8:$sender_address}",
    "${md5:$sender_address}",
    "${sha256:$sender_address}",
    "${strlen:$sender_address}",
    "${base64:$sender_address}",
    "${quote:$sender_address}",
    "${rxquote:$sender_address}",
    "${escape:$sender_address}",
    "${domain:$sender_address}",
    "${addresses:$sender_address}",
    "${listcount:$sender_address}",
    "${listnamed:ours}",
    "${extract{1}{@}{$sender_address}}",
    "${extract{1}{@}{$sender_address}{$value}}",
    "${extract{1}{@}{$sender_address}{x}}",
    "${extract{a}{a=b}{$value}}",
    "${listextract{1}{$sender_address}}",
    "${listquote{:}{$sender_address}}",
    "${listquote{$sender_address}{a}}",
    "${substr{0}{2}{$sender_address}}",
    "${tr{$sender_address}{a}{b}}",
    "${tr{ann}{$sender_address}{b}}",
    "${sg{$sender_address}{@}{-}}",
    "${sg{$sender_address}{^.*}{x}}",
    r"${sg{$sender_address}{^.*}{\$0}}",
    "${sg{aba}{b}{$sender_address}}",
    "${map{$sender_address}{$item}}",
    "${map{a:b}{$item}}",
    "${map{a:b}{$item$sender_address}}",
    "${filter{a:ann@outside.test}{eq{$item}{$sender_address}}}",
    "${reduce{$sender_address}{}{$value$item}}",
    "${reduce{a:b}{}{$value$item}}",
    "${sort{$sender_address}{<}{$item}}",
    "${sort{b:a}{<}{$item}}",
    "${lookup{$sender_address}lsearch*{@DIR@/any}}",
    "${lookup{$sender_address}lsearch*{@DIR@/any}{$1}}",
    "${lookup{$sender_address}lsearch*@{@DIR@/any}{$1}}",
    "${lookup{$sender_address}lsearch*,ret=key{@DIR@/any}}",
    "${lookup{ann}lsearch{@DIR@/mine}{$sender_address}}",
    "${lookup{ann}lsearch{@DIR@/mine}{$value}}",
    "${lookup{$sender_address_domain}partial1-lsearch{@DIR@/mine}{$1}}",
    "${lookup{$sender_address_domain}partial1-lsearch{@DIR@/mine}{$2}}",
    "${readfile{@DIR@/any}{,}}",
    "${readfile{@DIR@/any}{$sender_address}}",
    "${run{/bin/echo -n $sender_address}}",
    "${run{/bin/echo -n a}{$sender_address}}",
    "${run{/bin/echo -n $sender_address}{$value}}",
    "${prvs{a@b.cd}{$sender_address}}",
    "${prvs{$sender_address}{s}}",
    "${hmac{md5}{$sender_address}{$sender_address}}",
    "${imapfolder{$sender_address_local_part}}",
    "${acl{says}{$sender_address}}",
    "${acl{says}{a}}",
    "${if match{$sender_address}{^(.)}{$1}}",
    "${if match{abc}{^(.)}{$1}}",
    "${if match{ann@outside.test}{$sender_address}{$0}}",
    "${if inlist{$sender_address}{a:ann@outside.test}{$value}}",
    "${if inlist{a}{$sender_address:a}{$value}}",
    "${if match_domain{$sender_address_domain}{outside.test}{$value}}",
    "${if match_domain{$sender_address_domain}{*.test}{$1}}",
    "${if match_local_part{ann}{$sender_address_local_part:ann}{$value}}",
    "${if forany{$sender_address}{match{$item}{^(.)}}{$1}}",
    "${if and{{match{$sender_address}{^(.)}}{eq{a}{a}}}{$1}}",
    "${if eq{$sender_address}{a}{b}{c}}",
    "${if def:sender_address{$sender_address}}",
    "${if eq{a}{a}{$sender_address}{fail}}",
)


class OfSender:
    """A memory in which the sender alone is from outside, and ACLs give their argument back."""

    def read(self, name: str, text: ExpandedText) -> Trails:
        if name == "acl_arg1":
            return NONE
        return (Trail(f"${name}", "", Span(text.source, 0, 0)),) if name in FROM_SENDER else NONE

    def captures(self, _text: ExpandedText) -> Trails:
        return NONE

    def called(self, _acl: str, arguments: tuple[Trails, ...]) -> Trails:
        return tuple(trail for trails in arguments for trail in trails)


@pytest.mark.exim
def test_values_are_tainted_where_the_analysis_says_so(tmp_path: Path) -> None:
    program = RealExim(tmp_path, SETUP)
    texts = [text.replace("@DIR@", str(tmp_path)) for text in EXPANSIONS]
    world = MemoryWorld(files={"/c": b"domainlist ours = a : b\n"})
    config = load("/c", profile=PROFILES["debian-12"], world=world, macros={})
    survey = Survey(config, world)
    different = {}
    for text in texts:
        static = bool(Evaluator(survey, OfSender(), ExpandedText(Source("t", text), "string", "t")).whole())
        answer = program.alone(f"${{expand:{text}}}")
        if (REFUSED in answer) != static:
            different[text] = (static, answer)
    assert different == {}


CASES = [
    case
    for case in read_cases(Path(__file__).parent.parent / "cases" / "check" / "taint.case")
    if case.setup.profile == "debian-12" and "begin transports" in case.text and not case.setup.files
]
DELIVERIES = [case for case in CASES if "driver = appendfile" in case.text or "driver = pipe" in case.text]
ACCEPTING = "begin routers\nall:\n  driver = accept\n  transport = t\n"
NO_BOUNCES = "begin routers\nbounces:\n  driver = redirect\n  senders = :\n  data = :blackhole:\n"
TALK = (
    "EHLO client.test\r\nMAIL FROM:<ann@outside.test>\r\nRCPT TO:<mail@example.org>\r\nDATA\r\n"
    "Subject: s\r\nTo: a@b.test\r\nDelivered-To: a@b.test\r\n\r\nx\r\n.\r\nQUIT\r\n"
)


def deliverable(case: Case) -> str:
    """The configuration of a case with a router for its transport, and none that bounces."""
    text = case.text if "begin routers" in case.text else f"{ACCEPTING}{case.text}"
    return f"acl_smtp_rcpt = accept\n{text.replace('begin routers' + chr(10), NO_BOUNCES, 1)}\n"


@pytest.mark.exim
@pytest.mark.parametrize("case", DELIVERIES, ids=lambda case: case.title)
def test_deliveries_are_refused_where_the_checker_says_so(case: Case, tmp_path: Path) -> None:
    text = deliverable(case)
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:3]:
        parent.chmod(parent.stat().st_mode & 0o7777 | 0o055)  # nothing that others can do is taken away
    for name in ("spool", "log"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o777)
    for folder in ("/var/mail", "/var/sent", "/srv", "/etc/", "/home"):
        text = text.replace(f"{folder}", f"{tmp_path}{folder}")
    whole = base_config("").replace("@DIR@", str(tmp_path)) + text
    path = tmp_path / "case.conf"
    path.write_text(whole)
    found = check_file(
        "/c", profile=PROFILES["debian-12"], world=MemoryWorld(files={"/c": whole.encode()}), macros={}
    )
    of_taint = [finding.severity for finding in found if finding.code.startswith("EXT")]
    assert PROGRAM is not None
    command = [PROGRAM, "-C", str(path), "-odi", "-oMa", "192.0.2.1", "-bs"]
    subprocess.run(command, input=TALK.encode(), capture_output=True, timeout=60, check=False)
    log = "".join(file.read_text(errors="replace") for file in sorted((tmp_path / "log").iterdir()))
    delivered = any(line.split()[3:5] == ["=>", "mail"] for line in log.splitlines())
    assert not (ERROR in of_taint and delivered), log
    assert of_taint or "tainted" not in log.lower(), log
