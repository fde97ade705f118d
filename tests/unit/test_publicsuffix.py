"""Public suffix lists: libpsl must find the same registered domains by the list that Debian has."""

from __future__ import annotations

import ctypes
import ctypes.util
from pathlib import Path

import pytest

from drivers.api.text import from_bytes
from drivers.values.publicsuffix import PublicSuffixes

LIST = Path("/usr/share/publicsuffix/public_suffix_list.dat")
STEP = 5
"""One of so many rules is tried."""


@pytest.mark.skipif(not LIST.exists(), reason="there is no public suffix list here")
def test_registered_domains_below_the_rules_of_a_real_list() -> None:
    name = ctypes.util.find_library("psl")
    if name is None:
        pytest.skip("libpsl is not installed")
    library = ctypes.CDLL(name)
    library.psl_load_file.restype = ctypes.c_void_p
    library.psl_registrable_domain.restype = ctypes.c_char_p
    library.psl_registrable_domain.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    loaded = library.psl_load_file(bytes(LIST))
    lines = from_bytes(LIST.read_bytes()).split("\n")
    rules = [line.lstrip("!*").lstrip(".") for line in lines if line and not line.startswith("//")]
    ours = PublicSuffixes(lines)
    wrong = []
    for rule in rules[::STEP]:
        for domain in (f"zz.{rule}", f"yy.zz.{rule}", f"xx.yy.zz.{rule}"):
            theirs = library.psl_registrable_domain(loaded, domain.encode("latin-1"))
            if (ours.registered(domain) or "") != from_bytes(theirs or b""):
                wrong.append(domain)
    assert not wrong


def test_a_list_of_nothing() -> None:
    assert PublicSuffixes(["", "// nothing", "  "]).suffix("a.b") is None


@pytest.mark.parametrize("domain", ["", ".", "com", ".com", "a..com", "a.com."])
def test_names_that_are_no_domains(domain: str) -> None:
    found = PublicSuffixes(["com"]).registered(domain)
    assert found is None or found.endswith(".com")
