"""Options of which eximulate does nothing, though Exim does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.registry import find
from drivers.options.without_effect import SELECTORS, UNSUPPORTED
from expander.lint.finding import WARNING, Finding
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Config, Options
    from expander.lint.survey import Survey


@rule(
    "EXO020",
    "option-not-imitated",
    severity=WARNING,
    section="Main configuration",
    bad="tls_ocsp_file = /etc/ocsp\n",
    good="queue_only\n",
)
def option_not_imitated(survey: Survey) -> Iterator[Finding]:
    """An option or a log selector is set that does something in Exim and nothing in eximulate.

    The configuration is right. What eximulate says of sessions and deliveries with it can be other than
    what Exim would say.
    """
    config = survey.config
    yield from _found("main-option", "main option", config.options, ("",))
    yield from _selected(config)
    for kind in ("router", "transport", "authenticator"):
        for instance in getattr(config, f"{kind}s"):
            prefixes = ("*.", f"{instance.driver}.")
            yield from _found(f"{kind}-option", f"{kind} option", instance.options, prefixes)


def _selected(config: Config) -> Iterator[Finding]:
    setting = config.options.settings.get("log_selector")
    words = set() if setting is None else set(str(setting.value).split())
    for name, reason in SELECTORS.items():
        unit = find("log-selector", name)
        if setting is not None and f"+{name}" in words and unit is not None and config.profile.knows(unit):
            message = f"log selector {name} is not supported by eximulate yet: {reason}"
            yield Finding("EXO020", message, setting.span)


def _found(family: str, what: str, options: Options, prefixes: tuple[str, ...]) -> Iterator[Finding]:
    for name, setting in options.settings.items():
        reasons = [UNSUPPORTED[family].get(f"{prefix}{name}") for prefix in prefixes]
        reason = next(filter(None, reasons), None)
        if reason is not None and setting.value != options.default(name):
            message = f"{what} {name} is not supported by eximulate yet: {reason}"
            yield Finding("EXO020", message, setting.span)
