"""Lists that come from outside: the files that they name are not opened, here and in the real Exim."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agreement import differences
from casefile import Setup

pytestmark = pytest.mark.exim

SUBJECTS = {
    "domain": "match_domain{a.b}",
    "localpart": "match_local_part{joe}",
    "address": "match_address{joe@a.b}",
    "host": "match_ip{1.2.3.4}",
}
ELEMENTS = (
    "NETlsearch;$sender_ident",
    "!x : $sender_host_name",
    "! $sender_host_name",
    "NETsqlite;$sender_ident select 1",
    "NETsqlite;@DIR@/a.db select '$sender_ident'",
    "NETsqlite;select '$sender_ident'",
    "NETsqlite,file=@DIR@/a.db;select '${quote_sqlite:$sender_ident}'",
    "NETlsearch;@DIR@/keys",
    "NETlsearch;@DIR@/keys : $sender_ident",
    "NETpartial-lsearch;$sender_ident",
    "*@lsearch;$sender_ident",
    "@@lsearch;$sender_ident",
    "NETcdb;$sender_ident",
    "NETpasswd;$sender_ident",
    "^$sender_ident",
    "a.b : joe : joe@a.b : 1.2.3.4 : $sender_ident",
)


def without_group(differing: list[str]) -> list[str]:
    """What differs in more than the group that the programs run as."""
    told = [re.sub(r"egid=\d+", "egid", text).partition("\n    exim: ")[2] for text in differing]
    return [text for text in told if len(set(text.split("\n    ours: "))) > 1]


@pytest.mark.parametrize("kind", SUBJECTS)
def test_files_that_lists_from_outside_name(kind: str, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("1.2.3.4: x\na.b: y\njoe: z\njoe@a.b: w\n")
    (tmp_path / "items").write_text("1.2.3.4\na.b\njoe\n")
    elements = [element.replace("NET", "net-" if kind == "host" else "") for element in ELEMENTS]
    setup = Setup(
        profile="debian-12",
        config="".join(f"{kind}list l{number} = {element}\n" for number, element in enumerate(elements)),
        variables={"sender_ident": str(tmp_path / "keys"), "sender_host_name": str(tmp_path / "items")},
    )
    texts = [f"${{if {SUBJECTS[kind]}{{+l{number}}}{{y}}{{n}}}}" for number in range(len(elements))]
    if kind == "host":  # the only kind that the condition expands itself
        texts += [f"${{if {SUBJECTS[kind]}{{{element}}}{{y}}{{n}}}}" for element in elements]
    assert not without_group(differences(setup, texts, tmp_path))
