"""What the checker says of text from outside: its way, what to do, and what to write instead."""

from __future__ import annotations

from pathlib import Path

from casefile import Setup
from drivers.api.text import Tainted, is_tainted
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.lint.engine import check_config
from expander.lint.finding import Finding
from expander.lint.survey import Survey
from expander.lint.taint.flows import flows
from expander.lint.taint.remedies import remedy
from expander.world.memory import MemoryWorld
from running import expander_for

PATH = "/etc/exim.conf"
ROUTER = "begin routers\nr:\n  driver = accept\n  transport = t\n"
TRANSPORT = "begin transports\nt:\n  driver = appendfile\n"


def survey(text: str) -> Survey:
    world = MemoryWorld(files={PATH: text.encode("latin-1")})
    return Survey(load(PATH, profile=PROFILES["debian-12"], world=world, macros={}, collect=True), world)


def found(text: str, code: str) -> Finding:
    its = survey(text)
    return next(f for f in check_config(its.config, its.world) if f.code == code)


def written(finding: Finding) -> list[tuple[str, str]]:
    assert finding.fix is not None
    return [(edit.span.text, edit.text) for edit in finding.fix.edits]


def test_the_notes_tell_the_way() -> None:
    text = (
        "begin routers\nr:\n  driver = accept\n  address_data = u=${lc:$local_part}\n  transport = t\n"
        f"{TRANSPORT}  file = /srv/${{extract{{u}}{{$address_data}}}}\n"
    )
    notes = found(text, "EXT001").notes
    assert [note.text for note in notes[:-1]] == [
        "$local_part is tainted: the sender of the message chooses the recipient",
        "through ${lc:...}",
        "kept in $address_data by router r",
        "through ${extract...}",
    ]
    assert "local_part_data" in notes[-1].text


def test_a_flow_has_its_source_its_steps_its_sink_and_a_remedy() -> None:
    (flow,) = flows(survey(f"{ROUTER}{TRANSPORT}  file = /var/mail/${{lc:$local_part}}\n"))
    (trail,) = flow.trails
    assert flow.sink.span.text == "/var/mail/${lc:$local_part}"
    assert flow.sink.since == "4.94"
    assert trail.span.text == "$local_part"
    assert [step.text for step in trail.steps] == ["through ${lc:...}"]
    assert "check_local_user" in remedy(flow, trail)


def test_the_data_of_a_list_is_proposed_where_the_router_has_one() -> None:
    lists = "  check_local_user\n  domains = example.org\n"
    text = f"{ROUTER}{lists}{TRANSPORT}  file = /v/${{domain}}/$local_part\n"
    assert written(found(text, "EXT001")) == [
        ("${domain}", "${domain_data}"),
        ("$local_part", "$local_part_data"),
    ]


def test_nothing_is_proposed_where_the_list_finds_a_pattern() -> None:
    text = f"{ROUTER}  domains = *.example.org\n{TRANSPORT}  directory = /v/$domain\n"
    assert found(text, "EXT001").fix is None


def test_nothing_is_proposed_inside_a_macro() -> None:
    text = f"BOX = /var/mail/$local_part\n{ROUTER}  check_local_user\n{TRANSPORT}  file = BOX\n"
    assert found(text, "EXT001").fix is None


def test_quotes_are_proposed_for_queries() -> None:
    text = (
        "begin routers\nr:\n  driver = redirect\n"
        "  data = ${lookup pgsql{select a from b where c='${quote_pgsql:$domain}' and d='$local_part'}}\n"
    )
    assert written(found(text, "EXT004")) == [("$local_part", "${quote_pgsql:$local_part}")]


def test_an_acl_that_calls_itself_comes_to_an_end() -> None:
    text = (
        "acl_smtp_rcpt = a\nbegin acl\na:\n  warn set acl_m_x = $acl_m_x$acl_arg1\n"
        "  require acl = a $local_part ${acl{a}{$acl_m_x}}\n  accept message = $acl_arg1\n"
        "  accept condition = ${readfile{$acl_m_x}}\n"
    )
    assert [flow.sink.code for flow in flows(survey(text))] == ["EXT001"]


def test_a_text_that_was_expanded_as_one_from_outside_does_not_stay_so(tmp_path: Path) -> None:
    context = expander_for(Setup(), tmp_path).context
    context.expand(Tainted("no variables"))
    assert not is_tainted(context.expand("no variables"))
