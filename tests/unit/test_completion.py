"""Shell completion and the manual page: made from the arguments that the verbs really take."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from expander import manpage
from expander.cli import parsers
from expander.cli.verbs import VERBS


def _script(shell: str) -> str:
    argv = [sys.executable, "-m", "expander", "completion", shell]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def _completed(*words: str) -> list[str]:
    quoted = " ".join(f"'{word}'" for word in words)
    lines = f"COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _eximulate"
    lines += "; printf '%s\\n' \"${COMPREPLY[@]}\""
    argv = ["bash", "-c", f"{_script('bash')}\n{lines}"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()


def test_each_verb_has_its_arguments() -> None:
    found = parsers.verbs()
    assert [verb.name for verb in found] == list(VERBS)
    for verb in found:
        assert any("--help" in argument.names for argument in verb.arguments), verb.name


def test_bash_completes_verbs_options_and_values() -> None:
    assert _completed("eximulate", "che") == ["check"]
    assert {"--format", "--fix"} <= set(_completed("eximulate", "check", "--"))
    assert "sarif" in _completed("eximulate", "check", "--format", "")
    assert _completed("eximulate", "completion", "z") == ["zsh"]


def test_bash_completes_files_elsewhere() -> None:
    assert "pyproject.toml" in _completed("eximulate", "check", "pyproject")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_scripts_of_other_shells_can_be_read(shell: str) -> None:
    script = _script(shell)
    for verb in VERBS:
        assert verb in script
    if shutil.which(shell) is not None:
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_the_manual_page_names_every_verb_and_option() -> None:
    page = manpage.page()
    for verb in parsers.verbs():
        assert f".SS eximulate {verb.name}\n" in page
        names = [name for argument in verb.arguments for name in argument.names]
        for name in set(names) - {"-h", "--help"}:
            escaped = name.replace("-", "\\-")
            assert f"\\fB{escaped}\\fR" in page, (verb.name, name)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not here")
def test_groff_has_nothing_to_say_of_the_page() -> None:
    argv = ["groff", "-man", "-Tascii", "-ww", "-z"]
    done = subprocess.run(argv, input=manpage.page(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
