"""Functions of a shared object, called by both programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from casefile import Setup
from drivers.api.text import Tainted
from foreign_source import SOURCE
from real_exim import RealExim, as_answer
from running import expander_for, outcome_of

CALLS = [
    "[${dlfunc{@DIR@/f.so}{give}}]",
    "${dlfunc{@DIR@/f.so}{give}{a}{}{b c}}",
    r"${dlfunc{@DIR@/f.so}{give}{\xe4\x80}}",
    "${dlfunc{@DIR@/f.so}{count}}${dlfunc{@DIR@/f.so}{count}{1}{2}{3}{4}{5}{6}{7}}",
    "${dlfunc{@DIR@/f.so}{count}{1}{2}{3}{4}{5}{6}{7}{8}{9}}",
    "${dlfunc{@DIR@/f.so}{deny}{no}}",
    "${dlfunc{@DIR@/f.so}{deny}}",
    "${dlfunc{@DIR@/f.so}{force}{no}}",
    "a${if eq{${dlfunc{@DIR@/f.so}{force}}}{x}{y}{n}}",
    "${dlfunc{@DIR@/f.so}{err}}",
    "${dlfunc{@DIR@/f.so}{nosuch}}",
    "${dlfunc{@DIR@/f.so}{}}",
    "${dlfunc{@DIR@/nosuch.so}{give}}",
    "${dlfunc{@DIR@/junk.so}{give}}",
    "${dlfunc{@DIR@}{give}}",
    "${dlfunc{nosuch.so}{give}}",
    "${dlfunc{@DIR@/f.so}}",
    "${dlfunc{@DIR@/f.so}{give}",
    "${dlfunc{@DIR@/f.so}{give}{a}x}",
    "${if eq{a}{b}{${dlfunc{@DIR@/nosuch.so}{give}}}{skipped}}",
    "${readfile{${dlfunc{@DIR@/f.so}{give}{$sender_address}}}}",
]


@pytest.mark.exim
@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_both_programs_call_alike(tmp_path: Path) -> None:
    (tmp_path / "f.c").write_text(SOURCE)
    (tmp_path / "junk.so").write_text("junk")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "f.so", tmp_path / "f.c"], check=True)
    setup = Setup(variables={"sender_address": "joe@example.test"})
    expected = RealExim(tmp_path, setup).ask(CALLS)
    expander = expander_for(setup, tmp_path)
    expander.context.facts["sender_address"] = Tainted("joe@example.test")
    for text, answer in zip(CALLS, expected, strict=True):
        found = as_answer(outcome_of(expander, text.replace("@DIR@", str(tmp_path))))
        assert (text, found.replace(str(tmp_path), "@DIR@")) == (text, answer)
