"""What ``-bV`` says of releases."""

from __future__ import annotations

import pytest

from expander.config.profile import chosen
from expander.config.version import version_text


def support(profile: str) -> list[str]:
    lines = version_text(chosen(profile)).splitlines()
    return next(line for line in lines if line.startswith("Support for: ")).split()[2:]


@pytest.mark.parametrize(
    "release", ["4.92", "4.93", "4.94", "4.94.2", "4.95", "4.96", "4.97", "4.98.1", "4.99"]
)
def test_the_release_is_named_first(release: str) -> None:
    assert version_text(chosen(release)).startswith(f"Exim version {release} #1 built ")


def test_features_have_the_names_of_their_time() -> None:
    assert {"PIPE_CONNECT", "Experimental_SRS"} <= {*support("4.94.2")}
    assert {"PIPECONNECT", "SRS"} <= {*support("4.95")}


def test_a_build_has_one_tls_library() -> None:
    assert "OpenSSL" not in support("4.99")
    assert "OpenSSL" in support("4.99,-gnutls")


def test_hints_and_order_changed() -> None:
    assert "Hints DB:\n Berkeley DB: " in version_text(chosen("4.98"))
    assert "Hints DB" not in version_text(chosen("4.97"))
    assert support("4.98")[:4] == ["Content_Scanning", "crypteq", "Expand_dlfunc", "iconv()"]
    assert support("4.97")[:2] == ["crypteq", "iconv()"]
