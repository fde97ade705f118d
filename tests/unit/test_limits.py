"""No text runs for ever, fills the memory or breaks the program: each limit has its own words."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from drivers.api import registry
from drivers.api.errors import ExpansionError, LimitReached
from drivers.api.limits import EXIM, NOTABLE, VERBS, Limits
from drivers.values import crypted
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.configuration import load
from expander.expand import regex
from expander.expand.cache import LONGEST_KEPT, MOST_KEPT, Cache, compile_text
from expander.expand.mode import TAINT, UNFOLDED
from expander.world.memory import MemoryWorld
from expander.world.sandbox import SandboxWorld
from grammar.expansion import parse
from running import outcome_of

NEWEST = PROFILES["4.99"]
SHAPES = registry.shapes(NEWEST)
SMALL = Limits(steps=100, size=10_000, levels=100, texts=10, match_steps=10_000)
TWENTY = ":".join("a" * 20)
HUNDRED = ":".join("b" * 100)
ITSELF = r"${reduce{1}{\$\{expand:\$value\}}{${expand:$value}}}"


def small(limits: Limits = SMALL) -> Expander:
    world = MemoryWorld(files={"/lines": "\n" * 200})
    expander = Expander(profile=NEWEST, world=world, mode=UNFOLDED, limits=limits)
    expander.context.acl_m["_long"] = "x" * 2100
    return expander


def doubled(levels: int) -> str:
    """A text whose value is twice as long for each level."""
    text = "x" * 10
    for _ in range(levels):
        text = f"${{if match{{{text}}}{{^.*}}{{$0$0}}}}"
    return text


MET = {
    "steps of map": (f"${{map{{{HUNDRED}}}{{${{map{{a:b}}{{$item}}}}}}}}", "steps (more than 100)"),
    "steps of filter": (f"${{filter{{{HUNDRED}:c}}{{eq{{$item}}{{a}}}}}}", "steps (more than 100)"),
    "steps of reduce": (f"${{reduce{{{HUNDRED}:c}}{{}}{{x}}}}", "steps (more than 100)"),
    "steps of forany": (f"${{if forany{{{HUNDRED}:c}}{{eq{{$item}}{{a}}}}}}", "steps (more than 100)"),
    "steps of forall": (f"${{if forall{{{HUNDRED}:c}}{{eq{{$item}}{{b}}}}}}", "steps (more than 100)"),
    "steps of sort": (f"${{sort{{{HUNDRED}:c}}{{lt}}{{$item}}}}", "steps (more than 100)"),
    "steps of sg": (f"${{sg{{{'a' * 101}}}{{a}}{{b}}}}", "steps (more than 100)"),
    "steps of a long body": (f"${{map{{a:b:c}}{{${{item}}{'x' * 3000}}}}}", "steps (more than 100)"),
    "steps of crypt": (r"${if crypteq{x}{\$6\$rounds=999999999\$salt\$abc}{y}{n}}", "steps (more than 100)"),
    "size of a doubled value": (f"${{reduce{{{TWENTY}}}{{x}}{{$value$value}}}}", "bytes)"),
    "size of nested matches": (doubled(12), "bytes)"),
    "size of nested operators": ("${quote:" * 15 + '"' * 10 + "}" * 15, "bytes)"),
    "size of map": ("${map{a:b:c:d:e}{$acl_m_long}}", "bytes)"),
    "size of sg": (r"${sg{aaaaa}{a}{\$acl_m_long}}", "bytes)"),
    "size of a file with long line ends": (f"${{readfile{{/lines}}{{{'x' * 100}}}}}", "bytes)"),
    "levels": ("${uc:" * 101 + "x" + "}" * 101, "nested too deeply (more than 100 levels)"),
    "texts": (ITSELF, "nested too deeply in each other (more than 10)"),
    "matching": (f"${{if match{{{'a' * 40}b}}{{^(a+)+\\$}}{{y}}{{n}}}}", "to match (more than 10000)"),
}


@pytest.mark.parametrize(("text", "words"), MET.values(), ids=MET)
def test_each_limit_has_its_words(text: str, words: str) -> None:
    with pytest.raises(LimitReached) as met:
        small().expand(text)
    assert words in met.value.message


@pytest.mark.parametrize("text", [text for text, _ in MET.values()], ids=MET)
def test_an_expander_goes_on_after_a_limit(text: str) -> None:
    expander = small()
    for _ in range(3):
        with pytest.raises(LimitReached):
            expander.expand(text)
        assert expander.expand("${map{a:b:c}{$item$item}}") == "aa:bb:cc"
    assert (expander.context.depth, expander.context.levels) == (0, 0)


def test_steps_are_counted_for_each_expansion() -> None:
    expander = small()
    for _ in range(5):
        assert expander.expand(f"${{reduce{{{HUNDRED}}}{{}}{{x}}}}") == "x"


def test_a_limit_is_not_taken_for_an_empty_sort_key_or_a_failed_text() -> None:
    for text in (
        "${sort{a}{lt}{${reduce{" + HUNDRED + ":b}{}{x}}}}",
        r"${expand:\${reduce\{" + HUNDRED + r":b\}\{\}\{x\}\}}",
    ):
        with pytest.raises(LimitReached) as met:
            small().expand(text)
        assert met.value.message.startswith("expansion takes too many steps")


def test_time_is_looked_at_where_steps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(range(1000))
    monkeypatch.setattr("expander.expand.context.monotonic", lambda: float(next(times)))
    expander = small(Limits(seconds=7.5))
    assert expander.expand("${map{a:b:c}{$item$item}}") == "aa:bb:cc"
    with pytest.raises(LimitReached, match=r"takes too long \(more than 7.5 seconds\)"):
        expander.expand(f"${{map{{{TWENTY}}}{{$item}}}}")


def test_exims_own_options_refuse_only_what_exim_dies_of() -> None:
    expander = Expander(profile=NEWEST, world=MemoryWorld(), limits=EXIM)
    assert len(expander.expand(f"${{map{{{':'.join('a' * 300_000)}}}{{}}}}")) == 300_000 * 2 - 2
    with pytest.raises(LimitReached, match="nested too deeply in each other"):
        expander.expand(ITSELF)


def test_the_usual_limits_leave_room() -> None:
    for limits in (Limits(), VERBS):
        expander = small(limits)
        assert expander.expand(f"${{reduce{{{TWENTY}}}{{x}}{{$value$value}}}}") == "x" * (1 << 20)
        assert expander.expand("${uc:" * 9000 + "x" + "}" * 9000) == "X"


# -- patterns


def test_what_exim_gives_up_is_no_match() -> None:
    slow = regex.pattern("^(a+)+$|^a+b$")
    assert slow.search("a" * 21 + "b") is not None
    assert slow.search("a" * 22 + "b") is None  # found at last, but for the interpreter's ten million steps


def test_a_match_is_not_short_of_stack() -> None:
    found = regex.pattern("^(?:(a)|b)*?c").search("ab" * 20_000 + "c")
    assert found is not None
    assert found.span() == (0, 40_001)


@pytest.mark.parametrize("pattern", ["a*a*a*a*[bc]", ".*.*[bc]", "a?" * 9 + "[bc]"])
def test_long_subjects_are_for_pcre2(pattern: str) -> None:
    longest = regex.longest_shared(pattern)
    assert longest < 3000
    with pytest.raises(LimitReached):
        regex.pattern(pattern, limit=1000).search("a" * 100_000 + "d")


# -- growth in proportion


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, of C too: what takes time, in the same measure everywhere."""
    count = 0

    def counted(_frame: object, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


PIECES = [
    *(
        "{",
        "}",
        "${",
        "\\N",
        "\\",
        '"',
        "$x",
        "$h_",
        "{ ",
        " ",
        "${if and{{",
        "${if {",
        "${if eq{",
        "${if !",
        "${uc:",
    ),
    *(
        "${run{",
        "${run{${",
        "${md5:$",
        "${map{a}{",
        "${sg{a}{a}{",
        "${sg{",
        "${tr{",
        "${sort{a}{lt}{",
        "${extract{a}{b}{",
    ),
    *("${lookup{a}", "${if match{a}{", "${filter{a}{eq{a}{", "${if def:", "${1", "${a}", "${listextract{1}{"),
]


@pytest.mark.parametrize("piece", PIECES)
def test_reading_takes_time_in_proportion(piece: str) -> None:
    short, long = piece * (2_000 // len(piece)), piece * (16_000 // len(piece))
    parse(short, SHAPES)
    assert calls(lambda: parse(long, SHAPES)) <= 9 * calls(lambda: parse(short, SHAPES)) + 200


@pytest.mark.parametrize("piece", PIECES)
def test_compiling_takes_time_in_proportion(piece: str) -> None:
    short, long = piece * (1_000 // len(piece)), piece * (8_000 // len(piece))
    compile_text(short, NEWEST, TAINT)
    first = calls(lambda: compile_text(short, NEWEST, TAINT))
    assert calls(lambda: compile_text(long, NEWEST, TAINT)) <= 10 * first + 1000


@pytest.mark.parametrize("piece", ["{", "\\N", "${run{", "${md5:$"])
def test_a_long_text_is_read(piece: str) -> None:
    """What grows with the square would take hours here."""
    text = piece * 60_000
    outcome = outcome_of(Expander(profile=NEWEST, world=MemoryWorld()), text)
    assert outcome.kind == "->" or len(outcome.text) < 2_000_000


DEEP = {
    "literal texts in a pattern": "${sg{a}{" + "${tr{" * 9_000 + "x" + "}{a}{b}}" * 9_000 + "}{y}}",
    "literal texts of no strings": "${sg{a}{" + "${if eq{a}{b}{c}{" * 9_000 + "x" + "}}" * 9_000 + "}{y}}",
    "patterns in patterns": "${sg{a}{x" * 3_000 + "x" + "}{y}}" * 3_000,
    "lists in lists": "${map{a}{" * 9_000 + "x" + "}}" * 9_000,
    "extractors in extractors": "${sort{a}{lt}{" * 300 + "x" + "}}" * 300,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_texts_come_to_an_end(text: str) -> None:
    assert outcome_of(small(Limits(levels=20_000)), text).kind in {"->", "!!"}


# -- what is kept, and what is worked out in advance


def test_the_cache_holds_so_much_text_and_no_more() -> None:
    cache = Cache(NEWEST, TAINT)
    size = LONGEST_KEPT
    for number in range(MOST_KEPT // size + 20):
        cache.compiled(f"{number:<{size - 2}}$0")
    assert sum(map(len, cache.kept)) == cache._held <= MOST_KEPT
    long = "x" * LONGEST_KEPT + "$0"
    assert cache.compiled(long) is cache.compiled(long)
    assert long not in cache.kept


CONSTANT = {
    "loops": f"${{map{{{HUNDRED}}}{{${{map{{{HUNDRED}}}{{x}}}}}}}}",
    "doubling": f"${{reduce{{{':'.join('a' * 60)}}}{{x}}{{$value$value}}}}",
    "matching": f"${{if match{{{'a' * 40}b}}{{^(a+)+\\$}}{{y}}{{n}}}}",
    "nested matches": doubled(40),
    "nested operators": "${rxquote:" * 60 + "\\\\" + "}" * 60,
    "a text of itself": ITSELF,
    "crypt": r"${if crypteq{x}{\$6\$rounds=999999999\$salt\$abc}{y}{n}}",
}


@pytest.mark.parametrize("text", CONSTANT.values(), ids=CONSTANT)
def test_constants_that_are_much_work_wait_for_the_run(text: str) -> None:
    made = compile_text(f"${{if eq{{$local_part}}{{x}}{{{text}}}{{no}}}}", NEWEST, TAINT)
    assert made.constant is None
    expander = small()
    expander.context.facts["local_part"] = "y"
    assert made.run(expander.context) == "no"


def test_all_constants_of_a_text_share_one_budget() -> None:
    loop = f"${{map{{{HUNDRED}}}{{x}}}}$local_part"
    texts = {count: compile_text(loop * count, NEWEST, TAINT) for count in (1, 100)}
    work = {count: calls(lambda count=count: compile_text(loop * count, NEWEST, TAINT)) for count in texts}
    assert work[100] < 100 * work[1] / 2


def test_units_whose_values_grow_say_so() -> None:
    expander = Expander(profile=NEWEST, world=MemoryWorld())
    for name, shape in SHAPES.operators.items():
        unit = registry.find("operator", name)
        assert unit is not None
        for character in ("a", "\\", '"', "'", ":", "\xff", "\xfc ", "\0", "%", "\n", "."):
            expander.context.acl_m["_x"] = character * 2000
            suffixes = ("", "_1", "_1_9") if shape.suffix != "no" else ("",)
            for suffix in suffixes:
                try:
                    value = expander.expand(f"${{{name}{suffix}:$acl_m_x}}")
                except ExpansionError:
                    continue
                assert len(value) <= 1.2 * 2000 * len(character) or unit.facts.get("grows"), (name, character)


# -- the world


def test_the_sandbox_reads_so_much_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("expander.world.sandbox.LARGEST", 5)
    world = SandboxWorld(MemoryWorld(files={"/x": "0123456789"}))
    assert world.files.read("/x") == b"01234"
    assert world.files.read("/x", 7) == b"0123456"


@pytest.mark.parametrize(
    ("setting", "work"),
    [
        ("", 1),
        ("ab", 1),
        ("$1$salt$x", 1),
        ("$6$salt$x", 1),
        ("$5$rounds=5000$salt$x", 500),
        ("{crypt}$2b$12$abc", 4096),
        ("$y$j9T$salt$x", 1 << 11),
        ("$7$C6..../....x", 1 << 14),
    ],
)
def test_the_work_of_crypt_is_read_from_its_setting(setting: str, work: int) -> None:
    assert crypted.work(setting) == work


def test_a_notable_value_is_not_large() -> None:
    assert min(Limits().size, EXIM.size) > NOTABLE


# -- sessions


def test_the_steps_of_a_session_count_for_each_command() -> None:
    text = b"acl_smtp_rcpt = r\nbegin acl\nr:\naccept condition = ${if eq{$local_part}{}{no}{yes}}\n"
    session = load(text, limits=Limits(steps=200)).session()
    session.command("HELO client.example")
    session.command("MAIL FROM:<>")
    for number in range(300):
        reply = session.command(f"RCPT TO:<user{number}@example.test>")
        assert reply is not None
        assert reply.code == 250
