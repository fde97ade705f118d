"""The condition pam: with a PAM that is made up, and with the machine's own and a module of ours."""

from __future__ import annotations

import ctypes.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import namespace
import pam_module
from drivers.api.errors import Failed, Refused, Unsupported
from drivers.api.outside import Answers
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world import pam
from expander.world.memory import MemoryWorld
from expander.world.sandbox import SandboxWorld

QUESTION, ECHOED, ERROR, SHOWN, UNKNOWN = 1, 2, 3, 4, 99
SERVICES = "/etc/pam.d"


class Script:
    """Asks in the order of some calls, and keeps what it is told."""

    def __init__(self, *calls: Sequence[int], result: tuple[int, str] = (0, "Success")) -> None:
        self.calls, self.result = calls, result
        self.asked: list[tuple[str, str]] = []
        self.told: list[Sequence[str | None] | None] = []

    def __call__(self, service: str, user: str, answer: Answers) -> tuple[int, str]:
        self.asked.append((service, user))
        self.told += [answer(styles) for styles in self.calls]
        return self.result


def ask(text: str, script: Script) -> str:
    world = MemoryWorld(authenticator=script)
    return Expander(profile=PROFILES["debian-12"], world=world).expand(f"${{if pam{{{text}}}{{y}}{{n}}}}")


@pytest.mark.parametrize(
    ("text", "user", "told"),
    [
        ("joe:secret:more", "joe", [["secret"], ["more"]]),
        ("joe:se::cret", "joe", [["se:cret"], [""]]),
        (" jo::e : a b ", "jo:e", [["a b"], [""]]),
        ("joe", "joe", [[""], []]),
        ("<; joe ; a:b", "joe", [["a"], ["b"]]),
        ("joe:<;a;b:c", "joe", [["a"], ["b"]]),
        ("joe:<;", "joe", [[""], []]),
    ],
)
def test_the_list_answers_one_question_after_the_other(
    text: str, user: str, told: list[Sequence[str | None] | None]
) -> None:
    script = Script([QUESTION], [ECHOED])
    assert ask(text, script) == "y"
    assert script.asked == [("exim", user)]
    assert script.told == told


def test_messages_need_no_answer_and_unknown_ones_end_the_call() -> None:
    script = Script([SHOWN, QUESTION, ERROR], [QUESTION, UNKNOWN], [QUESTION, QUESTION, QUESTION], [SHOWN])
    assert ask("joe:a:b:c", script) == "y"
    assert script.told == [[None, "a", None], None, ["c", "", ""], []]


def test_the_separator_counts_for_one_call() -> None:
    script = Script([QUESTION, QUESTION, QUESTION])
    ask("joe:<;a;<, b,c", script)
    assert script.told == [["a", "<, b,c", ""]]


@pytest.mark.parametrize("code", [7, 10, 13])
def test_some_results_mean_no(code: int) -> None:
    assert ask("joe:x", Script([QUESTION], result=(code, "never seen"))) == "n"


def test_other_results_fail_with_the_words_of_pam() -> None:
    with pytest.raises(Failed, match=r"^System error$"):
        ask("joe:x", Script(result=(4, "System error")))


def test_an_empty_user_is_not_asked_for() -> None:
    script = Script()
    assert ask(" : x", script) == ask("", script) == "n"
    assert not script.asked


def test_the_sandbox_refuses_pam() -> None:
    world = SandboxWorld(MemoryWorld(authenticator=Script()))
    with pytest.raises(Refused, match='asking PAM for the service "exim" refused') as caught:
        Expander(profile=PROFILES["debian-12"], world=world).expand("${if pam{joe:x}{y}{n}}")
    assert caught.value.notes == ["--allow=run permits it"]
    allowed = SandboxWorld(MemoryWorld(authenticator=Script()), ["run"])
    assert Expander(profile=PROFILES["debian-12"], world=allowed).expand("${if pam{joe:x}{y}{n}}") == "y"


def test_without_pam_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    expander = Expander(profile=PROFILES["debian-12"], world=MemoryWorld())
    with pytest.raises(Unsupported, match='the condition "pam"'):
        expander.expand("${if pam{joe:x}{y}{n}}")

    def absent(name: str, _mode: int = 0) -> None:
        raise OSError(f"{name}: cannot open shared object file")

    pam._libraries.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", absent)
    with pytest.raises(Unsupported, match="without the library libpam"):
        pam.authenticate("exim", "joe", lambda _styles: None)


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not ctypes.util.find_library("pam"):
        pytest.skip("there is no libpam")
    if not namespace.possible(SERVICES):
        pytest.skip(f"a namespace with another {SERVICES} cannot be made")
    made = pam_module.build(tmp_path_factory.mktemp("module"))
    if made is None:
        pytest.skip("there is no C compiler")
    return made


def really(directory: Path, text: str, expansion: str) -> list[str]:
    """What an expansion comes to where the service ``exim`` is this, and what the module wrote."""
    (directory / "services").mkdir()
    (directory / "services" / "exim").write_text(text, encoding="utf-8")
    argv = [sys.executable, "-m", "expander", "-C", os.devnull, "-be", expansion]
    done = subprocess.run(
        namespace.command({directory / "services": SERVICES}, argv),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert not done.stderr
    written = directory / "out"
    return [
        done.stdout.strip(),
        *(written.read_text(encoding="utf-8").splitlines() if written.exists() else []),
    ]


@pytest.mark.parametrize(
    ("say", "auth", "acct", "expected"),
    [
        ("f", 0, 0, ["y", "auth joe 0[a]", "acct joe"]),
        ("if.nf.f", 0, 0, ["y", "auth joe 0[-][a] 0[b][] 19", "acct joe"]),
        ("fx.f", 0, 0, ["y", "auth joe 19 0[b]"]),
        ("f", 7, 0, ["n", "auth joe 0[a]"]),
        ("f", 0, 13, ["n", "auth joe 0[a]", "acct joe"]),
        ("f", 9, 0, ["Failed: Authentication service cannot retrieve authentication info", "auth joe 0[a]"]),
        (
            "f",
            0,
            12,
            [
                "Failed: Authentication token is no longer valid; new one required",
                "auth joe 0[a]",
                "acct joe",
            ],
        ),
    ],
)
def test_the_library_of_the_machine(
    module: Path, tmp_path: Path, say: str, auth: int, acct: int, expected: list[str]
) -> None:
    text = pam_module.service(module, tmp_path / "out", say=say, auth=auth, acct=acct)
    assert really(tmp_path, text, "${if pam{joe:a:b}{y}{n}}") == expected


def test_a_service_without_modules(module: Path, tmp_path: Path) -> None:
    assert really(tmp_path, "", "${if pam{joe:a}{y}{n}}") == ["Failed: Permission denied"]
