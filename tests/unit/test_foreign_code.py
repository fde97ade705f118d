"""Perl and shared objects behind each of the worlds."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from drivers.api.errors import Failed, ForcedFail, Refused, Unsupported
from drivers.api.text import Tainted
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld
from foreign_source import SOURCE


def expander(world: object, **options: object) -> Expander:
    made = Expander(profile=PROFILES["debian-12"], world=world)  # type: ignore[arg-type]
    made.context.options = {**made.context.options, **options}
    return made


def frame(kind: str, *texts: str) -> bytes:
    rest = b"".join(struct.pack(">I", len(text)) + text.encode("latin-1") for text in texts)
    return kind.encode() + struct.pack(">I", len(rest)) + rest


def scripted(
    answers: dict[bytes, bytes | None],
) -> Callable[[Sequence[str]], Callable[[bytes], bytes | None]]:
    return lambda _argv: answers.get


def test_perl_speaks_in_frames() -> None:
    start = {frame("S", "code"): frame("V", "")}
    calls = {
        frame("C", "f", "a"): frame("X", "${uc:b}"),
        frame("R", "B"): frame("L", "logged") + frame("D", "dropped") + frame("V", "done"),
        frame("C", "g"): frame("U"),
        frame("C", "h"): frame("E", "why"),
    }
    made = expander(MemoryWorld(partners={"perl": scripted(start | calls)}), perl_startup="code")
    logged: list[str] = []
    made.context.log_with = lambda text, _panic: logged.append(text)
    assert made.expand("${perl{f}{a}}") == "done"
    assert logged == ["logged"]
    with pytest.raises(ForcedFail, match='"g" returned undef'):
        made.expand("${perl{g}}")
    with pytest.raises(Failed, match=r"^why$"):
        made.expand("${perl{h}}")
    with pytest.raises(Failed, match="was ended with exit status 0"):
        made.expand("${perl{exits}}")


def test_without_perl_it_is_not_supported() -> None:
    with pytest.raises(Unsupported, match="without the program perl"):
        expander(MemoryWorld(), perl_startup="1").expand("${perl{f}}")


def test_the_sandbox_refuses_foreign_code() -> None:
    made = expander(SandboxWorld(MemoryWorld()), perl_startup="1")
    for text, what, word in (
        ("${perl{f}}", 'running the command "perl"', "perl"),
        ("${dlfunc{/x.so}{f}}", 'loading the shared object "/x.so"', "dlfunc"),
        ("${run{/bin/echo a b}}", 'running the command "/bin/echo a b"', "run"),
    ):
        with pytest.raises(Refused) as caught:
            made.expand(text)
        assert caught.value.message == f"{what} refused by the sandbox"
        assert caught.value.notes == [f"--allow={word} permits it"]


@pytest.mark.parametrize(
    ("allowed", "works"),
    [("run", "run perl dlfunc"), ("perl", "perl"), ("dlfunc", "dlfunc"), ("net", ""), ("write", "")],
)
def test_words_that_allow_foreign_code(allowed: str, works: str) -> None:
    world = MemoryWorld(
        programs={"/bin/x": lambda _argv, _data: b""},
        partners={"perl": scripted({frame("S", "1"): frame("V", ""), frame("C", "f"): frame("V", "")})},
        objects={"/x.so": {"f": lambda _given: (0, "")}},
    )
    made = expander(SandboxWorld(world, [allowed]), perl_startup="1")
    done = []
    for name, text in (("run", "${run{/bin/x}}"), ("perl", "${perl{f}}"), ("dlfunc", "${dlfunc{/x.so}{f}}")):
        try:
            made.expand(text)
        except Refused:
            continue
        done.append(name)
    assert done == works.split()


@pytest.mark.skipif(not shutil.which("perl"), reason="there is no perl")
def test_a_real_perl_may_exit_and_is_started_again() -> None:
    code = "our $n; sub count { ++$n } sub leave { exit 3 } sub loop { Exim::expand_string('${perl{loop}}') }"
    made = expander(SandboxWorld(RealWorld(), ["run"]), perl_startup=code)
    assert made.expand("${perl{count}}${perl{count}}") == "12"
    with pytest.raises(Failed, match="was ended with exit status 3"):
        made.expand("${perl{leave}}")
    assert made.expand("${perl{count}}") == "1"
    with pytest.raises(Failed, match="too deeply"):
        made.expand("${perl{loop}}")


@pytest.mark.skipif(not shutil.which("perl"), reason="there is no perl")
def test_perl_removes_taint_and_warnings_are_logged() -> None:
    made = expander(RealWorld(), perl_startup="sub same { warn 'hm'; $_[0] }")
    made.context.facts["sender_address"] = Tainted("x")
    logged: list[str] = []
    made.context.log_with = lambda text, _panic: logged.append(text)
    assert not isinstance(made.expand("${perl{same}{$sender_address}}"), Tainted)
    assert logged == ["hm at (eval 2) line 1."]


@pytest.mark.skipif(not shutil.which("perl"), reason="there is no perl")
def test_what_perl_prints_is_our_output(capfd: pytest.CaptureFixture[str]) -> None:
    code = 'sub direct { local $| = 1; print "direct\\n"; system "echo of a child"; scalar @ARGV }'
    made = expander(RealWorld(own_streams=True), perl_startup=code)
    assert made.expand("${perl{direct}}") == "0"
    assert capfd.readouterr().out == "direct\nof a child\n"


def test_functions_of_a_made_up_object() -> None:
    functions = {"ok": lambda given: (0, "+".join(given)), "bad": lambda _: (7, None)}
    made = expander(MemoryWorld(objects={"/x.so": functions}))
    logged: list[str] = []
    made.context.log_with = lambda text, _panic: logged.append(text)
    assert made.expand("${dlfunc{/x.so}{ok}{a}{b}}") == "a+b"
    for text, message in (
        ("${dlfunc{/x.so}{bad}}", "(no message)"),
        ("${dlfunc{/x.so}{no}}", 'dlsym "no" in "/x.so" failed: /x.so: undefined symbol: no'),
        (
            "${dlfunc{/y.so}{ok}}",
            'dlopen "/y.so" failed: /y.so: cannot open shared object file: No such file or directory',
        ),
    ):
        with pytest.raises(Failed) as caught:
            made.expand(text)
        assert caught.value.message == message
    assert logged[0] == "dlfunc{/x.so}{bad} failed (7): (no message)"


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_functions_of_a_real_object(tmp_path: Path) -> None:
    source, built = tmp_path / "f.c", tmp_path / "f.so"
    source.write_text(SOURCE)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", built, source], check=True)
    made = expander(RealWorld())
    made.context.facts["sender_address"] = Tainted("out")

    def call(rest: str) -> str:
        return made.expand(f"${{dlfunc{{{built}}}{rest}}}")

    assert call("{give}{a}{b}") == "b"
    assert call("{give}") == ""
    assert isinstance(call("{give}{$sender_address}"), Tainted)
    assert not isinstance(call("{give}{$sender_address}{b}"), Tainted)
    assert [call("{count}"), call("{count}{a}")] == ["10-", "21-"]
    with pytest.raises(Failed, match=r"^no$"):
        call("{deny}{no}")
    with pytest.raises(ForcedFail, match=r"^\(no message\)$"):
        call("{force}")
    with pytest.raises(Failed, match=r"^bad$"):
        call("{err}")
    with pytest.raises(Failed) as caught:
        call("{nosuch}")
    assert caught.value.message == f'dlsym "nosuch" in "{built}" failed: {built}: undefined symbol: nosuch'
