"""The verbs expand and explain, did-you-mean, and setting variables by hand."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence

import pytest

from drivers.api.errors import Failed
from drivers.api.limits import Limits
from expander.api import Expander
from expander.cli.verbs import run
from expander.excerpt import excerpt
from expander.expand.mode import TRACE
from expander.expand.trace import Step
from expander.explain import hint, matching, nearest
from expander.setting import assign
from expander.trace.steps import explain, lines
from expander.world.memory import MemoryWorld
from grammar.source import Source, Span

OUTSIDE = "a variable that holds text from outside"


def traced(**facts: str) -> Expander:
    expander = Expander(world=MemoryWorld(), mode=TRACE)
    for name, value in facts.items():
        assign(expander.context, name, value)
    return expander


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    assert hint('unknown variable name "domian"') == "did you mean $domain?"
    assert hint('unknown expansion operator "strlne"') == "did you mean ${strlen:...}?"
    assert hint('unknown condition "matchs"') == 'did you mean "match"?'
    assert hint('unknown lookup type "lserach"') == 'did you mean "lsearch"?'


def test_there_is_no_hint_for_a_name_like_no_other_or_another_message() -> None:
    assert hint('unknown variable name "qqqqqqqq"') is None
    assert hint("missing } at end of string") is None


def test_nearest_looks_in_all_families_that_are_given() -> None:
    found = nearest("domian", ["variable", "operator"])
    assert {("variable", "domain"), ("operator", "domain")} <= set(found)


def test_names_are_found_as_they_are_written() -> None:
    assert [unit.family for unit in matching("$local_part")].count("variable") == 1
    assert [unit.name for unit in matching("acl_c_spf")] == ["acl_c*"]
    assert matching("nosuchname") == []


def test_the_steps_of_an_expansion_are_a_tree() -> None:
    found = explain(traced(domain="Example.COM"), "x${uc:a${lc:$domain}}")
    (whole,) = found.steps
    operator = whole.steps[0]
    assert (found.value, found.tainted, operator.value) == ("xAEXAMPLE.COM", True, "AEXAMPLE.COM")
    shown = [line.split("  (")[0].split(" (")[0].rstrip() for line in lines(found)]
    assert [line.split("=")[0].strip() for line in shown] == [
        "x${uc:a${lc:$domain}}",
        "${uc:a${lc:$domain}}",
        "a${lc:$domain}",
        "${lc:$domain}",
        "$domain",
        f"note: tainted by $domain at 12-19, {OUTSIDE}, through ${{lc:...}}, ${{uc:...}}",
    ]


def why(text: str, **facts: str) -> list[tuple[str, tuple[str, ...]]]:
    """Where the taint of a value came from, and what it went through."""
    found = explain(traced(**facts), text)
    return [(origin.step.span.text, origin.through) for origin in found.why]


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("${uc:abc}", []),
        ("$local_part", [("$local_part", ())]),
        ("$local_part-$domain", [("$local_part", ()), ("$domain", ())]),
        ("$local_part$local_part", [("$local_part", ()), ("$local_part", ())]),
        ("${lc:${uc:$h_subject:}}", [("$h_subject:", ("${uc:...}", "${lc:...}"))]),
        ("${if match{$local_part}{(.)}{$1}}", [("$local_part", ())]),
        ("${if and{{match{$local_part}{(.)}}{!eq{$domain}{}}}{${lc:$1}}}", [("$local_part", ("${lc:...}",))]),
        ("${if eq{$local_part}{a}{b}{c}}", []),
        ("${if eq{$local_part}{a}{b}{$domain}}", [("$domain", ())]),
        ("${map{a:$local_part}{${uc:$item}}}", [("$local_part", ("${uc:...}", "${map...}"))]),
        ("${extract{2}{:}{$domain:x}{$value}}", [("$domain", ("${extract...}",))]),
        ("${length{2}{abc$local_part}}", [("$local_part", ("${length...}",))]),
        ("${extract{1}{:}{$domain:x}}", [("$domain", ("${extract...}",))]),
        ("${substr_1_2:$local_part}", [("$local_part", ("${substr_1_2:...}",))]),
    ],
)
def test_where_taint_came_from(text: str, origins: list[tuple[str, tuple[str, ...]]]) -> None:
    assert why(text, local_part="Joe", domain="d.example", h_subject="S") == origins


def test_a_refusal_tells_where_the_taint_came_from() -> None:
    found = explain(traced(local_part="Joe"), "${expand:${lc:$local_part}}")
    assert found.error is not None
    assert found.error.notes == [
        f"tainted by $local_part at 14-25, {OUTSIDE}, through ${{lc:...}}, ${{expand:...}}"
    ]
    assert explain(traced(local_part="Joe"), "${eval:$local_part}").why == ()


def test_taint_in_a_text_that_an_item_made_is_found() -> None:
    found = explain(traced(local_part="Joe"), r"${map{a:b}{${sg{$local_part}{o}{\$0}}}}")
    assert [origin.step.span.text for origin in found.why] == ["$local_part"]


def test_a_branch_that_is_not_taken_has_no_step() -> None:
    found = explain(traced(domain="a"), "${if eq{$domain}{a}{${uc:yes}}{${lc:NO}}}")
    texts = "\n".join(lines(found))
    assert "${uc:yes}" in texts
    assert texts.count("${lc:NO}") == 1  # in the text of the whole only


def test_an_error_of_a_unit_gets_the_place_of_its_part() -> None:
    found = explain(traced(), "ab ${eval:1+} cd")
    assert found.error is not None
    assert found.error.span is not None
    assert found.error.span.text == "${eval:1+}"


def test_values_from_outside_are_marked_when_they_are_set() -> None:
    found = explain(traced(local_part="joe"), "$local_part")
    assert found.tainted


def test_header_lines_acl_variables_and_captures_can_be_set() -> None:
    expander = traced(h_Subject="hello", acl_m_spf="pass", acl_c0="x")
    assert expander.expand("$h_subject:/$acl_m_spf/$acl_c0") == "hello/pass/x"
    assign(expander.context, "2", "two")
    assert expander.expand("$2") == "two"


@pytest.mark.parametrize("name", ["nosuch", "sender_address_domain", ""])
def test_what_cannot_be_set_is_refused(name: str) -> None:
    expander = traced()
    with pytest.raises(Failed):
        assign(expander.context, name, "x")
    assert name not in expander.context.facts


def test_expand_prints_values_and_keeps_other_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["expand", "${uc:abc}", "ü\udcff"]) == 0
    assert capfdbinary.readouterr().out == "ABC\nü".encode() + b"\xff\n"


def test_expand_reads_lines_of_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"${uc:a}\r\n$domain\n")))
    assert run(["expand", "--set", "domain=d.example", "-"]) == 0
    assert capsys.readouterr().out == "A\nd.example\n"


def test_expand_shows_where_it_failed_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["expand", "abc $domian x", "ok"]) == 3
    out, err = capsys.readouterr()
    assert out == "ok\n"
    assert err.splitlines() == [
        'error: unknown variable name "domian"',
        "    abc $domian x",
        "        ^^^^^^^",
        "    note: did you mean $domain?",
    ]


def test_the_sandbox_tells_what_would_permit_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["expand", "${run{/bin/echo hi}}"]) == 3
    assert "--allow=run permits it" in capsys.readouterr().err
    assert run(["expand", "--allow=run", "${run{/bin/echo hi}}"]) == 0
    assert capsys.readouterr().out.strip() == "hi"


def test_limits_are_set_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    text = "${map{a:b:c:d}{$item}}"
    assert run(["expand", "--limit", "steps=4", text]) == 0
    assert run(["expand", "--limit=steps=9", "--limit=steps=3", text]) == 3
    assert capsys.readouterr().err.startswith("error: expansion takes too many steps (more than 3)\n")


def test_long_values_do_not_fill_the_trace() -> None:
    expander = Expander(world=MemoryWorld(), mode=TRACE, limits=Limits(size=10_000))
    expander.context.acl_m["_x"] = "x" * 1000
    made = explain(expander, "${if forany{a:b:c:d:e:f:g:h:i:j:k:l:m}{eq{y$acl_m_x}{}}{yes}{no}}")
    assert made.value == "no"
    kept = [step.value for step in every(made.steps)]
    assert sum(map(len, kept)) < 20_000
    assert any(value.endswith("...") for value in kept)


def every(steps: Sequence[Step]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from every(step.steps)


@pytest.mark.parametrize(
    "argv",
    [
        ["expand"],
        ["expand", "--limit", "steps", "a"],
        ["expand", "--limit", "steps=-1", "a"],
        ["expand", "--limit", "nosuch=1", "a"],
        ["expand", "--nosuch", "a"],
        ["expand", "--profile", "3.36", "a"],
        ["expand", "--allow", "everything", "a"],
        ["expand", "-D", "lower=1", "a"],
        ["expand", "-D", "UPPER=1", "a"],
        ["expand", "--set", "domain", "a"],
        ["expand", "--set", "domian=x", "a"],
        ["expand", "-C", "/nonexistent/exim.conf", "a"],
        ["expand", "-C", "/", "a"],
        ["explain"],
        ["chekc", "x"],
    ],
    ids=" ".join,
)
def test_bad_arguments_are_one_clear_error(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(argv) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("eximulate")
    assert "Traceback" not in err


def test_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert run(["explain", "--help"]) == 0
    assert "--name" in capsys.readouterr().out


def test_explain_names_out_of_the_units(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--name", "lc"]) == 0
    out = capsys.readouterr().out
    assert "${lc:<string>}" in out
    assert "since 4.00" in out
    assert "${lc:MiXed} -> mixed" in out


def test_explain_offers_a_name_for_an_unknown_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--name", "strlne"]) == 3
    assert "did you mean strlen (operator)" in capsys.readouterr().err


def test_explain_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--json", "--set", "domain=D", "${lc:$domain}"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["value"], data["tainted"], data["error"]) == ("d", True, None)
    (step,) = data["steps"]
    assert (step["kind"], step["start"], step["end"]) == ("operator", 0, 13)
    assert step["steps"][0]["value"] == "D"
    assert run(["explain", "--json", "--name", "lc"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["syntax"] == "${lc:<string>}"


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "a" * 500 + "X" + "b" * 500
    shown, carets = excerpt(Span(Source("t", text), 500, 501), indent="")
    assert shown.startswith("...")
    assert shown.endswith("...")
    assert shown[carets.index("^")] == "X"
    assert len(shown) <= 106


def test_tabs_and_controls_do_not_move_the_caret() -> None:
    shown, carets = excerpt(Span(Source("t", "a\tb\x01cX"), 5, 6), indent="")
    assert shown == "a b\\001cX"
    assert shown[carets.index("^")] == "X"


@pytest.mark.parametrize("text", ["${uc:" * 10000, "$" * 3, "\0", "${if", "\\", "}" * 9, "${run{"])
def test_nothing_but_an_error_comes_of_a_bad_text(text: str) -> None:
    found = explain(traced(), text)
    assert lines(found)[:1] or found.error is not None
