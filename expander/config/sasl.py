"""Authenticators that leave the work to Cyrus SASL: what the library refuses when Exim starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import upper

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.config.model import Instance
    from expander.config.reporting import Reporter

MECHANISMS = frozenset(
    "ANONYMOUS CRAM-MD5 DIGEST-MD5 GSSAPI GSS-SPNEGO LOGIN NTLM OTP PLAIN "
    "SCRAM-SHA-1 SCRAM-SHA-224 SCRAM-SHA-256 SCRAM-SHA-384 SCRAM-SHA-512".split()
)
"""What the library can serve with all of its modules that are packaged; a machine may have fewer."""

_LISTED = MECHANISMS | {"EXTERNAL"}
"""Those that the library knows; what comes from outside of it is not served to anybody."""

_BOUND = "-PLUS"
"""The end of the name of a mechanism with channel binding, which brings in the one without."""


def check_mechanism(instance: Instance, report: Reporter, expand: Callable[[str], str]) -> None:
    """Expand what the library is told of this host, and see that it has the mechanism."""
    for name in ("server_hostname", "server_realm"):
        if not instance.options.is_set(name):
            continue
        text = instance[name]
        try:
            expand(text)
        except ExpansionError as error:
            problem = f"couldn't expand {name} [{text}]: {error.message}"
            span = instance.options.settings[name].span
            report.for_driver(instance.family, instance.name, problem, span, apart="  ")
    problem = _refused(str(instance["server_mech"] or ""))
    if problem and (instance.options.is_set("server_mech") or instance.options.is_set("public_name")):
        report.for_driver(instance.family, instance.name, problem, instance.span, apart="  ")


def _refused(mechanism: str) -> str:
    """Why the library cannot serve a mechanism. Its modules are loaded by the words of the name."""
    words = upper(mechanism).split()
    if not any(word.removesuffix(_BOUND) in _LISTED for word in words):
        return "couldn't get Cyrus SASL mechanism list."
    return "" if upper(mechanism) in MECHANISMS else f"Cyrus SASL doesn't know about mechanism {mechanism}."
