"""Fields of the server's certificate in a session with the real Exim, and what eximulate gives."""

from __future__ import annotations

import pytest

from drivers.api.errors import ExpansionError
from expander.api import Expander
from expander.config.profile import PROFILES
from smtp_session import Session

x509 = pytest.importorskip("cryptography.x509")
from certificates import SELECTORS, SUBJECTS, made  # noqa: E402 - only where the library is

VARIABLE = "$tls_in_ourcert"
OTHERS = [
    "${md5:$tls_in_ourcert} ${sha1:$tls_in_ourcert} ${sha256:$tls_in_ourcert}",
    "${base64:$tls_in_ourcert}",
    "$tls_in_ourcert ${strlen:$tls_in_ourcert} ${uc:$tls_in_ourcert} ${if def:tls_in_ourcert{y}{n}}",
    "${md5:x$tls_in_ourcert} ${sha256: $tls_in_ourcert}",
    "${certextract{subject}{$tls_in_peercert}{y}{n}} ${if def:tls_in_peercert{y}{n}}",
    "${certextract{subject}{$tls_in_cipher}{y}{n}}",
    "${certextract{subject}{ $tls_in_ourcert}{y}{n}}",
    "${certextract{nosuch}{$tls_in_ourcert}{y}{n}}",
    "${certextract{}{$tls_in_ourcert}{y}{n}}",
]


@pytest.mark.exim
@pytest.mark.parametrize("name", SUBJECTS)
def test_both_say_the_same(name: str) -> None:
    certificate, zone = made(name), "UTC" if name == "poor" else "Europe/Berlin"
    texts = [
        *(f"${{certextract{{{selector}}}{{{VARIABLE}}}{{<$value>}}{{none}}}}" for selector in SELECTORS),
        *OTHERS,
    ]
    expected = Session(texts, certificate, f"timezone = {zone}").answers()
    expander = Expander(profile=PROFILES["debian-12"])
    expander.context.options = {**expander.context.options, "timezone": zone}
    expander.context.facts["tls_in_ourcert"] = certificate.decode("ascii")
    for text, answer in zip(texts, expected, strict=True):
        try:
            found: str | None = str(expander.expand(text))
        except ExpansionError:
            found = None
        assert (text, found) == (text, answer)
