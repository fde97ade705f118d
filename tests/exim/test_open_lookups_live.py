"""What lookups leave behind for those that follow in the same process is what they leave in the real Exim."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from casefile import Setup
from cdb_file import written_cdb
from dbm_files import DBMBUILD, built
from real_exim import RealExim, as_answer
from running import expander_for, outcome_of

pytestmark = pytest.mark.exim

KINDS = ("lsearch", "cdb", "dbm")
NAMES = "abcd"
KEYS = 12


def both(setup: Setup, texts: list[str], directory: Path) -> tuple[list[str], list[str]]:
    """The answers of one process of the real Exim to texts in order, and those of one expander of ours."""
    real = RealExim(directory, setup).ask(texts)
    expander = expander_for(setup, directory)
    ours = [as_answer(outcome_of(expander, text.replace("@DIR@", str(directory)))) for text in texts]
    return real, [answer.replace(str(directory), "@DIR@") for answer in ours]


def test_what_is_told_of_the_last_lookup(tmp_path: Path) -> None:
    """A refusal without words of its own shows it; one that found something, or nothing, leaves none."""
    written = written_cdb([(b"example.test", b"x")])
    (tmp_path / "domains.cdb").write_bytes(written)
    (tmp_path / "domains").write_text("example.test: x\n")
    setup = Setup(profile="debian-12", variables={"sender_ident": "/etc/passwd"})
    fails = ["${lookup{x}lsearch{/nonexistent/x}}", "${if match_domain{a}{b : +nowhere}}"]
    searches = [
        f"${{if match_{kind}{{{key}}}{{{before}{store}}}{{y}}{{n}}}}"
        for kind, key, before in (
            ("domain", "example.test", ""),
            ("domain", "other.test", ""),
            ("local_part", "joe", ""),
            ("address", "joe@example.test", "*@"),
            ("ip", "192.0.2.1", "net-"),
        )
        for store in ("cdb;@DIR@/domains.cdb", "lsearch;@DIR@/domains")
    ]
    searches += ["${lookup{x}cdb{@DIR@/domains.cdb}}", "${lookup{}cdb{@DIR@/domains.cdb}}"]
    shows = [
        "${lookup{x}lsearch{$sender_ident}}",
        "${if match_domain{other.test}{+nowhere}{y}{n}}",
        "${if match_address{a@other.test}{*@+nowhere}{y}{n}}",
    ]
    chance = random.Random(8)
    texts = [chance.choice(chance.choice([fails, searches, shows])) for _ in range(600)]
    real, ours = both(setup, texts, tmp_path)
    differing = [
        (text, theirs, mine) for text, theirs, mine in zip(texts, real, ours, strict=True) if theirs != mine
    ]
    assert not differing, differing[:5]


def store(kind: str, path: Path, version: int) -> Path:
    """A file in which every key has the version as its value."""
    pairs = {f"key{number}": f"version {version}" for number in range(90)}
    if kind == "cdb":
        path.write_bytes(written_cdb([(key.encode(), value.encode()) for key, value in pairs.items()]))
    elif kind == "dbm":
        built(path, "".join(f"{key}: {value}\n" for key, value in pairs.items()))
    else:
        path.write_text("".join(f"{key}: {value}\n" for key, value in pairs.items()))
    return path


@pytest.mark.parametrize("most", [1, 2, 3, 25])
@pytest.mark.parametrize("kind", KINDS)
def test_which_files_are_closed(kind: str, most: int, tmp_path: Path) -> None:
    """Files are replaced between the lookups: those that were closed meanwhile give what is new."""
    if kind == "dbm" and DBMBUILD is None:
        pytest.skip("exim_dbmbuild is not installed")
    chance = random.Random(f"{kind} {most}")
    versions = dict.fromkeys(NAMES, 0)
    texts = []
    for number in range(90):
        name = chance.choice(NAMES)
        if chance.random() < 0.3:
            versions[name] += 1
            texts.append(f"${{run{{/bin/mv @DIR@/{name}.{versions[name]} @DIR@/{name}}}}}")
        texts.append(f"${{lookup{{key{number}}}{kind}{{@DIR@/{name}}}}}")
    setup = Setup(profile="debian-12", config=f"lookup_open_max = {most}\n")
    answers = []
    for side in ("real", "ours"):
        folder = tmp_path / side
        folder.mkdir()
        for name, last in versions.items():
            for version in range(last + 1):
                store(kind, folder / (f"{name}.{version}" if version else name), version)
        if side == "real":
            answers.append(RealExim(folder, setup).ask(texts))
        else:
            expander = expander_for(setup, folder)
            answers.append(
                [as_answer(outcome_of(expander, text.replace("@DIR@", str(folder)))) for text in texts]
            )
    assert answers[1] == answers[0]
    assert len(set(answers[0])) > 1 + (most < len(NAMES))
